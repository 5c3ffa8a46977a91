"""One build of the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from .errors import KnobError
from .fault import CrashOnStart, Fault, IncompatibleData, Leak, Overload
from .knob import check_knobs, knob, known_fields
from .knob_shapes import share_knob, time_knob

F = TypeVar("F", CrashOnStart, Leak, Overload, IncompatibleData)


@known_fields
@dataclass(frozen=True)
class Version:
    """One build of the service, and how it behaves when it runs.

    An instance that has just got ready is cold: it takes `cold_factor` times as long for a request that
    arrives at this moment, and the factor falls in a straight line to 1 in `warm_up_time` seconds. It is the
    arrival at the instance that counts, not when the work begins. Instances of the beginning are warm.

    `faults` are what else is wrong with it: `CrashOnStart`, `Leak`, `Overload`, `IncompatibleData`.

    >>> Version("v2", error_rate=0.03).error_rate
    0.03
    """

    name: str
    startup_time: float = time_knob(10.0, "time from start to ready", (0, 60, 1), most=3600)
    startup_jitter: float = time_knob(4.0, "how much longer some take to start", (0, 30, 1), most=3600)
    service_time: float = time_knob(0.015, "mean work for one request", (0.005, 0.1, 0.005), most=60, above=0)
    error_rate: float = share_knob(0.0, "share of requests answered with an error", (0, 0.2, 0.005))
    warm_up_time: float = time_knob(0.0, "how long a fresh instance is slower", (0, 120, 5), most=3600)
    cold_factor: float = knob(
        3.0, "how many times slower it is at first", minimum=1, maximum=20, slider=(1, 10, 0.5)
    )

    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise KnobError("Version", "name", self.name, "is not a name; give a word, for example 'v2'")
        check_knobs(self)
        faults = tuple(self.faults) if isinstance(self.faults, list | tuple) else (self.faults,)
        kinds = {type(fault) for fault in faults}
        if not all(isinstance(fault, Fault) for fault in faults) or len(kinds) < len(faults):
            problem = "is no tuple of faults, one of a kind; for example (CrashOnStart(0.5), Leak(after=60))"
            raise KnobError("Version", "faults", self.faults, problem)
        object.__setattr__(self, "faults", faults)

    def idle(self) -> dict[str, str]:
        """The fields that have no effect, and why."""
        return {} if self.warm_up_time else {"cold_factor": "it does not warm up; set a warm-up time"}

    def fault(self, kind: type[F]) -> F | None:
        """The version's fault of this kind, if it has one.

        >>> Version("v2", faults=(Leak(after=60),)).fault(Leak)
        Leak(after=60)
        """
        return next((fault for fault in self.faults if isinstance(fault, kind)), None)
