"""Errors that a person can act on; ``cli`` and ``web`` turn them into one sentence."""

from __future__ import annotations


class AssistantError(Exception):
    """Base of all expected errors; the message is one German sentence with the way out."""

    exit_code = 1


class SettingsError(AssistantError):
    """A setting is unknown, misspelt or has a value that it cannot have."""

    exit_code = 2


class KnowledgeError(AssistantError):
    """A knowledge file is wrong; the message names the file and the field."""


class DocumentError(AssistantError):
    """A document cannot be read; ``code`` is stable for tools, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class EmbeddingError(AssistantError):
    """The embedding model cannot be loaded."""


class IndexBusyError(AssistantError):
    """Another process is writing the index."""


class IndexUnavailableError(AssistantError):
    """No usable index snapshot exists."""


class IndexWriteError(AssistantError):
    """The index cannot be written: disk full, read-only or broken; ``short`` says so without naming a path."""

    def __init__(self, message: str, short: str) -> None:
        super().__init__(message)
        self.short = short


class VectorStoreUnavailableError(AssistantError):
    """The Chroma server does not answer in time; what it holds may be whole all the same."""


class ModelError(AssistantError):
    """A language model gave no usable answer; ``code`` says why, upstream texts and keys never come along.

    ``retry_after``: seconds to wait before another try makes sense, ``None`` when it does not.
    """

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(f"Das Sprachmodell gab keine brauchbare Antwort ({code}).")
        self.code = code
        self.retry_after = retry_after


class BackupError(AssistantError):
    """A backup cannot be written or must not be restored."""


class PromptError(AssistantError):
    """A prompt or fixed reply is missing or lacks a variable."""


class QuestionError(AssistantError):
    """A question that cannot be asked: blank or too long."""

    exit_code = 2

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FeedbackError(AssistantError):
    """The file of ratings and unanswered questions cannot be read or written."""


class ProfileError(AssistantError):
    """A profile cannot be read or has a field that does not exist."""

    exit_code = 2


class SelfCheckError(ProfileError):
    """Answers of the self-check that do not belong to it."""
