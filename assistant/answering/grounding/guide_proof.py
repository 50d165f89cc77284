"""Holds each sentence of a guide to the cards that it names, once, and keeps what came of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.grounding.claim_verifier import ClaimVerifier
from assistant.answering.grounding.evidence_windows import CitedPassage
from assistant.core.models import Document, Language, Passage, Statement, StatementProof, Unproven
from assistant.core.progress import Report
from assistant.index.scoring import Floats
from assistant.ingestion.chunking import chunk_document, slugify

REVISION = 1
"""Raised when the check of sentences changes, so that all is proven anew."""
SHIPPED = Path(__file__).with_name("shipped_proofs.json")
_OVERVIEW = "ueberblick"


class ProofCache:
    """Verdicts by the content that they rest on: quotes as pairs of passage id and text, or why there is none."""

    def __init__(self, path: Path, shipped: Path = SHIPPED) -> None:
        self._path = path
        self._known = _read(shipped) | _read(path)
        self._used: dict[str, object] = {}

    def get(self, key: str) -> object | None:
        """What is known, if anything."""
        if key in self._known:
            self._used[key] = self._known[key]
        return self._known.get(key)

    def put(self, key: str, verdict: object) -> None:
        """Keep a verdict."""
        self._known[key] = self._used[key] = verdict

    def save(self) -> None:
        """Write what was used since the start, and only that; an unwritable folder costs time, nothing else."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._path.with_suffix(".tmp")
            unfinished.write_text(json.dumps(self._used, ensure_ascii=False, indent=0), encoding="utf-8")
            unfinished.replace(self._path)
        except OSError:
            return


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class GuideProver:
    """Proves guides against the other documents; ``encode`` gives the vectors ``(n, d)`` of sentences."""

    verifier: Callable[[Sequence[Document]], ClaimVerifier]
    encode: Callable[[Sequence[str]], Floats]
    cache: ProofCache

    def prove(self, documents: Sequence[Document], report: Report) -> dict[str, tuple[StatementProof, ...]]:
        """The proven sentences of each guide."""
        return {
            guide: tuple(one for one in outcome if isinstance(one, StatementProof))
            for guide, outcome in self.outcomes(documents, report).items()
        }

    def outcomes(
        self, documents: Sequence[Document], report: Report
    ) -> dict[str, tuple[StatementProof | Unproven, ...]]:
        """What came of each sentence of each guide, in reading order."""
        guides = [document for document in documents if document.kind == "guide"]
        if not guides:
            return {}
        library = _Library(documents)
        verifier = self.verifier(documents)
        found = {}
        for number, guide in enumerate(guides, start=1):
            found[guide.source.id] = tuple(self._outcome(one, library, verifier) for one in guide.statements)
            report("Leitfäden", number, len(guides))
        self.cache.save()
        return found

    def _outcome(self, statement: Statement, library: _Library, verifier: ClaimVerifier) -> StatementProof | Unproven:
        if not statement.references:
            return Unproven(statement.sentence, "kein Beleg: dahinter fehlt [[karte]]")
        if missing := [name for name in statement.references if not library.passages(name, statement.language)]:
            return Unproven(statement.sentence, f"'{missing[0]}' gibt es nicht")
        cited = list(library.cited(statement))
        key = _key(statement, cited)
        verdict = self.cache.get(key)
        if verdict is None:
            verdict = self._verify(statement, cited, verifier)
            self.cache.put(key, verdict)
        if isinstance(verdict, dict):
            return Unproven(statement.sentence, verdict["reason"], verdict["nearest"])
        quotes = tuple((name, quote) for name, quote in verdict)  # type: ignore[attr-defined]
        return StatementProof(statement.sentence, statement.language, quotes)

    def _verify(self, statement: Statement, cited: Sequence[Passage], verifier: ClaimVerifier) -> object:
        pairs = [CitedPassage(passage, self.encode(passage.sentences)) for passage in cited]
        verdict = verifier.verify(statement.sentence, pairs, statement.language)
        if verdict.supported:
            return [[cited[number].id, quote] for number, quote in verdict.quotes]
        return {"reason": verdict.reason, "nearest": verdict.closest[1] if verdict.closest else ""}


def _key(statement: Statement, cited: Sequence[Passage]) -> str:
    """Changes with the sentence, with any text that it rests on, and with the check."""
    content = [REVISION, statement.language, statement.sentence, *((one.id, one.text) for one in cited)]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


class _Library:
    """The passages that references mean."""

    def __init__(self, documents: Sequence[Document]) -> None:
        cards = [document for document in documents if document.kind != "guide"]
        self._documents: Mapping[str, Document] = {
            name: document for document in cards for name in (*document.source.aliases, document.source.id)
        }
        self._chunks: dict[str, tuple[Passage, ...]] = {}

    def passages(self, reference: str, language: Language) -> tuple[Passage, ...]:
        """Those of a card, or of one German section; in the language of the sentence if the card speaks it."""
        card, _, section = reference.partition("#")
        document = self._documents.get(card)
        if document is None:
            return ()
        if document.source.id not in self._chunks:
            own = (passage for passage in chunk_document(document) if not passage.generated)
            self._chunks[document.source.id] = tuple(own)
        chunks = self._chunks[document.source.id]
        spoken = tuple(one for one in chunks if one.language == language) or chunks
        if not section or language != "de":
            return spoken
        return tuple(one for one in spoken if slugify(one.headings[-1] if one.headings else _OVERVIEW) == section)

    def cited(self, statement: Statement) -> Iterator[Passage]:
        """The passages of all references, each once."""
        all_of_them = (one for name in statement.references for one in self.passages(name, statement.language))
        yield from {passage.id: passage for passage in all_of_them}.values()
