"""The world before anything happens: the versions, the people who use them, and what was promised to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from .errors import KnobError
from .knob import check_kinds, check_knobs, is_number, knob, known_fields
from .knob_shapes import count_knob, instances_knob, seed_knob, share_knob, time_knob
from .order import Order, Release
from .version import Version

Profile = tuple[tuple[float, float], ...]  # seconds and factors
MOST_FACTOR = 1_000
MOST_REQUESTS = 50_000_000  # about 2 GB and half a minute


@known_fields
@dataclass(frozen=True)
class Traffic:
    """Who asks, and how often: Poisson arrivals from a population of users.

    `profile` says how the rate changes: pairs of a second and the factor by which the rate is multiplied
    then, joined by straight lines, constant before the first pair and after the last. A ramp, a daily curve
    and a burst are all of this kind; without pairs the rate is constant.

    `sticky` users have session affinity: a user keeps meeting the same instance, and when weights or
    instances change, only those users move that must. A version's weight is then a share of the users.

    >>> burst = Traffic(rate=100, profile=((60, 1), (61, 3), (90, 3), (91, 1)))
    """

    rate: float = knob(
        120.0, "requests each second", unit="req/s", above=0, maximum=1e6, slider=(10, 600, 10)
    )
    users: int = count_knob(
        5_000, "people who use the service", (1, 16_777_216), (100, 20_000, 100), unit="users"
    )
    profile: tuple[tuple[float, float], ...] = knob(
        (), "factor of the rate over time, as pairs of second and factor"
    )
    sticky: bool = knob(False, "a user keeps meeting the same version and instance")

    def __post_init__(self) -> None:
        check_knobs(self)
        object.__setattr__(self, "profile", _checked(self.profile))


def _checked(profile: Any) -> Profile:
    """The profile as plain numbers; raises `KnobError` when it is none."""
    try:
        pairs = tuple((second, factor) for second, factor in profile)
    except (TypeError, ValueError):
        raise _bad(profile, "is no row of pairs of a second and a factor") from None
    for second, factor in pairs:
        if not is_number(second) or not 0 <= second <= 86_400:
            raise _bad(second, "is not a second from 0 to 86,400")
        if not is_number(factor) or not 0 <= factor <= MOST_FACTOR:
            raise _bad(factor, f"is not a factor from 0 to {MOST_FACTOR:,}")
    if any(later <= before for (before, _), (later, _) in pairwise(pairs)):
        raise _bad(profile, "does not go forward; each second is later than the one before")
    if pairs and not any(factor for _, factor in pairs):
        raise _bad(profile, "brings no requests at all; use a factor above 0 somewhere")
    return tuple((float(second), float(factor)) for second, factor in pairs)


def _bad(value: object, problem: str) -> KnobError:
    example = "for example ((0, 1), (60, 3)), a ramp to three times the rate"
    return KnobError("Traffic", "profile", value, f"{problem}; {example}")


@known_fields
@dataclass(frozen=True)
class Platform:
    """What the orchestrator and the load balancer do around an instance, as Kubernetes does it.

    The balancer's picture of the fleet is `endpoint_lag` seconds old. So an instance that is told to stop
    still gets requests for that long, and the requests that come after its SIGTERM are refused: the reason
    for the 502s that readiness probes do not prevent. A `pre_stop` sleep longer than the lag cures them.

    An instance has one queue, first come first served, and `workers` that take from it.
    """

    endpoint_lag: float = time_knob(1.0, "how late the balancer learns of a change", (0, 10, 0.5), most=600)
    pre_stop: float = time_knob(0.0, "sleep before SIGTERM, still serving", (0, 30, 1), most=3600)
    termination_grace_period: float = time_knob(
        30.0, "from the order to stop until SIGKILL", (0, 60, 1), most=3600
    )
    request_timeout: float = time_knob(
        5.0, "how long a client waits for its answer", (0.5, 30, 0.5), most=3600, above=0
    )
    workers: int = count_knob(1, "requests that an instance serves at once", (1, 1_000), (1, 16, 1))


@known_fields
@dataclass(frozen=True)
class SLO:
    """What was promised to the users (service level objective)."""

    availability: float = share_knob(0.999, "share of requests that must succeed", (0.9, 1, 0.001), above=0)
    latency_p99: float = time_knob(0.3, "99 % of answers come within", (0.05, 2, 0.05), most=3600, above=0)


@known_fields
@dataclass(frozen=True)
class Scenario:
    """A release about to happen: `replicas` of `stable` are running, `candidate` is to replace them.

    `duration` (s) is the window over which every figure is taken, the same for every strategy; `seed` fixes
    all chance, so that two strategies meet the very same requests. `orders` are what people will tell the
    rollout while it runs, and a second release that may arrive in its middle; strategies learn of them then.

    >>> Scenario(candidate=Version("v2", error_rate=0.03), replicas=6).versions
    ('v1', 'v2')
    """

    stable: Version = Version("v1")
    candidate: Version = Version("v2")
    replicas: int = instances_knob(6, "instances of the service", (1, 40, 1), least=1)
    traffic: Traffic = Traffic()
    platform: Platform = Platform()
    slo: SLO = SLO()
    duration: float = time_knob(240.0, "the window of all figures", (60, 900, 30), above=0)
    seed: int = seed_knob()
    orders: tuple[Order | Release, ...] = ()

    def __post_init__(self) -> None:
        check_kinds(self, stable=Version, candidate=Version, traffic=Traffic, platform=Platform, slo=SLO)
        object.__setattr__(self, "orders", _in_order(self.orders))
        for count, name in enumerate(self.versions):
            if name in self.versions[:count]:
                other = "stable" if name == self.versions[0] else "candidate"
                problem = f"has the name of the {other} version; give it another, for example '{name}-next'"
                raise KnobError("Scenario", "candidate" if count == 1 else "orders", name, problem)
        check_knobs(self)
        rate = self.traffic.rate * max([factor for _, factor in self.traffic.profile], default=1)
        if rate * self.duration > MOST_REQUESTS:
            problem = f"s at {rate:,g} req/s are {rate * self.duration:,.0f} requests"
            wanted = f"{problem}; at most {MOST_REQUESTS:,} fit, so lower the rate or the duration"
            raise KnobError("Scenario", "duration", self.duration, wanted)

    @property
    def builds(self) -> tuple[Version, ...]:
        """Every version: the stable one, the candidate, and one that is released in the middle."""
        return self.stable, self.candidate, *(o.version for o in self.orders if isinstance(o, Release))

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """The names of all versions, stable first."""
        return tuple(build.name for build in self.builds)


def _in_order(orders: Any) -> tuple[Order | Release, ...]:
    """The orders as a tuple in the order of time; raises `KnobError` for anything else."""
    given = tuple(orders) if isinstance(orders, list | tuple) else (orders,)
    if not all(isinstance(order, Order | Release) for order in given):
        problem = "is no tuple of orders; for example (Order(60, 'pause'), Order(120, 'resume'))"
        raise KnobError("Scenario", "orders", orders, problem)
    if sum(isinstance(order, Release) for order in given) > 1:
        problem = "has two releases; one more than the candidate may arrive"
        raise KnobError("Scenario", "orders", orders, problem)
    return tuple(sorted(given, key=lambda order: order.at))
