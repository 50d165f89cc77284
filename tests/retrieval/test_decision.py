"""What parts an answer from a near-miss: signs of readings that a test hands in, and the file with the weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from assistant.core.errors import EmbeddingError
from assistant.core.models import Reading, RetrievalResult, ScoredPassage
from assistant.retrieval.decision import (
    FAR,
    Decision,
    Logistic,
    answer_signs,
    guide_nearness,
    guide_signs,
    load_decision,
    sentence_signs,
)
from tests.support.tiny_corpus import passage, scored

DECISION = Decision(
    Logistic({"passage": 1.0}, -1.0), Logistic({"sentence": 2.0}, 0.5), Logistic({"reading": 1.0}, 0.0),
    0.02, 0.7, 0.4, 0.5, 0.3, 0.6,
)  # fmt: skip


def read(name: str, logit: float, *sentences: float | None, score: float = 1.5) -> ScoredPassage:
    texts = [f"Satz {number} von {name}." for number in range(len(sentences))]
    return replace(scored(passage(name, *texts), score), reading=Reading(logit, sentences))


def guide(name: str, score: float, *, questions: bool = False, logit: float | None = None) -> ScoredPassage:
    one = scored(
        passage(f"{name}{'-fragen' if questions else ''}", document=name, kind="guide", generated=questions), score
    )
    return one if logit is None else replace(one, reading=Reading(logit, (logit,)))


def evidence(ranked: Sequence[ScoredPassage] = (), guides: Sequence[ScoredPassage] = ()) -> RetrievalResult:
    return RetrievalResult(tuple(ranked), "enough", 1.5, 0.5, guides=tuple(guides))


def test_a_probability_grows_with_its_signs() -> None:
    logistic = Logistic({"a": 2.0, "b": -1.0}, 0.5)
    assert logistic.probability({"a": 0.0, "b": 0.5}) == pytest.approx(0.5)
    assert logistic.probability({"a": 1.0, "b": 0.5}) == pytest.approx(0.880797, abs=1e-6)
    assert logistic.probability({"a": 1.0, "b": 3.0}) < 0.5


def test_signs_far_out_of_range_still_give_a_probability() -> None:
    assert Logistic({"a": 1.0}, 0.0).probability({"a": 1e9}) <= 1
    assert Logistic({"a": 1.0}, 0.0).probability({"a": -1e9}) >= 0


def test_the_signs_of_an_answer_are_those_of_the_best_two_passages() -> None:
    ranked = [read("a", 0.5, -1.0, 2.5), read("b", 3.0, 0.25, None), read("c", 1.0, 0.0)]
    assert answer_signs(ranked, signal=-2.0) == {"passage": 3.0, "second": 1.0, "signal": -2.0}


@pytest.mark.parametrize("signal", [-1.0, 0.0, 9.0])
def test_a_signal_above_that_of_foreign_questions_says_nothing_more(signal: float) -> None:
    assert answer_signs([read("a", 0.5, 0.0)], signal)["signal"] == -1.0


def test_what_was_not_read_counts_as_far_off() -> None:
    signs = answer_signs([scored(passage("a"))], signal=0.0)
    assert signs["passage"] == signs["second"] == FAR


def test_the_signs_of_a_sentence_tell_how_far_its_passage_lies_behind() -> None:
    one = replace(read("a", 1.5, 0.5, None, score=1.4), sentence_scores=(0.8, 0.7))
    assert sentence_signs(one, 0, best=1.5) == pytest.approx(
        {"sentence": 0.5, "passage": 1.5, "cosine": 0.8, "lead": -0.1}
    )
    assert sentence_signs(one, 1, best=1.5) is None
    assert sentence_signs(scored(passage("b")), 0, best=1.5) is None


def test_a_guide_is_as_near_as_its_text_and_its_questions_together() -> None:
    found = [guide("a", 1.4), guide("b", 1.3), guide("b", 1.35, questions=True), guide("a", 1.1, questions=True)]
    found.append(guide("a", 1.2))
    assert guide_nearness(found) == pytest.approx({"b": 2.65, "a": 2.5})
    assert list(guide_nearness(found)) == ["b", "a"]


def test_the_signs_of_a_guide_compare_it_with_cards_and_other_guides() -> None:
    guides = [guide("a", 1.4), guide("b", 1.35), guide("b", 1.3, questions=True), guide("c", 1.2), guide("d", 1.1)]
    found = evidence([read("karte", 1.25, 0.0, score=1.325)], guides)
    signs = guide_signs(found, signal=-0.5, ranking=0.02)
    assert list(signs) == ["b", "a", "c"]
    assert signs["b"] == pytest.approx({"nearest": 0.9, "ahead": 0.05, "behind": 0.0, "signal": -0.5})
    assert signs["c"] == pytest.approx({"nearest": 0.0, "ahead": -0.1, "behind": 1.45, "signal": -0.5})
    assert guide_signs(found, signal=3.0, ranking=0.02)["b"]["signal"] == 0.0
    assert guide_signs(evidence(), signal=0.0, ranking=0.0) == {}


def test_the_weights_come_back_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(asdict(DECISION)), "utf-8")
    assert load_decision(path) == DECISION


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", json.dumps({**asdict(DECISION), "sure": "viel"}), json.dumps({**asdict(DECISION), "answer": 3})],
)
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "decision.json"
    path.write_text(content, "utf-8")
    with pytest.raises(EmbeddingError, match=r"decision\.json"):
        load_decision(path)
