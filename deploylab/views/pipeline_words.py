"""The words of a pipeline's picture, moment by moment."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.delivery import Delivery
from ..model.pipeline import STAGES
from ..model.record import SECOND
from ..model.summary import counted
from . import pipeline_lanes

Words = list[list[str]]


def tracks(record: Delivery) -> dict[str, list[Any]]:
    """What each text says from which second on."""
    jobs, d = record.jobs, record.deployments
    end, said = record.end, pipeline_lanes.readouts(record)
    texts: dict[str, list[Any]] = {
        f"lane{lane}{row}": _changes([(time, [[words[lane][part], ""]]) for time, words in said])
        for lane in range(3)
        for part, row in enumerate("ab")
    }
    times = [time for time, _ in said]
    for number in range(len(STAGES)):
        found = np.sort(jobs.done[jobs.found & (jobs.stage == number)]) / SECOND
        counts = found.searchsorted(times, "right").tolist()
        texts[f"found{number}"] = _changes(
            [
                (time, [[f"× {n:,} found" if n else "", "dl-failure-text"]])
                for time, n in zip(times, counts, strict=True)
            ]
        )
    began = np.array([incident.began for incident in record.incidents])
    done, live = (
        d.done[record.changes] / SECOND,
        np.sort(record.commits.live[record.commits.live >= 0]) / SECOND,
    )
    story, users = [], []
    for time in times:
        releases, commits = int(done.searchsorted(time, "right")), int(live.searchsorted(time, "right"))
        failures = int((began <= time).sum())
        story.append((time, _story(releases, commits, failures, time >= end, record)))
        users.append((time, [[f"release {releases:,}" if releases else "", ""]]))
    return texts | {"story": _changes(story), "release": _changes(users)}


def _story(releases: int, commits: int, failures: int, over: bool, record: Delivery) -> Words:
    """One sentence about this moment."""
    if over:
        return [
            [record.title, "dl-strong"],
            [f": {record.placement.likeness}", ""],
        ]
    failed = [f"{failures:,} of {releases:,} failed" if failures > 1 else "1 failed", "dl-failure-text"]
    return [
        [f"{counted(commits, 'commit')} in production, {counted(releases, 'release')}", ""],
        ["  ·  ", "dl-quiet"],
        failed if failures else ["none failed", "dl-quiet"],
    ]


def _changes(track: list[tuple[float, Words]]) -> list[tuple[float, Words]]:
    """Only the moments at which something else is said."""
    return [(round(now[0], 3), now[1]) for k, now in enumerate(track) if not k or now[1] != track[k - 1][1]]
