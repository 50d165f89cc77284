"""Reports as tables, and two of them compared by the questions that both asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.core.errors import AssistantError
from assistant.operations.evaluation_figures import LABELS, by_group
from assistant.operations.evaluation_report import compare, load_report, show_comparison, show_report
from assistant.operations.evaluation_runner import COLUMNS
from tests.support.paths import ROOT


def report(rows: dict[str, dict[str, float]], name: str = "questions", **more: Any) -> dict[str, Any]:
    """A report over rows by id; those of an even number are ``lay``, the others ``formal``."""
    styles = ["formal" if int(each[1:]) % 2 else "lay" for each in rows]
    outcomes = {
        each: [style, *(row.get(column) for column in COLUMNS[1:])]
        for (each, row), style in zip(rows.items(), styles, strict=True)
    }
    groups = by_group(styles, list(rows.values()))
    return {
        "sets": {name: {"count": len(rows), "groups": groups, "columns": list(COLUMNS), "outcomes": outcomes} | more}
    }


def answered(right: int, count: int = 20, **more: float) -> dict[str, Any]:
    return report({f"q{number}": {"answered": float(number < right), **more} for number in range(count)})


def test_a_difference_beyond_chance_is_significant_and_a_small_one_is_not() -> None:
    large = compare(answered(5), answered(15))["questions"]["groups"]["all"]["answered"]
    small = compare(answered(5), answered(7))["questions"]["groups"]["all"]["answered"]
    assert (large["old"], large["new"], large["difference"], large["count"]) == (0.25, 0.75, 0.5, 20)
    assert (large["p"], large["significant"]) == (round(2 / 1024, 4), True)
    assert (small["p"], small["significant"]) == (0.5, False)


def test_gain_and_loss_weigh_against_each_other() -> None:
    old = report({f"q{number}": {"answered": float(number < 10)} for number in range(20)})
    new = report({f"q{number}": {"answered": float(number >= 10)} for number in range(20)})
    change = compare(old, new)["questions"]["groups"]["all"]["answered"]
    assert (change["difference"], change["p"]) == (0.0, 1.0)


def test_only_questions_that_both_asked_and_figures_that_both_have_are_compared() -> None:
    old = report({"q1": {"answered": 1.0}, "q2": {"answered": 1.0}, "q3": {"near_misses_right": 1.0}})
    new = report({"q2": {"answered": 0.0}, "q3": {"answered": 1.0}, "q4": {"answered": 1.0}})
    compared = compare(old, new)["questions"]
    assert compared["count"] == 2
    assert compared["groups"]["all"].keys() == {"answered"}
    assert (compared["groups"]["all"]["answered"]["count"], compared["groups"]["lay"]["answered"]["new"]) == (1, 0.0)


def test_means_are_tested_by_sign_flips_and_times_not_at_all() -> None:
    old, new = answered(9, quotes_beside=0.9, ms=10.0), answered(9, quotes_beside=0.4, ms=30.0)
    changes = compare(old, new)["questions"]["groups"]["all"]
    assert (changes["quotes_beside"]["difference"], changes["quotes_beside"]["significant"]) == (-0.5, True)
    assert changes["ms_p95"] == {"old": 10.0, "new": 30.0, "difference": 20.0, "count": 20}


def test_reports_without_a_set_in_common_cannot_be_compared() -> None:
    with pytest.raises(AssistantError, match="keine Menge"):
        compare(report({}, "golden"), report({}))


@pytest.mark.parametrize("text", [None, "{", "[]", "{}", '{"sets": {"golden": {}}}', '{"sets": [1]}'])
def test_what_is_no_report_is_refused_by_name(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "old.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(AssistantError, match=r"old\.json' ist kein Bericht"):
        load_report(path)


def test_a_report_reads_in_german_with_intervals_by_style() -> None:
    shown = show_report(answered(15, ms=12.4))
    assert shown.startswith("questions: 20 Fragen")
    (line,) = [line for line in shown.splitlines() if line.startswith(LABELS["answered"])]
    assert line.split("  ")[-3:] == ["0,75 (0,53–0,89)", "0,70 (0,40–0,89)", "0,80 (0,49–0,94)"]
    assert "alle" in shown
    assert LABELS["foreign_refused"] not in shown
    assert f"{LABELS['ms_p50']}  12 " in shown


def test_many_styles_are_set_below_each_other() -> None:
    styles = [f"style{number}" for number in range(6)]
    groups = by_group(styles, [{"answered": 1.0}] * 6)
    shown = show_report({"sets": {"x": {"count": 6, "groups": groups}}})
    assert shown.count(LABELS["answered"]) == 2
    assert all(style in shown for style in styles)
    assert max(map(len, shown.splitlines())) <= 120


def test_questions_that_went_wrong_stand_last() -> None:
    row = {"id": "q9", "style": "lay", "cards": ["fraeshub"], "cited": [], "status": "no_source", "question": "wer?"}
    wrong = report({"q9": {"answered": 0.0}}, wrong=[row])
    assert show_report(wrong).endswith("questions: 1 Fragen gingen schief\n! q9 lay        fraeshub | no_source | wer?")


def test_markdown_has_a_table_of_equal_rows_with_the_names_of_the_figures() -> None:
    lines = show_report(answered(15), markdown=True).splitlines()
    assert lines[0] == "| questions (20) | all | formal | lay |"
    assert lines[2] == "| answered | 0.75 (0.53–0.89) | 0.70 (0.40–0.89) | 0.80 (0.49–0.94) |"
    assert len({line.count("|") for line in lines}) == 1


def test_a_comparison_shows_both_values_and_marks_what_is_significant() -> None:
    compared = compare(answered(5), answered(15))
    assert "0,25 → 0,75, +0,50*" in show_comparison(compared)
    assert "| answered | 0.25 → 0.75, +0.50* |" in show_comparison(compared, markdown=True)
    assert "*" not in show_comparison(compare(answered(5), answered(6))).rpartition("\n")[0]


def test_two_stored_reports_are_compared_by_the_module(tmp_path: Path) -> None:
    files = [tmp_path / "old.json", tmp_path / "new.json"]
    for file, data in zip(files, (answered(5), answered(15)), strict=True):
        file.write_text(json.dumps(data))
    command = [sys.executable, "-m", "assistant.operations.evaluation_report", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert "0,25 → 0,75, +0,50*" in done.stdout


def test_the_documentation_explains_every_figure() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [name for name in LABELS if f"`{name}`" not in text] == []
