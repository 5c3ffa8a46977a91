"""The figures of a run as a small table, in a terminal and in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Summary:
    """Rows of a label and its value in words, under a title.

    >>> Summary("Rolling: promoted", (("requests", "1,200"), ("users hurt", "0")))
    Rolling: promoted
      requests    1,200
      users hurt  0
    """

    title: str
    rows: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        width = max(len(label) for label, _ in self.rows)
        return "\n".join((self.title, *(f"  {label:{width}}  {value}" for label, value in self.rows)))

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(label)}</th>'
            f'<td style="text-align:right">{escape(value)}</td></tr>'
            for label, value in self.rows
        )
        return f'<table><caption style="text-align:left">{escape(self.title)}</caption>{rows}</table>'


def percent(share: float) -> str:
    """A share as a percentage, with as many digits as tell it from 100 %.

    >>> percent(1.0), percent(0.99942), percent(0.925)
    ('100 %', '99.942 %', '92.5 %')
    """
    return f"{100 * share:.3f}".rstrip("0").rstrip(".") + " %"


def seconds(value: float | None) -> str:
    """Seconds in words; None is a dash.

    >>> seconds(13.388), seconds(0.0123), seconds(None)
    ('13.4 s', '12 ms', '–')
    """
    if value is None or value != value:
        return "–"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def budget(spent: float) -> str:
    """How much of an error budget is spent, in words.

    >>> budget(0.25), budget(7.62), budget(float("inf"))
    ('25 %', '7.6 times', 'no failure was allowed')
    """
    if spent == float("inf"):
        return "no failure was allowed"
    return f"{spent:.1f} times" if spent > 1 else percent(round(spent, 2))
