"""The shelf holds the library that answers come from, follows the index, and says how it is doing."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.core.errors import AssistantError, IndexUnavailableError, VectorStoreUnavailableError
from assistant.core.heap import trim_heap
from assistant.index.corpus import SearchableCorpus, build_corpus
from assistant.index.embeddings import Embedder
from assistant.index.snapshot import (
    IndexSnapshot,
    current_snapshot_id,
    find_damage,
    load_snapshot,
    load_texts,
    snapshots,
)
from assistant.index.vector_store import Store
from assistant.language.term_analyzer import TermAnalyzer

logger = logging.getLogger(__name__)
LOOK_EVERY_SECONDS = 2.0
_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 60.0
GONE = "Auf dem Datenträger fehlt der Index; es gilt der zuletzt geladene Stand."
OTHER_MODEL = "Der Index gehört zu einem anderen Embedding-Modell; bitte den Dienst neu starten."


@dataclass(frozen=True, slots=True)
class Condition:
    """How the index is doing, with the reason in German unless it is ready; degraded means that it still answers.

    ``mendable``: building the index anew would help.
    """

    status: Literal["ready", "degraded", "unavailable"]
    reason: str = ""
    mendable: bool = True


class LiveIndex:
    """Holds the best library there is: the current snapshot, else the last good one, else words without vectors."""

    def __init__(self, data_dir: Path, analyzer: TermAnalyzer, store: Store, embedder: Embedder) -> None:
        self._data_dir = data_dir
        self._analyzer = analyzer
        self._store = store
        self._embedder = embedder
        self._corpus: SearchableCorpus | None = None
        self._fault = "Es gibt noch keinen Index."
        self._refresh_fault = ""
        self._looked = self._next_try = 0.0
        self._pause = _RETRY_SECONDS
        self._tried: str | None = None
        self._watched = self._server_down = False
        self._lock = threading.Lock()

    def corpus(self) -> SearchableCorpus:
        """The library to answer from; it looks for a newer one unless someone else does that."""
        due = not self._watched and time.monotonic() - self._looked > LOOK_EVERY_SECONDS
        if self._corpus is None or due:
            self.reload_if_changed(wait=self._corpus is None)
        if self._corpus is None:
            raise IndexUnavailableError(self._fault)
        return self._corpus

    def health(self) -> Condition:
        """Whether all is well, and if not, why."""
        if self._corpus is None:
            return Condition("unavailable", self._refresh_fault or self._fault)
        reason = self._fault or self._refresh_fault
        rebuild_helps = self._fault != OTHER_MODEL and bool(self._refresh_fault or not self._server_down)
        return Condition("degraded", reason, rebuild_helps) if reason else Condition("ready")

    def note_refresh(self, fault: str) -> None:
        """Remember why the index could not be brought in step; empty when it could."""
        self._refresh_fault = fault

    def watch(self) -> None:
        """From now on someone calls ``follow`` regularly, so that no question has to wait for it."""
        self._watched = True

    def reload_if_changed(self, *, wait: bool = False, at_once: bool = False) -> None:
        """Load the current snapshot if it is another one or what is held is not whole.

        ``wait`` for another thread that is doing so; ``at_once``: do not put off a new try.
        """
        if not self._lock.acquire(blocking=wait):
            return
        try:
            self._looked = time.monotonic()
            self._next_try = 0.0 if at_once else self._next_try
            self._follow()
        except Exception as error:  # damage of any sort must not stop answers from what is held
            logger.warning("the index cannot be followed: %s", type(error).__name__)
        finally:
            self._lock.release()

    def _follow(self) -> None:
        current = current_snapshot_id(self._data_dir)
        held = self._corpus.snapshot if self._corpus else None
        if held and held.manifest.id == current and not held.fault:
            self._look_after(held)
            return
        if current == self._tried and time.monotonic() < self._next_try:
            return
        self._tried = current
        self._load(held, current)

    def _look_after(self, held: IndexSnapshot) -> None:
        """What is in memory answers; say so when its files or its server are gone."""
        try:
            self._fault, self._server_down = find_damage(self._data_dir, held.manifest, self._store), False
        except VectorStoreUnavailableError as error:
            self._fault, self._server_down = f"{error} Es gilt der zuletzt geladene Stand.", True

    def _load(self, held: IndexSnapshot | None, current: str | None) -> None:
        """Take the best snapshot on disk: a whole one before the held one, words only if nothing else is held."""
        names, faults = snapshots(self._data_dir), list[AssistantError]()
        for name in names:
            if held and not held.fault and held.manifest.id == name:
                break
            try:
                self._take(self._load_whole(name), "" if name == current else _reason(faults))
                return
            except Exception as error:  # whatever is wrong with it, another one may do
                faults.append(_expected(error))
                logger.warning("index generation %s cannot be used: %s", name, faults[-1])
        self._server_down = bool(faults) and isinstance(faults[0], VectorStoreUnavailableError)
        self._try_later(faults)
        self._fault = _reason(faults) if faults or held is None else GONE
        if held is None or held.fault:
            self._load_words(held, names)

    def _load_whole(self, name: str) -> IndexSnapshot:
        snapshot = load_snapshot(self._data_dir, self._store, name)
        if snapshot.manifest.model_id != self._embedder.model_id:
            raise IndexUnavailableError(OTHER_MODEL)
        return snapshot

    def _load_words(self, held: IndexSnapshot | None, names: list[str]) -> None:
        for name in names:
            if held and held.manifest.id == name:
                return
            try:
                snapshot = load_texts(self._data_dir, name, self._fault)
            except Exception as error:
                logger.warning("texts of generation %s cannot be used: %s", name, _expected(error))
                continue
            self._corpus = build_corpus(snapshot, self._analyzer)
            return

    def _take(self, snapshot: IndexSnapshot, fault: str) -> None:
        self._corpus = build_corpus(snapshot, self._analyzer)
        self._fault = fault
        self._pause = _RETRY_SECONDS
        self._next_try = time.monotonic() + (_LONGEST_RETRY_SECONDS if fault else 0.0)
        trim_heap()

    def _try_later(self, faults: list[AssistantError]) -> None:
        """Damage rarely heals, so look less often; a server comes back, and asking it costs little."""
        self._next_try = time.monotonic() + self._pause
        if not any(isinstance(one, VectorStoreUnavailableError) for one in faults):
            self._pause = min(2 * self._pause, _LONGEST_RETRY_SECONDS)


def _expected(error: Exception) -> AssistantError:
    return error if isinstance(error, AssistantError) else IndexUnavailableError("Der Index ist nicht lesbar.")


def _reason(faults: list[AssistantError]) -> str:
    return str(faults[0]) if faults else "Es gibt noch keinen Index; bitte zuerst 'assistant index' ausführen."
