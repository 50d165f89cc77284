"""The only place that builds long-lived objects: encoder, texts, index."""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from assistant.alignment import load_word_encoder
from assistant.calibrate import load_calibration
from assistant.documents import load_added, without_clashes
from assistant.embeddings import E5Embeddings, Encoder, load_embeddings
from assistant.errors import AssistantError, IndexUnavailableError
from assistant.fixed_replies import FixedReplies, load_examples, prepare_replies
from assistant.generation import current_generation, load_generation
from assistant.index import IndexInput, Refreshed, Report, refresh
from assistant.language_model import LanguageModel
from assistant.lexical import Tokenizer
from assistant.load import load_knowledge
from assistant.names import Names, known_names
from assistant.places import Places
from assistant.prompts import Prompts
from assistant.providers import load_language_model
from assistant.questionnaire import Questionnaire, load_questionnaire
from assistant.retrieve import Library, prepare
from assistant.settings import Settings, shipped_folder
from assistant.support import SupportCheck
from assistant.vectors import CachedEncoder, VectorCache, load_shipped

logger = logging.getLogger(__name__)
_LOOK_EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Assistant:
    """Everything that answering needs, built once per process."""

    settings: Settings
    encoder: Encoder
    tokenizer: Tokenizer
    places: Places
    prompts: Prompts
    shelf: Shelf
    support: SupportCheck
    questionnaire: Questionnaire | None = None
    model: LanguageModel | None = None
    fixed_replies: FixedReplies | None = None


class Shelf:
    """Holds the current library and follows the index when it is switched."""

    def __init__(self, data_dir: Path, tokenizer: Tokenizer) -> None:
        self._data_dir = data_dir
        self._tokenizer = tokenizer
        self._library: Library | None = None
        self._reason = "Es gibt noch keinen Index."
        self._looked = 0.0
        self._lock = threading.Lock()

    def library(self) -> Library:
        """The current library; the last good one stays when a new generation cannot be read."""
        if time.monotonic() - self._looked > _LOOK_EVERY_SECONDS and self._lock.acquire(blocking=self._library is None):
            try:
                self._follow()
            finally:
                self._lock.release()
        if self._library is None:
            raise IndexUnavailableError(self._reason)
        return self._library

    def _follow(self) -> None:
        self._looked = time.monotonic()
        generation = current_generation(self._data_dir)
        if self._library and self._library.generation.manifest.id == generation:
            return
        try:
            self._library = prepare(load_generation(self._data_dir), self._tokenizer)
        except Exception as error:  # damage of any sort must not stop answers from the last good generation
            self._reason = str(error) if isinstance(error, AssistantError) else "Der Index ist nicht lesbar."
            logger.warning("index generation %s cannot be used: %s", generation, type(error).__name__)


def build_assistant(settings: Settings) -> Assistant:
    """The assistant over the current index."""
    _be_quiet(settings)
    tokenizer = Tokenizer(_merged(settings, "abbreviations.yaml"))
    prompts = Prompts(shipped_folder("prompts"), settings.prompts_dir)
    encoder = load_embeddings(settings.embedding_model, settings.data_dir / "cache")
    places = Places(_merged(settings, "places.yaml"))
    questionnaire = load_questionnaire(settings.knowledge_dirs)
    shelf = Shelf(settings.data_dir, tokenizer)
    support = build_support_check(settings, encoder, tokenizer, shelf)
    model = load_language_model(settings)
    replies = _fixed_replies(settings, encoder)
    return Assistant(settings, encoder, tokenizer, places, prompts, shelf, support, questionnaire, model, replies)


def build_support_check(settings: Settings, encoder: Encoder, tokenizer: Tokenizer, shelf: Shelf) -> SupportCheck:
    """The check of sentences against passages; it knows the names of the sources in force."""
    abbreviations, places = _merged(settings, "abbreviations.yaml"), _merged(settings, "places.yaml")

    @lru_cache(maxsize=1)
    def names_of(generation: str) -> Names:
        return known_names(shelf.library().generation.sources.values(), abbreviations, places)

    words = encoder if isinstance(encoder, E5Embeddings) else load_word_encoder(settings.data_dir / "cache")
    return SupportCheck(encoder, words, tokenizer, lambda: names_of(shelf.library().generation.manifest.id))


def refresh_index(
    settings: Settings, report: Report, *, full: bool = False, assistant: Assistant | None = None
) -> Refreshed:
    """Bring the index in step with the knowledge folders and the added documents.

    An ``assistant`` that was built already lends its encoder and tokenizer.
    """
    return refresh(settings.data_dir, index_input(assistant or build_assistant(settings)), report, full=full)


def index_input(assistant: Assistant) -> IndexInput:
    """Everything that decides what the index holds."""
    settings = assistant.settings
    knowledge = load_knowledge(settings.knowledge_dirs)
    documents = knowledge + without_clashes(load_added(settings.data_dir), knowledge)
    cached = CachedEncoder(
        assistant.encoder, load_shipped(), VectorCache(settings.data_dir / "cache" / "vectors.sqlite")
    )
    return IndexInput(documents, cached, assistant.tokenizer, load_calibration())


def _fixed_replies(settings: Settings, encoder: Encoder) -> FixedReplies | None:
    """Always with the shipped examples: they are rules of conduct, not knowledge that a hub may do without."""
    folders = dict.fromkeys((shipped_folder("knowledge"), *settings.knowledge_dirs))
    cached = CachedEncoder(encoder, load_shipped(), VectorCache(settings.data_dir / "cache" / "vectors.sqlite"))
    in_scope = [question for pair in load_calibration().pairs for question in pair]
    return prepare_replies(load_examples(tuple(folders)), in_scope, lambda texts: cached.encode(texts, "query"))


def _merged(settings: Settings, name: str) -> dict[str, list[str]]:
    """A word table of all knowledge folders; a hub's own lines replace shipped ones."""
    merged: dict[str, list[str]] = {}
    for folder in settings.knowledge_dirs:
        path = folder / name
        if path.is_file():
            table = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            merged |= {str(key): [values] if isinstance(values, str) else list(values) for key, values in table.items()}
    return merged


def _be_quiet(settings: Settings) -> None:
    """No telemetry, no look-ups at model hubs, no tracing: set before any library reads it."""
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    if settings.embedding_model is None:  # a model by hub name may have to be fetched once
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["LANGSMITH_TRACING"] = "false"
    os.environ["LANGCHAIN_TRACING_V2"] = "false"
