"""Sentences of passages that a test hands in: which can be quoted, what they are worth, how they are arranged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import log
from typing import Any

import pytest

from assistant.answering.draft import AnswerContext, Draft
from assistant.answering.extractive import select_quotes, status_claims
from assistant.core.models import Claim, Kind, Language, Passage, RetrievalResult, ScoredPassage
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder
from assistant.core.tuning import DEFAULT_TUNING, Tuning
from assistant.retrieval.retriever import Query
from tests.support.tiny_corpus import passage, scored, tiny_corpus

pytestmark = pytest.mark.usefixtures("cache_dir")
TODAY = date(2026, 11, 23)
JUST = 1e-4
PROMPTS = Prompts(shipped_folder("prompts"))


def context_of(
    passages: Sequence[Passage], language: Language = "de", sources: Mapping[str, Mapping[str, Any]] | None = None
) -> AnswerContext:
    return AnswerContext(language, tiny_corpus(passages, sources=sources), PROMPTS, TODAY)


def draft(
    *ranked: ScoredPassage,
    question: str = "",
    terms: Sequence[str] = (),
    language: Language = "de",
    area: Kind | None = None,
    threshold: float = 0.5,
    sources: Mapping[str, Mapping[str, Any]] | None = None,
    tuning: Tuning = DEFAULT_TUNING,
) -> Draft:
    """The draft over these passages, whose sentences lie in the corpus in the order given."""
    placed, first = [], 0
    for one in ranked:
        placed.append(scored(one.passage, one.score, one.sentence_scores, first))
        first += len(one.passage.sentences)
    query = Query(None, tuple(terms), language, frozenset(), area)
    evidence = RetrievalResult(tuple(placed), "enough", 1.5, threshold)
    context = context_of([one.passage for one in placed], language, sources)
    return select_quotes(evidence, query, question, replace(context, tuning=tuning))


def quotes(made: Draft) -> list[str]:
    """The quoted sentences in reading order."""
    return [claim.quote for group in made.groups for paragraph in group.paragraphs for claim in paragraph]


def names(made: Draft) -> list[str]:
    """The documents of the quotes in reading order."""
    return [claim.passage.document_id for group in made.groups for paragraph in group.paragraphs for claim in paragraph]


def test_without_passages_the_draft_is_empty() -> None:
    assert draft() == Draft("", ())


@pytest.mark.parametrize(("less", "quoted"), [(0.09 - JUST, ["a", "b"]), (0.09, ["a", "b"]), (0.09 + JUST, ["a"])])
def test_passages_must_score_nearly_as_high_as_the_best(less: float, quoted: list[str]) -> None:
    assert names(draft(scored(passage("a")), scored(passage("b"), 1.5 - less))) == quoted


@pytest.mark.parametrize(("length", "is_quoted"), [(24, False), (25, True), (400, True), (401, False)])
def test_sentences_have_25_to_400_characters(length: int, is_quoted: bool) -> None:
    text = "Wort " * 100
    sentence = text[: length - 1].rstrip() + "." * (length - len(text[: length - 1].rstrip()))
    assert len(sentence) == length
    assert quotes(draft(scored(passage("a", sentence)))) == ([sentence] if is_quoted else [])


def test_what_is_generated_from_fields_is_not_chosen() -> None:
    assert quotes(draft(scored(passage("a", generated=True)))) == []


def test_a_sentence_that_stands_in_two_passages_is_quoted_once() -> None:
    same = "Dieser Satz steht in zwei Dokumenten."
    assert names(draft(scored(passage("a", same)), scored(passage("b", same)))) == ["a"]


@pytest.mark.parametrize(("own", "count"), [(0.7, 2), (0.7 - JUST, 1)])
def test_a_further_sentence_must_speak_to_the_question_more_than_to_foreign_ones(own: float, count: int) -> None:
    ranked = scored(passage("a"), 1.5, [0.8]), scored(passage("b"), 1.5, [own])
    assert len(quotes(draft(*ranked, threshold=0.7))) == count


def order(*ranked: ScoredPassage, **asked: Any) -> str:
    """The documents in the order in which their sentences were chosen."""
    return "".join(names(draft(*ranked, **asked)))


HELD = "Fräser bohren zusammen neue Löcher."


@pytest.mark.parametrize(
    ("terms", "share"),
    [
        (["fras"], 1.0),
        (["fras", "bohr"], 1.0),
        (["fras", "lied"], 0.5),  # both in one passage of two
        (["fras", "unbekannt"], log(2) / (log(2) + log(6))),  # what no passage holds weighs as much as the rarest could
        (["unbekannt"], 0.0),
        ([], 0.0),
    ],
)
def test_holding_all_words_of_the_question_is_worth_0_06_and_some_of_them_their_share(
    terms: list[str], share: float
) -> None:
    gain = 0.06 * share
    lacking = passage("b", "Andere Leute singen abends fremde Lieder.")
    if "lied" in terms:
        gain -= 0.06 * 0.5
    held = scored(passage("a", HELD), 1.5, [0.6])
    assert order(scored(lacking, 1.5, [0.6 + gain - JUST]), held, terms=terms) == "ab"
    assert order(scored(lacking, 1.5, [0.6 + gain + JUST]), held, terms=terms) == "ba"


def test_words_count_for_the_sentence_that_holds_them() -> None:
    plain, ranked = "Andere Leute singen abends fremde Lieder.", scored(passage("z"), 1.5, [0.5])
    two = scored(passage("a", plain, HELD), 1.5, [0.6, 0.6 - 0.06 + JUST])
    assert quotes(draft(ranked, two, terms=["fras"], tuning=Tuning(max_sentences=1))) == [HELD]
    assert quotes(draft(ranked, two, tuning=Tuning(max_sentences=1))) == [plain]


def test_words_count_within_one_language_only() -> None:
    held = scored(passage("a", "The fras is in this English sentence.", language="en"), 1.5, [0.6])
    other = scored(passage("b", language="en"), 1.5, [0.6 + JUST])
    assert order(other, held, terms=["fras"]) == "ba"
    assert order(other, held, terms=["fras"], language="en") == "ab"


def test_words_make_a_sentence_clear() -> None:
    ranked = scored(passage("a"), 1.5, [0.75]), scored(passage("b", HELD), 1.5, [0.65])
    assert order(*ranked, threshold=0.7) == "a"
    assert order(*ranked, threshold=0.7, terms=["fras"]) == "ab"


@pytest.mark.parametrize(("asked", "bonus"), [("en", 0.04), ("de", 0.0)])
def test_an_english_sentence_is_worth_0_04_more_for_an_english_question(asked: Language, bonus: float) -> None:
    english = scored(passage("a", language="en"), 1.5, [0.6])
    assert order(scored(passage("b"), 1.5, [0.6 + bonus - JUST]), english, language=asked) == "ab"
    assert order(scored(passage("b"), 1.5, [0.6 + bonus + JUST]), english, language=asked) == "ba"


@pytest.mark.parametrize(
    ("heading", "question", "expected"),
    [
        ("Was ist Coopetition?", "Was ist Coopetition?", "ba"),
        ("Was ist Coopetition?", "was ist coopetition", "ba"),
        ("Was ist Coopetition?", "Was ist Coopetition heute?", "ab"),
        ("", "", "ab"),
    ],
)
def test_the_section_under_the_very_question_comes_first(heading: str, question: str, expected: str) -> None:
    ranked = scored(passage("a"), 1.5), scored(passage("b", heading=heading), 1.45)
    assert order(*ranked, question=question) == expected


def test_a_document_that_the_question_calls_by_name_comes_first() -> None:
    named = scored(passage("netzbonus", kind="funding"), 1.45)
    ranked = scored(passage("a", kind="funding"), 1.5), named
    sources = {"netzbonus": {"short_title": "Netzbonus"}}
    assert order(*ranked, terms=["geld"], sources=sources) == "anetzbonus"
    assert order(*ranked, terms=["netzbonus", "geld"], sources=sources) == "netzbonusa"


def test_the_area_that_is_asked_for_comes_first() -> None:
    ranked = scored(passage("a", kind="funding"), 1.5), scored(passage("b", kind="support"), 1.49)
    only_one = Tuning(max_sentences=1)
    assert order(*ranked, tuning=only_one) == "a"
    assert order(*ranked, tuning=only_one, area="support") == "b"


def test_kinds_are_groups_in_a_fixed_order_each_under_its_label() -> None:
    kinds: tuple[Kind, ...] = ("literature", "funding", "support", "cooperation", "position_paper")
    made = draft(*(scored(passage(f"d{number}", kind=kind)) for number, kind in enumerate(kinds)))
    assert [group.label for group in made.groups] == [
        "Was das Positionspapier sagt",
        "Was beim Zusammenarbeiten gilt",
        "Wer unterstützt",
        "Was gefördert wird",
        "Literatur",
    ]
    assert made.lead_in == "Das sagen die Quellen zu Ihrer Frage:"


def test_a_single_kind_has_no_label_but_a_lead_in_of_its_own() -> None:
    made = draft(scored(passage("a", kind="support")), scored(passage("b", kind="support")))
    assert [group.label for group in made.groups] == [""]
    assert made.lead_in == "Diese Stellen können Sie dabei unterstützen:"
    assert [[claim.passage.document_id for claim in paragraph] for paragraph in made.groups[0].paragraphs] == [
        ["a"], ["b"],
    ]  # fmt: skip


def test_sentences_of_a_document_stand_in_its_order_those_of_the_better_passage_first() -> None:
    better = passage("a", "Der zweite Abschnitt beginnt hiermit.", "Danach folgen andere Angaben dazu.", document="x")
    worse = passage("b", "Ganz vorne steht dieses Thema einmal.", document="x")
    made = draft(scored(better, 1.5, [0.8, 0.9]), scored(worse, 1.45, [0.85]), tuning=Tuning(quotes_per_document=3))
    assert quotes(made) == [*better.sentences, *worse.sentences]
    assert len(made.groups[0].paragraphs) == 1


@pytest.mark.parametrize(("reader", "note"), [("en", "(German original)"), ("de", "")])
def test_a_german_quote_in_an_english_answer_says_so(reader: Language, note: str) -> None:
    made = draft(scored(passage("a")), language=reader)
    assert made.groups[0].paragraphs[0][0].note == note


ENDED = "Das alte Programm ist am 31.12.2022 ausgelaufen."
SUCCESSOR = "Nachfolge des alten Programms: Netzbonus Neu."
STAND = "Die Angaben zum alten Programm haben den Stand 2022."


def state_of(quoted: str, language: Language = "de", **fields: Any) -> list[tuple[str, str]]:
    """Texts and notes on the state of a programme one of whose sentences is quoted."""
    sentences = (STAND, ENDED, SUCCESSOR) if fields.get("as_of") else (ENDED, SUCCESSOR)
    told = passage("told", quoted, document="alt", kind="funding")
    status = passage("status", *sentences, document="alt", kind="funding", generated=True)
    context = context_of([told, status], language, {"alt": fields})
    claim = Claim(quoted, quoted, told, 1.5)
    claims = status_claims(context.corpus.snapshot.sources["alt"], [claim], context)
    return [(one.text, one.note) for one in claims]


QUOTED = "Das alte Programm bezuschusste Netzwerke."
EXPIRED = "(nach heutigem Datum abgelaufen)"


@pytest.mark.parametrize(
    ("quoted", "fields", "said"),
    [
        (QUOTED, {"status": "open"}, []),
        (QUOTED, {"status": "ended"}, [(ENDED, ""), (SUCCESSOR, "")]),
        (QUOTED, {"status": "ended", "as_of": "2022"}, [(ENDED, ""), (SUCCESSOR, "")]),
        # What is quoted already, or whose dates are, need not be said twice.
        (ENDED, {"status": "ended"}, [(SUCCESSOR, "")]),
        ("Am 31.12.2022 war Schluss damit.", {"status": "ended"}, [(SUCCESSOR, "")]),
        # Where the file says that it is open and its date has passed, all is said, with a note.
        (ENDED, {"status": "open", "valid_until": "2022-12-31"}, [(ENDED, EXPIRED), (SUCCESSOR, EXPIRED)]),
        (QUOTED, {"status": "open", "valid_until": "2026-11-23"}, []),
        (QUOTED, {"status": "open", "verify": True, "as_of": "2022"}, []),  # a line below says so, see source_note
    ],
)
def test_what_must_be_known_about_the_state_of_a_source_follows_its_sentences(
    quoted: str, fields: dict[str, Any], said: list[tuple[str, str]]
) -> None:
    assert state_of(quoted, **fields) == said
