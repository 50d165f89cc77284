from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.core.models import Passage, Reading
from assistant.index.reading_cache import ReadingCache
from tests.support.hand_made import passage

FIRST, SECOND = passage("Der Bonus zahlt die Hälfte."), passage("Er endet im Mai.")


class Counter:
    """Stands for a model: it gives the number of passages read so far."""

    def __init__(self) -> None:
        self.seen: list[Passage] = []

    def __call__(self, passages: Sequence[Passage]) -> list[Reading]:
        readings = []
        for one in passages:
            self.seen.append(one)
            readings.append(Reading(float(len(self.seen)), ()))
        return readings


def test_what_was_read_is_not_read_again() -> None:
    cache, model = ReadingCache(), Counter()
    first = cache.read("Wer?", (), [FIRST, SECOND], model)
    assert cache.read("Wer?", (), [SECOND, FIRST], model) == first[::-1]
    assert model.seen == [FIRST, SECOND]


def test_the_same_passage_twice_is_read_once() -> None:
    model = Counter()
    assert ReadingCache().read("Wer?", (), [FIRST, FIRST], model) == [Reading(1.0, ()), Reading(1.0, ())]
    assert model.seen == [FIRST]


def test_question_earlier_turns_and_content_decide() -> None:
    cache, model = ReadingCache(), Counter()
    changed = replace(FIRST, sentences=("Der Bonus zahlt", "die Hälfte."))
    asked = [("Wer?", (), FIRST), ("Was?", (), FIRST), ("Wer?", ("Was?",), FIRST), ("Wer?", (), changed)]
    asked += [("Wer?", (), replace(FIRST, title="Anderer Titel")), ("Wer?", (), replace(FIRST, id="other"))]
    found = [cache.read(question, earlier, [one], model)[0].passage for question, earlier, one in asked]
    assert found == [1, 2, 3, 4, 5, 1]


def test_the_longest_unused_reading_goes_first() -> None:
    cache, model = ReadingCache(size=2), Counter()
    for question in ("eins", "zwei", "eins", "drei", "eins"):
        cache.read(question, (), [FIRST], model)
    assert len(cache) == 2
    assert len(model.seen) == 3
    cache.read("zwei", (), [FIRST], model)
    assert len(model.seen) == 4


def test_more_passages_than_are_kept_are_read_all() -> None:
    cache, model = ReadingCache(size=1), Counter()
    assert [one.passage for one in cache.read("Wer?", (), [FIRST, SECOND], model)] == [1, 2]
    assert len(cache) == 1
