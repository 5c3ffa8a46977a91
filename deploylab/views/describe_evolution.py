"""What became of a fleet of servers in plain sentences: the text alternative of its picture."""

from __future__ import annotations

from ..model.evolution import AMISS, Cause, Evolution
from ..model.server_fleet import DAY_NS
from ..model.summary import duration, share
from .drift_words import SHORT, mishaps
from .lines import lines


def describe_evolution(record: Evolution) -> str:
    """Tell the story of a fleet in plain sentences.

    >>> from deploylab import ServerFleet, evolve
    >>> print(describe_evolution(evolve(ServerFleet(way="immutable", servers=8))))
    8 servers live through 365 days and 15 changes; each change is an image that replaces them all (seed 7).
    A server was replaced 125 times, 5 times because it gave trouble.
    No server ever drifted; at the end all run 89ce5b4.
    A new server is like the running ones. To reproduce a failure takes 2 min, to go back 8 min.
    """
    fleet, in_place = record.fleet, record.fleet.way == "in place"
    way = "made on each running server" if in_place else "an image that replaces them all"
    opening = (
        f"{fleet.servers} servers live through {fleet.days:g} days and {len(record.changes)} changes; "
        f"each change is {way} (seed {fleet.seed})."
    )
    work = _patched(record) if in_place else _replaced(record)
    return lines((opening, work, _drift(record), _costs(record)))


def _patched(record: Evolution) -> str:
    skipped, broken, late = (_times(record.count(cause)) for cause in AMISS)
    return (
        f"A server missed a change {skipped}, a change broke off {broken} and came late {late}; "
        f"a server was repaired by hand {_times(record.count(Cause.BY_HAND))}."
    )


def _replaced(record: Evolution) -> str:
    fresh = int(((record.turns.cause == Cause.REPLACED) & (record.turns.change == 0)).sum())
    replaced = _times(record.count(Cause.REPLACED))
    return f"A server was replaced {replaced}, {_times(fresh)} because it gave trouble."


def _drift(record: Evolution) -> str:
    servers, number = record.fleet.servers, len(record.shares)
    if record.first_drift is None:
        commonest = [record.configurations.image(one).chain_id[SHORT] for one, _ in record.shares[:1]]
        alike = f"all run {commonest[0]}" if number == 1 else f"{number} configurations are under way"
        return f"No server ever drifted; at the end {alike}."
    first = next(words for time, words in mishaps(record) if time / DAY_NS >= record.first_drift)
    return (
        f"Drift begins on day {record.first_drift:.0f}: {first}. "
        f"At the end {record.drifted_servers} of {servers} servers have drifted, in {number} configurations."
    )


def _costs(record: Evolution) -> str:
    chance = record.scale_out_differs
    new = (
        f"differs from a running one with a chance of {share(chance)}"
        if chance
        else "is like the running ones"
    )
    return (
        f"A new server {new}. To reproduce a failure takes {duration(record.time_to_reproduce)}, "
        f"to go back {duration(record.roll_back_time)}."
    )


def _times(number: int) -> str:
    """How often, in words.

    >>> _times(1), _times(12)
    ('once', '12 times')
    """
    return "once" if number == 1 else f"{number} times"
