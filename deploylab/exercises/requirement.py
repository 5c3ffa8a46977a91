"""What an exercise asks for, each in one row: a figure and its limit, or how it must come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

from ..model.rollout import Outcome
from ..model.run import Run
from ..model.summary import counted, seconds

HURT, PROMOTED, WAY_BACK = map(attrgetter, ("users_hurt", "time_to_promote", "time_to_roll_back"))
COST, PEAK, P99 = map(attrgetter, ("instance_seconds", "peak_instances", "latency_p99"))
Records = Mapping[str, Sequence[Any]]  # by the way of trying, often one for every seed
users, instances, servers = (partial(counted, thing=thing) for thing in ("user", "instance", "server"))


@dataclass(frozen=True)
class Row:
    """One requirement, and how it was kept; `met` is None when nothing was measured."""

    name: str
    wanted: str
    met: bool | None = None
    value: str = ""
    gap: str = ""  # how much is missing

    def cells(self) -> tuple[str, ...]:
        """The row in words, with a sign that needs no colour."""
        if self.met is None:
            return "· asked", self.name, self.wanted
        sign = "✓ met" if self.met else "✗ not met"
        return sign, self.name, self.wanted, "yours: " + ", ".join(filter(None, [self.value, self.gap]))


@dataclass(frozen=True)
class Limit:
    """A figure of the records of one try, and the limit that even the worst of them keeps."""

    tried: str
    name: str
    measure: Callable[[Any], float | None]
    rule: Literal["at most", "at least"]
    limit: float
    write: Callable[[float], str]
    why: Callable[[Any], str] = lambda _: ""  # what a record that breaks it says of the cause

    @property
    def asked(self) -> Row:
        """The limit before anything was measured."""
        return Row(self.name, f"{self.rule} {self.write(self.limit)}")

    def judge(self, records: Records) -> Row:
        """The figure of the worst record, and by how much it breaks the limit."""
        values: list[tuple[float, Any]] = []
        for record in records[self.tried]:
            if (value := self.measure(record)) is None:
                ended = getattr(record, "outcome", None)
                return self._row(False, "none", f"it was {ended.value}" if ended else "there is none")
            values.append((value, record))
        most = self.rule == "at most"
        worst, record = (max if most else min)(values, key=lambda pair: pair[0])
        gap = worst - self.limit if most else self.limit - worst
        words = (f"{self.write(gap)} {'over' if most else 'short'}", self.why(record))
        return self._row(gap <= 0, self.write(worst), ": ".join(filter(None, words)))

    def _row(self, met: bool, value: str, gap: str) -> Row:
        return Row(self.name, self.asked.wanted, met, value, "" if met else gap)


@dataclass(frozen=True)
class Exactly:
    """What every record of one try must be, in words: `measure` says it of a record."""

    tried: str
    name: str
    measure: Callable[[Any], str]
    wanted: str

    @property
    def asked(self) -> Row:
        """The requirement before anything was measured."""
        return Row(self.name, self.wanted)

    def judge(self, records: Records) -> Row:
        """What was asked for, or the first that was another."""
        words = map(self.measure, records[self.tried])
        other = next((word for word in words if word != self.wanted), self.wanted)
        return Row(self.name, self.wanted, other == self.wanted, other)


Requirement = Limit | Exactly  # what is asked of the records of an answer, and judged by them


def nobody_hurt(tried: str, name: str) -> Exactly:
    """Not one user may be hurt."""
    return Exactly(tried, name, lambda run: users(run.users_hurt), users(0))


def ending(tried: str, name: str, outcome: Outcome) -> Exactly:
    """How every rollout of one try must end."""
    return Exactly(tried, name, lambda run: str(run.outcome.value), outcome.value)


def fewest_ready(run: Run) -> int:
    """The fewest instances that were in service, ready and not told to stop, at any time in the window.

    >>> from deploylab import Rolling, Scenario, roll_out
    >>> fewest_ready(roll_out(Rolling(batch_size=2, hold=10), Scenario(replicas=6)))
    4
    """
    end = run.scenario.duration
    changes = []
    for instance in run.instances:
        for up, down in instance.served:
            changes += [(up, 1), (end if down is None else down, -1)]
    count, fewest = 0, run.scenario.replicas
    for time, together in groupby(sorted(changes), key=lambda change: change[0]):
        count += sum(change for _, change in together)
        fewest = min(fewest, count) if time < end else fewest
    return fewest


def time(value: float) -> str:
    """Seconds in words, whole ones without a fraction.

    >>> time(60), time(47.2), time(0.3)
    ('60 s', '47.2 s', '300 ms')
    """
    return seconds(value).replace(".0 s", " s")
