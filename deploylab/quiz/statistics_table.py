"""The figures of a class as a table for a terminal, and as rows for a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploylab.model.errors import QuizError
from deploylab.quiz.statistics import Item, Statistics

COLUMNS = {
    "students": "students", "facility": "facility", "discrimination": "discrim.", "efficiency": "efficiency",
    "alpha_without": "alpha w/o",
}  # fmt: skip
_MOST = 12  # answers to one question on the screen; the table for a spreadsheet has all
WHOLE = ("students", "mean", "deviation", "alpha", "kr20", "kr21", "error_ratio", "standard_error")


def print_statistics(found: Statistics, console: Console | None = None) -> None:
    """One row a question, then the whole, what was chosen and believed, and what to look at."""
    console = console or Console()
    table = Table(box=None, pad_edge=False)
    table.add_column("question", no_wrap=True)
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for item in found.items:
        name = ("! " if item.warnings else "  ") + item.question
        table.add_row(name, *(_shown(item, column) for column in COLUMNS))
    console.print(table)
    whole = "  ".join(f"{name.replace('_', ' ')} {_figure(getattr(found, name))}" for name in WHOLE)
    chosen = [f"{item.question}: {_chosen(item, _MOST)}" for item in found.items if item.choices]
    believed = [f"{times} × {belief}" for belief, times in found.misconceptions]
    warned = [f"! {item.question}: {words}" for item in found.items for words in item.warnings]
    warned += [f"! {words}" for words in found.warnings]
    parts = {"The whole quiz": [whole], "Chosen": chosen, "Believed": believed, "To look at": warned}
    for heading, lines in parts.items():
        if lines:
            text = "\n  ".join((f"\n{heading}", *lines))
            console.print(text, markup=False, highlight=False, soft_wrap=True)


def save_csv(found: Statistics, path: Path) -> None:
    """One row a question, for a spreadsheet; a figure that is not known is empty."""
    names = ("question", *COLUMNS, "with_total")
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow((*names, "choices", "warnings"))
            for item in found.items:
                figures = ("" if (one := getattr(item, name)) is None else one for name in names)
                rows.writerow((*figures, _chosen(item), "; ".join(item.warnings)))
    except OSError as error:
        raise QuizError(f"{path}: cannot be written ({error.strerror}); try another folder") from None


def _shown(item: Item, name: str) -> str:
    value = getattr(item, name)
    return f"{100 * value:.0f} %" if name == "facility" else _figure(value)


def _figure(value: float | None) -> str:
    return "–" if value is None else str(value) if isinstance(value, int) else f"{value:.2f}"


def _chosen(item: Item, most: int | None = None) -> str:
    told = [f"{option} {times}" for option, _, times in item.choices if option]
    others = [f"and {len(told) - most} others"] if most and len(told) > most else []
    return ", ".join([*told[:most], *others])
