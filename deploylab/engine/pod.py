"""An instance while it lives, and which of several is stopped first."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model.record import SECOND, Instance


@dataclass(eq=False)
class Pod:
    """An instance while it lives; times in ns."""

    name: str
    version: int  # its index
    slot: int
    ordinal: int  # among the instances of its version
    started: int
    launched: int  # when its process was started last
    ready: int | None = None
    first_ready: int | None = None
    draining: int | None = None
    stopped: int | None = None
    killed: bool = False
    restarts: int = 0
    crashes: int = 0  # in a row
    outages: list[tuple[int, int | None]] = field(default_factory=list)

    @property
    def serving(self) -> bool:
        """Ready, and not told to stop."""
        return self.ready is not None and self.draining is None

    def record(self, version: str) -> Instance:
        """What is told of it in the end."""
        moments = (self.first_ready, self.draining, self.stopped)
        ready, draining, stopped = (None if t is None else max(0, t) / SECOND for t in moments)
        outages = tuple((down / SECOND, None if up is None else up / SECOND) for down, up in self.outages)
        life = (self.started / SECOND, ready, draining, stopped)
        return Instance(self.name, version, *life, self.killed, self.restarts, outages)


def rank(pod: Pod, now: int) -> tuple[bool, int, int, int]:
    """The lowest is stopped first: not ready, then ready for a short time, in powers of two of a nanosecond.

    Of equals, the one with the most restarts goes, then the newest. Kubernetes (ActivePodsWithRanks) compares
    node, phase and deletion cost too, which no instance has here; and for different times of the same power
    of two it takes the order of the instances' random ids instead.
    """
    age = 0 if pod.ready is None else (now - pod.ready).bit_length()
    return pod.ready is not None, age, -pod.restarts, -pod.slot
