"""Reports of ``assistant eval --on`` as tables, and two of them compared question by question.

``python -m assistant.operations.evaluation_report OLD.json NEW.json`` compares two stored reports.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from assistant.core.errors import AssistantError
from assistant.operations.evaluation_figures import ALL, LABELS, MILLISECONDS, PERCENTILES, RATES, percentile
from assistant.operations.evaluation_statistics import mcnemar_exact, sign_flip_test

LEVEL = 0.05
"""Below this p a difference is marked as significant."""
_SIDE_BY_SIDE = 4
Data = Mapping[str, Any]
Cell = Callable[[Data], str]


def load_report(file: Path) -> Data:
    """A report that ``--json`` printed; anything else is an ``AssistantError``."""
    try:
        report: Any = json.loads(file.read_text(encoding="utf-8"))
        complete = all({"outcomes", "columns"} <= each.keys() for each in report["sets"].values())
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        complete = False
    if not complete:
        raise AssistantError(f"'{file}' ist kein Bericht von 'assistant eval --on … --json'.")
    return report  # type: ignore[no-any-return]


def compare(old: Data, new: Data) -> dict[str, dict[str, Any]]:
    """Old and new value of each figure over the questions that both reports asked, by set and group.

    ``p`` is from McNemar's exact test for rates, from sign flips for means; times are not tested.
    """
    shared = [name for name in new["sets"] if name in old["sets"]]
    if not shared:
        raise AssistantError("Die beiden Berichte haben keine Menge von Fragen gemeinsam.")
    return {name: _compare_set(old["sets"][name], new["sets"][name]) for name in shared}


def _compare_set(old: Data, new: Data) -> dict[str, Any]:
    before, after = _rows(old), _rows(new)
    ids = [each for each in after if each in before]
    styles = sorted({after[each]["style"] for each in ids})
    groups = {ALL: ids} | {style: [each for each in ids if after[each]["style"] == style] for style in styles}
    return {
        "count": len(ids),
        "groups": {name: dict(_differences(before, after, members)) for name, members in groups.items()},
    }


def _rows(report: Data) -> dict[str, dict[str, Any]]:
    """Values by id and name."""
    return {each: dict(zip(report["columns"], values, strict=True)) for each, values in report["outcomes"].items()}


def _differences(before: Data, after: Data, ids: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in LABELS:
        column = MILLISECONDS if name in PERCENTILES else name
        found = ((before[each].get(column), after[each].get(column)) for each in ids)
        pairs = [(old, new) for old, new in found if old is not None and new is not None]
        if not pairs:
            continue
        olds, news = [old for old, _ in pairs], [new for _, new in pairs]
        if share := PERCENTILES.get(name):
            yield name, _change(percentile(olds, share), percentile(news, share), len(pairs))
        else:
            yield name, _change(fmean(olds), fmean(news), len(pairs), _p_value(name, pairs))


def _change(old: float, new: float, count: int, p: float | None = None) -> dict[str, Any]:
    values = {"old": round(old, 4), "new": round(new, 4), "difference": round(new - old, 4), "count": count}
    return values | ({} if p is None else {"p": round(p, 4), "significant": p < LEVEL})


def _p_value(name: str, pairs: Sequence[tuple[float, float]]) -> float:
    if name in RATES:
        return mcnemar_exact(sum(new > old for old, new in pairs), sum(new < old for old, new in pairs))
    return sign_flip_test([new - old for old, new in pairs])


def show_report(report: Data, *, markdown: bool = False) -> str:
    """A report as tables, in German for a terminal or as Markdown with the names of the figures for the documentation.

    The questions that went wrong stand last, where they were asked for.
    """
    if markdown:
        return _join(_markdown(name, each, _interval_cell) for name, each in report["sets"].items())
    tables = (_text_table(name, each, _interval_cell) for name, each in report["sets"].items())
    wrong = (_wrong_lines(name, each["wrong"]) for name, each in report["sets"].items() if "wrong" in each)
    return _join([*tables, "in Klammern: der Bereich, in dem der wahre Wert zu 95 % liegt", *wrong])


def show_comparison(compared: Data, *, markdown: bool = False) -> str:
    """A comparison as tables of either kind; a star marks differences that are significant."""
    if markdown:
        return _join(_markdown(name, each, _difference_cell) for name, each in compared.items())
    tables = (_text_table(name, each, _difference_cell) for name, each in compared.items())
    return _join([*tables, "alt → neu, Unterschied, Frage für Frage verglichen; * heißt: p < 0,05"])


def _join(parts: Iterable[str]) -> str:
    return "\n\n".join(parts)


def _interval_cell(entry: Data) -> str:
    if entry["low"] is None:
        return f"{entry['value']:.0f}"
    return f"{entry['value']:.2f} ({entry['low']:.2f}–{entry['high']:.2f})"


def _difference_cell(entry: Data) -> str:
    if "p" not in entry:
        return f"{entry['old']:.0f} → {entry['new']:.0f}, {entry['difference']:+.0f}"
    return f"{entry['old']:.2f} → {entry['new']:.2f}, {entry['difference']:+.2f}{'*' * entry['significant']}"


def _text_table(name: str, each: Data, cell: Cell) -> str:
    """Aligned columns, a few groups side by side, with decimal commas."""
    names = tuple(each["groups"])
    lines = [f"{name}: {each['count']} Fragen"]
    for first in range(0, len(names), _SIDE_BY_SIDE):
        groups = names[first : first + _SIDE_BY_SIDE]
        rows = [["", *("alle" if group == ALL else group for group in groups)]]
        for figure, cells in _cells(each["groups"], groups, cell):
            rows.append([LABELS[figure], *(text.replace(".", ",") for text in cells)])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        shown = ("  ".join(f"{part:<{width}}" for part, width in zip(row, widths, strict=True)) for row in rows)
        lines += ["", *map(str.rstrip, shown)]
    return "\n".join(lines)


def _markdown(name: str, each: Data, cell: Cell) -> str:
    groups = tuple(each["groups"])
    lines = [f"| {name} ({each['count']}) | {' | '.join(groups)} |", f"|{'---|' * (len(groups) + 1)}"]
    lines += [f"| {figure} | {' | '.join(cells)} |" for figure, cells in _cells(each["groups"], groups, cell)]
    return "\n".join(lines)


def _cells(groups: Data, chosen: Sequence[str], cell: Cell) -> Iterator[tuple[str, list[str]]]:
    """Each figure that one of the groups has, with a cell for each group."""
    for figure in LABELS:
        if any(figure in groups[group] for group in chosen):
            yield figure, [cell(groups[group][figure]) if figure in groups[group] else "–" for group in chosen]


def _wrong_lines(name: str, wrong: Sequence[Data]) -> str:
    lines = [f"{name}: {len(wrong)} Fragen gingen schief"]
    for row in wrong:
        told = ", ".join(row["cited"]) or row["status"]
        lines.append(f"! {row['id']} {row['style']:<10} {', '.join(row['cards'])} | {told} | {row['question']}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Compare two stored reports."""
    if len(arguments) != 2:
        raise SystemExit("usage: python -m assistant.operations.evaluation_report OLD.json NEW.json")
    old, new = (load_report(Path(name)) for name in arguments)
    print(show_comparison(compare(old, new)))


if __name__ == "__main__":
    main(sys.argv[1:])
