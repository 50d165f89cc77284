"""Questions for offers of a kind ("Welche Förderung gibt es für Roboter?"): the nearest ones, each with what it is.

No single passage answers such a question, so a reader that knows passages only says no to each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.core.models import Claim, Kind, ParsedQuery, Passage, RetrievalResult
from assistant.core.source_status import is_ended
from assistant.core.sources import Funding, SupportOffer
from assistant.retrieval.retriever import Query

MOST = 3
# From this signal on the nearest offers are about what is asked: foreign questions reach 0, answered ones 1 and more.
LEAST_SIGNAL = 0.5
_ASKS_FOR_OFFERS = re.compile(
    r"\b(?:welche[rsn]?|was für|gibt(?: es|s|'s)|gibts|wo (?:finde|bekomme|krieg)\w*"
    r"|wer (?:hilft|unterstützt|berät|fördert|zahlt)"
    r"|which|what|are there|is there|who (?:helps|supports|can))\b",
    re.I,
)
_AREAS: tuple[Kind, ...] = ("funding", "support")


def asks_for_offers(parsed: ParsedQuery) -> bool:
    """Whether programmes or helpers are asked for, not what one of them is like."""
    return parsed.area in _AREAS and bool(_ASKS_FOR_OFFERS.search(parsed.question))


def nearest_offers(evidence: RetrievalResult, query: Query, parsed: ParsedQuery, context: AnswerContext) -> Draft:
    """The nearest programmes or helpers, the nearest first, each with the sentence that says what it is.

    None that has ended, and none of a single Land unless that Land is asked for.
    """
    paragraphs = tuple((claim,) for claim in _overviews(evidence, query, parsed, context))
    return Draft("", (ClaimGroup("", paragraphs[:MOST]),) if paragraphs else ())


def _overviews(evidence: RetrievalResult, query: Query, parsed: ParsedQuery, context: AnswerContext) -> Iterator[Claim]:
    corpus = context.corpus
    for document in dict.fromkeys(scored.passage.document_id for scored in evidence.ranked):
        source = corpus.snapshot.sources[document]
        wanted = isinstance(source, Funding) if parsed.area == "funding" else isinstance(source, SupportOffer)
        positions = corpus.positions_of[document]
        is_elsewhere = bool(corpus.regional[positions[0]]) and not query.laender
        if not wanted or is_ended(source, context.today) or getattr(source, "status", "") == "paused" or is_elsewhere:
            continue
        own = [corpus.snapshot.passages[position] for position in positions]
        passage = _overview(own, context)
        if passage and len(passage.sentences[0]) <= context.tuning.max_quote_characters:
            yield Claim(passage.sentences[0], passage.sentences[0], passage, evidence.ranked[0].score)


def _overview(passages: list[Passage], context: AnswerContext) -> Passage | None:
    """What stands before the first heading says what it is; in English the English part does."""
    own = [passage for passage in passages if not passage.generated and passage.sentences]
    in_language = [passage for passage in own if passage.language == context.language]
    return next(iter(in_language or own), None)
