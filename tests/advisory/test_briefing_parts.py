"""Parts of a briefing from a match made by hand, over a small index."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.advisory.briefing_parts import MOST_APPLICATIONS, MOST_PROGRAMMES, PartWriter
from assistant.advisory.funding_match import Ended, MatchResult, ProgrammeMatch, ProgrammeVerdict, Size
from assistant.advisory.report import Block, Bullets, Note, Subheading, Table
from assistant.advisory.source_finder import FinderContext
from assistant.answering.runtime import AppContext
from assistant.core.company_profile import PROFILE_QUESTIONS, CompanyProfile
from assistant.core.models import Claim, Passage
from assistant.core.quotes import quote
from assistant.eligibility.criteria import Criterion
from tests.support.hand_made import funding

TODAY = date(2026, 11, 23)
NO_SIZE = Size("offen", None, None)
NO_PARTNER = Criterion("Kooperation", "nicht erfüllt", "kein Partner")


def match(verdict: ProgrammeVerdict, *criteria: Criterion, claim: Claim | None = None) -> ProgrammeMatch:
    return ProgrammeMatch(funding("netzbonus-neu"), verdict, criteria, (), claim, (), claim)


def found(*matches: ProgrammeMatch, ended: tuple[Ended, ...] = (), size: Size = NO_SIZE) -> MatchResult:
    return MatchResult(matches, ended, (), size)


@pytest.fixture
def context(small_assistant: AppContext) -> FinderContext:
    return FinderContext(small_assistant, small_assistant.live_index.corpus(), None, TODAY)


@pytest.fixture
def bonus(context: FinderContext) -> Passage:
    """The passage of the small index that says what the Netzbonus pays."""
    passages = context.corpus.snapshot.passages
    return next(one for one in passages if one.document_id == "netzbonus-neu" and not one.generated)


def write(context: FinderContext, part: str, result: MatchResult, profile: CompanyProfile | None = None) -> list[Block]:
    return list(PartWriter(context, profile or CompanyProfile(), result).write(part))


def text_of(block: Block) -> str:
    """All words of a block."""
    if isinstance(block, Note | Subheading):
        return block.text
    if isinstance(block, Table):
        paragraphs = [cell for row in block.rows for cell in row]
    else:
        paragraphs = list(block.items) if isinstance(block, Bullets) else [block]
    return " ".join(f"{one.lead} {' '.join(said.text for said in one.statements)}" for one in paragraphs)


def test_the_situation_lists_the_known_facts_in_their_order(context: FinderContext) -> None:
    profile = CompanyProfile(
        name="Nicht gelistet",
        land="Sachsen",
        sector="Gießerei",
        turnover_eur=6_800_000,
        largest_customer_share=0.333,
        partners=(),
        goals=(),
        linked_enterprises=False,
        notes="auch nicht",
    )
    (note,) = write(context, "situation", found(), profile)
    assert text_of(note).splitlines() == [
        "Branche: Gießerei",
        "Land: Sachsen",
        "Umsatz: 6,8 Mio. Euro",
        "Anteil des größten Kunden: 33 Prozent",
        "Partner: keine",
        "Verbundene Unternehmen: nein",
    ]
    (empty,) = write(context, "situation", found())
    assert text_of(empty) == "Es liegen noch keine Angaben vor."


def test_the_size_is_said_with_the_rule_that_it_rests_on(context: FinderContext, bonus: Passage) -> None:
    rule = quote(bonus.sentences[0], bonus)
    writer = PartWriter(context, CompanyProfile(), found(size=Size("kleines Unternehmen", rule, None)))
    _, size = writer.write("situation")
    assert "Nach den eigenen Angaben: kleines Unternehmen." in text_of(size)
    assert [one.quote for one in writer.citation_index.citations] == [bonus.sentences[0]]


def test_only_programmes_that_may_fit_come_into_the_table_and_at_most_eight(context: FinderContext) -> None:
    may_fit = [match("passt"), match("unklar", Criterion("Alter", "unklar", "Gründungsjahr fehlt"))]
    (table,) = write(
        context, "programmes", found(*may_fit, match("passt nicht", Criterion("Land", "nicht erfüllt", "")))
    )
    assert isinstance(table, Table)
    assert len(table.rows) == 2
    assert "Alter: unklar – Gründungsjahr fehlt." in text_of(table)
    assert "Dazu sagt die Quelle nichts." in text_of(table)
    (long_table,) = write(context, "programmes", found(*[match("passt")] * 20))
    assert isinstance(long_table, Table)
    assert len(long_table.rows) == MOST_PROGRAMMES


def test_no_programme_is_said_in_words_and_a_partner_would_add_some(context: FinderContext) -> None:
    sentence, heading, bullets = write(context, "programmes", found(match("passt nicht", NO_PARTNER)))
    assert text_of(sentence).strip() == "Nach den vorliegenden Angaben passt keines der Programme in den Quellen."
    assert text_of(heading) == "Mit einem Partner kämen hinzu"
    assert text_of(bullets).strip() == "Netzbonus-Neu:"


def test_ended_programmes_are_named_where_they_concern_the_goals(context: FinderContext, bonus: Passage) -> None:
    claim = quote(bonus.sentences[0], bonus)
    data, loans = (Ended(funding(topics=[topic]), claim, None) for topic in ("data", "support"))
    blocks = write(context, "programmes", found(ended=(loans, data)), CompanyProfile(goals=("data",)))
    assert [text_of(block) for block in blocks[1:]] == ["Beendet – nicht mehr beantragen", f" {claim.quote}"]
    assert len(write(context, "programmes", found(ended=(loans,)), CompanyProfile(goals=("data",)))) == 1


def test_questions_are_those_that_decide_then_those_of_role_and_goals(context: FinderContext) -> None:
    result = MatchResult((), (), (("employees", 3),), NO_SIZE)
    profile = CompanyProfile(role="startup", goals=("rnd",))
    heading, facts, _, further = write(context, "questions", result, profile)
    assert text_of(heading) == "Diese Angaben entscheiden über Programme"
    assert text_of(facts).strip() == PROFILE_QUESTIONS["employees"]
    assert isinstance(further, Bullets)
    assert [one.statements[0].text for one in further.items] == [
        "Welcher Industriebetrieb wäre der erste zahlende Kunde oder Erprobungspartner?",
        "Was genau wäre neu, und welches technische Risiko steckt darin?",
    ]


def test_next_steps_prepare_the_first_applications_of_fitting_programmes(
    context: FinderContext, bonus: Passage
) -> None:
    claim = quote(bonus.sentences[0], bonus)
    fitting = [match("passt", claim=claim)] * 5
    blocks = write(context, "next_steps", found(match("unklar", claim=claim), match("passt"), *fitting))
    assert text_of(blocks[0]) == "Anträge vorbereiten"
    assert isinstance(blocks[1], Bullets)
    assert blocks[1].open_box
    assert len(blocks[1].items) == MOST_APPLICATIONS


def test_what_was_said_on_one_subject_is_not_said_again(context: FinderContext) -> None:
    writer = PartWriter(context, CompanyProfile(goals=("cooperation",)), found())
    said = [text_of(block) for block in writer.write("cooperation")]
    assert said[0] == "Kooperation"
    assert "Kooperationen" in said[1]
    assert list(writer.write("cooperation")) == []
