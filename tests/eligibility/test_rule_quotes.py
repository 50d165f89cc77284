"""Which sentence of a text is quoted for a rule."""

from __future__ import annotations

import pytest

from assistant.core.models import Passage
from assistant.core.quotes import quote
from assistant.eligibility.rule_quotes import APPLICATION, MONEY, SME, QuotePattern, cover_numbers, find_quote
from tests.support.hand_made import passage

STAFF = QuotePattern("Beschäftigte", "Wer ", numbers=(frozenset({"50", "49"}),))


def found(passages: list[Passage], pattern: QuotePattern) -> str | None:
    claim = find_quote(passages, pattern)
    return claim.quote if claim else None


@pytest.mark.parametrize(
    ("sentence", "is_quoted"),
    [
        ("Firmen haben weniger als 50 Beschäftigte.", True),
        ("Firmen haben höchstens 49 Beschäftigte.", True),
        ("Firmen haben weniger als fünfzig Beschäftigte.", True),
        ("Firmen haben weniger als 500 Beschäftigte.", False),
        ("Es gibt höchstens 50 Euro.", False),
        ("Firmen haben viele Beschäftigte.", False),
    ],
)
def test_a_sentence_must_hold_a_word_and_a_number_of_the_rule(sentence: str, is_quoted: bool) -> None:
    assert (found([passage(sentence)], STAFF) == sentence) is is_quoted


def test_names_are_taken_literally_and_one_of_them_is_enough() -> None:
    pattern = QuotePattern("", names=("Thüring", "thüring"))
    assert found([passage("Er gilt in Hessen.", "Er gilt für thüringische Firmen.")], pattern) == (
        "Er gilt für thüringische Firmen."
    )
    assert found([passage("Er gilt in Hessen.")], pattern) is None


def test_under_a_fitting_heading_a_sentence_comes_first() -> None:
    elsewhere = passage("Auch 50 Beschäftigte können tanzen.", heading="Was noch?")
    under = passage("Weniger als 50 Beschäftigte sind Bedingung.", heading="Wer kann das bekommen?")
    assert found([elsewhere, under], STAFF) == under.sentences[0]


def test_of_equal_sentences_the_first_is_quoted_and_one_already_used_is_left_out() -> None:
    first, second = "Unter 50 Beschäftigte gilt es.", "Mit 49 Beschäftigten gilt es."
    text = [passage(first, second)]
    assert found(text, STAFF) == first
    again = find_quote(text, STAFF, quote(first, text[0]))
    assert again
    assert again.quote == second


def test_a_far_sentence_must_state_the_rule_better_by_more_than_a_near_one() -> None:
    near, better = "Unternehmen gibt es viele.", "Unternehmen und Firmen gibt es viele."
    pattern = QuotePattern("Unternehmen|Firmen")
    filler = [f"Satz {number}." for number in range(120)]
    assert found([passage(near, *filler[:50], better)], pattern) == better
    assert found([passage(near, *filler, better)], pattern) == near


def test_a_sentence_to_avoid_is_quoted_only_if_much_speaks_for_it() -> None:
    assert found([passage("Wer kein KMU ist, bekommt nichts.")], SME) is None
    later = passage("Wer kein KMU ist, bekommt nichts.", "Den Bonus bekommen KMU.")
    assert found([later], SME) == "Den Bonus bekommen KMU."
    negated = "Anträge über das Portal und die Hausbank gibt es nicht ohne Beratung."
    assert found([passage(negated, heading="Wie beantragt man ihn?")], APPLICATION) == negated


def test_translations_and_generated_sentences_prove_nothing() -> None:
    sentence = "Unter 50 Beschäftigte gilt es."
    assert found([passage(sentence, language="en"), passage(sentence, generated=True)], STAFF) is None


def covered(passages: list[Passage], *numbers: str, most: int = 3) -> list[str]:
    return [claim.quote for claim in cover_numbers(passages, frozenset(numbers), most)]


def test_as_few_sentences_as_possible_hold_all_numbers_in_reading_order() -> None:
    text = passage("Er zahlt 45 Prozent.", "Er zahlt 45 Prozent, höchstens 9000 Euro.", "Mindestens sind es 200 Euro.")
    assert covered([text], "45", "9000", "200") == [text.sentences[1], text.sentences[2]]
    assert covered([text], "45", "9000", "200", most=1) == [text.sentences[1]]
    assert covered([text], "7") == []
    assert covered([text]) == []


def test_of_sentences_with_as_many_numbers_one_about_money_is_chosen() -> None:
    before = passage("Im Jahr gibt es 45 Termine.", heading="Wann?")
    money = passage("Es gibt 45 Prozent.", heading="Wie viel Geld gibt es?")
    assert "Wie viel" in MONEY.headings
    assert covered([before, money], "45") == ["Es gibt 45 Prozent."]
