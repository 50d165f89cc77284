"""How much one visitor and all visitors together may ask: per minute, at once, and in open streams."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from assistant.core.settings import Settings
from assistant.web.errors import HTTPRefusal

AT_ONCE = 32  # two cores answer some 30 quoted questions a second, so the last of these waits about one
LISTENERS_PER_ADDRESS = 200  # an office behind one address; each open chat page holds one, while it answers two
LISTENERS = 400  # below the connections that the server takes, so that somebody new still gets in
REMEMBERED = 10_000
_BUSY = (
    "Gerade fragen sehr viele Menschen auf einmal. Bitte versuchen Sie es in wenigen Sekunden wieder.",
    "A great many people are asking right now. Please try again in a few seconds.",
)
_STREAMS = (
    "Von Ihrer Adresse sind schon zu viele Seiten offen. Bitte schließen Sie einige und versuchen Sie es wieder.",
    "Too many pages are open from your address. Please close some and try again.",
)


def busy_refusal(status: int, code: str, seconds: int) -> HTTPRefusal:
    """Too much is going on; it is worth asking again after so many seconds."""
    german, english = _BUSY
    return HTTPRefusal(status, code, german, {"Retry-After": str(seconds)}, english=english)


class RateLimits:
    """Questions per minute, per visitor and in total; visitors are known by a hash only, see ``AddressHasher``."""

    def __init__(self, settings: Settings) -> None:
        self._per_address = settings.rate_limit_per_minute
        self._in_total = settings.global_rate_limit_per_minute
        self._seen: dict[bytes, deque[float]] = {}
        self._all: deque[float] = deque()

    def count(self, visitor: bytes) -> None:
        """Count a question or refuse it with the seconds to wait."""
        now = time.monotonic()
        mine = self._seen.get(visitor, deque())
        for window, limit in ((mine, self._per_address), (self._all, self._in_total)):
            while window and window[0] <= now - 60:
                window.popleft()
            if limit and len(window) >= limit:
                wait = str(max(1, round(window[0] + 60 - now)))
                message = f"Das waren viele Fragen in kurzer Zeit. Bitte versuchen Sie es in {wait} Sekunden wieder."
                english = f"That was a lot of questions in a short time. Please try again in {wait} seconds."
                raise HTTPRefusal(429, "too_many_requests", message, {"Retry-After": wait}, english=english)
        mine.append(now)
        self._seen.pop(visitor, None)
        self._seen[visitor] = mine  # at the end: the first one is who asked longest ago
        self._all.append(now)
        self._forget(now)

    def _forget(self, now: float) -> None:
        """Drop who has not asked for a minute, and the oldest beyond what is remembered."""
        while self._seen:
            oldest = next(iter(self._seen))
            if len(self._seen) <= REMEMBERED and self._seen[oldest][-1] > now - 60:
                return
            del self._seen[oldest]


@dataclass(slots=True)
class OpenRequests:
    """What is being answered or listened to at this moment."""

    _answering: int = 0
    _listening: Counter[bytes] = field(default_factory=Counter)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """A question on its way to an answer; refused while too many others are."""
        if self._answering >= AT_ONCE:
            raise busy_refusal(503, "busy", 3)
        self._answering += 1
        try:
            yield
        finally:
            self._answering -= 1

    @contextmanager
    def listening(self, visitor: bytes) -> Iterator[None]:
        """An open stream of a chat page."""
        if self._listening[visitor] >= LISTENERS_PER_ADDRESS:
            german, english = _STREAMS
            raise HTTPRefusal(429, "too_many_streams", german, {"Retry-After": "30"}, english=english)
        if self._listening.total() >= LISTENERS:
            raise busy_refusal(503, "busy", 30)
        self._listening[visitor] += 1
        try:
            yield
        finally:
            self._listening[visitor] -= 1
            if not self._listening[visitor]:
                del self._listening[visitor]
