"""The figures of a record as a small table, in a terminal and in a notebook; and how numbers are said."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from .dora import DAY, HOUR
from .figure import Figure


@dataclass(frozen=True)
class Summary:
    """The figures of a record that has any, under a title.

    >>> Summary("Rolling: promoted", (Figure("users hurt", 12, "12"), Figure("p99 latency", None, "–")))
    Rolling: promoted
      users hurt  12
    """

    title: str
    figures: tuple[Figure, ...]
    note: str = ""  # what to know of the figures

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The name of each figure that has a value, and the value in words."""
        return [(figure.name, figure.words) for figure in self.figures if figure.known]

    def __repr__(self) -> str:
        width = max((len(label) for label, _ in self.rows), default=0)
        lines = (self.title, *(f"  {label:{width}}  {value}" for label, value in self.rows), self.note)
        return "\n".join(filter(None, lines))

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(label)}</th>'
            f'<td style="text-align:right">{escape(value)}</td></tr>'
            for label, value in self.rows
        )
        table = f'<table><caption style="text-align:left">{escape(self.title)}</caption>{rows}</table>'
        return table + (self.note and f"<p>{escape(self.note)}</p>")


def percent(value: float) -> str:
    """A share as a percentage, with as many digits as tell it from 100 %.

    >>> percent(1.0), percent(0.99942), percent(0.925), percent(0.9999998)
    ('100 %', '99.942 %', '92.5 %', '99.99998 %')
    """
    digits = 3
    while value < 1 and round(100 * value, digits) == 100:
        digits += 1
    return f"{100 * value:.{digits}f}".rstrip("0").rstrip(".") + " %"


def share(value: float) -> str:
    """A share as a percentage, to a tenth of a percent.

    >>> share(0.6079), share(0)
    ('60.8 %', '0 %')
    """
    return percent(round(value, 3))


def seconds(value: float | None) -> str:
    """Seconds in words; None is a dash.

    >>> seconds(13.388), seconds(0.0123), seconds(None)
    ('13.4 s', '12 ms', '–')
    """
    if value is None or value != value:
        return "–"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def number(value: float) -> str:
    """A whole number in words.

    >>> number(5000.0)
    '5,000'
    """
    return f"{value:,.0f}"


def counted(many: float, thing: str) -> str:
    """So many things, in words: one has no s.

    >>> counted(1, "user"), counted(5_000, "user"), counted(0.5, "day")
    ('1 user', '5,000 users', '0.5 days')
    """
    return f"{many:,.15g} {thing}{'' if many == 1 else 's'}"


def budget(spent: float) -> str:
    """How much of an error budget is spent, in words.

    >>> budget(0.25), budget(7.62), budget(1.02), budget(float("inf"))
    ('25 %', '7.6 times', '1.02 times', 'had none')
    """
    if spent == float("inf"):
        return "had none"
    return times(spent) or percent(round(spent, 2))


def times(spent: float) -> str:
    """How many times over, with as many digits, up to three, as tell it from once; else nothing.

    >>> times(7.62), times(1.02), times(1.00001)
    ('7.6 times', '1.02 times', '')
    """
    said = (f"{spent:.{digits}f}" for digits in (1, 2, 3))
    return next((f"{words} times" for words in said if float(words) > 1), "")


def lasting(seconds: float) -> str:
    """A time that may last seconds or months, in words.

    >>> lasting(90), lasting(5_400), lasting(144_000), lasting(777_600)
    ('1.5 min', '90 min', '40 h', '9 days')
    """
    for unit, name, least in ((DAY, "days", 3), (HOUR, "h", 2), (60.0, "min", 1)):
        if seconds >= least * unit:
            return f"{seconds / unit:.2g} {name}" if seconds < 10 * unit else f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"


def frequency(a_day: float) -> str:
    """How often something happens, in words.

    >>> frequency(18.94), frequency(0.5), frequency(0.02)
    ('19 a day', '3.5 a week', '0.6 a month')
    """
    for days, name in ((1, "day"), (7, "week")):
        if a_day * days >= 1:
            return f"{a_day * days:.2g} a {name}" if a_day * days < 100 else f"{a_day * days:,.0f} a {name}"
    return f"{a_day * 30:.2g} a month"


def duration(seconds: float) -> str:
    """A time in the unit that suits it.

    >>> duration(90), duration(5_400), duration(200_000)
    ('90 s', '90 min', '2.3 days')
    """
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"
