"""Which sentences are chosen and in which order: every constant decides something, at both sides of its limit."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count
from typing import Any

import pytest

from assistant.answering.sentence_selection import Candidate, SentenceSelector
from assistant.core.models import Claim, Kind
from assistant.core.tuning import Tuning
from tests.support.tiny_corpus import passage

JUST = 1e-4
_numbers = count()


def candidate(
    name: str,
    value: float = 1.5,
    *,
    document: str = "",
    kind: Kind = "position_paper",
    clear: bool = True,
    under_question: bool = False,
    terms: Collection[int] | None = None,
    words: int = 10,
) -> Candidate:
    """A sentence of a document of its own with terms of its own, unless a test says otherwise."""
    claim = Claim(name, name, passage(name, name, document=document or name, kind=kind), 1.0)
    own = frozenset(next(_numbers) for _ in range(8)) if terms is None else frozenset(terms)
    return Candidate(claim, value, clear, under_question, own, 0, words)


def select(*candidates: Candidate, named: Collection[str] = (), area: Kind | None = None) -> str:
    """The names of the chosen sentences in order."""
    chosen = SentenceSelector(frozenset(named), area, Tuning()).select(candidates)
    return "".join(one.claim.quote for one in chosen)


def test_without_candidates_nothing_is_chosen() -> None:
    assert select() == ""


def test_the_best_come_first_however_they_are_given() -> None:
    assert select(candidate("c", 1.45), candidate("a", 1.5), candidate("b", 1.48)) == "abc"


def test_at_most_five_sentences() -> None:
    assert select(*(candidate(name, 1.5 - place / 100) for place, name in enumerate("abcdefg"))) == "abcde"


@pytest.mark.parametrize(("third", "chosen"), [(40, "abc"), (41, "abd")])
def test_at_most_120_words_and_a_shorter_sentence_may_still_fit(third: int, chosen: str) -> None:
    sizes = {"a": 40, "b": 40, "c": third, "d": 40}
    values = {"a": 1.5, "b": 1.49, "c": 1.48, "d": 1.47}
    assert select(*(candidate(name, values[name], words=sizes[name]) for name in sizes)) == chosen


def test_the_first_sentence_is_chosen_however_long_it_is() -> None:
    assert select(candidate("a", 1.5, words=130), candidate("b", 1.49, words=1)) == "a"


def test_two_sentences_of_a_document_and_three_of_one_that_is_named() -> None:
    same = [candidate(name, 1.5 - place / 100, document="x") for place, name in enumerate("abcd")]
    other = candidate("o", 1.4)
    assert select(*same, other) == "abo"
    assert select(*same, other, named=["x"]) == "abco"


def test_another_document_may_stand_between_those_of_one() -> None:
    mixed = [("a", "x"), ("b", "y"), ("c", "x"), ("d", "x"), ("e", "y")]
    assert (
        select(*(candidate(name, 1.5 - place / 100, document=of) for place, (name, of) in enumerate(mixed))) == "abce"
    )


@pytest.mark.parametrize(("value", "chosen"), [(1.5 - 0.16 + JUST, "ab"), (1.5 - 0.16, "ab"), (1.5 - 0.16 - JUST, "a")])
def test_a_sentence_must_be_worth_nearly_as_much_as_the_first(value: float, chosen: str) -> None:
    assert select(candidate("a", 1.5), candidate("b", value)) == chosen


def test_only_the_first_sentence_may_be_unclear() -> None:
    assert select(candidate("a", 1.5, clear=False), candidate("b", 1.49, clear=False), candidate("c", 1.48)) == "ac"


# By how much a sentence may be worth less than another of a kind that is new as well, and still come first.
ADVANTAGES = [
    pytest.param(2.0 - 0.03, {"under_question": True}, {}, id="the question is its heading"),
    pytest.param(1.0, {"document": "x"}, {"named": ["x"]}, id="its document is named"),
    pytest.param(0.06 - 0.03, {"kind": "document"}, {}, id="of an operator's document"),
    pytest.param(0.05 - 0.03, {"kind": "support"}, {"area": "support"}, id="of the area asked for"),
]


@pytest.mark.parametrize(("advantage", "fields", "asked"), ADVANTAGES)
def test_what_a_sentence_is_preferred_for(advantage: float, fields: dict[str, Any], asked: dict[str, Any]) -> None:
    plain = candidate("a", 3.0, kind="literature")
    assert select(plain, candidate("b", 3.0 - advantage + JUST, **fields), **asked)[0] == "b"
    assert select(plain, candidate("b", 3.0 - advantage - JUST, **fields), **asked)[0] == "a"


@pytest.mark.parametrize(("less", "chosen"), [(0.03 - JUST, "xba"), (0.03 + JUST, "xab")])
def test_a_kind_of_source_that_is_not_quoted_yet_is_preferred(less: float, chosen: str) -> None:
    first, same_kind = candidate("x", 1.6, kind="support"), candidate("a", 1.5, kind="support")
    assert select(first, same_kind, candidate("b", 1.5 - less, kind="funding")) == chosen


def test_a_kind_is_new_only_until_any_sentence_of_it_is_chosen() -> None:
    quoted = candidate("x", 1.6, kind="support"), candidate("y", 1.59, kind="funding")
    assert select(*quoted, candidate("a", 1.5, kind="support"), candidate("b", 1.49, kind="funding")) == "xyab"


def test_the_question_over_a_section_counts_for_more_than_a_name_in_it() -> None:
    assert select(candidate("a", 2.9, document="x"), candidate("b", 2.0, under_question=True), named=["x"])[0] == "b"


def test_beside_a_name_no_kind_of_source_counts() -> None:
    documents = candidate("a", 1.50), candidate("b", 1.49, kind="document"), candidate("c", 1.48, kind="support")
    assert select(*documents, named=["elsewhere"], area="support") == "abc"


@pytest.mark.parametrize(
    ("first", "second", "chosen"),
    [
        (range(8), range(2, 10), "ab"),  # 6 of 8
        (range(8), range(1, 9), "a"),  # 7 of 8
        (range(20), range(1, 5), "a"),  # 4 of 4, though but 4 of the other's 20
        (range(20), range(17, 21), "ab"),  # 3 of 4
        (range(17, 21), range(20), "ab"),
        ((), (), "ab"),
        ((), (1,), "ab"),
        ((1,), (1,), "a"),
    ],
)
def test_sentences_that_share_more_than_three_quarters_of_the_shorter_ones_terms_say_the_same(
    first: Collection[int], second: Collection[int], chosen: str
) -> None:
    assert select(candidate("a", 1.5, terms=first), candidate("b", 1.49, terms=second)) == chosen


def test_a_sentence_must_differ_from_all_that_are_chosen() -> None:
    same = range(8)
    assert select(candidate("a", 1.5, terms=same), candidate("b", 1.49), candidate("c", 1.48, terms=same)) == "ab"


def test_other_constants_choose_otherwise() -> None:
    selector = SentenceSelector(frozenset(), None, Tuning(max_sentences=1))
    assert len(selector.select([candidate("a"), candidate("b")])) == 1
