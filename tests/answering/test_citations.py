"""Citations are numbered by first use and show what a reader needs; quotes are shown literally."""

from __future__ import annotations

from assistant.answering.citations import CitationIndex, render_draft
from assistant.answering.draft import ClaimGroup, Draft
from assistant.core.models import Claim, Passage
from assistant.core.sources import Literature

TEXT = "Der Zuschuss beträgt 30 bis 60 Prozent. Anträge sind bis 31.12.2027 möglich."
PASSAGE = Passage("p#1", "p", "funding", "P", "Wie viel?", ("Wie viel?",), TEXT, tuple(TEXT.split(". ")))
SOURCES = {"p": Literature(kind="literature", id="p", title="Ein Programm")}


def claim(text: str, quote: str) -> Claim:
    return Claim(text, quote, PASSAGE, 1.0)


FIRST = "Der Zuschuss beträgt 30 bis 60 Prozent."


def test_the_same_quote_keeps_its_number_and_numbers_count_by_first_use() -> None:
    second = "Anträge sind bis 31.12.2027 möglich."
    draft = Draft("L:", (ClaimGroup("", ((claim(FIRST, FIRST), claim(second, second), claim(FIRST, FIRST)),)),))
    citation_index = CitationIndex(SOURCES)
    assert "".join(render_draft(draft, citation_index)) == f"L:\n\n- {FIRST} [1] {second} [2] {FIRST} [1]"
    assert [one.quote for one in citation_index.citations] == [FIRST, second]


def test_markdown_in_a_quote_is_shown_and_not_obeyed() -> None:
    text = "Ein *Satz* mit [1] und <b>Kosten</b> `x`."
    passage = Passage("p#2", "p", "document", "P", "", (), text, (text,))
    shown = "".join(
        render_draft(Draft("", (ClaimGroup("", ((Claim(text, text, passage, 1.0),),)),)), CitationIndex(SOURCES))
    )
    assert shown.strip() == r"Ein \*Satz\* mit \[1\] und \<b\>Kosten\</b\> \`x\`. [1]"


def test_added_documents_show_at_most_400_characters_around_the_quote() -> None:
    text = "a " * 400 + "Der gesuchte Satz." + " b" * 400
    passage = Passage("p#3", "p", "document", "P", "", (), text, ("Der gesuchte Satz.",))
    citation_index = CitationIndex(SOURCES)
    citation_index.number(Claim("Der gesuchte Satz.", "Der gesuchte Satz.", passage, 1.0))
    assert len(citation_index.citations[0].passage) <= 400
    assert "Der gesuchte Satz." in citation_index.citations[0].passage
