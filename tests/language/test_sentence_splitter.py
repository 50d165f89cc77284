"""Sentences end where a reader would end them."""

from __future__ import annotations

import pytest

from assistant.language.sentence_splitter import split_sentences

CASES = [
    # one sentence in spite of a dot
    ["Das gilt z. B. für Zulieferer."],
    ["Das gilt z.B. für Zulieferer."],
    ["Die Förderung beträgt max. 50 Prozent."],
    ["Der Zuschuss liegt bei ca. 3 Mio. Euro im Jahr."],
    ["Die Regel steht in Art. 6 Abs. 1 DSGVO."],
    ["Das folgt aus § 3 Abs. 2 Nr. 4 GWB."],
    ["Anträge sind bis zum 31.12.2027 möglich."],
    ["Die Frist endet am 31. Dezember 2027."],
    ["Das Programm startet am 1. Juli 2026 in Berlin."],
    ["Die 6. Auflage erschien in München."],
    ["Der Höchstbetrag liegt bei 1.250.000,50 Euro je Verbund."],
    ["Prof. Dr. Neuburger und Dr. Goll haben das Papier geschrieben."],
    ["Maschinen, Anlagen usw. gehören dem Verbund."],
    ["Das betrifft u. a. Gießereien, d. h. Betriebe mit Öfen."],
    ["Vgl. Abb. 3 und Tab. 2 im Anhang."],
    ["Die Schnittstelle UBL 2.1 ersetzt die Version 1.9 vollständig."],
    ["Die Müller GmbH & Co. KG stellt Federn her."],
    ["Firms may share machines, e.g. Milling centres, with rivals."],
    ["The grant covers approx. 40 percent, i.e. EUR 20,000."],
    ["See Fig. 2 and Sec. 4 of the guideline."],
    ["Die Norm gilt seit dem 3. Quartal 2024."],
    ["Die Verordnung steht im Amtsblatt (ABl. L 2023/2831 vom 15.12.2023)."],
    ["Das Gesetz (BGBl. I S. 2722) verweist auf GVBl. 2024 S. 12."],
    ["Das verlangt Ziff. 3.2 in Abschn. II der Richtlinie."],
    ["Anträge nimmt die Abt. II des Amts entgegen."],
    ["Auskunft gibt Dr.-Ing. Beispiel, Dipl.-Ing. Muster oder Dr. rer. nat. Probe."],
    ["Die Frist endet am 31. Okt. 2027 um 12 Uhr."],
    ["Die Hotline ist Mo.–Fr. 8 bis 16 Uhr und Sa. 9 bis 12 Uhr besetzt."],
    ["31. Dezember 2027 ist der letzte Tag."],
    ["1. Juli 2026: Start des Programms."],
    ["Kann das funktionieren?"],
    ["Ohne Punkt am Ende"],
    # more than one
    ["Netze helfen.", "Partner teilen Maschinen."],
    ["Wer hilft?", "Der Hub hilft!", "Er kostet nichts."],
    ["Er sagte: „Wir kooperieren.“", "Danach unterschrieben alle."],
    ["»Das geht.«", "So lautete die Antwort."],
    ["She said “It works.”", "Then they signed."],
    ["Das Gesetz gilt seit 2024.", "Die Frist ist vorbei."],
    ["Das kostet 500.", "Der Rest ist frei."],
    ["Die Fertigung lohnt sich ab Losgröße 1.", "Die Werkzeuge entfallen."],
    ["Es geht um Kosten, Termine usw. im Verbund.", "Der Vertrag regelt alles."],
    ["Der Zuschuss beträgt 45 %.", "Die Obergrenze ist 25.000 Euro."],
    ["Mehr dazu später …", "Der Rest folgt."],
    ["Das gilt (vgl. Kap. 3).", "Der Rest nicht."],
    ["The programme ended on 31 December 2024.", "No new applications are possible."],
    ["Is there a deadline?", "Yes, 30 June 2027."],
    ["Das Netz hat 12 Betriebe.", "„Kooperation lohnt“, sagen alle."],
    ["Öfen sind teuer.", "Ämter beraten."],
    ["Das regelt § 26.", "§ 27 regelt den Rest."],
    ["Daten fließen über Catena-X.", "Zulieferer brauchen dafür einen Zugang."],
    ["Die Richtlinie steht im BGBl.", "Der Antrag ist formlos."],
    ["Es gibt höchstens 3 Mio.", "Das Programm läuft bis 2027."],
    ["Die Förderung beginnt im Okt.", "Wer sich später meldet, wartet."],
    ["Bewilligt wird ab 2027.", "31. März 2027 ist der erste Stichtag."],
]


@pytest.mark.parametrize("sentences", CASES, ids=lambda sentences: sentences[0][:40])
def test_a_text_falls_into_the_sentences_that_a_reader_sees(sentences: list[str]) -> None:
    assert list(split_sentences(" ".join(sentences))) == sentences


@pytest.mark.parametrize("sentences", CASES, ids=lambda sentences: sentences[0][:40])
def test_line_breaks_always_separate(sentences: list[str]) -> None:
    assert list(split_sentences("\n".join(["Überschrift ohne Punkt", *sentences]))) == [
        "Überschrift ohne Punkt",
        *sentences,
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Gefördert werden:\n– Maschinen\n– Software", ["Gefördert werden:\n– Maschinen\n– Software"]),
        ("Neu. Es zahlt:\n1. Miete\n2. Lohn\nSchluss.", ["Neu.", "Es zahlt:\n1. Miete\n2. Lohn", "Schluss."]),
        ("Das gilt für:\n\n– Betriebe", ["Das gilt für:", "– Betriebe"]),
        ("Ausgaben:\nMiete", ["Ausgaben:", "Miete"]),
        ("Ohne Doppelpunkt\n– Miete", ["Ohne Doppelpunkt", "– Miete"]),
    ],
)  # fmt: skip
def test_what_a_colon_opens_stays_with_its_items(text: str, sentences: list[str]) -> None:
    assert list(split_sentences(text)) == sentences


def test_a_list_too_long_to_be_read_at_once_is_not_one_sentence() -> None:
    items = [f"– Posten {number} mit einer Erklärung von üblicher Länge" for number in range(40)]
    first, *others = split_sentences("\n".join(["Gefördert werden:", *items]))
    assert first.startswith("Gefördert werden:\n– Posten 0 ")
    assert len(first) <= 820
    assert first.count("\n") + len(others) == 40


TEXTS = [
    "",
    "   \n \n",
    "...",
    "!!! ??? …",
    "Ein Satz.  Zwei Leerzeichen davor.\tEin Tabulator davor.",
    "- Punkt eins: z. B. Stahl.\n- Punkt zwei! Noch etwas?\n\n1. Erstens. 2. Zweitens.",
    "ohne großschreibung. alles klein. trotzdem lesbar.",
    "a.b.c.d. E.f. G h. 1.2.3. 4. 5",
    "\u00a0Geschütztes\u00a0Leerzeichen.\u00a0Danach geht es weiter.",
    "Ende mit Anführung.“ (Und Klammer.) [1] „Neu.“",
]


@pytest.mark.parametrize("text", [*TEXTS, " ".join(" ".join(case) for case in CASES)])
def test_sentences_are_literal_parts_of_the_text_in_order_and_nothing_is_lost(text: str) -> None:
    end, left = 0, ""
    for sentence in split_sentences(text):
        assert sentence == sentence.strip() != ""
        start = text.index(sentence, end)
        left += text[end:start]
        end = start + len(sentence)
    assert (left + text[end:]).strip() == ""
