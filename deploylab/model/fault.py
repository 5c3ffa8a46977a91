"""What can be wrong with a version, beyond errors at a rate: small kinds, to be put into `Version.faults`."""

from __future__ import annotations

from dataclasses import dataclass

from .knob import known_fields
from .knob_shapes import count_knob, share_knob, time_knob


@known_fields
@dataclass(frozen=True)
class CrashOnStart:
    """An instance crashes at the moment at which it would get ready; probability 1 is a crash loop.

    It is restarted as the kubelet does it: at once, then after 10 s, 20, 40 and so on up to 300 s, and when
    it has run for ten minutes at once again. Each start has its own chance.
    """

    probability: float = share_knob(1.0, "chance that a start ends in a crash", (0, 1, 0.05))


@known_fields
@dataclass(frozen=True)
class Leak:
    """Memory runs out `after` so many seconds of being ready: the instance is killed, and restarted.

    What it had queued and in service is lost; until the balancer learns of it, requests to it are refused.
    For an instance of the beginning the time begins with the run.
    """

    after: float = time_knob(120.0, "ready for so long, then out of memory", (5, 600, 5), above=0)


@known_fields
@dataclass(frozen=True)
class Overload:
    """Errors under load: a request that meets more than `above` others at its instance may get an error.

    Those that wait and those in service count, at the moment of its arrival, itself not; so do those whose
    clients have given up. `error_rate` is the share of such requests that get an error, if that is more than
    the version's own.
    """

    above: int = count_knob(10, "requests that an instance can take", (0, 1_000_000), (0, 100, 1))
    error_rate: float = share_knob(1.0, "share of requests answered with an error then", (0, 1, 0.05))


@known_fields
@dataclass(frozen=True)
class IncompatibleData:
    """Once this version has served a user, the other version cannot read the user's data any more.

    The first request of the user that an instance of this version accepts, whatever comes of it, writes;
    every later one that the other version accepts is answered with an error, and writes nothing.
    """


Fault = CrashOnStart | Leak | Overload | IncompatibleData
