"""The capstone: a release with a hidden fault that must be got through with the fewest users hurt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from html import escape
from math import log

from ..engine.rollout import roll_out
from ..model.chance import stream
from ..model.fault import IncompatibleData, Leak, Overload
from ..model.figure import Figure
from ..model.knob import known_fields, turned
from ..model.knob_shapes import count_knob
from ..model.rollout import Outcome, Strategy
from ..model.run import Run
from ..model.scenario import Platform, Scenario, Traffic
from ..model.summary import Summary, number, seconds
from ..model.version import Version
from ..patterns.analysis import Analysis
from ..patterns.canary import Canary
from ..patterns.rolling import Rolling
from ..patterns.shadow import Shadow

SHOP = Scenario(traffic=Traffic(rate=160), platform=Platform(pre_stop=2), duration=420)
POINTS = {"users": 70, "time": 15, "cost": 15}
FAULT_KINDS = 5
LUCK = 10  # so few users more or less hardly count

NAIVE = Rolling()  # nobody watches
_STRICT = Analysis(max_latency_p99=0.3, min_availability=0.998)
_ALWAYS = replace(_STRICT, interval=4, min_requests=5, inconclusive_limit=100)
REFERENCES: tuple[Strategy, ...] = (
    Canary(weights=(2, 10, 50), hold=45, analysis=_STRICT, background=_ALWAYS),
    Shadow(hold=75, analysis=_STRICT, then=Canary(weights=(10, 50), hold=20, analysis=_STRICT)),
    Rolling(batch_size=1, hold=15, analysis=_STRICT),
)


@known_fields
@dataclass(frozen=True, repr=False)
class Incident:
    """A release of v2, with a fault that the `seed` draws: which one, how strong, and when it shows.

    The fault is not in here: it is drawn when you release, and told afterwards. Nobody counts your releases,
    but after the first one you know the fault; a fair second one takes another seed.
    """

    seed: int = count_knob(1, "draws the fault and all other chance", (0, 2**63 - 1))

    @property
    def scenario(self) -> Scenario:
        """What everybody knows before, for a storyboard or a rehearsal; its v2 has no fault."""
        return replace(SHOP, seed=self.seed)

    def release(self, strategy: Strategy) -> Postmortem:
        """Release the faulty build by this strategy, and on another day its repair by the very same one.

        >>> from deploylab import BlueGreen
        >>> incident(2).release(BlueGreen()).headline
        'BlueGreen: 28 of 100 points'
        """
        repaired = self.scenario
        faulty = replace(repaired, candidate=hidden(self.seed))
        return Postmortem(roll_out(strategy, faulty), roll_out(strategy, repaired))

    def __repr__(self) -> str:
        shop = self.scenario
        return (
            f"Incident {self.seed}: v2 is to replace v1 on {shop.replicas} instances, with "
            f"{shop.traffic.rate:g} requests a second from {shop.traffic.users:,} users.\n"
            "There will be two builds of v2. One of them has a fault: it may answer with errors, be slow,\n"
            "leak memory, fail under load, or write data that v1 cannot read. The other is its repair.\n"
            "Write one strategy that rolls the first one back and promotes the second: release(strategy)."
        )


def incident(seed: int) -> Incident:
    """An incident to release through, with a hidden fault; another seed is another fault.

    >>> incident(3) == incident(3), incident(3).scenario.candidate.faults
    (True, ())
    """
    return Incident(seed)


def hidden(seed: int) -> Version:
    """The faulty build of an incident. Python can hide nothing for good: who wants to peek, peeks here.

    Faults that keep an instance from getting ready are not among them, for every pattern sees those. Each
    five seeds in a row, from a multiple of five on, have five kinds of faults, and neighbours never the same.
    """
    strength = float(stream(seed, 8).random())
    healthy = SHOP.candidate
    return (
        replace(healthy, error_rate=round(0.03 + 0.17 * strength, 3)),
        replace(healthy, service_time=round(0.045 + 0.03 * strength, 3)),
        replace(healthy, faults=(Leak(after=30 + round(55 * strength)),)),
        replace(healthy, faults=(Overload(above=1 + round(2 * strength)),)),
        replace(healthy, error_rate=round(0.05 + 0.15 * strength, 3), faults=(IncompatibleData(),)),
    )[_kinds(seed // FAULT_KINDS)[seed % FAULT_KINDS]]


def _kinds(five: int) -> list[int]:
    """The kinds of faults of five seeds in a row, in an order of their own."""
    kinds, before = (list(map(int, stream(one, 9).permutation(FAULT_KINDS))) for one in (five, abs(five - 1)))
    if kinds[0] == before[-1]:
        kinds[:2] = kinds[1::-1]
    return kinds


@dataclass(frozen=True, eq=False, repr=False)
class Postmortem:
    """How a strategy did in an incident: on the faulty build and on its repair, in 0 to 100 points.

    70 points are for the users. All of them go to a strategy that hurts no more users than the best of three
    reference strategies, none where as many were hurt as by a rolling deployment that nobody watches; halving
    their number is worth the same everywhere. 15 are for a prompt promotion of the repair, none at the end of
    the window; 15 for the instance-seconds, none for twice those of that deployment. There are no points at
    all where the faulty build was not rolled back or the repair not promoted.
    """

    faulty: Run
    repaired: Run

    @property
    def fault(self) -> str:
        """What was wrong with the faulty build, in the words of `Version`."""
        return ", ".join(word for word in turned(self.faulty.scenario.candidate) if word[:5] != "name=")

    @property
    def users_hurt(self) -> int:
        """Users hurt by either build."""
        return self.faulty.users_hurt + self.repaired.users_hurt

    @property
    def instance_seconds(self) -> float:
        """What both releases cost."""
        return self.faulty.instance_seconds + self.repaired.instance_seconds

    @cached_property
    def points(self) -> Mapping[str, float]:
        """The points for the users, the time and the cost."""
        naive, best = _anchors(self.repaired.scenario.seed)
        quick, late = naive.repaired.finished, self.repaired.scenario.duration
        done = self.faulty.outcome is Outcome.ROLLED_BACK and self.repaired.outcome is Outcome.PROMOTED
        harm = [log(LUCK + hurt) for hurt in (naive.users_hurt, self.users_hurt, best)]
        shares = {
            "users": (harm[0] - harm[1]) / (harm[0] - harm[2]),
            "time": (late - self.repaired.finished) / (late - quick) if done else 0,
            "cost": 2 - self.instance_seconds / naive.instance_seconds,
        }
        return {name: done * POINTS[name] * _share(share) for name, share in shares.items()}

    @property
    def score(self) -> int:
        """All points, from 0 to 100."""
        return round(sum(self.points.values()))

    @property
    def title(self) -> str:
        """The strategy's name."""
        return self.faulty.title

    @property
    def settings(self) -> tuple[str, ...]:
        """The strategy's knobs that are not at their defaults."""
        return self.faulty.settings

    @property
    def headline(self) -> str:
        """The strategy's name and its points."""
        return f"{self.title}: {self.score} of 100 points"

    @property
    def conditions(self) -> Mapping[str, object]:
        """What two of them must have in common to be compared."""
        return {"seed": self.faulty.scenario.seed}

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare."""
        naive, best = _anchors(self.faulty.scenario.seed)
        said = Figure.said
        return (
            *(
                Figure(f"points for {name}", value, f"{value:.0f} of {POINTS[name]}", 1)
                for name, value in self.points.items()
            ),
            said("users hurt", self.users_hurt, number, -1),
            said("of them by the repair", self.repaired.users_hurt, number, -1),
            said("hurt by the best reference", best, number),
            said("hurt if nobody watches", naive.users_hurt, number),
            Figure("the faulty build was", 0, self.faulty.outcome.value),
            Figure("the repair was", 0, self.repaired.outcome.value),
            said("time to roll back traffic", self.faulty.time_to_roll_back, seconds, -1),
            said("time to promote", self.repaired.time_to_promote, seconds, -1),
            said("instance-seconds", self.instance_seconds, number, -1),
        )

    @property
    def summary(self) -> Summary:
        """The figures as a small table."""
        return Summary(self.headline, self.figures())

    def __repr__(self) -> str:
        return f"{self.summary!r}\nThe fault was {self.fault}."

    def _repr_html_(self) -> str:
        return f"{self.summary._repr_html_()}<p>The fault was <code>{escape(self.fault)}</code>.</p>"


@lru_cache(maxsize=64)
def _anchors(seed: int) -> tuple[Postmortem, int]:
    """What happens if nobody watches, and the fewest users that a reference strategy hurts."""
    release = incident(seed).release
    return release(NAIVE), min(release(reference).users_hurt for reference in REFERENCES)


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
