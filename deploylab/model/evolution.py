"""What became of a fleet of servers: which configuration each had at which time, and the figures of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .configurations import Configurations
from .figure import Figure
from .knob import turned
from .server_fleet import DAY_NS, ServerFleet
from .summary import Summary, counted, duration, number, share

NOBODY = -1  # the configuration of a place whose server is gone and whose next one is not there yet


class Cause(IntEnum):
    """What happened to a server."""

    BUILT = 0
    APPLIED = 1
    SKIPPED = 2
    BROKE_OFF = 3
    OUT_OF_ORDER = 4
    BY_HAND = 5
    STOPPED = 6
    REPLACED = 7


AMISS = (Cause.SKIPPED, Cause.BROKE_OFF, Cause.OUT_OF_ORDER)


@dataclass(frozen=True)
class Turns:
    """Everything that happened to a server, one array a column, server after server, each in order of time.

    `server` int32; `time` int64 ns; `configuration` int32, that it has from then on, `NOBODY` for none;
    `deviation` int32, in what it differs from what was meant: 0 in nothing, and of two servers that have had
    the same number of turns it is the same exactly if their configurations are; `cause` uint8, a `Cause`;
    `change` int32, the number of the change, from 1, or of the trouble of this server, 0 for none.
    """

    server: NDArray[np.int32]
    time: NDArray[np.int64]
    configuration: NDArray[np.int32]
    deviation: NDArray[np.int32]
    cause: NDArray[np.uint8]
    change: NDArray[np.int32]

    def at(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each server (first axis) and each time (second axis) the row that tells its state then."""
        starts = np.flatnonzero(np.diff(self.server, prepend=-1))
        lives = zip(starts, np.split(self.time, starts[1:]), strict=True)
        return np.stack([start + life.searchsorted(times, "right") - 1 for start, life in lives])


@dataclass(frozen=True, eq=False)  # arrays do not compare to one truth value
class Evolution:
    """The record of a fleet over its days, with the figures that people compare.

    `changes` (ns) is when each change was ordered and `troubles` (server, ns) where somebody was called at
    night: both ways meet the same. `intended` is the configuration that is meant after so many changes.
    `roll_back_time` (s) is what undoing the last change on all servers would take at the end.
    """

    fleet: ServerFleet
    changes: tuple[int, ...]
    troubles: tuple[tuple[int, int], ...]
    configurations: Configurations = field(repr=False)
    intended: tuple[int, ...] = field(repr=False)
    turns: Turns = field(repr=False)
    roll_out_time: float
    roll_back_time: float

    @property
    def title(self) -> str:
        """The way in which the fleet was changed."""
        return self.fleet.way.capitalize()

    @property
    def headline(self) -> str:
        """How it ended, in a line.

        >>> from deploylab import ServerFleet, evolve
        >>> evolve(ServerFleet(way="immutable")).headline
        'Immutable: 1 configuration on 20 servers after 365 days'
        >>> evolve(ServerFleet(servers=1, days=1)).headline
        'In place: 1 configuration on 1 server after 1 day'
        """
        found = len(self.shares)
        where = f"{counted(self.fleet.servers, 'server')} after {counted(self.fleet.days, 'day')}"
        return f"{self.title}: {counted(found, 'configuration')} on {where}"

    @cached_property
    def shares(self) -> tuple[tuple[int, int], ...]:
        """The configurations at the end and on how many servers each is, the commonest first."""
        last = self.turns.configuration[self.turns.at(np.array([self.fleet.end]))[:, 0]]
        return tuple(Counter(last[last != NOBODY].tolist()).most_common())

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """How long the state of each row of `turns` lasted (ns)."""
        ends = np.append(self.turns.time[1:], self.fleet.end)
        ends[np.flatnonzero(np.diff(self.turns.server))] = self.fleet.end
        return ends - self.turns.time

    @cached_property
    def drift(self) -> float:
        """Server-days off the configuration that was meant, over all server-days, from 0 to 1."""
        drifted = int(self.lengths[self.turns.deviation > 0].sum())
        return drifted / (self.fleet.servers * self.fleet.end)

    @cached_property
    def drifted_servers(self) -> int:
        """Servers that at the end are not what was meant."""
        return int((self.turns.deviation[self.turns.at(np.array([self.fleet.end]))] > 0).sum())

    @cached_property
    def first_drift(self) -> float | None:
        """The day on which a server drifted for the first time, if one did."""
        drifted = self.turns.time[self.turns.deviation > 0]
        return float(drifted.min() / DAY_NS) if len(drifted) else None

    @property
    def scale_out_differs(self) -> float:
        """Chance that a new server, made as is written down, differs from a running one drawn at random."""
        running = dict(self.shares)
        return 1 - running.get(self.intended[-1], 0) / max(1, sum(running.values()))

    @cached_property
    def time_to_reproduce(self) -> float:
        """Mean time (s) until the configuration of a server that failed stands again, to be looked at.

        Any server may have failed. The configurations of the fleet are made anew one after the other, the
        commonest first: a server is started, and in place every change of it is made again.
        """
        in_place, spent, total = self.fleet.way == "in place", 0.0, 0.0
        for configuration, servers in self.shares:
            changes = self.configurations.depths[configuration] if in_place else 0
            spent += self.fleet.boot_time + changes * self.fleet.change_time
            total += servers * spent
        return total / max(1, sum(servers for _, servers in self.shares))

    def count(self, *causes: Cause) -> int:
        """How often something of this kind happened to a server."""
        return int(np.isin(self.turns.cause, causes).sum())

    @property
    def replacements(self) -> int:
        """How often a server was replaced by a fresh one."""
        return self.count(Cause.REPLACED)

    @property
    def conditions(self) -> Mapping[str, object]:
        """What two records must have in common to have met the same days."""
        return {"days": self.fleet.days, "seed": self.fleet.seed}

    @property
    def settings(self) -> tuple[str, ...]:
        """The knobs of the fleet that are not at their defaults, but for the way, which is the title."""
        return turned(self.fleet, "way")

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare."""
        said = Figure.said
        return (
            said("configurations", len(self.shares), number, -1),
            said("drifted servers", self.drifted_servers, number, -1),
            said("drift", self.drift, share, -1),
            said("new server differs", self.scale_out_differs, share, -1),
            said("time to reproduce", self.time_to_reproduce, duration, -1),
            said("time to roll out", self.roll_out_time, duration, -1),
            said("time to roll back", self.roll_back_time, duration, -1),
            said("changes gone wrong", self.count(*AMISS), number, -1),
            said("servers replaced", self.replacements, number),
        )

    @property
    def summary(self) -> Summary:
        """The figures as a small table."""
        return Summary(self.headline, self.figures())
