"""The words of a pipeline's picture, moment by moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model.delivery import Delivery, median
from ..model.dora import DAY, dora_cluster
from ..model.pipeline import STAGES
from ..model.record import SECOND
from ..model.summary import counted, frequency, lasting, share
from .track import Track, Words, beside, changes

MOMENTS = 90


def tracks(record: Delivery) -> dict[str, Track]:
    """What each text says from which second on."""
    jobs, d, said = record.jobs, record.deployments, _readouts(record)
    times = [time for time, _ in said]

    def counts(moments: NDArray[np.number]) -> list[int]:
        """How many of these moments (s) have come."""
        found: list[int] = np.sort(moments).searchsorted(times, "right").tolist()
        return found

    texts = {
        f"lane{lane}{row}": changes(times, ([[words[lane][part], ""]] for _, words in said))
        for lane in range(3)
        for part, row in enumerate("ab")
    }
    for number in range(len(STAGES)):
        found = counts(jobs.done[jobs.found & (jobs.stage == number)] / SECOND)
        words = ([[f"× {n:,} found" if n else "", "dl-failure-text"]] for n in found)
        texts[f"found{number}"] = changes(times, words)
    releases = counts(d.done[record.changes] / SECOND)
    commits = counts(record.commits.live[record.commits.live >= 0] / SECOND)
    failures = counts(np.array([incident.began for incident in record.incidents]))
    stories = [_story(*now) for now in zip(releases, commits, failures, strict=True)]
    stories[-1] = [[record.title, "dl-strong"], [f": {record.placement.likeness}", ""]]
    users = ([[f"release {number:,}" if number else "", ""]] for number in releases)
    return texts | {"story": changes(times, stories), "release": changes(times, users)}


def _story(releases: int, commits: int, failures: int) -> Words:
    """One sentence about this moment."""
    now = f"{counted(commits, 'commit')} in production, {counted(releases, 'release')}"
    failed = f"{failures:,} of {releases:,} failed" if failures > 1 else "1 failed"
    return beside([[now, ""]], [failed, "dl-failure-text"] if failures else ["none failed", "dl-quiet"])


def _readouts(record: Delivery) -> list[tuple[float, tuple[tuple[str, str], ...]]]:
    """For each of some moments (s): the keys so far in words, and their clusters, lane by lane."""
    d, live = record.deployments, record.commits.live[record.commits.live >= 0]
    order = live.argsort(kind="stable")
    lead, when = record.lead_times[order], live[order] / SECOND
    done, failed = d.done[record.changes] / SECOND, d.failed[record.changes].cumsum()
    ended, lasted = (np.array([pair[k] for pair in record.recoveries]) for k in (0, 1))
    rows = []
    for time in np.linspace(0, record.end, MOMENTS + 1).tolist():
        n = int(done.searchsorted(time, "right"))
        fixed = lasted[: ended.searchsorted(time, "right")] * SECOND
        words = _keys(
            n / (time / DAY) if n else 0.0,
            median(lead[: when.searchsorted(time, "right")]),
            float(failed[n - 1]) / n if n else None,
            median(fixed.astype(np.int64)),
        )
        rows.append((time, words))
    return rows


def _keys(
    often: float, lead: float | None, rate: float | None, recovery: float | None
) -> tuple[tuple[str, str], ...]:
    """The keys, and the clusters that each of them falls in."""
    place = dora_cluster(often, lead, rate, recovery)
    failures = [] if rate is None else [share(rate)]
    failures += [] if recovery is None else [lasting(recovery)]
    clusters = [" or ".join(key) for key in (place.change_failure_rate, place.recovery_time) if key]
    return (
        (frequency(often), place.deployment_frequency[0]) if often else ("–", ""),
        (" · ".join(failures) or "–", " · ".join(clusters)),
        ("–", "") if lead is None else (lasting(lead), place.lead_time[0]),
    )
