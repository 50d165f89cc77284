"""A sentence names the kinds of help that it promises, and nothing that only looks like one."""

from __future__ import annotations

import pytest

from assistant.answering.grounding.benefit_types import benefits_in


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Das Programm bezuschusst Beratungen.", {"grant"}),
        ("Es ist ein zinsloses Darlehen.", {"interest", "loan"}),
        ("Die Forschungszulage ist ein Steuervorteil.", {"tax"}),
        ("Die Steuerung der Maschine steuert den Takt.", set()),
        ("Die Bank verbürgt den Kredit.", {"guarantee", "loan"}),
        ("Das Angebot ist kostenlos.", {"free"}),
        ("Firms with an interest in it take part.", set()),
        ("Interessierte Betriebe melden sich.", set()),
        ("The voucher is free of charge.", {"voucher", "free"}),
    ],
)
def test_kinds_of_help(text: str, kinds: set[str]) -> None:
    assert benefits_in(text) == kinds
