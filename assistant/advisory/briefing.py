"""A firm's profile to a cited briefing: situation, position, cooperation, competence, programmes, next steps."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from assistant.advisory.briefing_outline import PARTS
from assistant.advisory.briefing_parts import PartWriter
from assistant.advisory.funding_match import match_programmes
from assistant.advisory.report import Note, Part, Report
from assistant.advisory.source_finder import FinderContext
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import CompanyProfile
from assistant.core.errors import ProfileError
from assistant.language.dates import format_date

REVIEW_LINE = "geprüft von ____________________ am ____________"
BriefingProgress = Callable[[str, int, int], None]
"""Called with the part that is being written, how many are done and how many there are."""


def brief(
    assistant: AppContext,
    profile: CompanyProfile,
    *,
    notes: str = "",
    omit: Collection[str] = (),
    today: date | None = None,
    progress: BriefingProgress = lambda stage, done, total: None,
) -> Report:
    """Write the briefing; ``omit`` names parts to leave out, ``notes`` are the adviser's own words."""
    check_parts(omit)
    day = today or date.today()
    context = FinderContext(assistant, assistant.live_index.corpus(), profile.land, day)
    writer = PartWriter(context, profile, match_programmes(assistant, profile, day))
    wanted = [(id, heading) for id, heading in PARTS.items() if id not in omit]
    parts = []
    for done, (id, heading) in enumerate(wanted):
        progress(heading, done, len(wanted))
        parts.append(Part(id, heading, tuple(writer.write(id))))
    progress("fertig", len(wanted), len(wanted))
    if own := "\n\n".join(part.strip() for part in (profile.notes or "", notes) if part.strip()):
        parts.append(Part("notes", "Notizen der Beratung", (Note("Notiz der Beraterin oder des Beraters", own),)))
    return Report(
        title="Briefing: Position in Produktionsnetzwerken",
        subtitle=profile.name or "Unternehmen ohne Namen",
        created=day,
        cover=_cover(profile, context),
        parts=tuple(parts),
        citations=writer.citation_index.citations,
        footer=assistant.prompts.render("disclaimer", "de"),
    )


def check_parts(omit: Collection[str]) -> None:
    """Refuse names of parts that do not exist."""
    if unknown := [part for part in omit if part not in PARTS]:
        raise ProfileError(f"Den Teil '{unknown[0]}' gibt es nicht; weglassen lassen sich: {', '.join(PARTS)}.")


def _cover(profile: CompanyProfile, context: FinderContext) -> tuple[tuple[str, str], ...]:
    sources = context.corpus.snapshot.sources.values()
    checked = max((source.checked for source in sources if source.checked), default=None)
    state = f"{len(sources)} Quellen" + (
        f", zuletzt verglichen am {format_date(checked.isoformat())}" if checked else ""
    )
    return (
        ("Unternehmen", profile.name or "nicht angegeben"),
        ("Datum", format_date(context.today.isoformat())),
        ("Datenstand", state),
        ("Entstehung", f"KI-gestützt erstellt – {REVIEW_LINE}"),
    )
