"""Questions that the knowledge can answer, to ask next: headings of the files are questions already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from assistant.core.models import Citation, Language, Passage, RetrievalResult
from assistant.index.corpus import SearchableCorpus
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.retriever import Query

COUNT = 3
LOOKED_AT = 5  # sections that may share a word with a refused question


def suggest(
    evidence: RetrievalResult, asked: str, language: Language, corpus: SearchableCorpus, citations: Sequence[Citation]
) -> tuple[str, ...]:
    """Up to ``COUNT`` questions in the language of the answer whose answers stand next to what was just quoted."""
    used = {citation.passage for citation in citations}
    asked = asked.lower()
    found: dict[str, None] = {}
    for passage in _nearby(evidence, corpus, citations):
        heading = _question(passage, language)
        if heading and passage.text not in used and heading.lower() not in asked:
            found.setdefault(heading)
        if len(found) == COUNT:
            break
    return tuple(found)


def nearest_questions(
    evidence: RetrievalResult, query: Query, language: Language, analyzer: TermAnalyzer
) -> tuple[str, ...]:
    """The ``COUNT`` nearest questions to one that was refused; none if nothing near shares a word with it.

    Vectors bring something for any question, however foreign; a word in common shows that it is about the same.
    """
    near = [scored.passage for scored in evidence.ranked if _question(scored.passage, language)]
    asked = frozenset(query.terms)
    if not any(asked.intersection(analyzer.terms(passage.header, language)) for passage in near[:LOOKED_AT]):
        return ()
    return tuple(dict.fromkeys(_question(passage, language) for passage in near))[:COUNT]


def open_questions(subjects: Sequence[str], said: str, language: Language, corpus: SearchableCorpus) -> tuple[str, ...]:
    """Up to ``COUNT`` questions that documents of a talk answer and nobody quoted, one of each document in turn."""
    found: list[list[str]] = []
    for document in subjects:
        passages = [corpus.snapshot.passages[position] for position in corpus.positions_of.get(document, ())]
        unsaid = [passage for passage in passages if not any(sentence in said for sentence in passage.sentences)]
        found.append([heading for passage in unsaid if (heading := _question(passage, language))])
    in_turn = (heading for some in zip_longest(*found) for heading in some if heading)
    return tuple(dict.fromkeys(in_turn))[:COUNT]


def _question(passage: Passage, language: Language) -> str:
    """The heading of a section that is a question in the reader's language; else empty."""
    heading = passage.headings[-1] if passage.headings else ""
    return heading if heading.endswith("?") and passage.language == language else ""


def _nearby(evidence: RetrievalResult, corpus: SearchableCorpus, citations: Sequence[Citation]) -> Iterator[Passage]:
    """One more section of each cited document first, then the passages that were ranked but not quoted."""
    cited = dict.fromkeys(citation.id for citation in citations)
    yield from (scored.passage for scored in evidence.ranked if scored.passage.document_id in cited)
    yield from (scored.passage for scored in evidence.ranked)
    for position in sorted(position for document in cited for position in corpus.positions_of[document]):
        yield corpus.snapshot.passages[position]
