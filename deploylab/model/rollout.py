"""What a strategy says and what it may know: it yields Steps, receives Observations, returns an Outcome."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .errors import StrategyError
from .knob import known_fields
from .order import Order, Release
from .scenario import Scenario


class Outcome(Enum):
    """How a rollout ended: it tells of the fleet, not of what is written down as wanted.

    PROMOTED: the new version serves alone. ROLLED_BACK: the old one does, by `undo` or because an analysis
    failed; Argo Rollouts calls the latter aborted and Degraded, for the new version is still wanted.
    ABORTED: a person stopped it, and it waits for that person. STALLED: it waits, for whatever is missing.
    """

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"
    ABORTED = "aborted"
    STALLED = "stalled"


class Verdict(Enum):
    """What an analysis says of a version (the words of Argo Rollouts)."""

    SUCCESSFUL = "Successful"
    FAILED = "Failed"
    INCONCLUSIVE = "Inconclusive"


@known_fields
@dataclass(frozen=True)
class Step:
    """The fleet that is wanted next, and how long to watch it.

    `replicas`: instances wanted by version; a version that is not named is wanted zero times.
    `traffic`: percent of the requests by version, together 100; None spreads them evenly over all ready
    instances, as a Kubernetes Service does.
    `until`: "available" waits until all that is wanted is available; "changed" returns at the first change of
    any count; "now" does not wait. A wait gives up after `progress_deadline` seconds without progress: more
    instances ready or available, or fewer terminating, than ever before in this step. Without a deadline,
    `math.inf`, it ends when the scenario does.
    `hold` (s): how long to watch after that. `min_ready_seconds`: ready for this long counts as available.
    `mirror`: percent of the requests of which a copy goes to a ready instance of the newest version, too; its
    answer is thrown away, but the work is done.
    `heeds`: return at once when a person gives an order; then `hold` may be `math.inf`, a pause that only an
    order ends, or the end of the scenario when none will come.
    `found`: what copies have shown of the newest version, in the step that ends a trial on copies alone.

    >>> Step({"v1": 4, "v2": 2}, hold=30, note="two of six").traffic is None
    True
    """

    replicas: Mapping[str, int]
    traffic: Mapping[str, float] | None = None
    hold: float = 0.0
    until: Literal["available", "changed", "now"] = "available"
    min_ready_seconds: float = 0.0
    progress_deadline: float = 600.0
    note: str = ""
    mirror: float = 0.0
    heeds: bool = False
    found: str = ""

    def __post_init__(self) -> None:
        """Own what it says: a strategy may go on with its dictionary, and the past stays what it was."""
        for name in ("replicas", "traffic"):
            if isinstance(value := getattr(self, name), Mapping):
                object.__setattr__(self, name, dict(value))


@dataclass(frozen=True)
class Counts:
    """Instances of one version: desired, and of those not terminating: current, ready, available."""

    desired: int = 0
    current: int = 0
    ready: int = 0
    available: int = 0
    terminating: int = 0

    @property
    def settled(self) -> bool:
        """Whether exactly the desired instances are there, all of them available."""
        return self.available == self.current == self.desired


@dataclass(frozen=True)
class Observation:
    """What an operator could know at `end`: instances, and the requests completed since `start` (s).

    A request that completes at the very nanosecond of `end` is in the next observation.

    `requests` and `errors` count completed requests by version; an error is anything but a good answer.
    `latencies` are those of the answered requests, by version, int64 nanoseconds. `refused` counts requests
    that met no instance at all, so they belong to no version. Of mirrored requests the version's own counts
    and latencies tell too, as the metrics of a proxy do; `copies` says how many of `requests` they are.
    `orders` were given since `start`.
    """

    start: float
    end: float
    replicas: Mapping[str, Counts]
    requests: Mapping[str, int]
    errors: Mapping[str, int]
    latencies: Mapping[str, NDArray[np.int64]] = field(repr=False)
    refused: int = 0
    deadline_exceeded: bool = False
    copies: Mapping[str, int] = field(default_factory=dict)
    orders: tuple[Order | Release, ...] = ()

    def ends(self, outcome: Outcome) -> Outcome:
        """This outcome, or STALLED when the last step missed its progress deadline."""
        return Outcome.STALLED if self.deadline_exceeded else outcome

    def error_rate(self, version: str) -> float:
        """Errors over requests of this version, from 0 to 1; 0 when it had no requests.

        Raises `StrategyError` for a version that this scenario does not have.
        """
        if version not in self.requests:
            known = " and ".join(self.requests)
            raise StrategyError(f"error_rate: there is no version {version!r}; this scenario has {known}")
        return self.errors.get(version, 0) / max(1, self.requests.get(version, 0))


Rollout = Generator[Step, Observation, Outcome]
Strategy = Callable[[Scenario], Rollout]  # a plain generator function will do
