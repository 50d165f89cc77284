"""What is kept of a question or comment names nobody, with the vocabulary of the real sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.models import Language
from assistant.core.settings import load_settings
from assistant.feedback.pii_masking import HIDDEN
from assistant.feedback.recorder import domain_terms, masked_comment, record_unanswered, store_of
from assistant.feedback.store import FILE, FeedbackStore
from assistant.index.live_index import LiveIndex
from assistant.index.vector_store import EmbeddedChroma

TODAY = date.today().isoformat()
SECRETS: dict[str, tuple[str, ...]] = {
    "Ich bin Thomas Koch von der Müller GmbH, rufen Sie mich an: 0711 1234567": ("Thomas", "Koch", "Müller", "0711"),
    "ich bin thomas koch, mail thomas.koch@web.de": ("thomas", "koch", "web"),
    "mein chef peter müller sagt das stimmt nicht": ("peter", "müller"),
    "signed jane doe": ("jane", "doe"),
    "WALTER BECKER FINDET DAS SCHLECHT": ("WALTER", "BECKER"),
    "Herr Schmidt aus der Hauptstraße 12, 70173 Stuttgart": ("Schmidt", "Hauptstraße", "70173", "Stuttgart"),
    "Das meint Frau Dr. Anna-Lena von Hohenstein": ("Anna", "Lena", "Hohenstein"),
    "Meine Kollegin Sabine Neuburger kennt Goll und Huhle": ("Sabine", "Neuburger", "Goll", "Huhle"),
    "Bitte an Ayşe Yılmaz und Nguyễn Văn An schreiben": ("Ayşe", "Yılmaz", "Nguyễn", "Văn"),
    "frau wiśniewska hat recht": ("wiśniewska",),
    "Wolfgang fand die Antwort gut. Jürgen Maier nicht.": ("Wolfgang", "Jürgen", "Maier"),
    "Gruß Klaus": ("Klaus",),
    "my name is John Smith, call me at 555-0199": ("John", "Smith", "555"),
    "IBAN DE89 3704 0044 0532 0130 00": ("DE89", "3704", "0130"),
    "iban de89370400440532013000": ("89370400440532013000",),
    "Steuernummer 12/345/67890, Kundennr. 4711": ("345", "67890", "4711"),
    "Am Markt 5 in Gütersloh, Tel +49 (0) 5241-99 88 77": ("Markt", "Gütersloh", "5241", "88"),
    "Ludwig-Erhard-Allee 10b; Unter den Linden 77; Bismarckstr 4": ("Erhard", "10b", "Linden", "77", "Bismarck"),
    "a l e x @ web . de": ("a l e x", "web"),
    "alex(at)firma.de oder alex [at] firma [punkt] de": ("alex", "firma"),
    "www.schlosserei-huber.de und huber-metall.de": ("huber", "schlosserei", "metall"),
    "Twitter @klausmeier, Skype klaus.meier77": ("klaus", "meier"),
    "geboren am 03.05.1971, Kfz BB-XY 123": ("1971", "BB", "XY", "123"),
    "T\u200bhomas K\u00adoch und Jo\u0308rg": ("Thomas", "Koch", "Jörg"),
}
HARMLESS = [
    "Die Zahlen zum ZIM stimmen nicht, der Zuschuss liegt bei 45 Prozent, siehe Abschnitt 3.",
    "Die Antwort hilft mir nicht, weil sie nur für Bayern gilt und das Programm beendet ist.",
    "Der Link zur Quelle ist kaputt. Ich hätte gern Beispiele aus der Zerspanung.",
    "zu wenig über weiterbildung, der betrag ist zu gering",
]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(("text", "secrets"), SECRETS.items(), ids=range(len(SECRETS)))
def test_neither_a_comment_nor_kept_words_name_anybody(
    assistant: AppContext, text: str, secrets: tuple[str, ...], language: Language
) -> None:
    comment = masked_comment(assistant, text)
    words = " ".join(domain_terms(assistant, text, language))
    assert HIDDEN in comment
    assert not [one for one in secrets if one.lower() in comment.lower() or one.lower() in words.lower()]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_comment_about_the_matter_stays_whole(assistant: AppContext, text: str) -> None:
    assert masked_comment(assistant, text) == text


def test_kept_words_are_those_of_the_trade_in_no_telling_order(assistant: AppContext) -> None:
    question = "Welche Zuschüsse zahlt Bayern in 2027 für Weiterbildung an Drohnen und Robotern, Frau Huber?"
    kept = domain_terms(assistant, question, "de")
    assert {"Bayern", "Drohnen", "Robotern", "Weiterbildung", "Zuschüsse"} <= set(kept)
    assert list(kept) == sorted(kept)
    assert not {"Huber", "Frau", "2027", "für", "und", "Welche"} & set(kept)


def test_of_what_is_foreign_to_the_field_only_words_of_the_field_are_kept(assistant: AppContext) -> None:
    question = "Mein Mann ist krank, ich bin schwanger und brauche Beratung"
    assert "krank" in domain_terms(assistant, question, "de")
    kept = domain_terms(assistant, question, "de", only_domain=True)
    assert "Beratung" in kept
    assert not {"krank", "schwanger"} & set(kept)


def test_an_unanswered_question_is_kept_as_words_with_the_nearest_source(assistant: AppContext, tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, feedback="unanswered")
    keeping = replace(assistant, settings=settings)
    answer = replace(ask(assistant, "Welche Förderung gibt es für Drohnen, Frau Huber?"), status="no_source")
    record_unanswered(keeping, replace(answer, citations=()))
    (kept,) = FeedbackStore(tmp_path).unanswered()
    assert (kept.day, kept.status, kept.area) == (TODAY, "no_source", "funding")
    assert {"Drohnen", "Förderung"} <= set(kept.words)
    assert "Huber" not in kept.words
    assert kept.nearest in assistant.live_index.corpus().snapshot.sources


@pytest.mark.parametrize("feedback", ["off", "feedback"])
def test_without_the_setting_no_word_is_kept(assistant: AppContext, tmp_path: Path, feedback: str) -> None:
    keeping = replace(assistant, settings=load_settings(data_dir=tmp_path, feedback=feedback))
    record_unanswered(keeping, ask(assistant, "Rezept für Käsespätzle"))
    assert list(tmp_path.iterdir()) == []


def test_an_answered_question_is_kept_only_with_a_caution(assistant: AppContext, tmp_path: Path) -> None:
    keeping = replace(assistant, settings=load_settings(data_dir=tmp_path, feedback="unanswered"))
    answer = ask(assistant, "Was fördert ZIM?")
    assert (answer.status, answer.caution) == ("answered", None)
    record_unanswered(keeping, answer)
    assert store_of(keeping).unanswered() == []
    record_unanswered(keeping, replace(answer, caution="weak_evidence"))
    (kept,) = store_of(keeping).unanswered()
    assert (kept.status, kept.nearest) == ("weak_evidence", answer.citations[0].id)


def test_a_damaged_file_costs_no_answer(assistant: AppContext, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database " * 1000)
    keeping = replace(assistant, settings=load_settings(data_dir=tmp_path, feedback="all"))
    answer = ask(assistant, "Rezept für Käsespätzle")
    record_unanswered(keeping, answer)
    assert (tmp_path / FILE).read_bytes().startswith(b"no database")


def test_without_an_index_only_words_of_the_dictionary_are_kept(assistant: AppContext, tmp_path: Path) -> None:
    nothing = LiveIndex(tmp_path, assistant.analyzer, EmbeddedChroma(), assistant.embedder)
    empty = replace(assistant, live_index=nothing)
    assert domain_terms(empty, "Zuschüsse für Fräszentrenverbünde", "de") == ("Zuschüsse",)
    assert domain_terms(empty, "Zuschüsse für Fräszentrenverbünde", "de", only_domain=True) == ()
