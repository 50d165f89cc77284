"""A language model through LangChain, held to limits: it delivers text in time, or a ``ModelError`` with a code.

Codes: ``busy`` (too many answers at once, or 429), ``denied`` (401, 403), ``unknown`` (404), ``refused`` (other 4xx, a
redirect), ``unreachable`` (no connection, 5xx), ``slow`` (first token, total), ``stalled`` (a gap), ``cut`` (the stream
ended without a finish reason), ``malformed``, ``filtered``, ``endless``, ``empty``, ``broken`` (a model
file that cannot be loaded), ``failed`` (anything else).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from assistant.core.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.answering.llm.llama_cpp_server import LocalModel

logger = logging.getLogger(__name__)
Message = tuple[str, str]  # role ("system", "human") and text
_FINISH_KEYS = ("finish_reason", "stop_reason", "done_reason")
_FILTERED = {"content_filter", "refusal", "safety", "SAFETY"}
_TOO_LONG = {"length", "max_tokens", "MAX_TOKENS", "model_length"}
_WAIT = 0.5  # seconds before the one retry where the server names no time
_AFTER_TEXT = {"unreachable": "cut", "slow": "stalled"}  # the same failures, once text has come


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to the first token, between two, and in all; characters of an answer; answers at once."""

    first_token: float = 8.0
    gap: float = 10.0
    total: float = 30.0
    characters: int = 4000
    at_once: int = 8


@dataclass(frozen=True, slots=True)
class _End:
    """The stream ended by itself, with or without a reason."""

    reason: str | None


class LanguageModel:
    """One configured model; safe to use from many threads."""

    def __init__(
        self, chat: BaseChatModel, name: str, limits: Limits | None = None, local: LocalModel | None = None
    ) -> None:
        """``local`` is what ``chat`` reaches when the model is a file on this machine."""
        self.name = name
        self._local = local
        self._chat = chat
        self._limits = limits or Limits()
        self._free = threading.BoundedSemaphore(self._limits.at_once)

    def stream(self, messages: Sequence[Message], seconds: float | None = None) -> Iterator[str]:
        """The model's text as it arrives; ``seconds`` shortens the limits.

        Raises ``ModelError``; before the first token one retry is made where that can help.
        """
        if not self._free.acquire(blocking=False):
            raise ModelError("busy")
        try:
            if self._local:
                self._local.ensure_running()
            yield from self._attempts(messages, seconds)
        except ModelError as error:
            logger.warning("language model: %s", error.code)
            raise
        finally:
            self._free.release()

    def complete(self, messages: Sequence[Message], seconds: float) -> str:
        """The whole text within ``seconds``."""
        return "".join(self.stream(messages, seconds))

    def close(self) -> None:
        """End the process of a model file; a model elsewhere has nothing to end."""
        if self._local:
            self._local.close()

    def _attempts(self, messages: Sequence[Message], seconds: float | None) -> Iterator[str]:
        clock = _Deadline(self._limits, seconds)
        started = False
        for last in (False, True):
            try:
                for text in self._once(messages, clock):
                    started = True
                    yield text
                return
            except ModelError as error:
                wait = error.retry_after
                if started or last or wait is None or wait >= clock.left():
                    raise
                time.sleep(wait)

    def _once(self, messages: Sequence[Message], clock: _Deadline) -> Iterator[str]:
        """One request, read in a thread of its own so that no server can hold up the answer."""
        received: Queue[str | _End | ModelError] = Queue()
        stopped = threading.Event()
        arguments = (self._chat, messages, received, stopped, self._limits.characters)
        threading.Thread(target=_read, args=arguments, daemon=True, name="language-model").start()
        length = 0
        try:
            while not isinstance(item := _next(received, clock), _End):
                if isinstance(item, ModelError):
                    raise item
                clock.token()
                length += len(item)
                yield item
        finally:
            stopped.set()
        _check_end(item.reason, length)


class _Deadline:
    """How long to wait for what comes next."""

    def __init__(self, limits: Limits, seconds: float | None) -> None:
        now = time.monotonic()
        self._gap = limits.gap
        self._end = now + min(limits.total, seconds or limits.total)
        self._next = min(now + limits.first_token, self._end)
        self._first = True

    def left(self) -> float:
        """Seconds until the next token is due."""
        return max(0.0, min(self._next, self._end) - time.monotonic())

    def token(self) -> None:
        """A token came: the gap counts from now."""
        self._first = False
        self._next = time.monotonic() + self._gap

    def too_late(self) -> ModelError:
        """What went wrong when nothing came in time."""
        return ModelError("slow" if self._first or time.monotonic() >= self._end else "stalled")


def _next(received: Queue[str | _End | ModelError], clock: _Deadline) -> str | _End | ModelError:
    left = clock.left()
    if left <= 0:
        raise clock.too_late()
    try:
        return received.get(timeout=left)
    except Empty:
        raise clock.too_late() from None


def _read(
    chat: BaseChatModel,
    messages: Sequence[Message],
    received: Queue[str | _End | ModelError],
    stopped: threading.Event,
    characters: int,
) -> None:
    """Put text, the end or an error into the queue until told to stop or the text is too long."""
    reason, length = None, 0
    try:
        for chunk in chat.stream(list(messages), config={"callbacks": []}):
            if stopped.is_set():
                return
            reason = _finish_reason(chunk.response_metadata) or reason
            if text := str(chunk.text):
                length += len(text)
                received.put(text if length <= characters else ModelError("endless"))
            if length > characters:
                return
        received.put(_End(reason))
    except Exception as error:  # providers raise errors of many kinds, often with keys or prompts in their text
        found = classify(error)
        code = _AFTER_TEXT.get(found.code) if length else None
        received.put(ModelError(code) if code else found)


def _finish_reason(metadata: dict[str, Any]) -> str | None:
    return next((str(metadata[key]) for key in _FINISH_KEYS if metadata.get(key)), None)


def _check_end(reason: str | None, length: int) -> None:
    """An answer is one only if the model said that it had finished."""
    if reason in _FILTERED:
        raise ModelError("filtered")
    if reason in _TOO_LONG:  # its last sentence is half a sentence
        raise ModelError("endless")
    if reason is None:
        raise ModelError("cut", _WAIT if not length else None)
    if not length:
        raise ModelError("empty")


def classify(error: BaseException) -> ModelError:
    """A provider's error as a code; its text is dropped."""
    status = _status(error)
    if status is not None:
        return _by_status(status, error)
    names = {one.__name__ for cause in _causes(error) for one in type(cause).__mro__}
    if any("Timeout" in name for name in names):
        return ModelError("slow")
    if names & {"APIConnectionError", "TransportError", "ConnectionError", "RemoteProtocolError"}:
        return ModelError("unreachable", _WAIT)
    if names & {"JSONDecodeError", "UnicodeError", "ValueError", "TypeError", "KeyError", "AttributeError"}:
        return ModelError("malformed")
    return ModelError("failed")


def _by_status(status: int, error: BaseException) -> ModelError:
    if status == 429:
        return ModelError("busy", _retry_after(error))
    if status >= 500:
        return ModelError("unreachable", _WAIT)
    return ModelError({401: "denied", 403: "denied", 404: "unknown"}.get(status, "refused"))


def _status(error: BaseException) -> int | None:
    for one in (error, getattr(error, "response", None)):
        status = getattr(one, "status_code", None)
        if isinstance(status, int) and status >= 300:
            return status
    return None


def _retry_after(error: BaseException) -> float | None:
    """Seconds that the server asks to wait; without a readable figure no retry."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        return float(headers["retry-after"])
    except (KeyError, TypeError, ValueError):
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
