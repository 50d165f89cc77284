"""The long-lived objects that answering needs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from assistant.answering.grounding.claim_verifier import SupportCheck
from assistant.answering.llm.client import LanguageModel
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import Settings
from assistant.index.embeddings import MAXIMUM_THREADS, Encoder
from assistant.index.live_index import Shelf
from assistant.index.vector_store import Store
from assistant.language.regions import Places
from assistant.language.tokenizer import Tokenizer
from assistant.retrieval.intent_guardrail import FixedReplies

# As many questions are worked on at once as there are cores: forty threads on two cores cost seven times the
# processor time for each answer. Waiting for a language model needs no place.
PLACES = min(MAXIMUM_THREADS, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Assistant:
    """Everything that answering needs, built once per process."""

    settings: Settings
    encoder: Encoder
    tokenizer: Tokenizer
    places: Places
    prompts: Prompts
    shelf: Shelf
    store: Store
    support: SupportCheck
    model: LanguageModel | None = None
    fixed_replies: FixedReplies | None = None
    desk: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(PLACES))
