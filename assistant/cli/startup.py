"""What most commands begin with: the settings, and an assistant over an index that is in step with the knowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from assistant.cli.output import progress_bar
from assistant.core.errors import AssistantError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from assistant.answering.runtime import AppContext
    from assistant.core.models import Document, StatementProof, Unproven
    from assistant.core.settings import Settings
    from assistant.index.builder import BuildResult
    from assistant.operations.lint_guides import Prove


def read_settings() -> Settings:
    """The settings of the environment and ``.env``."""
    from assistant.core.settings import load_settings

    return load_settings()


def open_assistant() -> AppContext:
    """The assistant over an index; one that is missing, damaged or of another version is built first."""
    from assistant.bootstrap import build_assistant
    from assistant.index.snapshot import current_snapshot_id

    settings = read_settings()
    assistant = build_assistant(settings)
    if current_snapshot_id(settings.data_dir) is None:
        refresh_with_bar(settings, assistant=assistant)
    assistant.live_index.reload_if_changed(wait=True)
    condition = assistant.live_index.health()
    if condition.status != "ready" and condition.rebuild_helps:
        try:
            refresh_with_bar(settings, assistant=assistant)
            assistant.live_index.reload_if_changed(wait=True, at_once=True)
        except AssistantError as error:  # what is still there may answer; each answer says so
            typer.echo(str(error), err=True)
    return assistant


def guide_proofs(settings: Settings) -> Prove:
    """What holds the sentences of guides to their cards; the encoder is loaded when there are any."""

    def prove(documents: Sequence[Document]) -> Mapping[str, tuple[StatementProof | Unproven, ...]]:
        from assistant.bootstrap import build_assistant, build_guide_prover

        with progress_bar() as report:
            return build_guide_prover(build_assistant(settings)).outcomes(documents, report)

    return prove


def refresh_with_bar(settings: Settings, *, full: bool = False, assistant: AppContext | None = None) -> BuildResult:
    """Bring the index in step, with a progress bar."""
    from assistant.bootstrap import refresh_index

    with progress_bar() as report:
        return refresh_index(settings, report, full=full, assistant=assistant)


def broken_links(folders: Sequence[Path]) -> list[str]:
    """What is wrong with the addresses in the knowledge, with a progress bar."""
    from assistant.ingestion.knowledge_loader import load_knowledge
    from assistant.operations.check_links import check_links

    with progress_bar() as report:
        found = check_links(load_knowledge(folders), lambda done, total: report("Adressen", done, total))
        return [f"{sources}: {problem}" for sources, problem in found]
