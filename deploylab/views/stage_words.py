"""The words of the picture, moment by moment: its story, the heads of the blocks, the lanes in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter

import numpy as np

from ..model.rollout import Outcome
from ..model.run import Run
from ..model.summary import percent, seconds, times
from . import theme
from .lives import counts
from .series import Series, ready_at
from .track import Track, Words, beside, changes, hurt

ENDS = {
    Outcome.PROMOTED: ("✓", "dl-done-text"),
    Outcome.ROLLED_BACK: ("↩", "dl-failure-text"),
    Outcome.ABORTED: ("✕", "dl-failure-text"),
    Outcome.STALLED: ("✕", "dl-failure-text"),
}  # a sign and a colour for each


def tracks(run: Run, curves: Series, per_hurt: int) -> dict[str, Track]:
    """What each text of the picture says; `per_hurt` users are meant by one cross of the pile."""
    versions = run.scenario.versions
    times, users = curves.edges.tolist(), [0, *curves.hurt.tolist()]
    lanes = zip(_first_readouts(run), *readouts(run, curves), strict=True)
    said = {"lane0": _ready(run)}
    for lane, words in enumerate(lanes, 1):
        said[f"lane{lane}"] = changes(times, ([[word, ""]] for word in words))
    more = (times[edge + 1] for edge in np.flatnonzero(np.diff(users)).tolist())
    told = sorted({0.0, *more, *(seen.start for _, seen in run.steps), run.finished})
    so_far = (users[edge - 1] for edge in curves.edges.searchsorted(told, "right").tolist())
    said["story"] = changes(told, (_story(run, *moment) for moment in zip(told, so_far, strict=True)))
    said["hurt"] = [(0.0, [[f"1 × = {per_hurt} users" if per_hurt > 1 else "", ""]])]
    for number, (role, version) in enumerate(zip(theme.roles(len(versions)), versions, strict=True)):
        said[f"head{number}"] = _head(run, role, version)
    return said


def _ready(run: Run) -> Track:
    """How many instances are ready, at the very moments at which the heads of the blocks say it, too."""
    spans = {span for instance in run.instances for span in instance.served}
    times = sorted({0.0, *(time for span in spans for time in span if time is not None)})
    rows = zip(*(ready_at(run, version, np.array(times)) for version in run.scenario.versions), strict=True)
    return changes(times, ([[_by_version(run, row), ""]] for row in rows))


def _story(run: Run, time: float, users: int) -> Words:
    """One sentence about this moment: what is being done, and how many were hurt so far."""
    style = ""
    if time >= run.finished:
        sign, style = ENDS[run.outcome]
        now = f"{sign} {run.ending} after {run.finished:.0f} s"
        if run.unexposed:
            now, style = run.ending, "dl-strong"
    else:
        now = next(step.note for step, seen in reversed(run.steps) if seen.start <= time)
    return beside([[now or run.strategy, style]], hurt(users))


def _head(run: Run, role: str, version: str) -> Track:
    """The head of a block: how many of its instances are in which state."""
    mine = [instance for instance in run.instances if instance.version == version]
    name = [version, f"dl-{role}-text dl-strong"]
    track: Track = []
    seen = list(counts(mine)) if mine else [(0.0, Counter[str]())]
    at_the_end = [states for time, states in seen if time <= run.finished][-1]
    for time, states in sorted([*seen, (run.finished, at_the_end)], key=itemgetter(0)):
        told = [f"{states[state]} {state}" for state in ("ready", "starting", "draining") if states[state]]
        now = [name, [f" {role} · {', '.join(told) or 'none'}", ""]]
        track.append((round(time, 3), now if time < run.finished else [*now, *_verdict(run, version)]))
    return track


def _verdict(run: Run, version: str) -> Words:
    """A sign for what came of the new version, for people who do not read."""
    if version != run.scenario.versions[-1] or run.outcome is Outcome.STALLED or run.unexposed:
        return []
    return [["  ✓", "dl-done-text"] if run.outcome is Outcome.PROMOTED else ["  ✕", "dl-failure-text"]]


def _first_readouts(run: Run) -> tuple[str, str]:
    """What the lanes of failures and latency say in words before anything has happened."""
    return _budget(0.0 if run.scenario.slo.availability < 1 else float("inf")), "–"


def readouts(run: Run, curves: Series) -> Iterator[tuple[str, str]]:
    """What the lanes of failures and latency say in words at the end of each bin."""
    versions = run.scenario.versions
    for spent, p99 in zip(curves.spent.tolist(), curves.p99.T.tolist(), strict=True):
        yield (
            _budget(spent),
            _slow([known for known in zip(versions, p99, strict=True) if known[1] == known[1]]),
        )


def _by_version(run: Run, values: Iterable[float]) -> str:
    """A number for each version, in words."""
    return _joined([f"{name} {value:g}" for name, value in zip(run.scenario.versions, values, strict=True)])


def _slow(p99: list[tuple[str, float]]) -> str:
    """The latency of each version; three share one unit, as the lane begins soon.

    >>> _slow([("v1", 0.068), ("v2", 1.2)]), _slow([("v1", 0.068), ("v2", 1.18), ("v3", 0.05)])
    ('v1 68 ms · v2 1.2 s', 'v1 0.07  v2 1.18  v3 0.05 s')
    """
    if len(p99) < 3:
        return _joined([f"{version} {seconds(value)}" for version, value in p99]) or "–"
    short = max(value for _, value in p99) < 1
    number = "{:.0f}".format if short else "{:.2f}".format
    words = _joined([f"{version} {number(value * (1000 if short else 1))}" for version, value in p99])
    return f"{words} {'ms' if short else 's'}"


def _joined(words: list[str]) -> str:
    """Side by side; three are closer together, as the lane begins soon."""
    return (" · " if len(words) < 3 else "  ").join(words)


@lru_cache(maxsize=1_024)  # from one bin to the next, little is spent if anything
def _budget(spent: float) -> str:
    """What is left of the error budget, or how many times it is spent, in as few letters as the lane has.

    >>> _budget(0.25), _budget(1.02), _budget(1711.7)
    ('budget 75 % left', '1.02 × the budget', '1,712 × the budget')
    """
    if spent == float("inf"):
        return "no failure is allowed"
    over = times(spent).removesuffix(" times")
    if not over:
        return f"budget {percent(max(0, round(1 - spent, 2)))} left"
    return f"{over if spent < 100 else f'{spent:,.0f}'} × the budget"
