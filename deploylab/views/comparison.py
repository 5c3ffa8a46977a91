"""Several records of one kind side by side: the same conditions, different choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Protocol

from ..model.errors import RecordError, short
from ..model.figure import Figure, better_than
from ..model.operating import OperatingCharacteristic
from .multiples import multiples
from .still import save, styled
from .svg import element


class Record(Protocol):
    """What every pattern leaves behind; its own dataclass says the rest."""

    @property
    def title(self) -> str:
        """What it is the record of."""

    @property
    def headline(self) -> str:
        """The title, and how it ended."""

    @property
    def settings(self) -> tuple[str, ...]:
        """The knobs that tell it from another of its title, as one would write them; maybe none."""

    @property
    def conditions(self) -> Mapping[str, object]:
        """What two of them must have in common to be compared; `duration` or `days` is how long they look."""

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare, the same ones for all records of a kind."""


@dataclass(frozen=True)
class Comparison:
    """A table with a row a figure and a column a record; the best of each row is marked.

    Each has a small picture, all on one time axis and one scale; `animate` plays a comparison.
    """

    records: tuple[Record, ...]

    def rows(self) -> list[tuple[str, list[tuple[str, bool]]]]:
        """Each figure's name, and for every record its value in words and whether it is the best of the row.

        A figure that none of the records has is left out.
        """
        rows = zip(*(record.figures() for record in self.records), strict=True)
        return [(row[0].name, _row(row)) for row in rows if any(figure.known for figure in row)]

    def names(self) -> list[str]:
        """The title of each record; those of the same title are told apart by the settings that differ."""
        return [f"{record.title}{self._what_differs(record)}" for record in self.records]

    def heads(self) -> list[str]:
        """The name of each record, and how it ended; a judge has not ended, and is its name alone."""
        return [
            name
            if isinstance(record, OperatingCharacteristic)
            else record.headline.replace(record.title, name, 1)
            for record, name in zip(self.records, self.names(), strict=True)
        ]

    def _what_differs(self, record: Record) -> str:
        alike = [other.settings for other in self.records if other.title == record.title]
        own = [word for word in record.settings if any(word not in other for other in alike)]
        return f" {', '.join(own)}" if own else ""

    def __repr__(self) -> str:
        table = [["", *self.heads()]]
        table += [
            [name, *(words + (" *" if best else "  ") for words, best in cells)]
            for name, cells in self.rows()
        ]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = ("  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in table)
        return "\n".join(line.rstrip() for line in lines) + "\n* the best of its row"

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads())
        rows = "".join(_html(name, cells) for name, cells in self.rows())
        table = f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        words = f"<p>★ the best of its row{'; grey: the same in all' if 'dl-same' in rows else ''}</p>"
        return styled(self._pictures(), f'<div class="dl-comparison">{table}{words}</div>')

    def _pictures(self) -> str:
        """A small picture of each record; those that have nothing over time have none."""
        if not (small := multiples(self.records)):
            return ""
        figures = (
            f"<figure><figcaption>{escape(head)}</figcaption>"
            + element("div", svg, role="img", aria_label=f"{head}; what was done and what failed, over time")
            + "</figure>"
            for head, svg in zip(self.heads(), small, strict=True)
        )
        return element("div", *figures, class_="dl-multiples")

    @property
    def title(self) -> str:
        """The names of all records."""
        return "; ".join(self.names())

    @property
    def headline(self) -> str:
        """The headlines of all records."""
        return "; ".join(self.heads())

    def save(self, path: str | Path) -> Path:
        """Write a page of its own that needs no network; returns its path."""
        return save(path, self.headline, self._repr_html_())


def compare(records: Sequence[Record]) -> Comparison:
    """Put records of one kind side by side; they met the very same requests, so nobody is favoured.

    Raises `RecordError` when there is nothing to compare, or for records of different kinds or conditions.

    >>> from deploylab import BlueGreen, Recreate, Scenario, roll_out
    >>> scenario = Scenario(replicas=2, duration=60)
    >>> print(str(compare([roll_out(s, scenario) for s in (Recreate(), BlueGreen())])).splitlines()[0])
                      Recreate: promoted  BlueGreen: promoted
    """
    rows = list(records) if isinstance(records, Sequence) and not isinstance(records, str) else [records]
    if not rows:
        advice = "give it some, for example [roll_out(Recreate(), scenario)]"
        raise RecordError(f"compare: there is no record; {advice}")
    for row in rows:
        if lacks := [name for name in ("figures", "conditions", "settings") if not hasattr(row, name)]:
            raise RecordError(f"compare: {short(row)} has no {lacks[0]}; give it a list of records of runs")
    kinds = {type(row).__name__ for row in rows}
    if len(kinds) > 1:
        raise RecordError(f"compare: {' and '.join(sorted(kinds))} have different figures; use one kind")
    met = [row.conditions for row in rows]
    if differ := [name for name in met[0] if any(other[name] != met[0][name] for other in met)]:
        both = "their " + " and ".join(differ) + (" differs" if len(differ) == 1 else " differ")
        raise RecordError(f"compare: these records met different requests: {both}; use the same for all")
    return Comparison(tuple(rows))


def changes(record: Record, before: Record | None) -> list[tuple[str, str, str, int]]:
    """Each figure of a record: its name, its value, that of the record before if it differs, and a verdict.

    The verdict is 1 for better than before, -1 for worse, 0 for neither, as it is when they lasted another
    time. What neither has is left out.
    """
    now = record.figures()
    other = before is not None and _window(before) != _window(record)  # in more time more happens
    then: Sequence[Figure | None] = [None] * len(now) if before is None else before.figures()
    return [
        (
            new.name,
            new.words,
            f"{old.words}{', other length' * other}" if old and old.known and old.words != new.words else "",
            0 if other else better_than(new, old),
        )
        for new, old in zip(now, then, strict=True)
        if new.known or (old and old.known)
    ]


def _row(figures: Sequence[Figure]) -> list[tuple[str, bool]]:
    known = {figure.value * figure.better: figure.words for figure in figures if figure.value is not None}
    differ = len({figure.words for figure in figures}) > 1  # to those who read them
    alike = len({figure.better for figure in figures}) == 1
    best = known[max(known)] if len(known) > 1 and differ and alike else None
    return [(figure.words, figure.known and figure.words == best) for figure in figures]


def _window(record: Record) -> object:
    """How long a record looks, if it says so."""
    return record.conditions.get("duration", record.conditions.get("days"))


def _html(name: str, cells: Sequence[tuple[str, bool]]) -> str:
    """A row of the table; one that is the same everywhere steps back."""
    same = len(cells) > 1 and len({words for words, _ in cells}) == 1
    said = (f"<b>★ {escape(words)}</b>" if best else escape(words) for words, best in cells)
    values = "".join(f"<td>{words}</td>" for words in said)
    return f'<tr{" class=dl-same" if same else ""}><th scope="row">{escape(name)}</th>{values}</tr>'
