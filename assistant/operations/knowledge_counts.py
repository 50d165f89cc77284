"""How many sources there are of each kind and Land; the tables in docs/knowledge.md come from here."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import get_args

from assistant.core.models import Document
from assistant.core.settings import shipped_folder
from assistant.core.sources import Funding, Land, SupportOffer
from assistant.ingestion.knowledge_loader import load_knowledge

_MARKS = re.compile(r"(<!-- inventory -->\n).*?(<!-- /inventory -->)", re.DOTALL)


def inventory() -> str:
    """Markdown tables of the shipped knowledge."""
    documents = load_knowledge([shipped_folder("knowledge")])
    return f"{_by_kind(documents)}\n\n{_by_land(documents)}\n"


def _by_kind(documents: tuple[Document, ...]) -> str:
    kinds = Counter(document.kind for document in documents)
    levels = Counter(document.source.level for document in documents if isinstance(document.source, Funding))
    ended = sum(getattr(document.source, "status", "") == "ended" for document in documents)
    rows = [f"| {kind} | {count} |" for kind, count in sorted(kinds.items())]
    total = f"| all | {len(documents)} |"
    note = f"Funding: {levels['eu']} EU, {levels['bund']} Bund, {levels['land']} Länder; {ended} entries have ended."
    return "\n".join(["| kind | sources |", "|---|---|", *rows, total, "", note])


def _by_land(documents: tuple[Document, ...]) -> str:
    sources = [document.source for document in documents]
    funding = Counter(source.land for source in sources if isinstance(source, Funding) and source.land)
    support = Counter(land for source in sources if isinstance(source, SupportOffer) for land in source.laender)
    rows = [f"| {land} | {funding[land]} | {support[land]} |" for land in get_args(Land)]
    return "\n".join(["| Land | programmes | support offers |", "|---|---|---|", *rows])


def update(path: Path) -> bool:
    """Put the current tables between the marks of a file; says whether it changed."""
    old = path.read_text(encoding="utf-8")
    new = _MARKS.sub(lambda match: f"{match[1]}{inventory()}{match[2]}", old)
    path.write_text(new, encoding="utf-8")
    return new != old


if __name__ == "__main__":
    changed = update(Path(sys.argv[1]))
    print("Tabellen geändert." if changed else "Tabellen sind aktuell.")
