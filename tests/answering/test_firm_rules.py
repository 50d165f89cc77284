"""Programmes that shut out the firm that asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.answering.firm_rules import with_firm_rules
from assistant.core.models import Claim
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder
from assistant.eligibility.firm_facts import FirmFacts
from tests.support.tiny_corpus import passage, tiny_corpus

MONEY, RULE = (
    "Der Zuschuss beträgt 45 Prozent.",
    "Antragsberechtigt sind Unternehmen mit weniger als 250 Beschäftigten.",
)
OPEN = "Das Programm bezuschusst Netzwerke aller Größen."
SMALL = passage("klein", MONEY, RULE, kind="funding")
LARGE = passage("gross", OPEN, kind="funding")
HUB = passage("hub", "Der Hub berät.", kind="support")
SOURCES: dict[str, dict[str, Any]] = {"klein": {"eligibility": {"employees_below": 250}}}


def context() -> AnswerContext:
    corpus = tiny_corpus([SMALL, LARGE, HUB], sources=SOURCES)
    return AnswerContext("de", corpus, Prompts(shipped_folder("prompts")), date(2026, 11, 24))


def draft(*paragraphs: tuple[Any, ...]) -> Draft:
    claims = [tuple(Claim(text, text, one, 1.0) for text in texts) for one, *texts in paragraphs]
    return Draft("", (ClaimGroup("", tuple(claims)),))


def said(made: Draft) -> tuple[str, list[list[str]]]:
    return made.lead_in, [
        [claim.text for claim in paragraph] for group in made.groups for paragraph in group.paragraphs
    ]


NOTICE = "Für 600 Beschäftigte gilt:"


@pytest.mark.parametrize(
    ("employees", "named", "paragraphs", "expected"),
    [
        (None, (), [(SMALL, MONEY)], ("", [[MONEY]])),
        (40, (), [(SMALL, MONEY)], ("", [[MONEY]])),
        # Alone, or asked for by name: the rule comes first.
        (600, (), [(SMALL, MONEY)], (NOTICE, [[RULE, MONEY]])),
        (600, (), [(SMALL, MONEY, RULE)], (NOTICE, [[RULE, MONEY]])),
        (600, ("klein",), [(LARGE, OPEN), (SMALL, MONEY)], (NOTICE, [[RULE, MONEY]])),
        # Beside something that fits it is not recommended.
        (600, (), [(SMALL, MONEY), (LARGE, OPEN)], ("", [[OPEN]])),
        (600, (), [(HUB, "Der Hub berät.")], ("", [["Der Hub berät."]])),
        (600, (), [], ("", [])),
    ],
)
def test_a_programme_that_shuts_out_the_firm_is_never_recommended_to_it(
    employees: int | None, named: tuple[str, ...], paragraphs: list[Any], expected: tuple[str, list[list[str]]]
) -> None:
    made = with_firm_rules(draft(*paragraphs), FirmFacts(employees=employees), named, context())
    assert said(made) == expected
