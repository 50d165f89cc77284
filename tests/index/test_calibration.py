"""Thresholds come from what foreign questions reach on this very index."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.answering.runtime import AppContext
from assistant.core.models import Language
from assistant.index.calibration import Calibration, calibrate, language_shift, load_calibration
from assistant.index.embedding_cache import CachingEmbedder, VectorCache, load_shipped
from assistant.index.embeddings import EncoderEmbeddings
from assistant.index.scoring import score, top_k_mean
from assistant.index.snapshot import IndexSnapshot

LANGUAGES: list[Language] = ["de", "en"]
TABLES = {
    "null_questions.tsv": "# Sprache\tFrage\n\nde\tWie wird das Wetter?\nen\t Who won the match? \n",
    "question_pairs.tsv": "Wer hilft uns?\tWho helps us?\n",
}


@pytest.fixture
def cached(embedder: EncoderEmbeddings, tmp_path: Path) -> CachingEmbedder:
    return CachingEmbedder(embedder, load_shipped(), VectorCache(tmp_path / "vectors.sqlite"))


@pytest.fixture
def snapshot(small_assistant: AppContext) -> IndexSnapshot:
    return small_assistant.live_index.corpus().snapshot


def read(folder: Path, **changes: str) -> Calibration:
    for name, text in TABLES.items():
        (folder / name).write_text(text + changes.get(name.split(".")[0], ""), encoding="utf-8")
    return load_calibration(folder)


def reached(assistant: AppContext, question: str, language: Language) -> float:
    """The signal of a question on the index of an assistant."""
    space = assistant.live_index.corpus().snapshot.space
    terms = assistant.analyzer.terms(question, language)
    return top_k_mean(score(space, assistant.embedder.encode_query(question), terms, language))


def test_tables_are_read_without_comments_and_blank_lines(tmp_path: Path) -> None:
    calibration = read(tmp_path)
    assert calibration.nulls == (("de", "Wie wird das Wetter?"), ("en", "Who won the match?"))
    assert calibration.pairs == (("Wer hilft uns?", "Who helps us?"),)


def test_a_changed_question_changes_the_fingerprint(tmp_path: Path) -> None:
    plain = read(tmp_path).fingerprint
    more_nulls = read(tmp_path, null_questions="de\tWas kostet Brot?\n").fingerprint
    more_pairs = read(tmp_path, question_pairs="Wo?\tWhere?\n").fingerprint
    assert plain == read(tmp_path).fingerprint
    assert len({plain, more_nulls, more_pairs}) == 3


def test_the_shipped_questions_are_many_distinct_and_of_both_languages() -> None:
    calibration = load_calibration()
    for language in LANGUAGES:
        assert sum(one == language for one, _ in calibration.nulls) >= 100
    assert len({question for _, question in calibration.nulls}) == len(calibration.nulls)
    assert len(calibration.pairs) >= 40
    assert all(german != english for german, english in calibration.pairs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_thresholds_rise_from_foreign_to_enough(snapshot: IndexSnapshot, language: Language) -> None:
    thresholds = snapshot.thresholds[language]
    assert 0 < thresholds.off_topic < thresholds.no_evidence < thresholds.weak < 1.6
    assert 0 < thresholds.sentence < 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_half_of_the_foreign_questions_stay_below_the_first_and_few_reach_the_last_threshold(
    small_assistant: AppContext, snapshot: IndexSnapshot, language: Language
) -> None:
    questions = [question for one, question in load_calibration().nulls if one == language][:120]
    signals = np.array([reached(small_assistant, question, language) for question in questions])
    thresholds = snapshot.thresholds[language]
    assert 0.35 < (signals < thresholds.off_topic).mean() < 0.65
    assert (signals >= thresholds.no_evidence).mean() < 0.2
    assert (signals >= thresholds.weak).mean() < 0.06


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Was bedeutet Coopetition?", "de"),
        ("Wer haftet für Ausfälle einer gemeinsam genutzten Maschine?", "de"),
        ("Wie viel Prozent der Projektkosten zahlt der Netzbonus?", "de"),
        ("What does coopetition mean for competitors?", "en"),
    ],
)
def test_questions_that_the_knowledge_answers_reach_enough(
    small_assistant: AppContext, snapshot: IndexSnapshot, question: str, language: Language
) -> None:
    assert reached(small_assistant, question, language) > snapshot.thresholds[language].weak


def test_the_stored_thresholds_are_those_of_the_stored_space(
    small_assistant: AppContext, snapshot: IndexSnapshot, build_cache: CachingEmbedder
) -> None:
    again = calibrate(snapshot.space, build_cache, small_assistant.analyzer, load_calibration())
    for language, thresholds in again.items():
        stored = snapshot.thresholds[language]
        assert thresholds.off_topic == pytest.approx(stored.off_topic, abs=1e-4)
        assert thresholds.weak == pytest.approx(stored.weak, abs=1e-4)


@pytest.fixture
def build_cache(small_assistant: AppContext) -> CachingEmbedder:
    """The vectors that were cached when the small index was built."""
    cache = VectorCache(small_assistant.settings.data_dir / "cache" / "vectors.sqlite")
    return CachingEmbedder(small_assistant.embedder, load_shipped(), cache)


def test_without_foreign_questions_nothing_is_refused_for_its_signal(
    small_assistant: AppContext, snapshot: IndexSnapshot, cached: CachingEmbedder
) -> None:
    nothing = Calibration((("de", "Wie wird das Wetter?"),), (), "")
    thresholds = calibrate(snapshot.space, cached, small_assistant.analyzer, nothing)
    assert thresholds["en"].weak == 0
    assert thresholds["de"].off_topic == thresholds["de"].weak > 0


def test_the_shift_moves_english_questions_towards_german_texts(
    snapshot: IndexSnapshot, cached: CachingEmbedder
) -> None:
    shift = snapshot.space.shift
    pairs = [
        ("Wer bezahlt uns einen Kran?", "Who pays for a crane for us?"),
        ("Wo liegt der Hafen?", "Where is the port?"),
    ]
    german = cached.encode([pair[0] for pair in pairs], "query")
    english = cached.encode([pair[1] for pair in pairs], "query")
    moved = (english + shift) / np.linalg.norm(english + shift, axis=1, keepdims=True)
    assert ((moved * german).sum(axis=1) > (english * german).sum(axis=1)).all()


def test_the_shift_is_the_mean_difference_of_the_pairs(cached: CachingEmbedder, tmp_path: Path) -> None:
    calibration = read(tmp_path)
    german, english = (cached.embedder.encode_query(text) for text in calibration.pairs[0])
    np.testing.assert_allclose(language_shift(cached, calibration), german - english, atol=2e-3)
