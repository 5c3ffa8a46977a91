"""Immutable infrastructure: a server is never changed; a change is a new image and a replacement."""

from __future__ import annotations

from bisect import bisect_right

from ..model.errors import KnobError
from ..model.evolution import NOBODY, Cause, Evolution
from ..model.record import SECOND
from ..model.server_fleet import ServerFleet
from .kubernetes.deployment_controller import ReplicaSet, reconcile
from .servers.fleet_book import Book
from .servers.fleet_luck import Trouble, changes, troubles
from .servers.patching import patch, undo_time


def evolve(fleet: ServerFleet) -> Evolution:
    """Let a fleet live through its days, changed in place or replaced by new images.

    Raises `KnobError` for what is no fleet.

    Source: the immutable way is a rolling update of a Kubernetes Deployment for each new image; the name of
    a configuration is the ChainID of the OCI image specification, whichever way it came to the server.

    >>> evolve(ServerFleet(servers=10, way="immutable")).drifted_servers
    0
    """
    if not isinstance(fleet, ServerFleet):
        raise KnobError("evolve", "fleet", fleet, "is no fleet; write evolve(dl.ServerFleet(...))")
    book, ordered, nights = Book(), changes(fleet), troubles(fleet)
    if fleet.way == "in place":
        patch(fleet, ordered, nights, book)
        roll_out_time = -(-fleet.servers // fleet.at_once) * fleet.change_time
        roll_back_time = undo_time(fleet)
    else:
        roll_out_time = roll_back_time = max(there for _, there in replacement(fleet))
        replace_all(fleet, ordered, nights, book)
    intended = [0]
    for number in range(1, len(ordered) + 1):
        intended.append(book.change(intended[-1], number))
    turns = book.turns(fleet.end)
    return Evolution(
        fleet, ordered, nights, book.configurations(), tuple(intended), turns, roll_out_time, roll_back_time
    )


def replacement(fleet: ServerFleet) -> list[tuple[float, float]]:
    """For each server when it is gone and when its successor is there (s), by the arithmetic of Rolling.

    >>> replacement(ServerFleet(servers=3, max_surge=2, boot_time=60))
    [(60.0, 60.0), (60.0, 60.0), (120.0, 120.0)]
    >>> replacement(ServerFleet(servers=2, max_surge=0, max_unavailable=1, boot_time=60))
    [(0.0, 60.0), (60.0, 120.0)]
    """
    n, time = fleet.servers, 0.0
    gone, there = list[float](), list[float]()
    old, new, ready = n, 0, 0
    while ready < n or old:
        sets = [ReplicaSet(old, old)], ReplicaSet(new, ready)
        (fewer,), new = reconcile(*sets, n, fleet.max_surge, fleet.max_unavailable)
        gone += [time] * (old - fewer)
        there += [time] * (ready - len(there))
        old = fewer
        if old or ready < n:
            time += fleet.boot_time  # those that were started together get ready together
            ready = new
    there += [time] * (n - len(there))
    return [(out, max(out, up)) for out, up in zip(gone, there, strict=True)]


def replace_all(
    fleet: ServerFleet, ordered: tuple[int, ...], nights: tuple[Trouble, ...], book: Book
) -> None:
    """Write down what becomes of every server when each change is a new image that replaces them all.

    What is ordered while a replacement is under way waits for its end, and goes into the next image together.
    A server in trouble is replaced by a fresh one of its image, unless a replacement is under way anyway.
    """
    plan = [(round(out * SECOND), round(up * SECOND)) for out, up in replacement(fleet)]
    length, boot = max(up for _, up in plan), round(fleet.boot_time * SECOND)
    starts, images, done = list[int](), [0], 0
    for server in range(fleet.servers):
        book.note(server, 0, 0, Cause.BUILT)
    while done < len(ordered):
        start = max(ordered[done], starts[-1] + length if starts else 0)
        upto, image = bisect_right(ordered, start), images[-1]
        for number in range(done + 1, upto + 1):
            image = book.change(image, number)
        for server, (out, up) in enumerate(plan):
            if out < up:
                book.note(server, start + out, NOBODY, Cause.STOPPED, upto)
            book.note(server, start + up, image, Cause.REPLACED, upto)
        starts.append(start)
        images.append(image)
        done = upto
    for server, time in nights:
        last = bisect_right(starts, time + boot)  # replacements that have begun before a fresh one is there
        if not last or starts[last - 1] + length <= time:
            book.note(server, time + boot, images[last], Cause.REPLACED)
