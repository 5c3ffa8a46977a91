"""The pipeline from a commit to production, as knobs."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from math import exp, prod
from typing import Any

from .errors import KnobError
from .knob import check_kinds, check_knobs, knob, known_fields
from .knob_shapes import count_knob, hours_knob, minutes_knob, seed_knob, share_knob

STAGES = ("build", "unit", "integration", "acceptance")
RECOVERIES = ("roll back", "fix forward")
MOST_COMMITS = 200_000


@known_fields
@dataclass(frozen=True)
class Stage:
    """One stage that every commit passes: it takes a while, has so many workers, and finds some defects.

    A flaky stage fails for no reason and is run again at once, until it does not. A stage that people work
    through by hand is a long one with few workers.

    >>> Stage(duration=30, flakiness=0.25).mean_duration
    40.0
    """

    duration: float = minutes_knob(10.0, "mean work on one commit", (0, 240, 5))
    workers: int = count_knob(4, "commits at once", (1, 1_000), (1, 16, 1))
    catches: float = share_knob(0.4, "share of the defects still there that it finds", (0, 1, 0.05))
    flakiness: float = share_knob(0.0, "chance that it fails for no reason", (0, 0.5, 0.01), most=0.9)
    variation: float = share_knob(
        0.3, "how much its work varies: 0 never, 1 as an exponential time does", (0, 1, 0.1)
    )

    @property
    def mean_duration(self) -> float:
        """Minutes of work on one commit, repetitions of a flaky stage included."""
        return self.duration / (1 - self.flakiness)


@known_fields
@dataclass(frozen=True)
class Deploy:
    """The last stage: a release goes to production, one at a time, maybe after somebody has approved it."""

    duration: float = minutes_knob(10.0, "time of one deployment", (0, 240, 5))
    approval: float = hours_knob(
        0.0, "mean wait until somebody approves a release; 0: nobody is asked", (0, 72, 1)
    )


@known_fields
@dataclass(frozen=True)
class Monitor:
    """How a defect in production is found: by monitoring, or else by users who report it."""

    catches: float = share_knob(0.8, "share of the defects that monitoring sees", (0, 1, 0.05))
    detection: float = minutes_knob(15.0, "mean time until it sees one", (0, 240, 5))
    report: float = hours_knob(24.0, "mean time until users report what it does not see", (0, 168, 1))


@known_fields
@dataclass(frozen=True)
class Pipeline:
    """Everything between a commit and its users; `deliver` lets a stream of commits through it.

    A commit that a stage finds bad goes back to its author and passes again from the start, repaired. What
    passed is released in batches of `batch_size`, or all of it every `release_every` days. A release with a
    defect makes production fail, which somebody or something notices after a while. `recovery` is then "roll
    back", which takes the whole release back, its good commits too, until the culprit is repaired; or "fix
    forward": production fails until the repair has passed the pipeline. Either goes out alone and at once.

    The day has 24 hours and the week seven days: a pipeline does not sleep, and its people are spread well.

    >>> round(Pipeline().chance_of_escape, 4)
    0.0186
    """

    rate: float = knob(20.0, "commits a day", unit="commits/day", above=0, maximum=10_000, slider=(1, 100, 1))
    size: float = knob(
        100.0, "mean size of a commit; sizes vary", unit="lines", minimum=1, maximum=100_000,
        slider=(10, 1_000, 10),
    )  # fmt: skip
    defect_chance: float = share_knob(0.1, "chance of a defect in every 100 lines", (0, 0.5, 0.01), most=0.99)
    batch_size: int = count_knob(1, "commits in a release", (1, 10_000), (1, 100, 1), unit="commits")
    release_every: float = knob(
        0.0, "release by the calendar; 0: by batch size", unit="days", minimum=0, maximum=365,
        slider=(0, 30, 1),
    )  # fmt: skip
    build: Stage = Stage(duration=5, catches=0.1)
    unit: Stage = Stage(duration=10)
    integration: Stage = Stage(duration=20, flakiness=0.05)
    acceptance: Stage = Stage(duration=30)
    deploy: Deploy = Deploy()
    monitor: Monitor = Monitor()
    recovery: str = knob("roll back", "what is done about a bad release", options=RECOVERIES)
    rollback: float = minutes_knob(10.0, "time of a rollback", (0, 240, 5))
    diagnosis: float = minutes_knob(
        10.0, "search for the culprit, for each commit of the release", (0, 60, 5)
    )
    fix: float = hours_knob(2.0, "mean time of a repair by the author", (0, 48, 1))
    release_cost: float = hours_knob(
        1.0, "work that a release costs, however large it is", (0, 40, 1), most=10_000
    )
    delay_cost: float = hours_knob(
        0.5, "what it costs that a finished commit waits a day", (0, 10, 0.5), most=10_000
    )
    days: float = knob(
        90.0, "how long it is watched", unit="days", above=0, maximum=3_650, slider=(10, 180, 10)
    )
    seed: int = seed_knob()

    def __post_init__(self) -> None:
        check_kinds(self, **dict.fromkeys(STAGES, Stage), deploy=Deploy, monitor=Monitor)
        check_knobs(self)
        if self.rate * self.days > MOST_COMMITS:
            problem = f"days at {self.rate:g} commits a day are {self.rate * self.days:,.0f} commits"
            wanted = f"{problem}; at most {MOST_COMMITS:,} fit, so lower the rate or the days"
            raise KnobError("Pipeline", "days", self.days, wanted)

    def idle(self) -> dict[str, str]:
        """The fields that have no effect now, and why."""
        by_hand = {"rollback": "the way back is a fix forward"} if self.recovery == "fix forward" else {}
        return by_hand | ({"batch_size": "the calendar says when"} if self.release_every else {})

    @property
    def stages(self) -> dict[str, Stage]:
        """The stages before a release, in their order."""
        return {name: getattr(self, name) for name in STAGES}

    @property
    def chance_of_defect(self) -> float:
        """The chance that a commit has a defect, over all sizes."""
        clean, shorter = (1 - self.defect_chance) ** 0.01, exp(-1 / self.size)  # sizes are geometric
        return float(1 - clean * (1 - shorter) / (1 - clean * shorter))

    @property
    def chance_of_escape(self) -> float:
        """The chance that a commit has a defect which no stage finds: p in 1 - (1 - p)^b."""
        return float(self.chance_of_defect * prod(1 - stage.catches for stage in self.stages.values()))

    @property
    def policy(self) -> str:
        """When releases are made, in words."""
        if self.release_every:
            return f"every {self.release_every:g} days" if self.release_every != 1 else "every day"
        return f"batches of {self.batch_size:,}" if self.batch_size > 1 else "every commit"

    @property
    def settings(self) -> tuple[str, ...]:
        """The knobs that are not at their defaults, as one would write them."""
        return tuple(_differing(self, Pipeline()))


def _differing(knobs: Any, usual: Any, path: str = "") -> list[str]:
    words = []
    for spec in fields(knobs):
        value, default = getattr(knobs, spec.name), getattr(usual, spec.name)
        if is_dataclass(value):
            words += _differing(value, default, f"{path}{spec.name}.")
        elif value != default:
            words.append(f"{path}{spec.name}={value!r}")
    return words
