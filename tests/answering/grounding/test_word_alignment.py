"""Each content word of a claim meets the word of a source that says the same, by form or by meaning."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.answering.grounding.word_alignment import (
    Aligner,
    Word,
    WordMatch,
    distance,
    own_scores,
    same_words,
    weakest_stretch,
)
from assistant.core.models import Language


def contents(aligner: Aligner, text: str, language: Language = "de") -> list[str]:
    return [word.text for word in aligner.read(text, language).words if word.is_content]


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Der Verbund kauft teure Maschinen.", "de", ["Verbund", "kauft", "teure", "Maschinen"]),
        ("The network buys expensive machines.", "en", ["network", "buys", "expensive", "machines"]),
        ("Er zahlt höchstens 45 Prozent, also 900 Euro.", "de", ["zahlt"]),  # words that frame a number
        ("Die Frist läuft binnen drei Wochen.", "de", ["Frist", "läuft", "drei"]),  # time that is counted
        ("Die Frist läuft wenige Wochen.", "de", ["Frist", "läuft", "wenige", "Wochen"]),
        ("Er kann nicht mitmachen, muss aber zahlen.", "de", ["mitmachen", "zahlen"]),  # markers say how it is meant
    ],
)
def test_words_of_content_are_told_from_those_that_frame_or_mark(
    aligner: Aligner, text: str, language: Language, words: list[str]
) -> None:
    assert contents(aligner, text, language) == words


def test_a_text_is_read_word_by_word_with_punctuation(aligner: Aligner) -> None:
    read = aligner.read("Netzwerke, sagt A&B, helfen.", "de")
    assert [word.text for word in read.words] == ["Netzwerke", ",", "sagt", "A", "&", "B", ",", "helfen", "."]
    assert all(read.text[word.start : word.end] == word.text for word in read.words)
    assert len(read.vectors) == len(read.words)
    assert aligner.read("Netzwerke, sagt A&B, helfen.", "de") is read


def test_firms_have_one_term_whatever_they_are_called(aligner: Aligner) -> None:
    for text, language in (("Unternehmen", "de"), ("Betriebe", "de"), ("companies", "en")):
        [word] = aligner.read(text, language).words  # type: ignore[arg-type]
        assert word.terms == {"unternehm"}


def match_of(aligner: Aligner, claim: str, word: str, *sources: str, known: frozenset[str] = frozenset()) -> WordMatch:
    read = aligner.read(claim, "de")
    matches = aligner.align(read, [aligner.read(source, "de") for source in sources], known)
    return next(match for match in matches if match.word.text == word)


def test_the_same_word_matches_wholly_and_says_where(aligner: Aligner) -> None:
    match = match_of(aligner, "Der Verbund kauft Werkzeuge.", "Werkzeuge", "Wir helfen.", "Er kauft ein Werkzeug.")
    assert (match.score, match.source, match.position, match.offset) == (1.0, 1, 3, 13)


def test_a_word_of_like_meaning_matches_better_than_one_of_another(aligner: Aligner) -> None:
    source = "Das Programm bezuschusst die Ausbildung."
    like = match_of(aligner, "Es fördert das Training.", "fördert", source)
    other = match_of(aligner, "Der Igel schläft im Laub.", "Igel", source)
    assert like.position == 2
    assert 0.6 < other.score < like.score < 1.0 or other.score < 0.6 < like.score


def test_part_of_a_compound_matches_by_its_share(aligner: Aligner) -> None:
    match = match_of(aligner, "Die Projektkosten steigen.", "Projektkosten", "Die Kosten sind hoch.")
    assert match.position == 1
    assert 0.75 <= match.score < 0.8


def test_what_titles_and_headings_hold_is_known(aligner: Aligner) -> None:
    unknown = match_of(aligner, "Der Netzbonus hilft.", "Netzbonus", "Das Programm hilft.")
    known = match_of(
        aligner, "Der Netzbonus hilft.", "Netzbonus", "Das Programm hilft.", known=frozenset({"netzbonus"})
    )
    assert unknown.score < 1.0
    assert known.score == 1.0


def test_without_a_source_nothing_matches(aligner: Aligner) -> None:
    match = match_of(aligner, "Der Verbund hilft.", "Verbund")
    assert (match.score, match.position) == (0.0, -1)


def test_of_equal_words_that_in_the_sentence_on_the_same_matter_counts(aligner: Aligner) -> None:
    sources = ("Die Kosten des Umzugs trägt die Stadt.", "Die Kosten der Weiterbildung trägt der Verbund.")
    match = match_of(aligner, "Der Verbund trägt die Kosten der Weiterbildung.", "Kosten", *sources)
    assert match.source == 1


def matched(*rows: tuple[float, int, int]) -> list[WordMatch]:
    """Matches of consecutive words, each by score, source and position."""
    return [
        WordMatch(Word("x", place, place + 1, frozenset(), True), score, source, position)
        for place, (score, source, position) in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("rows", "scores"),
    [
        ([], (1.0,)),
        ([(0.9, 0, 1), (0.8, 0, 2)], (0.9, 0.8)),
        ([(0.9, 0, 1), (0.8, 1, 1)], (0.9, 0.8)),
        ([(0.9, 0, 1), (1.0, 0, 1)], (0.54, 1.0)),  # the better one has the word to itself
        ([(1.0, 0, 1), (1.0, 0, 1), (0.5, 0, 1)], (1.0, 0.6, 0.3)),
    ],
)
def test_a_second_word_on_the_same_word_counts_for_less(
    rows: list[tuple[float, int, int]], scores: tuple[float, ...]
) -> None:
    assert own_scores(matched(*rows)) == pytest.approx(scores)


@pytest.mark.parametrize(
    ("scores", "weakest"),
    [
        ([1.0], 1.0),
        ([0.5, 1.0], 0.75),
        ([0.3, 0.6, 0.9], 0.6),
        ([1.0, 0.3, 0.6, 0.9], 0.6),
        ([0.9, 0.6, 0.3, 1.0], 0.6),
        ([0.0, 1.0, 1.0, 1.0, 1.0, 0.3], 2 / 3),
    ],
)
def test_the_weakest_stretch_is_that_of_three_words_in_a_row(scores: Sequence[float], weakest: float) -> None:
    assert weakest_stretch(scores) == pytest.approx(weakest)


@pytest.mark.parametrize(
    ("word", "source", "found"),
    [
        ("Modul", "Das Modul 1 und das Modul 2.", ["Modul", "Modul"]),
        ("Werkzeug", "Viele Werkzeuge und ein Werkzeug.", ["Werkzeug"]),  # the very form first
        ("Werkzeug", "Viele Werkzeuge helfen.", ["Werkzeuge"]),
        ("Werkzeug", "Der Igel schläft im Laub.", []),
        ("5", "Es sind 5 von 7.", ["5"]),
        ("9", "Es sind 5 von 7.", []),
    ],
)
def test_words_of_a_source_that_say_the_same(aligner: Aligner, word: str, source: str, found: list[str]) -> None:
    read = aligner.read(source, "de")
    positions = same_words(aligner.read(word, "de"), 0, read)
    assert [read.words[position].text for position in positions] == found


@pytest.mark.parametrize(
    ("text", "one", "other", "conjunction", "words"),
    [
        ("Der Bonus zahlt viel", 0, 3, 0, 3),
        ("Der Bonus zahlt viel", 3, 0, 0, 3),
        ("Der Bonus, heißt es", 1, 3, 0, 4),  # a comma is a word and two more
        ("Bonus und Zulage", 0, 2, 0, 2),
        ("Bonus und Zulage", 0, 2, 1, 3),
        ("Bonus", 0, 0, 0, 0),
    ],
)
def test_the_distance_of_words(
    aligner: Aligner, text: str, one: int, other: int, conjunction: int, words: float
) -> None:
    assert distance(aligner.read(text, "de"), one, other, conjunction) == words
