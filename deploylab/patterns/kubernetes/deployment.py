"""A Kubernetes Deployment in the middle of a rollout: what its controller remembers, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...model.order import Order, Release
from ...model.rollout import Counts, Observation, Outcome
from .deployment_controller import ReplicaSet, reconcile
from .progress import DeploymentStatus, HighWaterMark, deployment_complete, deployment_progressing


@dataclass
class Deployment:
    """The controller's memory: the revisions, the sizes of their ReplicaSets, and how long nothing has moved.

    Two clocks run. One is Kubernetes': `progressed`, any progress since the status before. An instance that
    comes and goes winds it up again and again, so the deadline alone may never end a rollout. Therefore
    `furthest` says since when it has not been further: more new instances available, or fewer old ones.
    """

    desired: int
    surge: int
    unavailable: int
    revisions: list[str]  # the oldest first; the last one is rolled out
    counts: dict[str, Counts]  # by version, in the order of their release
    sizes: dict[str, int] = field(init=False)
    paused: bool = False
    timed_out: bool = False  # Progressing is False, reason ProgressDeadlineExceeded
    unheard: str = ""  # what was said last in vain, in words for a note
    progressed: float = 0.0  # seconds of the run, from the first look on
    furthest: HighWaterMark = field(default_factory=HighWaterMark)

    def __post_init__(self) -> None:
        self.sizes = {name: c.desired for name, c in self.counts.items()}

    @property
    def target(self) -> str:
        """The version that is rolled out."""
        return self.revisions[-1]

    @property
    def complete(self) -> bool:
        """Whether the target's instances, all of them available, are the only ones."""
        replicas, updated, _, available = self._status()
        return deployment_complete(self.desired, replicas, updated, available)

    @property
    def newest(self) -> str:
        """The version that was released last."""
        return list(self.counts)[-1]

    def outcome(self) -> Outcome:
        """What a complete rollout comes to: an undone release may leave neither the newest nor the stable."""
        stable = next(iter(self.counts))
        return {self.newest: Outcome.PROMOTED, stable: Outcome.ROLLED_BACK}.get(self.target, Outcome.ABORTED)

    def sync(self) -> None:
        """Ask for what the controller would ask for; nothing while it is paused."""
        if self.paused:
            return
        sets = {name: ReplicaSet(self.sizes.get(name, 0), c.available) for name, c in self.counts.items()}
        new = sets.pop(self.target)
        olds, wanted = reconcile(list(sets.values()), new, self.desired, self.surge, self.unavailable)
        asked = dict(zip(sets, olds, strict=True)) | {self.target: wanted}
        self.sizes = {name: asked[name] for name in self.counts}

    def learn(self, seen: Observation) -> None:
        """Look at the instances, and hear what people say."""
        if not self.furthest.best:
            self._start_anew(seen.start)
        before, self.counts = self._status(), dict(seen.replicas)
        self.timed_out = self.timed_out or seen.deadline_exceeded
        if deployment_progressing(before, self._status()):
            self.progressed, self.timed_out = seen.end, False
        self._see(seen.end)
        self.unheard = ""
        for order in seen.orders:
            self._heed(order, seen.end)

    def undo(self, now: float) -> None:
        """The revision before becomes the newest one; its ReplicaSet is still there."""
        self.revisions.append(self.revisions.pop(-2))
        self._start_anew(now)

    def _heed(self, order: Order | Release, now: float) -> None:
        if order.action == "release":
            self.revisions.append(order.version.name)
            self._start_anew(now)
        elif order.action == "undo" and not self.paused:  # kubectl refuses to undo a paused rollout
            self.undo(now)
        elif order.action in ("pause", "resume"):
            self.paused = order.action == "pause"
            self._start_anew(now)
        else:
            while_paused = " while paused" * (order.action == "undo")
            self.unheard += f"; {order.action} is not heard{while_paused}"

    def _start_anew(self, now: float) -> None:
        self.progressed, self.timed_out, self.furthest = now, False, HighWaterMark()
        self._see(now)

    def _see(self, now: float) -> None:
        replicas, updated, _, _ = self._status()
        self.furthest.see(now, self.counts[self.target].available, updated - replicas)

    def _status(self) -> DeploymentStatus:
        counts = self.counts.values()
        return DeploymentStatus(
            replicas=sum(c.current for c in counts),
            updated=self.counts[self.target].current,
            ready=sum(c.ready for c in counts),
            available=sum(c.available for c in counts),
        )
