"""Readings kept for a while: a follow-up, a reload or a second try finds the same passages again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from threading import Lock

from assistant.core.models import Passage, Reading

CACHED_READINGS = 4096
Compute = Callable[[Sequence[Passage]], Iterable[Reading]]


class ReadingCache:
    """The last readings by question, earlier turns and content of the passage; keys are digests, never words."""

    def __init__(self, size: int = CACHED_READINGS) -> None:
        self._size = size
        self._readings: OrderedDict[bytes, Reading] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._readings)

    def read(
        self, question: str, earlier: Sequence[str], passages: Sequence[Passage], compute: Compute
    ) -> list[Reading]:
        """A reading for each passage, in their order; ``compute`` gives those that are not known, each once."""
        keys = [_reading_key(question, earlier, passage) for passage in passages]
        known = self._find(keys)
        missing = {key: passage for key, passage in zip(keys, passages, strict=True) if key not in known}
        if missing:
            fresh = dict(zip(missing, compute([*missing.values()]), strict=True))
            self._keep(fresh)
            known |= fresh
        return [known[key] for key in keys]

    def _find(self, keys: Sequence[bytes]) -> dict[bytes, Reading]:
        with self._lock:
            found = {key: self._readings[key] for key in keys if key in self._readings}
            for key in found:
                self._readings.move_to_end(key)
        return found

    def _keep(self, fresh: dict[bytes, Reading]) -> None:
        with self._lock:
            self._readings |= fresh
            while len(self._readings) > self._size:
                self._readings.popitem(last=False)


def _reading_key(question: str, earlier: Sequence[str], passage: Passage) -> bytes:
    parts = repr((question, tuple(earlier), passage.header, passage.text, passage.sentences))
    return hashlib.blake2b(parts.encode("utf-8", "replace"), digest_size=16).digest()
