"""Rolling deployment: replace the instances a few at a time, while the service stays up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from numbers import Integral
from typing import SupportsInt, TypeGuard

from ..model.errors import KnobError
from ..model.knob import check_knobs, knob, known_fields
from ..model.rollout import Counts, Outcome, Rollout, Step, Verdict
from ..model.scenario import Scenario
from .analysis import Analysis
from .deadline import progress_deadline


@known_fields
@dataclass(frozen=True)
class Rolling:
    """Replace the instances a few at a time, in one of two ways.

    Without a `batch_size` it goes on continuously, as a Kubernetes Deployment does: at most `max_surge` more
    and `max_unavailable` fewer instances than wanted, each a number or a percentage like "25%". It judges
    nothing but readiness; after `progress_deadline` seconds without progress it is stalled, not rolled back.

    With a `batch_size` that many instances are replaced at once, each batch is watched for `hold` seconds and
    judged by `analysis`, and a bad one sends the whole service back; `max_surge` and `max_unavailable` do not
    matter then.

    Source: Kubernetes, pkg/controller/deployment/rolling.go and util/deployment_util.go.

    >>> Rolling(max_surge=0, max_unavailable=0)
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: Rolling.max_unavailable: 0 leaves nothing to do while max_surge is 0 \
too; one of them must be above 0, for example max_surge=1
    """

    max_surge: int | str = knob(
        "25%", "instances above the wanted number", unit="instances", minimum=0, maximum=10_000, whole=True,
        slider=(0, 12, 1),
    )  # fmt: skip
    max_unavailable: int | str = knob(
        "25%", "instances that may be missing", unit="instances", minimum=0, maximum=10_000, whole=True,
        slider=(0, 12, 1),
    )  # fmt: skip
    min_ready_seconds: float = knob(
        0.0, "how long ready counts as available", unit="s", minimum=0, maximum=86_400, slider=(0, 60, 1)
    )
    progress_deadline: float = progress_deadline()
    batch_size: int | None = knob(
        None, "instances replaced at once, then watched and judged", unit="instances", minimum=1,
        maximum=10_000, whole=True, slider=(0, 12, 1), nothing="off",
    )  # fmt: skip
    hold: float = knob(
        20.0, "how long each batch is watched", unit="s", minimum=0, maximum=86_400, slider=(0, 120, 5)
    )
    analysis: Analysis = Analysis()

    def __post_init__(self) -> None:
        check_knobs(self)
        if self.batch_size is not None and not _whole(self.batch_size, least=1):
            problem = "is not a batch; use 1 or more instances, for example 2, or None"
            raise KnobError("Rolling", "batch_size", self.batch_size, problem)
        surge = share(self.max_surge, 100, "max_surge")
        unavailable = share(self.max_unavailable, 100, "max_unavailable")
        if isinstance(self.max_unavailable, str) and unavailable > 100:
            problem = "is more than all; a percentage from '0%' to '100%', for example '25%'"
            raise KnobError("Rolling", "max_unavailable", self.max_unavailable, problem)
        if not surge and not unavailable:
            problem = "leaves nothing to do while max_surge is 0 too; one of them must be above 0"
            wanted = f"{problem}, for example max_surge=1"
            raise KnobError("Rolling", "max_unavailable", self.max_unavailable, wanted)

    def idle(self) -> dict[str, str]:
        """The fields that have no effect in the way that is chosen, and why."""
        if self.batch_size is None:
            return dict.fromkeys(("hold", "analysis"), "only a batch is watched; set a batch size")
        return dict.fromkeys(("max_surge", "max_unavailable"), "batches have their own size; set that to 0")

    def __call__(self, scenario: Scenario) -> Rollout:
        return self._continuously(scenario) if self.batch_size is None else self._in_batches(scenario)

    def _in_batches(self, scenario: Scenario) -> Rollout:
        (old, new), n = scenario.versions, scenario.replicas
        updated = 0
        while updated < n:
            updated = min(n, updated + int(self.batch_size or n))
            seen = yield Step(
                {old: n - updated, new: updated}, hold=self.hold, min_ready_seconds=self.min_ready_seconds,
                progress_deadline=self.progress_deadline, note=f"move {updated} of {n} to {new}",
            )  # fmt: skip
            if seen.deadline_exceeded or self.analysis(seen, new) is Verdict.FAILED:
                undo = Step({old: n}, min_ready_seconds=self.min_ready_seconds, note=f"undo: back to {old}")
                seen = yield undo
                return seen.ends(Outcome.ROLLED_BACK)
        return Outcome.PROMOTED

    def _continuously(self, scenario: Scenario) -> Rollout:
        (old, new), n = scenario.versions, scenario.replicas
        surge, unavailable = resolve_fenceposts(self.max_surge, self.max_unavailable, n)
        seen = {old: Counts(n, n, n, n), new: Counts()}
        olds, news = n, 0
        while True:
            olds, news = reconcile(
                olds, news, seen[old].available, seen[new].available, n, surge, unavailable
            )
            observation = yield Step(
                {old: olds, new: news}, until="changed", min_ready_seconds=self.min_ready_seconds,
                progress_deadline=self.progress_deadline, note=f"move {news} of {n} to {new}",
            )  # fmt: skip
            seen = dict(observation.replicas)
            current = seen[old].current + seen[new].current
            available = seen[old].available + seen[new].available
            if deployment_complete(n, current, seen[new].current, available):
                return Outcome.PROMOTED
            if observation.deadline_exceeded:
                return Outcome.STALLED


def share(
    value: object, total: int, field: str = "max_surge", rounding: Callable[[Fraction], int] = ceil
) -> int:
    """How many of `total` a number or a percentage means; a percentage is rounded by `rounding`.

    >>> share("25%", 3), share("25%", 3, rounding=floor), share(2, 3)
    (1, 0, 2)
    """
    if _whole(value, least=0):
        return int(value)
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdecimal():
        return rounding(Fraction(int(value[:-1]) * total, 100))
    problem = "is neither a whole number from 0 up nor a percentage; use for example 2 or '25%'"
    raise KnobError("Rolling", field, value, problem)


def resolve_fenceposts(max_surge: int | str, max_unavailable: int | str, desired: int) -> tuple[int, int]:
    """Surge rounds up, unavailable rounds down; if both come to 0, one instance may be unavailable.

    >>> resolve_fenceposts("25%", "25%", 3)
    (1, 0)
    """
    surge = share(max_surge, desired, "max_surge")
    unavailable = share(max_unavailable, desired, "max_unavailable", floor)
    return surge, unavailable if surge or unavailable else 1


def min_available(desired: int, unavailable: int) -> int:
    """How many instances must stay available; `unavailable` counts for `desired` at most.

    >>> min_available(desired=10, unavailable=3), min_available(desired=2, unavailable=3)
    (7, 0)
    """
    return desired - min(unavailable, desired)


def reconcile(
    old: int, new: int, old_available: int, new_available: int, desired: int, surge: int, unavailable: int
) -> tuple[int, int]:
    """What the Deployment controller asks for next, (old, new): it syncs until a sync changes nothing.

    Each sync scales the new version first, and returns if it did; else it scales the old one down. The
    controller's syncs take no time here, so a whole burst of them comes at once.

    >>> reconcile(20, 0, old_available=20, new_available=0, desired=20, surge=5, unavailable=5)
    (15, 10)
    """
    while True:
        scaled = reconcile_new_replica_set(old, new, desired, surge)
        if scaled == new:
            available = min(old_available, old)  # those that are not available were stopped first
            fewer = reconcile_old_replica_sets(old, new, available, new_available, desired, unavailable)
            if fewer == old:
                return old, new
            old = fewer
        new = scaled


def reconcile_new_replica_set(old: int, new: int, desired: int, surge: int) -> int:
    """The new ReplicaSet after one sync: as large as the surge allows, and never above what is desired.

    >>> reconcile_new_replica_set(old=9, new=2, desired=10, surge=3)
    4
    """
    return desired if new > desired else new_rs_new_replicas(desired, surge, old + new, new)


def new_rs_new_replicas(desired: int, surge: int, total: int, new: int) -> int:
    """How far up the new ReplicaSet may go while there are `total` instances; never down.

    >>> new_rs_new_replicas(desired=10, surge=2, total=10, new=0)
    2
    """
    return new if total >= desired + surge else new + min(desired + surge - total, desired - new)


def reconcile_old_replica_sets(
    old: int, new: int, old_available: int, new_available: int, desired: int, unavailable: int
) -> int:
    """The old ReplicaSet after one sync: first the unhealthy ones go, then as many as availability allows.

    >>> reconcile_old_replica_sets(8, 5, old_available=8, new_available=2, desired=10, unavailable=2)
    6
    """
    may_go = old + new - min_available(desired, unavailable) - (new - new_available)
    if may_go <= 0:
        return old
    old -= cleanup_unhealthy_replicas(old, old_available, may_go)
    return old - scale_down_old_replica_sets(old, old_available + new_available, desired, unavailable)


def cleanup_unhealthy_replicas(old: int, old_available: int, most: int) -> int:
    """How many old instances that are not available go now.

    >>> cleanup_unhealthy_replicas(old=6, old_available=4, most=1)
    1
    """
    return min(most, old - old_available)


def scale_down_old_replica_sets(old: int, available: int, desired: int, unavailable: int) -> int:
    """How many healthy old instances go now: those that availability can spare.

    >>> scale_down_old_replica_sets(old=6, available=11, desired=10, unavailable=1)
    2
    """
    return min(old, max(0, available - min_available(desired, unavailable)))


def deployment_complete(desired: int, current: int, updated: int, available: int) -> bool:
    """Whether all instances are new ones, all of them available, and no old one is left.

    >>> deployment_complete(desired=3, current=3, updated=3, available=2)
    False
    """
    return updated == desired and current == desired and available == desired


def _whole(value: object, least: int) -> TypeGuard[SupportsInt]:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least
