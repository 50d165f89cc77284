"""Keeps a running service in step with its index, and mends the index when it can."""

from __future__ import annotations

import logging
import threading
import time

from assistant.answering.runtime import AppContext
from assistant.bootstrap import refresh_index
from assistant.core.errors import (
    AssistantError,
    IndexBusyError,
    IndexUnavailableError,
    IndexWriteError,
    VectorStoreUnavailableError,
)

logger = logging.getLogger(__name__)
LOOKS_UNTIL_REPAIR = 7.5
LONGEST_PAUSE_SECONDS = 900.0


def maintain_index(assistant: AppContext, stop: threading.Event) -> None:
    """Reload the index when it changes; while something is wrong with it, try to build it anew, ever less often."""
    assistant.live_index.watch()
    look_every = assistant.settings.index_check_seconds
    first_pause = pause = LOOKS_UNTIL_REPAIR * look_every
    due = time.monotonic() + pause
    while not stop.wait(look_every):
        assistant.live_index.reload_if_changed()
        condition = assistant.live_index.health()
        if condition.status == "ready" or not condition.rebuild_helps:
            pause = first_pause
            due = time.monotonic() + pause
        elif time.monotonic() >= due:
            error = try_refresh(assistant)
            if not isinstance(error, VectorStoreUnavailableError):  # asking a server again costs little
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            due = time.monotonic() + pause


def try_refresh(assistant: AppContext) -> Exception | None:
    """Refresh the index for a service that goes on whether or not this succeeds; the error if it did not."""
    try:
        refresh_index(assistant.settings, lambda *_: None, assistant=assistant)
    except IndexBusyError as error:
        return error
    except Exception as error:  # a service must survive whatever is wrong with its files
        logger.warning("the index could not be brought in step: %s", error)
        assistant.live_index.note_refresh(_public_reason(error))
        return error
    assistant.live_index.note_refresh("")
    assistant.live_index.reload_if_changed(at_once=True)
    return None


def start_degraded(assistant: AppContext, error: Exception) -> str:
    """What to tell the operator when a service starts from the last good index; raises when there is none.

    A service whose Chroma server is away starts all the same and waits for it.
    """
    assistant.live_index.note_refresh(_public_reason(error))
    try:
        assistant.live_index.corpus()
    except IndexUnavailableError:
        if not isinstance(error, VectorStoreUnavailableError):
            raise error from None
    reason = str(error) if isinstance(error, AssistantError) else f"Unerwarteter Fehler: {type(error).__name__}."
    return f"Der Index bleibt, wie er ist: {reason}"


def _public_reason(error: Exception) -> str:
    """A reason that names no path, host or content, because anyone may read it."""
    if isinstance(error, IndexWriteError):
        return f"Der Index lässt sich nicht erneuern: {error.short}"
    if isinstance(error, VectorStoreUnavailableError):
        return str(error)
    return "Der Index lässt sich nicht erneuern; der Grund steht im Protokoll des Dienstes."
