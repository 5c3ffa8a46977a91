"""How often a judge is wrong, and how soon it is right: the record of a measurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

from .errors import KnobError
from .figure import Figure
from .knob import check_knobs, is_number, known_fields
from .knob_shapes import count_knob, share_knob
from .summary import number, percent, share
from .table import Table, column


@known_fields
@dataclass(frozen=True)
class Trial:
    """The requests that a judge of error rates is tried on, in many runs, and how often it looks at them.

    `rates` are the true error rates of the versions that it meets; without any, they are a half, one, one and
    a half, two, three and five times the limit. Up to the limit a version is good, beyond it bad.

    >>> Trial(limit=0.02).rates
    (0.01, 0.02, 0.03, 0.04, 0.06, 0.1)
    """

    limit: float = share_knob(
        0.01, "share of failed requests that is still good", (0.005, 0.2, 0.005), most=0.5, above=0
    )
    rates: tuple[float, ...] = ()
    requests: int = count_knob(
        100, "requests between two looks", (1, 100_000), (10, 1000, 10), unit="requests"
    )
    looks: int = count_knob(60, "how often the judge looks", (1, 10_000), (1, 200, 1))
    runs: int = count_knob(4000, "runs of each rate", (1, 1_000_000), (100, 20_000, 100))
    failure_limit: int = count_knob(0, "failed measurements that are still good", (0, 10_000), (0, 20, 1))
    seed: int = count_knob(7, "which of all possible runs", (0, 2**32 - 1), (0, 100, 1))

    def __post_init__(self) -> None:
        check_knobs(self)
        for rate in self.rates if isinstance(self.rates, tuple) else [self.rates]:
            if not is_number(rate) or not 0 <= rate <= 1 or not isinstance(self.rates, tuple):
                problem = "is not an error rate; use shares from 0 to 1 in a tuple, for example (0.01, 0.02)"
                raise KnobError("Trial", "rates", rate, problem)
        times = (0.5, 1, 1.5, 2, 3, 5)
        rates = self.rates or tuple(min(1.0, round(k * self.limit, 9)) for k in times)
        object.__setattr__(self, "rates", tuple(sorted({float(rate) for rate in rates})))


@dataclass(frozen=True)
class OperatingCharacteristic:
    """What a judge said of versions whose true error rate is known.

    For each rate of the trial and each look: `every` is the share of the runs in which the judge had called
    the version failed by then, because it looked every time; `once` the share in which it would have done so
    had it looked only this one time.
    """

    judge: str
    trial: Trial
    alpha: float | None  # the false alarms that the judge promises not to exceed, if it promises any
    every: tuple[tuple[float, ...], ...] = field(repr=False)
    once: tuple[tuple[float, ...], ...] = field(repr=False)

    @property
    def title(self) -> str:
        """What the judge is called."""
        return self.judge

    @property
    def headline(self) -> str:
        """The title, and what peeking makes of the false alarms."""
        good = self.worst_good
        if good is None:
            return self.judge
        peeking, single = share(self.alarms(good)), share(self.once[good][-1])
        return f"{self.judge}: {peeking} false alarms in {self.trial.looks} looks, {single} in a single one"

    @property
    def settings(self) -> tuple[str, ...]:
        """None: the judge's name says them all."""
        return ()

    @property
    def conditions(self) -> Mapping[str, object]:
        """What two judges must have in common to have been tried on the same requests."""
        return {"trial": self.trial}

    @property
    def worst_good(self) -> int | None:
        """The place of the highest rate that is still good, if there is one."""
        return max((i for i, rate in enumerate(self.trial.rates) if rate <= self.trial.limit), default=None)

    @property
    def bad(self) -> tuple[int, ...]:
        """The places of the rates beyond the limit."""
        return tuple(i for i, rate in enumerate(self.trial.rates) if rate > self.trial.limit)

    def alarms(self, place: int) -> float:
        """The share of the runs at this rate in which the judge called the version failed, from 0 to 1."""
        return self.every[place][-1]

    def standard_error(self, place: int) -> float:
        """How uncertain `alarms` is, because the runs are drawn by chance."""
        alarms = self.alarms(place)
        return sqrt(alarms * (1 - alarms) / self.trial.runs)

    def requests_to_alarm(self, place: int) -> float | None:
        """The mean number of requests until the alarm, of the runs at this rate that had one; or None."""
        curve, step = self.every[place], self.trial.requests
        fresh = [now - before for now, before in zip(curve, (0.0, *curve), strict=False)]
        met = sum(share * step * look for look, share in enumerate(fresh, start=1))
        return met / curve[-1] if curve[-1] else None

    @property
    def table(self) -> Table:
        """A row for each rate: the alarms of all looks, those of the last look alone, requests until one."""
        places = range(len(self.trial.rates))
        return Table(
            {
                "error rate": column(list(self.trial.rates)),
                "good": tuple("yes" if rate <= self.trial.limit else "no" for rate in self.trial.rates),
                "alarms": column([self.alarms(i) for i in places]),
                "alarms in one look": column([self.once[i][-1] for i in places]),
                "requests to alarm": column([self.requests_to_alarm(i) for i in places]),
            },
            varied=("error rate", "good"),
        )

    def figures(self) -> tuple[Figure, ...]:
        """False alarms, and for every bad rate how often and how late it is noticed."""
        good, rates = self.worst_good, self.trial.rates
        figures = []
        if good is not None:
            figures.append(_share(f"false alarms at {percent(rates[good])}", self.alarms(good)))
        for place in self.bad:
            figures.append(_share(f"missed at {percent(rates[place])}", 1 - self.alarms(place)))
            noticed = f"requests to notice {percent(rates[place])}"
            figures.append(Figure.said(noticed, self.requests_to_alarm(place), number, -1))
        return tuple(figures)


def _share(name: str, value: float) -> Figure:
    return Figure(name, value, share(value), better=-1)
