"""Windows are literal stretches of a passage around the sentences nearest to a claim."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.answering.grounding.evidence_windows import CitedPassage, Window, nearest_sentence, windows_of
from tests.support.tiny_corpus import passage

CLAIM: NDArray[np.float32] = np.array([1, 0], dtype=np.float32)
FIVE = ("Erster Satz.", "Zweiter Satz.", "Dritter Satz.", "Vierter Satz.", "Fünfter Satz.")


def cited(sentences: tuple[str, ...], cosines: list[float]) -> CitedPassage:
    vectors = np.array([[cosine, np.sqrt(1 - cosine**2)] for cosine in cosines], dtype=np.float32).reshape(-1, 2)
    return CitedPassage(passage("a", *sentences), vectors)


def texts(windows: tuple[Window, ...]) -> list[str]:
    return [window.text for window in windows]


def test_a_passage_without_sentences_has_no_window() -> None:
    bare = CitedPassage(replace(passage("a"), sentences=()), np.zeros((0, 2), dtype=np.float32))
    assert windows_of(0, bare, CLAIM) == ()
    assert nearest_sentence([bare], CLAIM) is None


def test_one_to_three_sentences_in_a_row_that_hold_one_of_the_three_nearest() -> None:
    one = cited(("A eins.", "B zwei.", "C drei.", "D vier.", "E fünf.", "F sechs."), [0.1, 0.9, 0.8, 0.7, 0.2, 0.1])
    assert texts(windows_of(0, one, CLAIM)) == [
        "A eins. B zwei.",
        "A eins. B zwei. C drei.",
        "B zwei.",
        "B zwei. C drei.",
        "B zwei. C drei. D vier.",
        "C drei.",
        "C drei. D vier.",
        "C drei. D vier. E fünf.",
        "D vier.",
        "D vier. E fünf.",
        "D vier. E fünf. F sechs.",
    ]


def test_only_the_three_nearest_count() -> None:
    one = cited(FIVE, [0.9, 0.8, 0.7, 0.6, 0.5])
    alone = [window.text for window in windows_of(0, one, CLAIM) if len(window.sentences) == 1]
    assert alone == ["Erster Satz.", "Zweiter Satz.", "Dritter Satz."]


def test_a_window_knows_its_passage_and_sentences() -> None:
    [window] = windows_of(7, cited(("Nur ein Satz.",), [0.5]), CLAIM)
    assert window == Window(7, ("Nur ein Satz.",), "Nur ein Satz.")


@pytest.mark.parametrize(("second", "count"), [(199, 3), (200, 2)])
def test_several_sentences_have_at_most_400_characters(second: int, count: int) -> None:
    one = cited(("x" * 200, "y" * second), [0.9, 0.8])
    assert len(windows_of(0, one, CLAIM)) == count


def test_what_stands_before_a_window_does_not_count() -> None:
    one = cited(("x" * 300, "y" * 100, "z" * 100), [0.1, 0.9, 0.8])
    assert f"{'y' * 100} {'z' * 100}" in texts(windows_of(0, one, CLAIM))


def test_a_single_sentence_may_be_longer() -> None:
    assert texts(windows_of(0, cited(("x" * 500,), [0.9]), CLAIM)) == ["x" * 500]


def test_what_stands_between_sentences_is_kept() -> None:
    gap = replace(passage("a", "Erstens.", "Zweitens."), text="Erstens.\n\nZweitens.")
    one = CitedPassage(gap, np.array([CLAIM, CLAIM]))
    assert texts(windows_of(0, one, CLAIM)) == ["Erstens.", "Erstens.\n\nZweitens.", "Zweitens."]


def test_a_sentence_that_stands_twice_is_found_at_both_places() -> None:
    one = cited(("Ja.", "Nein.", "Ja."), [0.9, 0.8, 0.7])
    assert texts(windows_of(0, one, CLAIM)) == ["Ja.", "Ja. Nein.", "Ja. Nein. Ja.", "Nein.", "Nein. Ja.", "Ja."]


def test_the_nearest_sentence_of_all_passages() -> None:
    passages = [cited(("A.", "B."), [0.1, 0.5]), cited(("C.", "D."), [0.8, 0.3]), cited(("E.",), [0.8])]
    nearest = nearest_sentence(passages, CLAIM)
    assert nearest is not None
    assert nearest[:2] == (1, "C.")
    assert nearest[2] == pytest.approx(0.8)
    assert nearest_sentence([], CLAIM) is None
