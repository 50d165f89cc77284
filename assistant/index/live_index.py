"""The index as a running process sees it: loaded, reloaded when another snapshot comes into force, and how it is."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
_LOOKS_UNTIL_RETRY = 2.5
_LONGEST_RETRY_SECONDS = 60.0
GONE = "Auf dem Datenträger fehlt der Index; es gilt der zuletzt geladene Stand."
OTHER_MODEL = "Der Index gehört zu einem anderen Embedding-Modell; bitte den Dienst neu starten."


@dataclass(frozen=True, slots=True)
class Condition:
    """How the index is doing, with the reason in German unless it is ready; degraded means that it still answers."""

    status: Literal["ready", "degraded", "unavailable"]
    reason: str = ""
    rebuild_helps: bool = True


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why the current snapshot is not held as it is on disk, empty while it is; and whether its server is away."""

    reason: str = ""
    server_down: bool = False


@dataclass(frozen=True, slots=True)
class _RetrySchedule:
    """When a snapshot that could not be loaded is tried again; another one than ``tried`` is tried at once."""

    first_pause: float
    pause: float
    tried: str | None = None
    next_try: float = 0.0

    def is_due(self, snapshot: str | None, now: float) -> bool:
        """Whether to load, with this snapshot in force."""
        return snapshot != self.tried or now >= self.next_try

    def at_once(self) -> _RetrySchedule:
        """The next try is due, whatever was tried before."""
        return replace(self, next_try=0.0)

    def trying(self, snapshot: str | None) -> _RetrySchedule:
        """A try begins with this snapshot in force."""
        return replace(self, tried=snapshot)

    def later(self, now: float, *, server_down: bool) -> _RetrySchedule:
        """It failed. Damage rarely heals, so look less often; a server comes back, and asking it costs little."""
        pause = self.pause if server_down else min(2 * self.pause, _LONGEST_RETRY_SECONDS)
        return replace(self, next_try=now + self.pause, pause=pause)

    def reset(self, now: float, *, rest: float) -> _RetrySchedule:
        """It worked; for so long nothing better is looked for."""
        return replace(self, next_try=now + rest, pause=self.first_pause)


class LiveIndex:
    """Holds the best corpus there is and says how it is doing; shared by all threads of a process.

    ====================  ==========================================================================================
    state                 what answers
    ====================  ==========================================================================================
    ready                 the current snapshot, whole in memory and on disk
    degraded, whole       a snapshot whole in memory: its files or its server are gone, or it is the last good one
                          before a current one that cannot be read; or the knowledge could not be brought in step
    degraded, words only  the texts of a snapshot without vectors
    unavailable           nothing: no snapshot can be read, not even its texts
    ====================  ==========================================================================================

    Each reload takes the first that it can get: the current snapshot, the newest whole one, texts. So it goes only
    to the right, one or more steps at a time, but for what is in memory and no longer on disk::

        unavailable ──→ degraded, words only ──→ degraded, whole ←──→ ready

    What is whole in memory is never given up for words, and what answers never for nothing. A snapshot that failed is
    tried again after a pause that grows up to a minute, another one at once.
    """

    def __init__(
        self,
        data_dir: Path,
        analyzer: TermAnalyzer,
        store: Store,
        embedder: Embedder,
        clock: Callable[[], float] = time.monotonic,
        look_every: float = LOOK_EVERY_SECONDS,
    ) -> None:
        """``clock`` gives seconds that never go back; so many pass between two looks at the data folder."""
        self._data_dir = data_dir
        self._analyzer = analyzer
        self._store = store
        self._embedder = embedder
        self._clock = clock
        self._corpus: SearchableCorpus | None = None
        self._fault = _Fault("Es gibt noch keinen Index.")
        self._refresh_fault = ""
        self._look_every = look_every
        self._schedule = _RetrySchedule(_LOOKS_UNTIL_RETRY * look_every, _LOOKS_UNTIL_RETRY * look_every)
        self._looked = 0.0
        self._watched = False
        self._lock = threading.Lock()

    def corpus(self) -> SearchableCorpus:
        """The corpus to answer from; it looks for a newer one unless someone else does that."""
        due = not self._watched and self._clock() - self._looked > self._look_every
        if self._corpus is None or due:
            self.reload_if_changed(wait=self._corpus is None)
        if self._corpus is None:
            raise IndexUnavailableError(self._fault.reason)
        return self._corpus

    def health(self) -> Condition:
        """Whether all is well, and if not, why."""
        fault, refresh_fault = self._fault, self._refresh_fault
        if self._corpus is None:
            return Condition("unavailable", refresh_fault or fault.reason)
        reason = fault.reason or refresh_fault
        rebuild_helps = fault.reason != OTHER_MODEL and bool(refresh_fault or not fault.server_down)
        return Condition("degraded", reason, rebuild_helps) if reason else Condition("ready")

    def note_refresh(self, fault: str) -> None:
        """Remember why the index could not be brought in step; empty when it could."""
        self._refresh_fault = fault

    def watch(self) -> None:
        """From now on someone calls ``reload_if_changed`` regularly, so that no question has to wait for it."""
        self._watched = True

    def reload_if_changed(self, *, wait: bool = False, at_once: bool = False) -> None:
        """Load the current snapshot if it is another one or what is held is not whole.

        ``wait`` for another thread that is doing so; ``at_once``: do not put off a new try.
        """
        if not self._lock.acquire(blocking=wait):
            return
        try:
            self._looked = self._clock()
            if at_once:
                self._schedule = self._schedule.at_once()
            self._reload()
        except Exception as error:  # damage of any sort must not stop answers from what is held
            logger.warning("the index cannot be reloaded: %s", type(error).__name__)
        finally:
            self._lock.release()

    def _reload(self) -> None:
        current = current_snapshot_id(self._data_dir)
        held = self._corpus.snapshot if self._corpus else None
        if held and held.manifest.id == current and not held.fault:
            self._look_after(held)
        elif self._schedule.is_due(current, self._clock()):
            self._schedule = self._schedule.trying(current)
            self._load(held, current)

    def _look_after(self, held: IndexSnapshot) -> None:
        """What is in memory answers; say so when its files or its server are gone."""
        try:
            self._fault = _Fault(find_damage(self._data_dir, held.manifest, self._store))
        except VectorStoreUnavailableError as error:
            self._fault = _Fault(f"{error} Es gilt der zuletzt geladene Stand.", server_down=True)

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
                logger.warning("index snapshot %s cannot be used: %s", name, faults[-1])
        lost = [isinstance(fault, VectorStoreUnavailableError) for fault in faults]
        self._schedule = self._schedule.later(self._clock(), server_down=any(lost))
        self._fault = _Fault(_reason(faults) if faults or held is None else GONE, any(lost[:1]))
        if held is None or held.fault:
            self._load_words(held, names)

    def _load_whole(self, name: str) -> IndexSnapshot:
        snapshot = load_snapshot(self._data_dir, self._store, name)
        if snapshot.manifest.model_id != self._embedder.model_id:
            raise IndexUnavailableError(OTHER_MODEL)
        return snapshot

    def _load_words(self, held: IndexSnapshot | None, names: Sequence[str]) -> None:
        """Take the texts of the first snapshot that has them, unless they are those that are held."""
        for name in names:
            if held and held.manifest.id == name:
                return
            try:
                snapshot = load_texts(self._data_dir, name, self._fault.reason)
            except Exception as error:
                logger.warning("texts of index snapshot %s cannot be used: %s", name, _expected(error))
                continue
            self._corpus = build_corpus(snapshot, self._analyzer)
            return

    def _take(self, snapshot: IndexSnapshot, fault: str) -> None:
        self._corpus = build_corpus(snapshot, self._analyzer)
        self._fault = replace(self._fault, reason=fault)
        self._schedule = self._schedule.reset(self._clock(), rest=_LONGEST_RETRY_SECONDS if fault else 0.0)
        trim_heap()


def _expected(error: Exception) -> AssistantError:
    return error if isinstance(error, AssistantError) else IndexUnavailableError("Der Index ist nicht lesbar.")


def _reason(faults: Sequence[AssistantError]) -> str:
    return str(faults[0]) if faults else "Es gibt noch keinen Index; bitte zuerst 'assistant index' ausführen."
