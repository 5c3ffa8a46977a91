"""Changing servers in place: every change is made on every running server, and things go amiss."""

from __future__ import annotations

from heapq import heapify, heapreplace

from ...model.evolution import Cause
from ...model.record import SECOND
from ...model.server_fleet import ServerFleet
from .fleet_book import Book, Stretch
from .fleet_luck import Trouble, fates, undo_attempts


def patch(fleet: ServerFleet, changes: tuple[int, ...], troubles: tuple[Trouble, ...], book: Book) -> None:
    """Write down what becomes of every server when changes are made in place and troubles repaired by hand.

    A change that comes out of order is made right after the next one. One that breaks off has written the
    first of its files. Nobody notices either.
    """
    fate = [fates(fleet, number).tolist() for number in range(1, len(changes) + 1)]
    nights: list[list[int]] = [[] for _ in range(fleet.servers)]
    for server, time in troubles:
        nights[server].append(time)
    for server in range(fleet.servers):
        wait = round((server // fleet.at_once + 1) * fleet.change_time * SECOND)
        turns = [(time + wait, number, fate[number - 1][server]) for number, time in enumerate(changes, 1)]
        fixes = [(time, number, Cause.BY_HAND) for number, time in enumerate(nights[server], 1)]
        _live(server, sorted([*turns, *fixes]), book)


def _live(server: int, events: list[tuple[int, int, int]], book: Book) -> None:
    """The life of one server, through its changes and repairs in order of time."""
    configuration, runs, turns, late = 0, list[Stretch](), 0, 0
    book.note(server, 0, configuration, Cause.BUILT)
    for time, number, cause in events:
        if cause == Cause.BY_HAND:
            configuration = book.hand_fix(configuration, server, number)
            runs.append((f"by hand on {server}", number))
        else:
            turns = number
            if cause == Cause.APPLIED:
                configuration = book.change(configuration, number)
                _extend(runs, number)
            elif cause == Cause.BROKE_OFF:
                configuration = book.half_change(configuration, number)
                runs.append(("half", number))
            if late:
                configuration = book.change(configuration, late)
                _extend(runs, late)
            late = number if cause == Cause.OUT_OF_ORDER else 0
        book.note(server, time, configuration, Cause(cause), number, book.deviation(runs, turns))


def _extend(runs: list[Stretch], number: int) -> None:
    """One more change was made; it goes on with the last run if it is the next one after it."""
    first, last = runs[-1] if runs else ("", 0)
    if isinstance(first, int) and last == number - 1:
        runs[-1] = (first, number)
    else:
        runs.append((number, number))


def undo_time(fleet: ServerFleet) -> float:
    """How long it takes (s) to undo a change on all servers, again where an undo breaks off.

    >>> undo_time(ServerFleet(servers=10, max_surge=2, change_time=60, failure_rate=0))
    300.0
    """
    busy = [0.0] * min(fleet.at_once, fleet.servers)
    heapify(busy)
    for attempts in undo_attempts(fleet).tolist():
        heapreplace(busy, busy[0] + attempts * fleet.change_time)
    return max(busy)
