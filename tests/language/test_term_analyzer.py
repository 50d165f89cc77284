"""Words meet although they are inflected, compounded, abbreviated or typed without umlauts."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from assistant.core.models import Language
from assistant.language.term_analyzer import TermAnalyzer, fold, split_compound, term


@cache
def analyzer() -> TermAnalyzer:
    """Made by the first test: reading its words looks them up."""
    return TermAnalyzer(
        {"ZIM": ["Zentrales Innovationsprogramm Mittelstand"], "SME": ["small and medium-sized enterprises"]}
    )


def terms(text: str, language: Language = "de") -> set[str]:
    return set(analyzer().terms(text, language))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Förderung", "Foerderung"),
        ("Förderung", "forderung"),
        ("Größe", "Groesse"),
        ("Straße", "Strasse"),
        ("Übernahme", "Uebernahme"),
        ("Maschinen", "maschine"),
        ("Zuschüsse", "zuschuss"),
        ("Verträge", "Vertrag"),
        ("Netzwerken", "netzwerk"),
        ("KARTELLRECHT", "Kartellrecht"),
        ("Wertschöpfungsnetzwerk", "Wertschöpfungsnetz"),
        ("Wertschöpfungsnetzwerk", "Netzwerk"),
        ("Wertschöpfungsnetzwerke", "wertschoepfung"),
        ("Förderprogramme", "Programm"),
        ("Kooperationsverträge", "Vertrag"),
        ("Innovationsprogramm", "Innovation"),
    ],
)
def test_spellings_forms_and_compounds_of_a_word_meet(one: str, other: str) -> None:
    assert terms(one) & terms(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Vertrag", "Vertrieb"), ("Netz", "Nutzen"), ("Haftung", "Förderung"), ("Messe", "Messung"), ("Bau", "Frau")],
)
def test_different_words_do_not_meet(one: str, other: str) -> None:
    assert not terms(one) & terms(other)


@pytest.mark.parametrize("word", ["weiterbildung", "zuschüsse", "lieferanten", "kündigung", "fördermittel"])
def test_nouns_in_lower_case_are_the_same_nouns(word: str) -> None:
    assert terms(word) == terms(word.capitalize())


@pytest.mark.parametrize(
    ("short", "long", "language"),
    [
        ("ZIM", "Zentrales Innovationsprogramm Mittelstand", "de"),
        ("zim", "des Zentralen Innovationsprogramms Mittelstand", "de"),
        ("SME", "small and medium-sized enterprises", "en"),
        ("SME", "a small or medium-sized enterprise", "en"),
    ],
)
def test_an_abbreviation_and_its_long_form_find_each_other(short: str, long: str, language: Language) -> None:
    assert terms(short, language) & terms(long, language)


def test_part_of_a_long_form_is_not_the_abbreviation() -> None:
    assert not terms("ZIM") & terms("Innovationsprogramm Mittelstand")


def test_changed_abbreviations_change_the_fingerprint() -> None:
    assert TermAnalyzer({"A": ["b c"]}).fingerprint == TermAnalyzer({"A": ["b c"]}).fingerprint
    assert len({TermAnalyzer(table).fingerprint for table in ({}, {"A": ["b c"]}, {"A": ["b d"]}, {"B": ["b c"]})}) == 4


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("und wie ist das mit der", "de"),
        ("what is the and", "en"),
        ("?! …", "de"),
        ("", "en"),
        ("unseres keines", "de"),
    ],
)
def test_function_words_and_signs_give_no_terms(text: str, language: Language) -> None:
    assert terms(text, language) == set()


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("produktionsnetzwerk", ("produktion", "netzwerk")),
        ("kooperationsvertrag", ("kooperation", "vertrag")),
        ("vertrag", ()),
        ("weiterbildungszuschuss", ("weiterbildung", "zuschuss")),
    ],
)
def test_compounds_fall_into_dictionary_words(word: str, parts: tuple[str, ...]) -> None:
    found = split_compound(word)
    assert found[-1:] == parts[-1:]
    assert bool(found) == bool(parts)
    assert all(len(part) >= 4 for part in found)


@pytest.mark.parametrize(
    ("word", "folded"), [("öl", "ol"), ("oel", "ol"), ("maß", "mass"), ("neue", "neue"), ("quelle", "quelle")]
)
def test_folding_leaves_plain_words_alone(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_many_threads_find_the_same_terms_as_one() -> None:
    words = [f"{stem}{number}{ending}" for number in range(400) for stem in ("network", "produc", "cooperat")
             for ending in ("ing", "ions", "ed", "ally")]  # fmt: skip
    texts = [" ".join(words[start::16]) for start in range(16)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(16) as pool:  # first, because what is known already is not worked out again
            together = list(pool.map(lambda text: analyzer().terms(text, "en"), texts))
    finally:
        sys.setswitchinterval(before)
    term.cache_clear()
    assert together == [analyzer().terms(text, "en") for text in texts]
