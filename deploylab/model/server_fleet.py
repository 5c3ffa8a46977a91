"""A fleet of servers over months: how often it must change, and the way in which it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .errors import KnobError
from .knob import check_knobs, knob, known_fields
from .knob_shapes import count_knob, seed_knob, share_knob, time_knob
from .record import SECOND

WAYS = ("in place", "immutable")
DAY_NS = 86_400 * SECOND
MONTH_NS = 30 * DAY_NS
MOST_TURNS = 1_000_000  # changes times servers: some seconds of work


@known_fields
@dataclass(frozen=True)
class ServerFleet:
    """Servers that must change again and again, in one of two ways.

    "in place": every change is made on every running server, `max_surge + max_unavailable` servers at a time.
    There it may be skipped, break off half-way, or come after the next one; and at night somebody repairs
    a server by hand and writes nothing down.

    "immutable": every change makes a new image, and a rolling replacement brings it to all servers. Nobody
    changes a running server: what would be repaired by hand is replaced by a fresh one of the same image.

    Chance comes from `seed` alone: both ways meet the same changes and the same nights.

    >>> ServerFleet(skip_rate=3)
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: ServerFleet.skip_rate: 3 is not allowed; chance that a server misses a \
change: a number at least 0, at most 1, for example 0.02
    """

    way: Literal["in place", "immutable"] = knob("in place", "how the fleet is changed", options=WAYS)
    servers: int = count_knob(20, "servers of the fleet", (1, 1_000), (2, 40, 1), unit="servers")
    days: float = knob(
        365.0, "how long the fleet is looked at", unit="days", above=0, maximum=3_650, slider=(30, 730, 5)
    )
    changes_per_month: float = knob(
        2.0, "patches and hotfixes that all servers need, in 30 days", minimum=0, maximum=300,
        slider=(0, 8, 0.5),
    )  # fmt: skip
    skip_rate: float = share_knob(0.02, "chance that a server misses a change", (0, 0.2, 0.005))
    failure_rate: float = share_knob(
        0.02, "chance that a change breaks off half-way on a server", (0, 0.2, 0.005), most=0.9
    )
    reorder_rate: float = share_knob(
        0.01, "chance that a change comes to a server after the next one", (0, 0.2, 0.005)
    )
    hand_fixes_per_month: float = knob(
        0.05, "troubles of one server at night, in 30 days", minimum=0, maximum=30, slider=(0, 1, 0.01)
    )
    change_time: float = time_knob(300.0, "making or undoing a change on a server", (30, 1_800, 30), above=0)
    boot_time: float = time_knob(
        120.0, "from the start of a server until it is ready", (10, 900, 10), above=0
    )
    max_surge: int = count_knob(2, "servers above the wanted number", (0, 1_000), (0, 12, 1), unit="servers")
    max_unavailable: int = count_knob(
        0, "servers that may be missing", (0, 1_000), (0, 12, 1), unit="servers"
    )
    seed: int = seed_knob()

    def __post_init__(self) -> None:
        check_knobs(self)
        if not self.at_once:
            problem = "leaves nothing to do while max_surge is 0 too; one of them must be above 0"
            raise KnobError("ServerFleet", "max_unavailable", 0, f"{problem}, for example max_surge=1")
        turns = self.servers * self.days / 30 * (self.changes_per_month + self.hand_fixes_per_month)
        if turns > MOST_TURNS:
            problem = f"with {self.servers} servers in {self.days:g} days comes to {turns:,.0f} turns"
            wanted = f"{problem}; at most {MOST_TURNS:,} fit, so lower it, the servers or the days"
            raise KnobError("ServerFleet", "changes_per_month", self.changes_per_month, wanted)

    def idle(self) -> dict[str, str]:
        """The fields that have no effect in the way that is chosen, and why."""
        if self.way == "in place":
            return {}
        in_place = ("skip_rate", "failure_rate", "reorder_rate", "change_time")
        return dict.fromkeys(in_place, "no running server is ever changed")

    @property
    def at_once(self) -> int:
        """How many servers are worked on at the same time."""
        return self.max_surge + self.max_unavailable

    @property
    def end(self) -> int:
        """When the fleet is no longer looked at (ns)."""
        return round(self.days * DAY_NS)
