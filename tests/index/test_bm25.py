"""Words meet although they are inflected, compounded, abbreviated or typed without umlauts."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assistant.core.models import Language
from assistant.index.bm25 import BM25Index, build_lexical_index
from assistant.language.term_analyzer import TermAnalyzer, fold, split_compound, term

TOKENIZER = TermAnalyzer(
    {"ZIM": ["Zentrales Innovationsprogramm Mittelstand"], "SME": ["small and medium-sized enterprises"]}
)
TEXTS = [
    "Kleine Betriebe teilen Maschinen im Produktionsnetzwerk.",
    "Der Zuschuss bezahlt Maschinen und Weiterbildung.",
    "Ein Vertrag regelt Haftung, Kosten und Kündigung einer gemeinsamen Maschine. Die Maschine bleibt Eigentum.",
    "Weiterbildung für Beschäftigte bezahlt die Agentur.",
]


def terms(text: str, language: Language = "de") -> set[str]:
    return set(TOKENIZER.terms(text, language))


def index(texts: list[str]) -> BM25Index:
    return build_lexical_index([((), [TOKENIZER.terms(text, "de")]) for text in texts])


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
    assert len({TermAnalyzer(one).fingerprint for one in ({}, {"A": ["b c"]}, {"A": ["b d"]}, {"B": ["b c"]})}) == 4


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


@pytest.mark.parametrize(
    "question", ["Maschinen", "Maschine Maschine", "Haftung Kosten Kündigung", "Maschinen xyzzy", *TEXTS]
)
def test_scores_lie_between_zero_and_one(question: str) -> None:
    scores = index(TEXTS).scores(TOKENIZER.terms(question, "de"))
    assert scores.shape == (len(TEXTS),)
    assert scores.min() >= 0
    assert 0 < scores.max() < 1


def test_the_passage_with_more_and_rarer_words_of_the_question_comes_first() -> None:
    scores = index(TEXTS).scores(TOKENIZER.terms("Haftung und Kündigung bei Maschinen", "de"))
    assert int(scores.argmax()) == 2
    assert (scores[[0, 1]] > 0).all()
    assert scores[3] == 0


def test_repeating_a_word_in_the_question_changes_nothing() -> None:
    lexical = index(TEXTS)
    np.testing.assert_array_equal(lexical.scores(["maschin"] * 3), lexical.scores(["maschin"]))


def test_the_scale_hardly_moves_with_the_size_of_the_corpus() -> None:
    filler = [f"Ganz anderer Inhalt Nummer {number} ohne Bezug dazu" for number in range(400)]
    asked = TOKENIZER.terms("Haftung und Kündigung im Vertrag", "de")
    small, large = index(TEXTS).scores(asked).max(), index([*TEXTS, *filler]).scores(asked).max()
    assert abs(small - large) < 0.2


def test_unknown_words_weigh_like_the_rarest_and_lower_the_score() -> None:
    lexical = index(TEXTS)
    assert lexical.idf_of("xyzzy") >= max(lexical.idf_of(one) for one in lexical.vocabulary)
    assert lexical.scores(["xyzzy"]).max() == 0
    (known,) = TOKENIZER.terms("Haftung", "de")
    assert lexical.scores([known, "xyzzy"]).max() == pytest.approx(
        lexical.scores([known]).max() * lexical.idf_of(known) / (lexical.idf_of(known) + lexical.idf_of("xyzzy"))
    )


def test_coverage_is_the_share_of_the_questions_weight_that_a_passage_holds() -> None:
    lexical = index(TEXTS)
    held = TOKENIZER.words("Haftung Kündigung")
    assert lexical.coverage(held, 2) == pytest.approx(1)
    assert lexical.coverage(held, 0) == 0
    assert 0 < lexical.coverage([*held, "xyzzy"], 2) < 1
    assert lexical.coverage([], 2) == 0


def test_terms_of_sentences_are_kept_apart() -> None:
    lexical = build_lexical_index([(["kopf"], [["a", "b", "a"], ["c"]]), ([], [["b"]])])
    held = [lexical.terms_of(sentence) for sentence in range(3)]
    assert held == [frozenset(lexical.term_ids(one)) for one in (["a", "b"], ["c"], ["b"])]
    assert set(lexical.term_ids(["a", "x", "y"])) - set(lexical.term_ids(["a"])) <= set(range(-3, 0))


def test_an_empty_index_scores_nothing() -> None:
    lexical = build_lexical_index([])
    assert lexical.scores(["a"]).shape == (0,)
    assert lexical.idf_of("a") == 0


def test_many_threads_find_the_same_terms_as_one() -> None:
    words = [f"{stem}{number}{ending}" for number in range(400) for stem in ("network", "produc", "cooperat")
             for ending in ("ing", "ions", "ed", "ally")]  # fmt: skip
    texts = [" ".join(words[start::16]) for start in range(16)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(16) as pool:  # first, because what is known already is not worked out again
            together = list(pool.map(lambda text: TOKENIZER.terms(text, "en"), texts))
    finally:
        sys.setswitchinterval(before)
    term.cache_clear()
    assert together == [TOKENIZER.terms(text, "en") for text in texts]
