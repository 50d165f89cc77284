"""The only place that builds long-lived objects: encoder, texts, store, the live index."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

import yaml

from assistant.answering.grounding.claim_verifier import ClaimVerifier
from assistant.answering.grounding.guide_proof import GuideProver, ProofCache
from assistant.answering.grounding.word_alignment import WordEncoder, load_word_encoder
from assistant.answering.llm.providers import load_language_model
from assistant.answering.runtime import AppContext
from assistant.core.errors import EmbeddingError
from assistant.core.models import Document
from assistant.core.progress import Report
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import Settings, shipped_folder
from assistant.index.builder import BuildResult, refresh_locked, write_lock
from assistant.index.calibration import load_calibration
from assistant.index.chroma_server import Address, ChromaServer
from assistant.index.embedding_cache import CachingEmbedder, VectorCache, load_shipped
from assistant.index.embedding_engines import E5Embeddings, load_embeddings
from assistant.index.embeddings import Embedder, UnavailableEmbedder
from assistant.index.learned_weights import DECISION_FILE, find_weights
from assistant.index.live_index import LiveIndex
from assistant.index.question_adapter import load_question_adapter
from assistant.index.reader import load_reader
from assistant.index.snapshot_builder import IndexInput
from assistant.index.vector_store import EmbeddedChroma, Store
from assistant.ingestion.document_repository import load_added, without_clashes
from assistant.ingestion.knowledge_loader import SafeLoader, load_knowledge
from assistant.language.lemmatizer import set_cache_dir
from assistant.language.named_entities import EntityMatcher, known_names
from assistant.language.regions import RegionDetector
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.decision import Decision, load_decision
from assistant.retrieval.dialogue_act import DialogueActDetector, build_detector
from assistant.retrieval.intent_guardrail import IntentGuardrail, build_guardrail, load_examples

logger = logging.getLogger(__name__)
LOOKS_WITHOUT_SERVER = 2.5
"""For so many looks at the index a Chroma server that failed is left alone."""


def build_assistant(settings: Settings) -> AppContext:
    """The assistant over the current index."""
    _be_quiet(settings)
    set_cache_dir(settings.data_dir / "cache")
    analyzer = TermAnalyzer(_merged(settings, "abbreviations.yaml"))
    prompts = Prompts(shipped_folder("prompts"), settings.prompts_dir)
    embedder = _load_encoder(settings)
    store = build_store(settings)
    regions = RegionDetector(_merged(settings, "places.yaml"))
    live_index = LiveIndex(settings.data_dir, analyzer, store, embedder, look_every=settings.index_check_seconds)
    claim_verifier = build_claim_verifier(settings, embedder, analyzer, live_index)
    model = load_language_model(settings)
    guardrail = _build_guardrail(settings, embedder)
    cache_dir = settings.data_dir / "cache"
    return AppContext(
        settings,
        embedder,
        analyzer,
        regions,
        prompts,
        live_index,
        store,
        claim_verifier,
        model,
        guardrail,
        question_adapter=load_question_adapter(settings, cache_dir, embedder),
        reader=load_reader(settings, cache_dir, embedder),
        decision=_load_decision(settings),
        dialogue_acts=_build_dialogue_acts(settings, embedder),
    )


def _load_decision(settings: Settings) -> Decision | None:
    """The decision that comes with the reader's weights; it fits no other reader."""
    if settings.reader_model is not None:
        return None
    try:
        path = find_weights(settings.weights, DECISION_FILE)
        return None if path is None else load_decision(path)
    except EmbeddingError as error:
        logger.warning("Der Leser entscheidet nicht mit: %s", error)
        return None


def build_store(settings: Settings) -> Store:
    """Chroma in the data folder, or the Chroma server of the settings."""
    if settings.chroma_url is None:
        return EmbeddedChroma()
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    address = Address.parse(settings.chroma_url.get_secret_value(), token)
    return ChromaServer(address, LOOKS_WITHOUT_SERVER * settings.index_check_seconds)


def build_claim_verifier(
    settings: Settings, embedder: Embedder, analyzer: TermAnalyzer, live_index: LiveIndex
) -> ClaimVerifier:
    """The verifier of sentences against passages; it knows the names of the sources in force."""
    abbreviations, places = _merged(settings, "abbreviations.yaml"), _merged(settings, "places.yaml")

    @lru_cache(maxsize=1)
    def names_of(snapshot: str) -> EntityMatcher:
        return known_names(live_index.corpus().snapshot.sources.values(), abbreviations, places)

    if isinstance(embedder, E5Embeddings):
        words: WordEncoder = embedder
    elif isinstance(embedder, UnavailableEmbedder):
        words = cast(WordEncoder, embedder)  # without vectors nothing is worded that would have to be proven
    else:
        words = load_word_encoder(settings.data_dir / "cache")
    return ClaimVerifier(embedder, words, analyzer, lambda: names_of(live_index.corpus().snapshot.manifest.id))


def _load_encoder(settings: Settings) -> Embedder:
    """The encoder; without it an index cannot be built, but one that is there can still be searched by words."""
    try:
        return load_embeddings(settings.embedding_model, settings.data_dir / "cache")
    except EmbeddingError as error:
        logger.warning("%s", error)
        return UnavailableEmbedder(error)


def refresh_index(
    settings: Settings, report: Report, *, full: bool = False, assistant: AppContext | None = None
) -> BuildResult:
    """Bring the index in step with the knowledge folders and the added documents.

    An ``assistant`` that was built already lends its encoder and tokenizer.
    """
    assistant = assistant or build_assistant(settings)
    with write_lock(settings.data_dir):  # before reading: what is removed meanwhile must not come back
        given = index_input(assistant)
        return refresh_locked(settings.data_dir, given, report, full=full, store=assistant.store)


def index_input(assistant: AppContext) -> IndexInput:
    """Everything that decides what the index holds."""
    settings = assistant.settings
    knowledge = load_knowledge(settings.knowledge_dirs)
    documents = knowledge + without_clashes(load_added(settings.data_dir), knowledge)
    prover = build_guide_prover(assistant)
    return IndexInput(documents, _cached(assistant), assistant.analyzer, load_calibration(), prover.prove)


def build_guide_prover(assistant: AppContext) -> GuideProver:
    """What holds guides to their cards; it knows the names of the documents at hand, not those of the index."""
    settings, verifier = assistant.settings, assistant.claim_verifier
    abbreviations, places = _merged(settings, "abbreviations.yaml"), _merged(settings, "places.yaml")

    def over(documents: Sequence[Document]) -> ClaimVerifier:
        names = known_names([document.source for document in documents], abbreviations, places)
        return verifier.knowing(names)

    return GuideProver(over, _cached(assistant).encode, ProofCache(settings.data_dir / "cache" / "proofs.json"))


def _cached(assistant: AppContext) -> CachingEmbedder:
    vectors = VectorCache(assistant.settings.data_dir / "cache" / "vectors.sqlite")
    return CachingEmbedder(assistant.embedder, load_shipped(), vectors)


def _build_guardrail(settings: Settings, embedder: Embedder) -> IntentGuardrail | None:
    """Always with the shipped examples: they are rules of conduct, not knowledge that a hub may do without."""
    if isinstance(embedder, UnavailableEmbedder):
        return None
    folders = dict.fromkeys((shipped_folder("knowledge"), *settings.knowledge_dirs))
    cached = CachingEmbedder(embedder, load_shipped(), VectorCache(settings.data_dir / "cache" / "vectors.sqlite"))
    in_scope = [question for pair in load_calibration().pairs for question in pair]
    return build_guardrail(load_examples(tuple(folders)), in_scope, lambda texts: cached.encode(texts, "query"))


def _build_dialogue_acts(settings: Settings, embedder: Embedder) -> DialogueActDetector | None:
    if isinstance(embedder, UnavailableEmbedder):
        return None
    cached = CachingEmbedder(embedder, load_shipped(), VectorCache(settings.data_dir / "cache" / "vectors.sqlite"))
    return build_detector(lambda texts: cached.encode(texts, "query"))


def _merged(settings: Settings, name: str) -> dict[str, list[str]]:
    """A word table of all knowledge folders; a hub's own lines replace shipped ones."""
    merged: dict[str, list[str]] = {}
    for folder in settings.knowledge_dirs:
        path = folder / name
        if path.is_file():
            table = yaml.load(path.read_text(encoding="utf-8"), SafeLoader) or {}
            merged |= {str(key): [values] if isinstance(values, str) else list(values) for key, values in table.items()}
    return merged


def _be_quiet(settings: Settings) -> None:
    """No telemetry, no look-ups at model hubs, no tracing: set before any library reads it."""
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    if (
        settings.embedding_model is None and settings.reader_model is None
    ):  # a model by hub name may have to be fetched once
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["LANGSMITH_TRACING"] = "false"
    os.environ["LANGCHAIN_TRACING_V2"] = "false"
