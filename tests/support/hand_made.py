"""Sources and passages made by hand, for tests that need no index."""

from __future__ import annotations

from typing import Any

from assistant.core.models import Kind, Language, Passage
from assistant.core.sources import Funding, SupportOffer


def passage(
    *sentences: str,
    document: str = "fraesbonus",
    heading: str = "",
    kind: Kind = "funding",
    language: Language = "de",
    generated: bool = False,
) -> Passage:
    """A passage of a few sentences under one heading."""
    return Passage(
        id=f"{document}#{heading}#{sentences[0][:20]}",
        document_id=document,
        kind=kind,
        title=document.title(),
        section=heading,
        headings=(heading,) if heading else (),
        text=" ".join(sentences),
        sentences=sentences,
        language=language,
        generated=generated,
    )


def funding(id: str = "fraesbonus", **fields: Any) -> Funding:
    """A running grant of the federation, changed by ``fields``."""
    common = {"kind": "funding", "title": id.title(), "level": "bund", "provider": "Fräsbank", "type": "grant"}
    return Funding.model_validate({"id": id, **common, "status": "open", **fields})


def support(id: str = "fraeshub", **fields: Any) -> SupportOffer:
    """An open hub, changed by ``fields``."""
    return SupportOffer.model_validate(
        {"id": id, "kind": "support", "title": id.title(), "offer_type": "hub", **fields}
    )
