"""Comments and kept words name nobody, with the vocabulary of the real sources."""

from __future__ import annotations

import pytest

from assistant.answering.runtime import AppContext
from assistant.core.models import Language
from assistant.feedback.pii_masking import HIDDEN, mask
from assistant.feedback.recorder import domain_terms, masked_comment

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
HOSTILE = [
    "a" * 2000,
    "a " * 1000,
    "A " * 1000,
    "Aa-" * 660,
    "1." * 1000,
    "a." * 1000,
    "DE89" * 500,
    "(at " * 500,
    "@ " * 999,
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


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_long_and_odd_texts_are_masked_to_the_end(text: str) -> None:
    assert len(mask(text, lambda word: True)) <= len(text)
    assert mask(f"{text} Herr Huber", lambda word: True).find("Huber") == -1
