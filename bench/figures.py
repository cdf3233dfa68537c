"""A figure: what a benchmark found and what it should find, in one shape for the screen and for the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]


def at_most(figure: str, value: float, limit: float, unit: str = "", **more: Any) -> Row:
    """A figure that is met when it is no more than its limit. `more` says what it was made from."""
    return {"figure": figure, "value": value, "unit": unit, "target": f"≤ {limit:.4g}",
            "met": value <= limit, **more}  # fmt: skip


def not_measured(figure: str, limit: float, why: str) -> Row:
    """A figure that could not be had here."""
    return {"figure": figure, "value": None, "unit": "", "target": f"≤ {limit:.4g}", "met": None, "why": why}


def told(row: Row) -> str:
    """One figure in a line."""
    mark = {True: "ok", False: "MISSED", None: "–"}[row["met"]]
    known = ("figure", "value", "unit", "target", "met")
    parts = [f"{name.replace('_', ' ')} {_number(value)}" for name, value in row.items() if name not in known]
    found = "not measured" if row["value"] is None else f"{_number(row['value'])} {row['unit']}".strip()
    return f"{mark:<6} {row['figure']}: {found} (target {row['target']})" + "".join(f"; {p}" for p in parts)


def each_told(rows: Iterable[Row]) -> list[Row]:
    """All of them, each printed as soon as it is there."""
    kept = []
    for row in rows:
        print(told(row), flush=True)
        kept.append(row)
    return kept


def table(rows: Sequence[Row]) -> str:
    """All of them under each other, for the end."""
    cells = [
        (
            {True: "ok", False: "MISSED", None: "–"}[row["met"]],
            row["figure"],
            "" if row["value"] is None else _number(row["value"]),
            row["unit"],
            row["target"],
        )
        for row in rows
    ]
    wide = [max(len(cell[column]) for cell in cells) for column in range(5)]
    return "\n".join(
        f"{mark:<{wide[0]}}  {name:<{wide[1]}}  {value:>{wide[2]}} {unit:<{wide[3]}}  {target}"
        for mark, name, value, unit, target in cells
    )


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
