"""Passages are short, whole, and keep their ids."""

from __future__ import annotations

from itertools import pairwise

import pytest

from assistant.core.models import Document, Section
from assistant.core.sources import Cooperation, PositionPaper, SourceMetadata
from assistant.ingestion.chunking import MAXIMUM_CHARACTERS, TARGET_CHARACTERS, chunk_document, slugify

SOURCE = Cooperation(kind="cooperation", id="vertrag", title="Ein Vertrag", area="contracts")
SENTENCE = "Die Partner regeln den Anteil jedes Betriebs an der gemeinsamen Maschine schriftlich."


def document(*sections: Section, source: SourceMetadata = SOURCE) -> Document:
    return Document(source, "cooperation", sections, "fingerprint")


def section(heading: str, text: str, page: int | None = None) -> Section:
    return Section((heading,) if heading else (), text, page=page)


def test_each_section_becomes_a_passage_of_its_own() -> None:
    passages = chunk_document(document(section("", "Vorn."), section("Wer haftet?", "Alle."), section("Ende", "Nie.")))
    assert [(one.id, one.text) for one in passages] == [
        ("vertrag#text-1", "Vorn."),
        ("vertrag#wer-haftet-1", "Alle."),
        ("vertrag#ende-1", "Nie."),
    ]


@pytest.mark.parametrize("changed", ["Ganz anders.", "\n\n".join([SENTENCE * 10] * 5)])
def test_ids_stay_when_another_section_changes_or_comes_in(changed: str) -> None:
    kept = section("Wer haftet?", "Alle haften.")
    before = chunk_document(document(section("Vorn", "Erst."), kept))
    after = chunk_document(document(section("Vorn", changed), section("Neu", "Neu."), kept))
    assert before[-1] == after[-1]


def test_ids_are_unique_where_headings_repeat_or_texts_are_long() -> None:
    long = "\n\n".join([f"{SENTENCE} {SENTENCE}"] * 40)
    passages = chunk_document(
        document(section("A", long), section("A", "kurz"), section("a!", "kurz"), section("", "x"))
    )
    assert len(passages) > 6
    assert len({one.id for one in passages}) == len(passages)


def test_pages_are_kept_and_tell_equal_headings_apart() -> None:
    passages = chunk_document(document(section("A", "eins", 1), section("A", "zwei", 2)))
    assert [(one.id, one.page) for one in passages] == [("vertrag#s1-a-1", 1), ("vertrag#s2-a-1", 2)]


@pytest.mark.parametrize("length", [1, TARGET_CHARACTERS - 1, TARGET_CHARACTERS + 1, MAXIMUM_CHARACTERS])
def test_a_paragraph_up_to_the_maximum_stays_whole(length: int) -> None:
    assert [one.text for one in chunk_document(document(section("A", "x" * length)))] == ["x" * length]


@pytest.mark.parametrize(
    "text",
    [
        " ".join([SENTENCE] * 60),
        "\n".join([SENTENCE] * 60),
        "\n\n".join([SENTENCE] * 60),
        "x" * 5000,
        "wort " * 1200,
        f"{'x' * 1499}. {SENTENCE} " * 3,
        f"{SENTENCE}\n\n{'x' * 3200}\n\n{SENTENCE}",
    ],
)
def test_long_texts_are_cut_below_the_maximum_and_nothing_is_lost(text: str) -> None:
    passages = chunk_document(document(section("A", text)))
    assert max(len(one.text) for one in passages) <= MAXIMUM_CHARACTERS
    assert "".join("".join(one.text for one in passages).split()) == "".join(text.split())


def test_long_paragraphs_are_cut_at_sentences() -> None:
    passages = chunk_document(document(section("A", " ".join([SENTENCE] * 60))))
    assert {sentence for one in passages for sentence in one.sentences} == {SENTENCE}


def test_short_paragraphs_are_packed_together_up_to_the_target() -> None:
    passages = chunk_document(document(section("A", "\n\n".join([SENTENCE] * 60))))
    for one, following in pairwise(passages):
        assert len(one.text) <= TARGET_CHARACTERS
        assert len(one.text) + 2 + len(following.sentences[0]) > TARGET_CHARACTERS


@pytest.mark.parametrize("text", ["", " \n\n\t\n "])
def test_an_empty_section_gives_no_passage(text: str) -> None:
    assert chunk_document(document(section("A", text))) == ()


def test_sentences_are_literal_and_in_order() -> None:
    (passage,) = chunk_document(document(section("A", "Eins z. B. hier. Zwei!\n- Drei\n\nVier?")))
    assert passage.sentences == ("Eins z. B. hier.", "Zwei!", "- Drei", "Vier?")
    assert all(sentence in passage.text for sentence in passage.sentences)


@pytest.mark.parametrize(
    ("headings", "header", "shown"),
    [
        ((), "Ein Vertrag", "Überblick"),
        (("Wer haftet?",), "Ein Vertrag › Wer haftet?", "Wer haftet?"),
        (("A", "B"), "Ein Vertrag › A › B", "A › B"),
        (("Ein Vertrag", "B"), "Ein Vertrag › B", "Ein Vertrag › B"),
    ],
)
def test_the_header_is_the_way_to_the_text(headings: tuple[str, ...], header: str, shown: str) -> None:
    (passage,) = chunk_document(document(Section(headings, "Text.")))
    assert (passage.header, passage.section) == (header, shown)


def test_text_without_heading_is_cited_with_the_section_of_the_paper() -> None:
    paper = PositionPaper(kind="position_paper", id="p/k", title="Kooperationen", section="(3) Kooperationen eingehen")
    assert chunk_document(document(section("", "Text."), source=paper))[0].section == "(3) Kooperationen eingehen"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Wer hilft?", "wer-hilft"),
        ("Größe & Öl: Übermaß", "groesse-oel-uebermass"),
        ("ÄÖÜ", "aeoeue"),
        ("  --  ", ""),
        ("Straße 12", "strasse-12"),
    ],
)
def test_slugs_hold_plain_letters_only(text: str, slug: str) -> None:
    assert slugify(text) == slug
