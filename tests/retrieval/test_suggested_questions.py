"""Questions to ask next are headings near what was quoted, in the reader's language, and not asked already."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.core.models import Citation, Language, Passage, RetrievalResult
from assistant.language.term_analyzer import TermAnalyzer
from assistant.retrieval.retriever import Query
from assistant.retrieval.suggested_questions import nearest_questions, suggest
from tests.support.tiny_corpus import passage, scored, tiny_corpus

pytestmark = pytest.mark.usefixtures("cache_dir")


def section(name: str, heading: str, document: str = "", language: Language = "de") -> Passage:
    return passage(name, document=document or name, heading=heading, language=language)


def quoting(*quoted: Passage) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            number, one.document_id, one.kind, "", one.section, None, None, None, None, False, one.text, one.text, 1.0
        )
        for number, one in enumerate(quoted, start=1)
    )


def evidence(ranked: Sequence[Passage]) -> RetrievalResult:
    return RetrievalResult(tuple(scored(one) for one in ranked), "enough", 1.5, 0.5)


def suggested(
    ranked: Sequence[Passage],
    quoted: Sequence[Passage],
    *,
    others: Sequence[Passage] = (),
    asked: str = "Was ist ein Verbund?",
    language: Language = "de",
) -> tuple[str, ...]:
    corpus = tiny_corpus([*ranked, *others])
    return suggest(evidence(ranked), asked, language, corpus, quoting(*quoted))


QUOTED = section("q", "Was ist ein Verbund?", "verbund")


def test_found_sections_of_the_cited_documents_come_first_then_others_found_then_the_rest_of_the_cited() -> None:
    found = section("a", "Was kostet er?", "anderes"), section("b", "Wer darf hinein?", "verbund")
    more = section("c", "Wann endet er?", "verbund"), section("d", "Wer zahlt?", "fremd")
    assert suggested([QUOTED, *found], [QUOTED], others=more) == (
        "Wer darf hinein?",
        "Was kostet er?",
        "Wann endet er?",
    )


def test_three_at_most_and_each_once() -> None:
    headings = {"a": "Eins?", "b": "Zwei?", "c": "Eins?", "d": "Drei?", "e": "Vier?"}
    found = [section(name, heading) for name, heading in headings.items()]
    assert suggested([QUOTED, *found], [QUOTED]) == ("Eins?", "Zwei?", "Drei?")


@pytest.mark.parametrize(
    ("heading", "language", "reader", "is_suggested"),
    [
        ("Wer darf hinein?", "de", "de", True),
        ("Wer darf hinein", "de", "de", False),  # no question
        ("", "de", "de", False),
        ("Who may join?", "en", "de", False),  # in the other language
        ("Who may join?", "en", "en", True),
        ("Was ist ein Verbund?", "de", "de", False),  # just asked
        ("was ist ein verbund?", "de", "de", False),
    ],
)
def test_only_new_questions_in_the_readers_language_are_suggested(
    heading: str, language: Language, reader: Language, is_suggested: bool
) -> None:
    other = section("a", heading, language=language)
    asked = "Und: WAS IST EIN VERBUND? Bitte genau."
    assert suggested([other], [], asked=asked, language=reader) == ((heading,) if is_suggested else ())


def test_what_was_quoted_is_not_suggested() -> None:
    other = section("a", "Wer darf hinein?")
    assert suggested([other], [other]) == ()


def nearest(ranked: Sequence[Passage], terms: Sequence[str], language: Language = "de") -> tuple[str, ...]:
    query = Query(None, tuple(terms), language, frozenset())
    return nearest_questions(evidence(ranked), query, language, TermAnalyzer())


TRUST = section("t", "Wie entsteht Vertrauen?")
COST = [section(f"k{number}", f"Was kostet Nummer {number}?") for number in range(5)]


def test_the_three_nearest_questions_to_a_refused_one() -> None:
    assert nearest([TRUST, *COST], ["vertrau"]) == (
        "Wie entsteht Vertrauen?",
        "Was kostet Nummer 0?",
        "Was kostet Nummer 1?",
    )


def test_none_when_nothing_near_shares_a_word_with_it() -> None:
    assert nearest([TRUST, *COST], ["wetter"]) == ()
    assert nearest([TRUST, *COST], []) == ()
    assert nearest([], ["vertrau"]) == ()


def test_only_the_first_five_questions_need_to_share_a_word() -> None:
    assert nearest([*COST[:4], TRUST], ["vertrau"]) != ()
    assert nearest([*COST, TRUST], ["vertrau"]) == ()


def test_sections_that_are_no_question_are_passed_over() -> None:
    plain = [section(f"p{number}", f"Abschnitt {number}") for number in range(6)]
    assert nearest([*plain, TRUST], ["vertrau"]) == ("Wie entsteht Vertrauen?",)
    assert nearest([section("e", "How does trust grow?", language="en"), TRUST], ["trust"]) == ()


def test_a_question_that_heads_two_sections_is_named_once() -> None:
    twice = [section("a", "Wie entsteht Vertrauen?"), section("b", "Wie entsteht Vertrauen?"), *COST]
    assert nearest(twice, ["vertrau"]) == ("Wie entsteht Vertrauen?", "Was kostet Nummer 0?", "Was kostet Nummer 1?")
