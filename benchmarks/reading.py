"""What reading costs: the reader with its pairs counted, and the assistant without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.models import Passage, Reading
from assistant.index.reader import Reader


@dataclass(slots=True)
class CountingReader:
    """A reader that counts the pairs of question and passage that it is given."""

    reader: Reader
    pairs: int = 0

    @property
    def model_id(self) -> str:
        """That of the reader."""
        return self.reader.model_id

    def read(self, question: str, earlier: Sequence[str], passages: Sequence[Passage]) -> list[Reading]:
        """A reading for each passage, in their order."""
        self.pairs += len(passages)
        return self.reader.read(question, earlier, passages)


class AnswersInProcess:
    """Answers one question after the other and tells what of it was reading."""

    def __init__(self, assistant: AppContext) -> None:
        self._reader = None if assistant.reader is None else CountingReader(assistant.reader)
        self._assistant = replace(assistant, reader=self._reader)
        self._answers, self._seconds = 0, 0.0

    def answer(self, question: str) -> None:
        """Answer a question as visitors get it answered."""
        self._seconds = ask(self._assistant, question).timings_ms["read"] / 1000
        self._answers += 1

    def seconds_read(self, _: str = "") -> float:
        """Seconds that the last answer read, the texts of guides included."""
        return self._seconds

    def pairs_per_question(self) -> float:
        """Pairs of question and passage that were read, over the questions answered."""
        return round(self._reader.pairs / self._answers, 1) if self._reader and self._answers else 0.0


def without_reading(assistant: AppContext) -> AppContext:
    """The same assistant, which ranks what it finds but reads none of it."""
    return replace(assistant, reader=None, decision=None)


def describe_learned(assistant: AppContext) -> dict[str, str | bool | None]:
    """Which learned parts answered; ``None`` or ``False`` for those that are not there."""
    adapter, reader = assistant.question_adapter, assistant.reader
    return {
        "question_adapter": adapter.model_id if adapter else None,
        "reader": reader.model_id if reader else None,
        "decision": assistant.decision is not None,
    }
