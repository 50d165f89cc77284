"""Corpora of a few invented passages whose scores a test chooses, without an encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from assistant.core.models import Kind, Language, Passage, ScoredPassage
from assistant.core.sources import SourceMetadata
from assistant.index.bm25 import build_lexical_index
from assistant.index.calibration import Thresholds
from assistant.index.corpus import SearchableCorpus, build_corpus
from assistant.index.int8_matrix import Int8Matrix
from assistant.index.scoring import SENTENCE_WEIGHT, Floats
from assistant.index.snapshot import IndexSnapshot, Manifest, assemble_space
from assistant.ingestion.knowledge_loader import parse_source
from assistant.language.term_analyzer import TermAnalyzer

QUESTION: Floats = np.array([1, 0, 0, 0], dtype=np.float32)
"""The vector of a question to which every passage of a tiny corpus is near, by cosine 1."""
COSINES = 1 + SENTENCE_WEIGHT  # of a passage and its best sentence, when both are 1
NO_LIMITS = Thresholds(off_topic=0.0, no_evidence=0.0, weak=0.0, sentence=0.0)
FIELDS: Mapping[Kind, Mapping[str, Any]] = {
    "position_paper": {"section": "(1) Abschnitt"},
    "cooperation": {"area": "contracts"},
    "support": {"offer_type": "hub"},
    "funding": {"level": "bund", "provider": "Ministerium", "type": "grant", "status": "open"},
    "literature": {},
    "guide": {"questions": ["Wie geht das?"]},
    "document": {"format": "text", "original_name": "x.txt", "added": "2026-01-01", "sha256": "0" * 64},
}


def passage(
    name: str,
    *sentences: str,
    document: str = "",
    kind: Kind = "position_paper",
    language: Language = "de",
    heading: str = "",
    generated: bool = False,
) -> Passage:
    """A passage of a document that bears its name; with a sentence of words of its own unless some are given."""
    sentences = sentences or (" ".join(f"{name}{word}" for word in ("eins", "zwei", "drei", "vier", "fünf")) + ".",)
    document = document or name
    return Passage(
        f"{document}#{name}", document, kind, document, heading, (heading,) if heading else (), " ".join(sentences),
        sentences, language, generated=generated,
    )  # fmt: skip


def scored(one: Passage, score: float = 1.5, cosines: Sequence[float] = (), first_sentence: int = 0) -> ScoredPassage:
    """A passage as it was found; every sentence with the cosine 0.9 unless others are given."""
    return ScoredPassage(one, score, first_sentence, tuple(cosines) or (0.9,) * len(one.sentences))


def source(document: str, kind: Kind, **more: Any) -> SourceMetadata:
    """The head of a document with what its kind requires."""
    return parse_source({"id": document, "kind": kind, "title": f"Titel {document}", **FIELDS[kind], **more})


def tiny_corpus(
    passages: Sequence[Passage],
    *,
    scores: Sequence[float] = (),
    sources: Mapping[str, Mapping[str, Any]] | None = None,
    thresholds: Thresholds = NO_LIMITS,
) -> SearchableCorpus:
    """A corpus in which ``QUESTION`` without words gives each passage its score; ``sources`` are fields of heads."""
    analyzer = TermAnalyzer()
    terms = [
        (analyzer.terms(one.header, one.language), [analyzer.terms(text, one.language) for text in one.sentences])
        for one in passages
    ]
    same = Int8Matrix.of(np.repeat(QUESTION[None], len(passages), axis=0))
    sentences = Int8Matrix.of(np.repeat(QUESTION[None], sum(len(one.sentences) for one in passages), axis=0))
    space = assemble_space(passages, same, sentences, build_lexical_index(terms), np.zeros(4, dtype=np.float32))
    offset = np.array(scores or [COSINES] * len(passages), dtype=np.float32) - np.float32(COSINES)
    heads = {
        one.document_id: source(one.document_id, one.kind, **(sources or {}).get(one.document_id, {}))
        for one in passages
    }
    by_language = {"de": thresholds, "en": thresholds}
    manifest = Manifest("tiny", "", 1, "", "", len(passages), len(sentences), {}, {}, [])
    snapshot = IndexSnapshot(
        manifest, heads, tuple(passages), replace(space, offset=offset), by_language, dict(by_language)
    )
    return build_corpus(snapshot, analyzer)
