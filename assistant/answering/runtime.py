"""The long-lived objects that answering needs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from assistant.answering.grounding.claim_verifier import ClaimVerifier
from assistant.answering.llm.client import LanguageModel
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import Settings
from assistant.core.tuning import DEFAULT_TUNING, Tuning
from assistant.index.embeddings import MAXIMUM_THREADS, Embedder
from assistant.index.live_index import LiveIndex
from assistant.index.question_adapter import QuestionAdapter
from assistant.index.reader import Reader
from assistant.index.vector_store import Store
from assistant.language.regions import RegionDetector
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.decision import Decision
from assistant.retrieval.dialogue_act import DialogueActDetector
from assistant.retrieval.intent_guardrail import IntentGuardrail

# As many questions are worked on at once as there are cores: forty threads on two cores cost seven times the
# processor time for each answer. Waiting for a language model needs no place.
PLACES = min(MAXIMUM_THREADS, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class AppContext:
    """Everything that answering needs, built once per process; ``tuning`` are the constants of answering questions."""

    settings: Settings
    embedder: Embedder
    analyzer: TermAnalyzer
    regions: RegionDetector
    prompts: Prompts
    live_index: LiveIndex
    store: Store
    claim_verifier: ClaimVerifier
    model: LanguageModel | None = None
    guardrail: IntentGuardrail | None = None
    tuning: Tuning = DEFAULT_TUNING
    question_adapter: QuestionAdapter | None = None
    reader: Reader | None = None
    decision: Decision | None = None
    dialogue_acts: DialogueActDetector | None = None
    concurrency_limit: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(PLACES))
