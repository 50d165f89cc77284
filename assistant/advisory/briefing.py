"""A firm's profile to a cited briefing: situation, position, cooperation, competence, programmes, next steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date

from assistant.advisory.briefing_outline import (
    ANY_POSITION,
    COMPETENCE,
    COOPERATION,
    DEFAULT_GOALS,
    DEPENDENCE,
    GUARD_RAILS,
    PAPER,
    PARTS,
    POSITION,
    QUESTIONS,
    ROLE_QUESTIONS,
    SUPPORT,
)
from assistant.advisory.funding_match import CAVEAT, Match, Matches, match_programmes
from assistant.advisory.report import Block, Bullets, Note, Paragraph, Part, Report, Statement, Subheading, Table
from assistant.advisory.self_check import LEVEL_NAMES, Advice, recommend, score_answers
from assistant.advisory.self_check_questions import known_answers, questionnaire_of
from assistant.advisory.source_finder import FinderContext, Subject, find_paragraphs
from assistant.answering.citations import CitationIndex
from assistant.answering.quote_check import is_proven
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import GOAL_NAMES, PROFILE_FIELDS, PROFILE_QUESTIONS, CompanyProfile
from assistant.core.errors import ProfileError
from assistant.core.models import Claim
from assistant.core.source_status import short_name, source_laender
from assistant.core.sources import Funding, Topic
from assistant.eligibility.rule_quotes import CONTACT, DEADLINE, find_quote
from assistant.language.dates import format_date

PROGRAMMES = 8
PARTNER_PROGRAMMES = 4
ENDED = 5
OFFERS = 5
REVIEW_LINE = "geprüft von ____________________ am ____________"
Progress = Callable[[str, int, int], None]
"""Told which part is being written, how many are done and how many there are."""


def brief(
    assistant: AppContext,
    profile: CompanyProfile,
    *,
    notes: str = "",
    omit: Collection[str] = (),
    today: date | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Report:
    """Write the briefing; ``omit`` names parts to leave out, ``notes`` are the adviser's own words."""
    check_parts(omit)
    day = today or date.today()
    context = FinderContext(assistant, assistant.live_index.corpus(), profile.land, day)
    writer = _Writer(context, profile, match_programmes(assistant, profile, day))
    wanted = [(id, heading) for id, heading in PARTS.items() if id not in omit]
    parts = []
    for done, (id, heading) in enumerate(wanted):
        progress(heading, done, len(wanted))
        parts.append(Part(id, heading, tuple(writer.part(id))))
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
    if unknown := [one for one in omit if one not in PARTS]:
        raise ProfileError(f"Den Teil '{unknown[0]}' gibt es nicht; weglassen lassen sich: {', '.join(PARTS)}.")


def _cover(profile: CompanyProfile, context: FinderContext) -> tuple[tuple[str, str], ...]:
    sources = context.corpus.snapshot.sources.values()
    checked = max((one.checked for one in sources if one.checked), default=None)
    state = f"{len(sources)} Quellen" + (
        f", zuletzt verglichen am {format_date(checked.isoformat())}" if checked else ""
    )
    return (
        ("Unternehmen", profile.name or "nicht angegeben"),
        ("Datum", format_date(context.today.isoformat())),
        ("Datenstand", state),
        ("Entstehung", f"KI-gestützt erstellt – {REVIEW_LINE}"),
    )


class _Writer:
    """Writes the parts one after the other; no sentence comes twice, numbers run through the document."""

    def __init__(self, context: FinderContext, profile: CompanyProfile, matches: Matches) -> None:
        self.citation_index = CitationIndex(context.corpus.snapshot.sources)
        self._context, self._profile, self._matches = context, profile, matches
        self._goals: tuple[Topic, ...] = profile.goals or DEFAULT_GOALS
        self._used: set[str] = set()

    def part(self, id: str) -> Iterator[Block]:
        """The blocks of one part."""
        write: dict[str, Callable[[], Iterator[Block]]] = {
            "situation": self._situation,
            "position": self._position,
            "cooperation": self._cooperation,
            "guard_rails": self._guard_rails,
            "competence": self._competence,
            "programmes": self._programmes,
            "questions": self._questions,
            "next_steps": self._next_steps,
        }
        return write[id]()

    def _situation(self) -> Iterator[Block]:
        yield Note(
            "Angaben des Unternehmens", "\n".join(_profile_lines(self._profile)) or "Es liegen noch keine Angaben vor."
        )
        size = self._matches.size
        if size.rule:
            own = (Statement(f"Nach den eigenen Angaben: {size.name}.", self._numbers(size.rule)),)
            linked = (*self._quoted(size.linked), Statement(CAVEAT))
            yield Paragraph((*own, self._statement(size.rule), *linked), "KMU nach EU-Definition.")

    def _position(self) -> Iterator[Block]:
        role = self._profile.role
        yield from self._sources(Subject(POSITION[role] if role else ANY_POSITION, PAPER))
        yield from self._sources(DEPENDENCE)
        if advice := self._self_check():
            lines = [
                f"{one.dimension.title}: {LEVEL_NAMES[one.level]}" for one in advice.result.dimensions if one.level
            ]
            yield Note("Selbstcheck – eigene Einschätzung des Unternehmens", "\n".join(lines))
            for step in advice.steps:
                yield Subheading(f"Selbstcheck: {step.result.dimension.title}")
                yield self._paragraph(step.because)
                yield _boxes([step.result.dimension.step])

    def _self_check(self) -> Advice | None:
        """What the firm's own answers say, if it gave any."""
        questionnaire = questionnaire_of(self._context.assistant.settings)
        answers = known_answers(questionnaire, self._profile.self_check or {}) if questionnaire else {}
        if questionnaire is None or not answers:
            return None
        return recommend(
            self._context.assistant, score_answers(questionnaire, answers), self._context.land, self._context.today
        )

    def _cooperation(self) -> Iterator[Block]:
        for goal in self._goals:
            found = tuple(self._sources(Subject(COOPERATION[goal], (*PAPER, "cooperation"))))
            if found:
                yield Subheading(GOAL_NAMES[goal])
                yield from found

    def _guard_rails(self) -> Iterator[Block]:
        for heading, subject in GUARD_RAILS.items():
            found = tuple(self._sources(subject))
            if found:
                yield Subheading(heading)
                yield from found

    def _competence(self) -> Iterator[Block]:
        for goal in self._goals:
            found = tuple(self._sources(Subject(COMPETENCE[goal], (*PAPER, "support"))))
            if found:
                yield Subheading(GOAL_NAMES[goal])
                yield from found

    def _programmes(self) -> Iterator[Block]:
        fitting = [one for one in self._matches.matches if one.verdict != "passt nicht" and one.pays][:PROGRAMMES]
        if fitting:
            head = ("Programm", "Warum es passt", "Satz und Grenzen", "Frist", "Nächster Schritt")
            yield Table("Programme nach den Angaben des Unternehmens", head, tuple(map(self._row, fitting)))
        else:
            yield Paragraph((Statement("Nach den vorliegenden Angaben passt keines der Programme in den Quellen."),))
        later = [one for one in self._matches.matches if one.obstacles == ("Kooperation",) and one.pays][
            :PARTNER_PROGRAMMES
        ]
        if later:
            yield Subheading("Mit einem Partner kämen hinzu")
            yield Bullets(tuple(self._with_partner(one) for one in later))
        ended = [one for one in self._matches.ended if one.claim and self._concerns(one.source.topics)][:ENDED]
        if ended:
            yield Subheading("Beendet – nicht mehr beantragen")
            claims = [(one.claim,) for one in ended if one.claim]
            yield Bullets(tuple(self._paragraph(claim) for claim in claims))

    def _row(self, one: Match) -> tuple[Paragraph, ...]:
        source = one.source
        name = f"{short_name(source)} ({source.land or {'eu': 'EU', 'bund': 'Bund'}[source.level]})"
        reasons = tuple(
            Statement(_reason(rule.name, rule.result, rule.why), self._numbers(rule.rule)) for rule in one.criteria
        )
        passages = [one for one in self._context.corpus.snapshot.passages if one.document_id == source.id]
        deadline = find_quote(passages, DEADLINE, one.application)
        return (
            Paragraph((*self._quoted(one.what), self._state(source)), name),
            Paragraph(reasons),
            Paragraph(tuple(self._statement(claim) for claim in one.money) or (_SILENT,)),
            Paragraph(self._quoted(deadline) or (_SILENT,)),
            Paragraph(self._quoted(one.application) or (_SILENT,)),
        )

    def _state(self, source: Funding) -> Statement:
        """„Stand …", carried by the generated sentence that holds the date."""
        check = " – bitte prüfen" if source.verify else ""
        passage = self._context.corpus.status_passages.get(source.id, {}).get("de")
        if not source.as_of or passage is None:
            return Statement(f"(ohne Datum{check})")
        claim = Claim(f"(Stand {format_date(source.as_of)}{check})", passage.sentences[0], passage, 0.0)
        return self._statement(claim)

    def _with_partner(self, one: Match) -> Paragraph:
        rules = [rule.rule for rule in one.criteria if rule.name == "Kooperation"]
        return Paragraph(tuple(s for rule in rules for s in self._quoted(rule)), f"{short_name(one.source)}:")

    def _questions(self) -> Iterator[Block]:
        facts = [PROFILE_QUESTIONS[field] for field, _ in self._matches.questions]
        if facts:
            yield Subheading("Diese Angaben entscheiden über Programme")
            yield _boxes(facts)
        asked = [*ROLE_QUESTIONS.get(self._profile.role or "startup", ())] if self._profile.role else []
        asked += [question for goal in self._goals for question in QUESTIONS[goal]]
        yield Subheading("Zum Weiterdenken")
        yield _boxes(asked)

    def _next_steps(self) -> Iterator[Block]:
        steps = [one for one in self._matches.matches if one.verdict == "passt" and one.application][:3]
        if steps:
            yield Subheading("Anträge vorbereiten")
            items = tuple(Paragraph(self._quoted(one.application), f"{short_name(one.source)}:") for one in steps)
            yield Bullets(items, open_box=True)
        offers = tuple(self._offers())
        if offers:
            yield Subheading("Anlaufstellen")
            yield Bullets(offers, open_box=True)

    def _offers(self) -> Iterator[Paragraph]:
        goals = ", ".join(GOAL_NAMES[goal] for goal in self._goals)
        text = f"{SUPPORT} {self._context.land or ''} {goals}"
        shown: list[str] = []
        for paragraph in self._near_first(find_paragraphs(self._context, Subject(text, ("support",)))):
            document = paragraph[0].passage.document_id
            if document in shown or len(shown) == OFFERS:
                continue
            shown.append(document)
            source = self._context.corpus.snapshot.sources[document]
            passages = [p for p in self._context.corpus.snapshot.passages if p.document_id == document]
            contact = find_quote(passages, CONTACT)
            claims = [*paragraph, *([contact] if contact and contact.quote != paragraph[0].quote else [])]
            yield Paragraph(tuple(self._statement(claim) for claim in claims), f"{short_name(source)}:")

    def _near_first(self, paragraphs: Sequence[tuple[Claim, ...]]) -> list[tuple[Claim, ...]]:
        """Offers of the firm's own Land before those for everyone."""
        sources = self._context.corpus.snapshot.sources
        return sorted(paragraphs, key=lambda one: not source_laender(sources[one[0].passage.document_id]))

    def _sources(self, subject: Subject) -> Iterator[Block]:
        """What the sources say on a subject, as a list; nothing when all of it was said before."""
        items = []
        for paragraph in find_paragraphs(self._context, subject):
            fresh = tuple(claim for claim in paragraph if not claim.quote or claim.quote not in self._used)
            if any(claim.score for claim in fresh):
                items.append(self._paragraph(fresh))
                self._used.update(claim.quote for claim in fresh)
        if items:
            yield Bullets(tuple(items))

    def _paragraph(self, claims: Sequence[Claim]) -> Paragraph:
        return Paragraph(tuple(self._statement(claim) for claim in claims))

    def _quoted(self, claim: Claim | None) -> tuple[Statement, ...]:
        return (self._statement(claim),) if claim else ()

    def _statement(self, claim: Claim) -> Statement:
        return Statement(claim.text, self._numbers(claim), claim.note)

    def _numbers(self, claim: Claim | None) -> tuple[int, ...]:
        return (self.citation_index.number(claim),) if claim and claim.quote and is_proven(claim) else ()

    def _concerns(self, topics: Sequence[Topic]) -> bool:
        return bool(set(topics) & set(self._goals))


_SILENT = Statement("Dazu sagt die Quelle nichts.")


def _boxes(texts: Sequence[str]) -> Bullets:
    return Bullets(tuple(Paragraph((Statement(text),)) for text in dict.fromkeys(texts)), open_box=True)


def _reason(name: str, result: str, why: str) -> str:
    """A rule in the table; the reason only where something is open, as the rest is the firm's own figures."""
    return f"{name}: {result} – {why}." if result == "unklar" or name == "Ziel" else f"{name}: {result}."


def _profile_lines(profile: CompanyProfile) -> Iterator[str]:
    """The profile in words, one line each."""
    known = [(field, value) for field in PROFILE_FIELDS if (value := field.value_in(profile)) is not None]
    lines = sorted((field.briefing, field.describe(value)) for field, value in known if field.briefing)
    yield from (f"{label}: {text}" for (_, label), text in lines)
