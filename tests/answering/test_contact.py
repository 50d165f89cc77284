"""Whom to ask, last in an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assistant.answering.contact import with_contact
from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.core.models import Claim, Language
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder
from assistant.core.sources import Land
from assistant.eligibility.firm_facts import FirmFacts
from assistant.ingestion.status_sentences import CONTACT_HEADINGS, contact_sections
from tests.support.tiny_corpus import passage, source, tiny_corpus

CONTACTS = [
    {"name": "Bank Eins", "phone": "0331 12345", "mail": "rat@eins.de", "region": "Bundesweit"},
    {"name": "Bank Zwei", "url": "https://www.zwei.de/zuschuss", "region": "Hessen"},
]
MONEY = "Der Zuschuss beträgt 45 Prozent."
ONE, TWO = (
    "Auskunft zu Bonus: Bank Eins, Telefon 0331 12345, E-Mail rat@eins.de.",
    "Auskunft zu Bonus: Bank Zwei (Hessen), zwei.de.",
)
HEAD: dict[str, Any] = {"short_title": "Bonus", "contacts": CONTACTS}


def test_each_contact_becomes_a_sentence_in_both_languages() -> None:
    sections = list(contact_sections(source("bonus", "funding", **HEAD)))
    assert [(one.headings, one.language, one.generated) for one in sections] == [
        (CONTACT_HEADINGS["de"], "de", True),
        (CONTACT_HEADINGS["en"], "en", True),
    ]
    assert sections[0].text.splitlines() == [ONE, TWO]
    assert sections[1].text.splitlines()[0] == "Information on Bonus: Bank Eins, phone 0331 12345, e-mail rat@eins.de."


@pytest.mark.parametrize(("kind", "head"), [("funding", {"short_title": "Bonus"}), ("cooperation", {})])
def test_without_contacts_there_is_no_section(kind: Any, head: dict[str, Any]) -> None:
    assert list(contact_sections(source("bonus", kind, **head))) == []


def closing(
    said: str = "", text: str = MONEY, language: Language = "de", laender: frozenset[Land] = frozenset(), **head: Any
) -> list[str]:
    """What follows the sentence that an answer quotes."""
    told = passage("bonus", text, kind="funding")
    contact = passage("kontakt", ONE, TWO, document="bonus", kind="funding", generated=True, heading="Kontakt")
    corpus = tiny_corpus([told, replace(contact, text=f"{ONE}\n{TWO}")], sources={"bonus": HEAD | head})
    context = AnswerContext(language, corpus, Prompts(shipped_folder("prompts")), date(2026, 11, 24))
    draft = Draft("", (ClaimGroup("", ((Claim(text, text, told, 1.0),),)),))
    made = with_contact(draft, FirmFacts(laender), said, context)
    return [claim.text for group in made.groups for paragraph in group.paragraphs for claim in paragraph][1:]


def test_the_contact_of_what_is_quoted_first_closes_the_answer() -> None:
    assert closing() == [ONE]
    assert closing(language="en") == [ONE]  # in German where there is no English one


def test_of_several_contacts_the_one_of_the_firms_land_is_named() -> None:
    assert closing(laender=frozenset({"Hessen"})) == [TWO]
    assert closing(laender=frozenset({"Bayern"})) == [ONE]


@pytest.mark.parametrize(
    "known", [{"said": f"Gern. {ONE} [2]"}, {"text": "Schreiben Sie an rat@eins.de."}, {"status": "ended"}]
)
def test_what_is_known_or_over_needs_no_contact(known: dict[str, Any]) -> None:
    assert closing(**known) == []


def test_an_answer_without_quotes_stays_as_it_is() -> None:
    context = AnswerContext("de", tiny_corpus([passage("a")]), Prompts(shipped_folder("prompts")), date(2026, 11, 24))
    assert with_contact(Draft("", ()), FirmFacts(), "", context) == Draft("", ())


def test_who_is_called_like_the_offer_is_not_named_twice() -> None:
    same = [{"name": "Bonus", "url": "https://www.bonus.de", "region": "bundesweit"}]
    (german, _) = contact_sections(source("bonus", "funding", short_title="Bonus", contacts=same))
    assert german.text == "Auskunft zu Bonus: bonus.de."
