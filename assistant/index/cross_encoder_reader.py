"""Any cross-encoder of sentence-transformers as the reader, for those who have the processor for it."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from assistant.core.errors import EmbeddingError
from assistant.core.models import Passage, Reading
from assistant.index.embedding_engines import weights_digest
from assistant.index.reading_cache import ReadingCache

MISSING_PACKAGE = (
    'Für den Leser {name} fehlt das Paket sentence-transformers; bitte installieren: pip install "netzlotse[models]"'
)
UNKNOWN_MODEL = "Der Leser {name} lässt sich nicht laden; bitte Name, Ordner und Netzzugang prüfen."
WRONG_MODEL = "Der Leser {name} gibt {count} Werte statt eines; bitte ein Modell für Relevanz (num_labels 1) wählen."


class CrossEncoderReader:
    """A cross-encoder by hub name or folder; it reads header and text for the passage, and each sentence by itself."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import CrossEncoder
            from torch.nn import Identity
        except ImportError as error:
            raise EmbeddingError(MISSING_PACKAGE.format(name=name)) from error
        try:
            self._model = CrossEncoder(name, activation_fn=Identity())
        except Exception as error:
            raise EmbeddingError(UNKNOWN_MODEL.format(name=name)) from error
        if self._model.num_labels != 1:
            raise EmbeddingError(WRONG_MODEL.format(name=name, count=self._model.num_labels))
        self.model_id = f"cross-encoder/{name}/{weights_digest(self._model)}"
        # The tokenizers of Hugging Face fail when two threads enter one.
        self._lock = Lock()
        self._cache = ReadingCache()

    def read(self, question: str, earlier: Sequence[str], passages: Sequence[Passage]) -> list[Reading]:
        """A reading for each passage, in their order; ``earlier`` are turns of the same visitor, newest first."""
        asked = " ".join((question, *(turn for turn in earlier if turn.strip())))

        def compute(missing: Sequence[Passage]) -> list[Reading]:
            with self._lock:
                return [self._read_one(asked, passage) for passage in missing]

        return self._cache.read(question, earlier, passages, compute)

    def _read_one(self, asked: str, passage: Passage) -> Reading:
        shown = [sentence for sentence in passage.sentences if sentence.strip()]
        pairs = [(asked, text) for text in (f"{passage.header}\n{passage.text}", *shown)]
        # One pair at a time: padding to the longest of a batch would change the last digits.
        first, *rest = self._model.predict(pairs, batch_size=1, show_progress_bar=False).tolist()
        logits = iter(rest)
        return Reading(first, tuple(next(logits) if sentence.strip() else None for sentence in passage.sentences))
