from __future__ import annotations

import pytest

from assistant.core.company_profile import CompanyProfile
from assistant.eligibility.sme_size import EU_SME, SizeLimits, check_limits, size_class

MILLION = 1_000_000


def firm(
    employees: int | None, turnover: float | None, balance: float | None, linked: bool | None = None
) -> CompanyProfile:
    def amount(millions: float | None) -> int | None:
        return None if millions is None else round(millions * MILLION)

    return CompanyProfile(
        employees=employees,
        turnover_eur=amount(turnover),
        balance_sheet_eur=amount(balance),
        linked_enterprises=linked,
    )


@pytest.mark.parametrize(
    ("employees", "turnover", "balance", "result", "missing"),
    [
        (249, 50, 44, "erfüllt", ()),
        (249, 51, 43, "erfüllt", ()),
        (249, 50.000001, 43.000001, "nicht erfüllt", ()),
        (250, 1, 1, "nicht erfüllt", ()),
        (249, 50, None, "erfüllt", ()),
        (249, 51, None, "unklar", ("balance_sheet_eur",)),
        (249, None, 44, "unklar", ("turnover_eur",)),
        (249, None, None, "unklar", ("turnover_eur", "balance_sheet_eur")),
        (None, 1, 1, "unklar", ("employees",)),
        (None, 51, 44, "nicht erfüllt", ()),
        (250, None, None, "nicht erfüllt", ()),
        (None, None, None, "unklar", ("employees", "turnover_eur", "balance_sheet_eur")),
        (0, 0, 0, "erfüllt", ()),
    ],
)
def test_staff_must_hold_and_of_turnover_and_balance_sheet_one(
    employees: int | None, turnover: float | None, balance: float | None, result: str, missing: tuple[str, ...]
) -> None:
    outcome = check_limits(firm(employees, turnover, balance), EU_SME)
    assert (outcome.result, outcome.missing) == (result, missing)


@pytest.mark.parametrize(
    ("employees", "turnover", "balance", "expected"),
    [
        (9, 2, 3, "micro"),
        (9, 2.1, 2.1, "small"),
        (10, 2, 2, "small"),
        (49, 10, 11, "small"),
        (50, 10, 10, "medium"),
        (49, 10.1, 10.1, "medium"),
        (249, 50, 43, "medium"),
        (250, 50, 43, "large"),
        (49, None, None, "unknown"),
        (None, None, None, "unknown"),
        (300, None, None, "large"),
    ],
)
def test_the_class_is_the_smallest_whose_limits_hold(
    employees: int | None, turnover: float | None, balance: float | None, expected: str
) -> None:
    assert size_class(firm(employees, turnover, balance)) == expected


def test_linked_enterprises_leave_open_what_the_own_figures_allow_and_nothing_else() -> None:
    assert check_limits(firm(20, 3, 3, linked=True), EU_SME).result == "unklar"
    assert check_limits(firm(300, 3, 3, linked=True), EU_SME).result == "nicht erfüllt"
    assert check_limits(firm(20, 3, 3, linked=False), EU_SME).result == "erfüllt"


def test_limits_that_a_programme_does_not_set_are_not_asked_for() -> None:
    assert check_limits(CompanyProfile(employees=99), SizeLimits(employees_below=100)).result == "erfüllt"
    assert check_limits(CompanyProfile(turnover_eur=1), SizeLimits(turnover_max_eur=1)).result == "erfüllt"
    assert check_limits(CompanyProfile(), SizeLimits(turnover_max_eur=1)).missing == ("turnover_eur",)
