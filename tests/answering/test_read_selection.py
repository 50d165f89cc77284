"""Which sentences are quoted by what a reader made of them."""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.read_selection import ReadSelector
from assistant.answering.sentence_selection import Candidate
from assistant.core.models import Claim
from assistant.core.tuning import DEFAULT_TUNING
from assistant.retrieval.decision import Decision, Logistic
from tests.support.tiny_corpus import passage

NOTHING = Logistic({}, 0.0)
DECISION = Decision(NOTHING, NOTHING, NOTHING, 0.0, 0.9, 0.6, further=0.5, beside=0.3, shown_guide=0.5)
SELECTOR = ReadSelector(frozenset(), DECISION, DEFAULT_TUNING)


def candidate(place: str, value: float, *, terms: str = "", words: int = 10, under_question: bool = False) -> Candidate:
    """A sentence at ``document/section/position``."""
    document, section, position = place.split("/")
    one = passage(section, document=document)
    return Candidate(
        Claim(place, place, one, 1.5),
        value,
        True,
        under_question,
        frozenset(map(ord, terms or place)),
        int(position),
        words,
    )


def chosen(*candidates: Candidate, selector: ReadSelector = SELECTOR) -> list[str]:
    return [one.claim.text for one in selector.select(candidates)]


def test_the_likeliest_sentence_comes_first_however_unlikely() -> None:
    assert chosen(candidate("a/x/0", 0.1), candidate("b/y/0", 0.2)) == ["b/y/0"]


def test_nothing_to_choose_from_is_nothing_chosen() -> None:
    assert chosen() == []


def test_further_sentences_must_answer_by_themselves() -> None:
    assert chosen(candidate("a/x/0", 0.9), candidate("b/y/0", 0.5), candidate("b/z/0", 0.49)) == ["a/x/0", "b/y/0"]


def test_a_neighbour_belongs_to_a_chosen_sentence_sooner() -> None:
    below = [candidate("a/x/1", 0.4), candidate("a/x/4", 0.4), candidate("a/y/1", 0.4), candidate("a/x/2", 0.29)]
    assert chosen(candidate("a/x/0", 0.9), *below) == ["a/x/0", "a/x/1"]


def test_two_documents_at_most() -> None:
    some = [candidate(f"{name}/x/0", 0.9 - place / 100) for place, name in enumerate("abc")]
    assert chosen(*some) == ["a/x/0", "b/x/0"]


def test_few_sentences_of_one_document_and_in_all() -> None:
    some = [candidate(f"a/{section}/0", 0.9) for section in "rstuv"]
    assert len(chosen(*some)) == DEFAULT_TUNING.quotes_per_named_document
    both = [candidate(f"{name}/{section}/0", 0.9) for name in "ab" for section in "rstu"]
    assert len(chosen(*both)) == DEFAULT_TUNING.read_sentences


def test_no_sentence_twice_in_other_words() -> None:
    assert chosen(candidate("a/x/0", 0.9, terms="abcd"), candidate("b/x/0", 0.8, terms="abcd")) == ["a/x/0"]


def test_an_answer_stays_short() -> None:
    assert chosen(candidate("a/x/0", 0.9, words=100), candidate("b/x/0", 0.8, words=30)) == ["a/x/0"]


def test_the_document_that_is_called_by_name_answers_alone_if_it_answers() -> None:
    named = replace(SELECTOR, named=frozenset({"b"}))
    others = candidate("a/x/0", 0.9)
    assert chosen(others, candidate("b/x/0", 0.35), selector=named) == ["b/x/0"]
    assert chosen(others, candidate("b/x/0", 0.2), selector=named) == ["a/x/0"]


def test_the_section_whose_heading_is_the_question_is_quoted() -> None:
    under = [candidate(f"b/x/{position}", 0.05, under_question=True) for position in range(2)]
    assert chosen(candidate("a/x/0", 0.95), *under)[:2] == ["b/x/0", "b/x/1"]
