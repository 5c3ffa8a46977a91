"""The words of a fleet's picture, moment by moment, and its whole story for those who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..model.evolution import AMISS, Cause, Evolution, duration, share
from ..model.record import SECOND
from ..model.server_fleet import DAY
from .field import Field, letters

SHORT = slice(7, 14)  # of a digest: as many characters as people read to each other
Words = list[list[str]]  # pieces of text, each with the class that colours it
Track = list[list[object]]  # what a text says, and from which second on
HAPPENED = {
    Cause.SKIPPED: "server {server} misses change {change}",
    Cause.BROKE_OFF: "change {change} breaks off on server {server}",
    Cause.OUT_OF_ORDER: "change {change} does not come in time to server {server}",
    Cause.BY_HAND: "server {server} is repaired by hand",
}


def tracks(record: Evolution, seen: Field, labelled: bool) -> dict[str, Track]:
    """What each text of the picture says: story, lanes, and each server's digest if `labelled`."""
    said: dict[str, Track] = {
        "story": _stories(record),
        "lane0": _track(seen, ([[f"{number} now", ""]] for number in seen.configurations.tolist())),
        "lane1": _track(
            seen, ([[f"{number} of {record.fleet.servers} now", ""]] for number in seen.drifted.tolist())
        ),
    }
    if labelled:
        digests = [name[SHORT] for name in record.configurations.digests]
        said |= {f"digest{row}": _digests(seen, row, digests) for row in range(len(seen.rows))}
    return said


def _digests(seen: Field, row: int, digests: list[str]) -> Track:
    """Letter and short digest of one server, where they change."""
    states = np.stack([seen.configuration[row], seen.letter[row]])
    turns = np.flatnonzero(np.diff(states, axis=1, prepend=-2).any(axis=0))
    track: Track = []
    for column in turns.tolist():
        configuration, letter = states[:, column].tolist()
        name = "" if configuration < 0 else digests[configuration]
        head = [[f"{letters(letter)} ", "dl-strong"]] if letter else []
        track.append([_moment(seen, column), [*head, [name, "" if letter else "dl-quiet"]]])
    return track


def _stories(record: Evolution) -> Track:
    """What just happened, and how many servers have drifted, from the very moment on."""
    happened, servers = mishaps(record), record.fleet.servers
    rows = record.turns.at(np.array([0, *(time for time, _ in happened)]))
    drifted = (record.turns.deviation[rows] > 0).sum(axis=0).tolist()
    track: Track = []
    for (time, now), number in zip([(0, f"{servers} servers, all alike"), *happened], drifted, strict=True):
        told = f"{number} of {servers} drifted"
        count = [told, "dl-failure-text"] if number else ["none drifted", "dl-quiet"]
        track.append([event_time(time), [[now, ""], ["  ·  ", "dl-quiet"], count]])
    return track


def event_time(time: int) -> float:
    """A moment (ns) as the picture knows it (s)."""
    return round(time / SECOND, 1)


def mishaps(record: Evolution) -> list[tuple[int, str]]:
    """What went amiss when (ns); where servers are replaced, the images that they were replaced by."""
    turns = record.turns
    fresh = (turns.cause == Cause.REPLACED) & (turns.change == 0)
    whole = (turns.cause == Cause.REPLACED) & (turns.server == record.fleet.servers - 1)
    rows = np.flatnonzero(np.isin(turns.cause, list(HAPPENED)) | fresh | whole)
    told = {}
    for row in rows[turns.time[rows].argsort(kind="stable")].tolist():
        change, server = int(turns.change[row]), int(turns.server[row]) + 1
        if fresh[row]:
            words = f"a fresh server takes the place of server {server}"
        elif whole[row]:
            digest = record.configurations.digests[turns.configuration[row]][SHORT]
            words = f"change {change} is image {digest}, on every server"
        else:
            words = HAPPENED[Cause(turns.cause[row])].format(server=server, change=change)
        told[int(turns.time[row])] = words
    return list(told.items())


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
    return "\n".join((opening, work, _drift(record), _costs(record)))


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
    commonest = record.configurations.digests[record.shares[0][0]][SHORT] if record.shares else "–"
    servers, number = record.fleet.servers, len(record.shares)
    if record.first_drift is None:
        alike = f"all run {commonest}" if number == 1 else f"{number} configurations are under way"
        return f"No server ever drifted; at the end {alike}."
    first = next(words for time, words in mishaps(record) if time / DAY >= record.first_drift)
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


def _moment(seen: Field, column: int) -> float:
    """When the cursor comes to a column (s)."""
    return round(column * float(seen.times[0]), 1)


def _track(seen: Field, words: Iterable[Words]) -> Track:
    """Only the moments at which something else is said."""
    track: Track = []
    for column, now in enumerate(words):
        if not track or now != track[-1][1]:
            track.append([_moment(seen, column), now])
    return track


def _times(number: int) -> str:
    """How often, in words.

    >>> _times(1), _times(12)
    ('once', '12 times')
    """
    return "once" if number == 1 else f"{number} times"
