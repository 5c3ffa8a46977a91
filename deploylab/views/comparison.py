"""Several runs side by side: the same requests, different strategies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from ..model.errors import StrategyError
from ..model.run import Run
from ..model.summary import percent, seconds

Figure = tuple[str, Callable[[Run], float | None], Callable[[float], str], int]

# Name, value, how it is written, and whether more (1) or less (-1) of it is better.
FIGURES: tuple[Figure, ...] = (
    ("availability", lambda run: run.availability, percent, 1),
    ("failed requests", lambda run: run.failures, lambda n: f"{n:,.0f}", -1),
    ("users hurt", lambda run: run.users_hurt, lambda n: f"{n:,.0f}", -1),
    ("p99 latency", lambda run: run.latency_p99, seconds, -1),
    ("time to promote", lambda run: run.time_to_promote, seconds, -1),
    ("time to roll back", lambda run: run.time_to_roll_back, seconds, -1),
    ("peak instances", lambda run: run.peak_instances, lambda n: f"{n:.0f}", -1),
    ("instance-seconds", lambda run: run.instance_seconds, lambda n: f"{n:,.0f}", -1),
    ("mixed versions", lambda run: run.mixed_seconds, seconds, -1),
)


@dataclass(frozen=True)
class Comparison:
    """A table with a row a figure and a column a run; the best of each row is marked."""

    runs: tuple[Run, ...]

    def rows(self) -> list[tuple[str, list[tuple[str, bool]]]]:
        """Each figure's name, and for every run its value in words and whether it is the best of the row."""
        return [
            (name, _row([value(run) for run in self.runs], words, sign))
            for name, value, words, sign in FIGURES
        ]

    def heads(self) -> list[str]:
        """The name of each run and how it ended; the same strategies are told apart by what differs."""
        return [f"{run.strategy}{self._what_differs(run)}: {run.outcome.value}" for run in self.runs]

    def _what_differs(self, run: Run) -> str:
        alike = [other for other in self.runs if other.strategy == run.strategy]
        own = [word for word in run.settings if any(word not in other.settings for other in alike)]
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
        heads = "".join(
            f'<th scope="col" style="text-align:right">{escape(head)}</th>' for head in self.heads()
        )
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
            + "".join(f'<td style="text-align:right">{_marked(words, best)}</td>' for words, best in cells)
            + "</tr>"
            for name, cells in self.rows()
        )
        table = f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return f"{table}<p>★ the best of its row</p>"


def compare(runs: Sequence[Run]) -> Comparison:
    """Put runs of one scenario side by side; they met the very same requests, so nobody is favoured.

    Raises `StrategyError` when there is nothing to compare, or when the runs are of different scenarios.

    >>> from deploylab import BlueGreen, Recreate, Scenario, roll_out
    >>> scenario = Scenario(replicas=2, duration=60)
    >>> print(str(compare([roll_out(s, scenario) for s in (Recreate(), BlueGreen())])).splitlines()[0])
                       Recreate: promoted  BlueGreen: promoted
    """
    if not runs:
        raise StrategyError(
            "compare: there is no run; give it some, for example [roll_out(Recreate(), scenario)]"
        )
    if len({(run.scenario.traffic, run.scenario.seed, run.scenario.duration) for run in runs}) > 1:
        raise StrategyError(
            "compare: the runs met different requests; use one traffic, seed and duration for all"
        )
    return Comparison(tuple(runs))


def changes(run: Run, before: Run | None) -> list[tuple[str, str, str, int]]:
    """Each figure of a run: its name, its value, that of the run before if it differs, and which is better.

    The last is 1 for better than before, -1 for worse, 0 for neither.
    """
    rows = []
    for name, value, words, sign in FIGURES:
        new, old = value(run), None if before is None else value(before)
        now, then = ("–" if x is None else words(x) for x in (new, old))
        differ = before is not None and now != then
        better = 0 if new is None or old is None or not differ else sign * (1 if new > old else -1)
        rows.append((name, now, then if differ else "", better))
    return rows


def _row(values: list[float | None], words: Callable[[float], str], sign: int) -> list[tuple[str, bool]]:
    known = [value for value in values if value is not None and value == value]
    best = max(known, key=lambda value: sign * value, default=None)
    differ = len(set(known)) > 1
    return [("–" if value is None else words(value), differ and value == best) for value in values]


def _marked(words: str, best: bool) -> str:
    return f"<b>★ {escape(words)}</b>" if best else escape(words)
