"""The words of a fleet's picture, moment by moment: its story, its lanes, the digest of each server."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..model.evolution import Cause, Evolution
from ..model.record import SECOND
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
