"""The words of a fleet's picture, moment by moment: its story, its lanes, the digest of each server."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.evolution import Cause, Evolution
from ..model.record import SECOND
from .field import COLUMNS, Field, letters
from .track import Track, Words, beside, changes

SHORT = slice(7, 14)  # of a digest: as many characters as people read to each other
HAPPENED = {
    Cause.SKIPPED: "server {server} misses change {change}",
    Cause.BROKE_OFF: "change {change} breaks off on server {server}",
    Cause.OUT_OF_ORDER: "change {change} does not come in time to server {server}",
    Cause.BY_HAND: "server {server} is repaired by hand",
}


def tracks(record: Evolution, seen: Field, labelled: bool) -> dict[str, Track]:
    """What each text of the picture says: story, lanes, and each server's digest if `labelled`."""
    servers, each = record.fleet.servers, float(seen.times[0])
    times = [column * each for column in range(COLUMNS)]  # when the cursor comes to each column (s)
    said = {
        "story": _stories(record),
        "lane0": changes(times, ([[f"{number} now", ""]] for number in seen.configurations.tolist()), 1),
        "lane1": changes(times, ([[f"{n} of {servers} now", ""]] for n in seen.drifted.tolist()), 1),
    }
    if labelled:
        digests = [name[SHORT] for name in record.configurations.digests]
        said |= {
            f"digest{row}": changes(times, _digests(seen, row, digests), 1) for row in range(len(seen.rows))
        }
    return said


def _digests(seen: Field, row: int, digests: list[str]) -> Iterator[Words]:
    """Letter and short digest of one server, column by column."""
    for configuration, letter in zip(
        seen.configuration[row].tolist(), seen.letter[row].tolist(), strict=True
    ):
        name = "" if configuration < 0 else digests[configuration]
        head = [[f"{letters(letter)} ", "dl-strong"]] if letter else []
        yield [*head, [name, "" if letter else "dl-quiet"]]


def _stories(record: Evolution) -> Track:
    """What just happened, and how many servers have drifted, from the very moment on."""
    happened, servers = mishaps(record), record.fleet.servers
    rows = record.turns.at(np.array([0, *(time for time, _ in happened)]))
    drifted = (record.turns.deviation[rows] > 0).sum(axis=0).tolist()
    track: Track = []
    for (time, now), number in zip([(0, f"{servers} servers, all alike"), *happened], drifted, strict=True):
        told = [f"{number} of {servers} drifted", "dl-failure-text"]
        words = beside([[now, ""]], told if number else ["none drifted", "dl-quiet"])
        track.append((event_time(time), words))
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
