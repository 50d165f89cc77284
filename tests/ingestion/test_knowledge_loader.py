"""Knowledge files: strictly checked, overridden by a hub's own, their facts told as sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.core.errors import KnowledgeError
from assistant.core.models import Document, Language
from assistant.core.sources import Literature
from assistant.ingestion.knowledge_loader import knowledge_files, load_card, load_knowledge
from assistant.language.dates import format_date
from tests.conftest import SMALL_KNOWLEDGE, write_files

HEAD = "---\nid: quelle\nkind: literature\ntitle: Eine Quelle\n---\n"
FUNDING = SMALL_KNOWLEDGE["funding/netzbonus-neu.md"]


def load_text(folder: Path, text: str) -> Document:
    return load_card(next(write_files(folder, {"quelle.md": text}).glob("quelle.md")))


def status_texts(document: Document) -> dict[Language, str]:
    return {section.language: section.text for section in document.sections if section.generated}


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("title: Netzbonus Neu\n", "", "title"),
        ("provider: Erfundenes Ministerium\n", "", "provider"),
        ("short_title:", "shorttitle:", "shorttitle"),
        ("level: bund", "level: kommune", "level"),
        ("level: bund", "level: land", "land"),
        ("id: netzbonus-neu", "id: Netzbonus Neu", "id"),
        ("as_of: 2025-03-15", "as_of: März 2025", "as_of"),
        ("as_of: 2025-03-15", "as_of: 2025-13", "as_of"),
        ("status: continuous", "status: laufend", "status"),
        ("percent_max: 45", "percent_max: 145", "amount.rates.0.percent_max"),
        ("eur: 25000", "eur: viel", "amount.caps.0.eur"),
        ("type: grant", "type: grant\nurl: www.beispiel.de", "url"),
        ("type: grant", "type: grant\nvalid_until: 2027-02-30", "valid_until"),
        ("type: grant", "type: grant\ntopics: [geld]", "topics.0"),
        ("kind: funding", "kind: foerderung", "kind"),
        ("kind: funding\n", "", "kind"),
        ("short_title:", "title: Zweiter\nshort_title:", "'title' steht zweimal"),
        ("short_title:", "shorttitle:", "dieses Feld gibt es nicht; gemeint ist wohl 'short_title'"),
        ("status: continuous", "status: laufend", "möglich: "),
    ],
)
def test_an_error_in_the_head_names_file_and_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    assert old in FUNDING
    with pytest.raises(KnowledgeError) as error:
        load_text(tmp_path, FUNDING.replace(old, new))
    assert str(tmp_path / "quelle.md") in str(error.value)
    assert field in str(error.value).removeprefix(str(tmp_path / "quelle.md"))
    assert not re.search("validation error| should | not |is required|permitted", str(error.value))


def refusal(folder: Path, text: str) -> str:
    """What loading says of a broken file; it names the file."""
    with pytest.raises(KnowledgeError) as error:
        load_text(folder, text)
    assert str(folder / "quelle.md") in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "Kopf"),
        ("Nur Text.\n", "Kopf"),
        ("---\nid: quelle\n", "Kopf"),
        ("---\ntitle: [offen\n---\n", "YAML"),
        ("---\ntitle: a: b\n---\n", "YAML"),
        ("---\n- liste\n---\n", "Felder mit Werten"),
        ("---\n\n---\n", "Felder mit Werten"),
    ],
)
def test_a_broken_head_is_one_sentence_with_the_file(tmp_path: Path, text: str, hint: str) -> None:
    message = refusal(tmp_path, text)
    assert re.search(hint, message)
    assert "\n" not in message


@pytest.mark.parametrize(
    ("head", "hint"),
    [
        ("url: javascript:pwned=1", "Webadresse"),
        ("url: data:text/html,x", "Webadresse"),
        ("url: file:///etc/passwd", "Webadresse"),
        ("url: https://name:wort@quelle.example/", "Webadresse"),
        ('url: https://quelle.example/"onclick="pwned=1', "Webadresse"),
        ('url: "https://quelle.example/\\r\\nSet-Cookie: x"', "Webadresse"),
        ("aliases: ['../../etc/passwd']", "aliases"),
        ("aliases: [quelle/../x]", "aliases"),
        ("short_title: !!python/object/apply:os.system ['true']", "YAML"),
        ("short_title: &a [x, x]\nkeywords: [*a, *a]", "short_title"),
        ("year: " + "9" * 5000, "YAML"),
        ("keywords: " + "[" * 4000 + "]" * 4000, "keywords"),
        ("keywords: " + "[" * 60_000 + "]" * 60_000, "zu lang"),
        ("short_title: a\u202eb", "Zeile 5 enthält das Steuerzeichen U\\+202E"),
        ("short_title: a\x1bb", "U\\+001B"),
    ],
)
def test_a_hostile_head_is_one_sentence_with_the_file(tmp_path: Path, head: str, hint: str) -> None:
    message = refusal(tmp_path, HEAD.replace("\n---\n", f"\n{head}\n---\n"))
    assert re.search(hint, message)
    assert "\n" not in message


def test_an_id_never_leaves_its_place(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="darf nur a-z, 0-9"):
        load_text(tmp_path, HEAD.replace("id: quelle", "id: ../../quelle"))


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "alt.md").write_bytes(f"{HEAD}Förderung".encode("latin-1"))
    with pytest.raises(KnowledgeError, match=r"alt\.md.*UTF-8"):
        load_card(tmp_path / "alt.md")


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_files_of_windows_editors_load_like_others(tmp_path: Path, change: object) -> None:
    assert callable(change)
    (tmp_path / "w.md").write_bytes(change(FUNDING).encode())
    plain = load_text(tmp_path, FUNDING)
    assert load_card(tmp_path / "w.md").sections == plain.sections
    assert load_card(tmp_path / "w.md").source == plain.source


def test_the_same_id_twice_in_a_folder_is_an_error(own_knowledge: Path) -> None:
    write_files(own_knowledge, {"support/zweiter.md": SMALL_KNOWLEDGE["support/fraeshub.md"]})
    with pytest.raises(KnowledgeError, match=r"zweiter\.md: id: 'fraeshub'"):
        load_knowledge([own_knowledge])


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="gibt-es-nicht"):
        load_knowledge([tmp_path / "gibt-es-nicht"])


def test_a_later_folder_overrides_an_id_and_hides_another(small_knowledge: Path, tmp_path: Path) -> None:
    own = {"eigene.md": HEAD.replace("quelle", "fraeshub") + "Eigener Text.", "weg.md": ""}
    own["weg.md"] = HEAD.replace("id: quelle", "id: messegeld\nhidden: true")
    shown = {one.source.id: one for one in load_knowledge([small_knowledge, write_files(tmp_path, own)])}
    assert isinstance(shown["fraeshub"].source, Literature)
    assert "messegeld" not in shown
    assert len(shown) == len(SMALL_KNOWLEDGE) - 2


def test_documents_come_sorted_and_every_readme_is_left_out(own_knowledge: Path) -> None:
    write_files(own_knowledge, {"funding/README.md": "Kein Kopf."})
    ids = [one.source.id for one in load_knowledge([own_knowledge])]
    assert ids == sorted(ids)
    assert len(ids) == len(SMALL_KNOWLEDGE) - 1
    assert "README.md" not in {path.name for path in knowledge_files(own_knowledge)}


def test_text_below_the_english_heading_is_english(small_knowledge: Path) -> None:
    sections = load_card(small_knowledge / "position-paper/kooperationen.md").sections
    assert [(one.headings, one.language) for one in sections if not one.generated] == [
        ((), "de"),
        (("Was ist Coopetition?",), "de"),
        (("English",), "en"),
        (("English", "What is coopetition?"), "en"),
    ]


def test_headings_nest_by_their_level(tmp_path: Path) -> None:
    body = "# A\n\neins\n\n### B\n\nzwei\n\n## C ##\n\ndrei\n\n# D\n\nvier\n\n#kein Titel\n"
    sections = load_text(tmp_path, HEAD + body).sections
    assert [(one.headings, one.text) for one in sections] == [
        (("A",), "eins"),
        (("A", "B"), "zwei"),
        (("A", "C"), "drei"),
        (("D",), "vier\n\n#kein Titel"),
    ]


@pytest.mark.parametrize(
    ("file", "german", "english"),
    [
        ("netzbonus-alt", "Netzbonus Alt ist am 31.12.2022 ausgelaufen.", "Netzbonus Alt ended on 31 December 2022."),
        (
            "netzbonus-alt",
            "Nachfolger von Netzbonus Alt ist Netzbonus.",
            "The successor of Netzbonus Alt is Netzbonus.",
        ),
        ("messegeld", "Messegeld ist bis zum 30.06.2023 befristet.", "Messegeld is limited until 30 June 2023."),
        (
            "netzbonus-neu",
            "Die Angaben zu Netzbonus haben den Stand 15.03.2025.",
            "The information on Netzbonus is as of 15 March 2025.",
        ),
    ],
)
def test_date_end_and_successor_become_sentences(small_knowledge: Path, file: str, german: str, english: str) -> None:
    document = next(one for one in load_knowledge([small_knowledge]) if one.source.id == file)
    texts = status_texts(document)
    assert german in texts["de"].splitlines()
    assert english in texts["en"].splitlines()


def test_a_head_without_dates_gives_no_status(small_knowledge: Path) -> None:
    assert status_texts(load_card(small_knowledge / "cooperation/werkstattvertrag.md")) == {}


def test_a_renamed_successor_changes_the_fingerprint_of_its_predecessor(own_knowledge: Path) -> None:
    before = {one.source.id: one.fingerprint for one in load_knowledge([own_knowledge])}
    write_files(
        own_knowledge, {"funding/netzbonus-neu.md": FUNDING.replace("short_title: Netzbonus", "short_title: NB")}
    )
    after = {one.source.id: one.fingerprint for one in load_knowledge([own_knowledge])}
    assert {one for one in before if before[one] != after[one]} == {"netzbonus-alt", "netzbonus-neu", "messegeld"}


@pytest.mark.parametrize(
    ("partial", "german", "english"),
    [
        ("2025-07-01", "01.07.2025", "1 July 2025"),
        ("2027-12-31", "31.12.2027", "31 December 2027"),
        ("2025-03", "März 2025", "March 2025"),
        ("2025-10", "Oktober 2025", "October 2025"),
        ("2025", "2025", "2025"),
    ],
)
def test_dates_are_shown_as_each_language_writes_them(partial: str, german: str, english: str) -> None:
    assert (format_date(partial), format_date(partial, "en")) == (german, english)
