"""When it is better to ask back than to guess: a question that hangs in the air, or one that fits a whole family."""

from __future__ import annotations

from collections.abc import Collection

from assistant.answering.draft import AnswerContext
from assistant.core.models import Language, ParsedQuery, Passage, RetrievalResult, ScoredPassage
from assistant.core.source_status import short_name
from assistant.core.sources import Funding, SupportOffer
from assistant.index.bm25 import BM25Index
from assistant.index.corpus import SearchableCorpus
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.query_understanding import is_common, is_follow_up

MOST_CHOICES = 5
_FEW_TERMS = 2
# A member of a family whose best passage is read as worse than the best one's by more than this is not meant. In
# logits; members that answer alike lie within 1 of each other.
_ALIKE = 1.0


def hangs_in_the_air(parsed: ParsedQuery, analyzer: TermAnalyzer, lexical: BM25Index) -> bool:
    """Whether a first question leans on something that nobody said: "Was kostet das?".

    ``lexical`` tells whether its words are common ones: "Worauf kommt es bei Coopetition an?" names its subject.
    """
    if parsed.earlier:
        return False
    terms = set(analyzer.terms(parsed.question, parsed.language))
    is_bare = 0 < len(terms) <= _FEW_TERMS and is_common(terms, lexical)
    return is_bare and is_follow_up(parsed.question, list(terms))


def family_of(document: str, corpus: SearchableCorpus) -> str | None:
    """The family of offers that a document belongs to, if any."""
    source = corpus.snapshot.sources[document]
    return source.family if isinstance(source, Funding | SupportOffer) else None


def family_choices(
    evidence: RetrievalResult,
    terms: Collection[str],
    named: Collection[str],
    context: AnswerContext,
    analyzer: TermAnalyzer,
) -> tuple[str, tuple[str, ...]] | None:
    """A question back where a family is named but not which of its members, and a question for each that answers.

    ``named`` are documents that the question calls by name: then it is clear which is meant. ``None`` where one answers
    better than the others, or where nothing was read.
    """
    corpus = context.corpus
    read = [scored for scored in evidence.ranked if scored.reading is not None]
    if not read or named:
        return None
    best = max(read, key=_logit)
    family = family_of(best.passage.document_id, corpus)
    if family is None or not set(analyzer.terms(family, "de")) <= set(terms):
        return None
    members: dict[str, ScoredPassage] = {}
    for scored in sorted(read, key=_logit, reverse=True):
        is_alike = _logit(best) - _logit(scored) <= _ALIKE
        if is_alike and family_of(scored.passage.document_id, corpus) == family:
            members.setdefault(scored.passage.document_id, scored)
    if len(members) < 2:
        return None
    choices = [_choice(scored.passage, context.language, corpus) for scored in members.values()]
    return context.prompts.render("ask_family", context.language, family=family), tuple(dict.fromkeys(choices))[
        :MOST_CHOICES
    ]


def _logit(scored: ScoredPassage) -> float:
    return scored.reading.passage if scored.reading else -9.0


def _choice(passage: Passage, language: Language, corpus: SearchableCorpus) -> str:
    """The heading of the section that answers, which names its offer; else the name of the offer."""
    heading = passage.headings[-1] if passage.headings else ""
    name = short_name(corpus.snapshot.sources[passage.document_id])
    is_whole = heading.endswith("?") and passage.language == language and name.split()[0] in heading
    return heading if is_whole else name
