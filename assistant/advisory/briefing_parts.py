"""The parts of a briefing, each written from the match and from what sources say on its subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.advisory.briefing_outline import (
    ANY_POSITION,
    COMPETENCE,
    COOPERATION,
    DEFAULT_GOALS,
    DEPENDENCE,
    GUARD_RAILS,
    PAPER,
    POSITION,
    QUESTIONS,
    ROLE_QUESTIONS,
    SUPPORT,
)
from assistant.advisory.funding_match import CAVEAT, MatchResult, ProgrammeMatch
from assistant.advisory.report import Block, Bullets, Note, Paragraph, Statement, Subheading, Table
from assistant.advisory.self_check import LEVEL_NAMES, score_answers
from assistant.advisory.self_check_advice import Advice, recommend
from assistant.advisory.self_check_questions import known_answers, questionnaire_of
from assistant.advisory.source_finder import FinderContext, Subject, find_paragraphs
from assistant.answering.citations import CitationIndex
from assistant.answering.quote_check import is_proven
from assistant.core.company_profile import GOAL_NAMES, PROFILE_FIELDS, PROFILE_QUESTIONS, CompanyProfile
from assistant.core.models import Claim, Passage
from assistant.core.source_status import short_name, source_laender
from assistant.core.sources import Funding, Topic
from assistant.eligibility.criteria import Criterion
from assistant.eligibility.rule_quotes import CONTACT, DEADLINE, find_quote
from assistant.language.dates import format_date

MOST_PROGRAMMES = 8
MOST_PARTNER_PROGRAMMES = 4
MOST_ENDED = 5
MOST_APPLICATIONS = 3
MOST_OFFERS = 5
_SILENT = Statement("Dazu sagt die Quelle nichts.")


class PartWriter:
    """Writes the parts one after the other; no sentence comes twice, numbers run through the document."""

    def __init__(self, context: FinderContext, profile: CompanyProfile, found: MatchResult) -> None:
        self.citation_index = CitationIndex(context.corpus.snapshot.sources)
        self._context, self._profile, self._found = context, profile, found
        self._goals: tuple[Topic, ...] = profile.goals or DEFAULT_GOALS
        self._used: set[str] = set()

    def write(self, id: str) -> Iterator[Block]:
        """The blocks of one part of ``PARTS``."""
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
        size = self._found.size
        if size.rule:
            own = (Statement(f"Nach den eigenen Angaben: {size.name}.", self._numbers(size.rule)),)
            linked = (*self._quoted(size.linked), Statement(CAVEAT))
            yield Paragraph((*own, self._statement(size.rule), *linked), "KMU nach EU-Definition.")

    def _position(self) -> Iterator[Block]:
        role = self._profile.role
        yield from self._sources(Subject(POSITION[role] if role else ANY_POSITION, PAPER))
        yield from self._sources(DEPENDENCE)
        if advice := self._self_check():
            results = [result for result in advice.result.dimensions if result.level]
            lines = [f"{result.dimension.title}: {LEVEL_NAMES[result.level]}" for result in results if result.level]
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
            yield from self._under(GOAL_NAMES[goal], Subject(COOPERATION[goal], (*PAPER, "cooperation")))

    def _guard_rails(self) -> Iterator[Block]:
        for heading, subject in GUARD_RAILS.items():
            yield from self._under(heading, subject)

    def _competence(self) -> Iterator[Block]:
        for goal in self._goals:
            yield from self._under(GOAL_NAMES[goal], Subject(COMPETENCE[goal], (*PAPER, "support")))

    def _programmes(self) -> Iterator[Block]:
        paying = [match for match in self._found.matches if match.pays]
        fitting = [match for match in paying if match.verdict != "passt nicht"][:MOST_PROGRAMMES]
        if fitting:
            head = ("Programm", "Warum es passt", "Satz und Grenzen", "Frist", "Nächster Schritt")
            yield Table("Programme nach den Angaben des Unternehmens", head, tuple(map(self._row, fitting)))
        else:
            yield Paragraph((Statement("Nach den vorliegenden Angaben passt keines der Programme in den Quellen."),))
        with_partner = [match for match in paying if match.obstacles == ("Kooperation",)][:MOST_PARTNER_PROGRAMMES]
        if with_partner:
            yield Subheading("Mit einem Partner kämen hinzu")
            yield Bullets(tuple(self._with_partner(match) for match in with_partner))
        concerning = [ended for ended in self._found.ended if set(ended.source.topics) & set(self._goals)]
        claims = [ended.claim for ended in concerning if ended.claim][:MOST_ENDED]
        if claims:
            yield Subheading("Beendet – nicht mehr beantragen")
            yield Bullets(tuple(self._paragraph([claim]) for claim in claims))

    def _row(self, match: ProgrammeMatch) -> tuple[Paragraph, ...]:
        source = match.source
        name = f"{short_name(source)} ({source.land or {'eu': 'EU', 'bund': 'Bund'}[source.level]})"
        reasons = tuple(Statement(_reason(criterion), self._numbers(criterion.rule)) for criterion in match.criteria)
        deadline = find_quote(self._passages_of(source.id), DEADLINE, match.application)
        return (
            Paragraph((*self._quoted(match.what), self._state(source)), name),
            Paragraph(reasons),
            Paragraph(tuple(self._statement(claim) for claim in match.money) or (_SILENT,)),
            Paragraph(self._quoted(deadline) or (_SILENT,)),
            Paragraph(self._quoted(match.application) or (_SILENT,)),
        )

    def _state(self, source: Funding) -> Statement:
        """„Stand …", carried by the generated sentence that holds the date."""
        check = " – bitte prüfen" if source.verify else ""
        passage = self._context.corpus.status_passages.get(source.id, {}).get("de")
        if not source.as_of or passage is None:
            return Statement(f"(ohne Datum{check})")
        claim = Claim(f"(Stand {format_date(source.as_of)}{check})", passage.sentences[0], passage, 0.0)
        return self._statement(claim)

    def _with_partner(self, match: ProgrammeMatch) -> Paragraph:
        rules = [criterion.rule for criterion in match.criteria if criterion.name == "Kooperation"]
        statements = tuple(statement for rule in rules for statement in self._quoted(rule))
        return Paragraph(statements, f"{short_name(match.source)}:")

    def _questions(self) -> Iterator[Block]:
        facts = [PROFILE_QUESTIONS[field] for field, _ in self._found.questions]
        if facts:
            yield Subheading("Diese Angaben entscheiden über Programme")
            yield _boxes(facts)
        asked = list(ROLE_QUESTIONS[self._profile.role]) if self._profile.role else []
        asked += [question for goal in self._goals for question in QUESTIONS[goal]]
        yield Subheading("Zum Weiterdenken")
        yield _boxes(asked)

    def _next_steps(self) -> Iterator[Block]:
        ready = [match for match in self._found.matches if match.verdict == "passt" and match.application]
        if ready:
            yield Subheading("Anträge vorbereiten")
            steps = ready[:MOST_APPLICATIONS]
            items = tuple(Paragraph(self._quoted(match.application), f"{short_name(match.source)}:") for match in steps)
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
            if document in shown or len(shown) == MOST_OFFERS:
                continue
            shown.append(document)
            source = self._context.corpus.snapshot.sources[document]
            contact = find_quote(self._passages_of(document), CONTACT)
            claims = [*paragraph, *([contact] if contact and contact.quote != paragraph[0].quote else [])]
            yield Paragraph(tuple(self._statement(claim) for claim in claims), f"{short_name(source)}:")

    def _near_first(self, paragraphs: Sequence[tuple[Claim, ...]]) -> list[tuple[Claim, ...]]:
        """Offers of the firm's own Land before those for everyone."""
        sources = self._context.corpus.snapshot.sources
        return sorted(paragraphs, key=lambda claims: not source_laender(sources[claims[0].passage.document_id]))

    def _passages_of(self, document: str) -> list[Passage]:
        return [passage for passage in self._context.corpus.snapshot.passages if passage.document_id == document]

    def _under(self, heading: str, subject: Subject) -> Iterator[Block]:
        """What the sources say on a subject under a heading, or neither."""
        if blocks := tuple(self._sources(subject)):
            yield Subheading(heading)
            yield from blocks

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


def _boxes(texts: Sequence[str]) -> Bullets:
    return Bullets(tuple(Paragraph((Statement(text),)) for text in dict.fromkeys(texts)), open_box=True)


def _reason(criterion: Criterion) -> str:
    """A rule in the table; why only where something is open, as the rest is the firm's own figures."""
    explained = criterion.result == "unklar" or criterion.name == "Ziel"
    return f"{criterion.name}: {criterion.result}" + (f" – {criterion.why}." if explained else ".")


def _profile_lines(profile: CompanyProfile) -> Iterator[str]:
    """The profile in words, one line each."""
    known = [(field, value) for field in PROFILE_FIELDS if (value := field.value_in(profile)) is not None]
    lines = sorted((field.briefing, field.describe(value)) for field, value in known if field.briefing)
    yield from (f"{label}: {text}" for (_, label), text in lines)
