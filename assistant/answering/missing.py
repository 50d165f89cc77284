"""What a question names and the evidence does not hold, looked for before anything is quoted."""

from __future__ import annotations

from assistant.answering.runtime import AppContext
from assistant.core.models import ParsedQuery, RetrievalResult
from assistant.language.foreign_places import load_foreign_places
from assistant.retrieval.unknown_names import LOOKED_AT, KnownThings, MissingThing, find_missing


def missing_things(assistant: AppContext, parsed: ParsedQuery, evidence: RetrievalResult) -> tuple[MissingThing, ...]:
    """What the last question names and no document of the best passages holds; empty without evidence."""
    known = KnownThings(
        assistant.live_index.corpus(),
        assistant.analyzer,
        assistant.claim_verifier.names(),
        assistant.regions,
        load_foreign_places(),
    )
    passages = [scored.passage for scored in evidence.ranked[:LOOKED_AT]]
    return find_missing(parsed.question, parsed.language, known, passages)
