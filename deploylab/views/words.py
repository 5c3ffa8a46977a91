"""The words of the picture, moment by moment: its story, the heads of the blocks, the lanes in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import itemgetter

import numpy as np

from ..model.rollout import Outcome
from ..model.run import Run
from . import lanes, theme
from .lives import counts
from .series import Series, ready_at

ENDS = {
    Outcome.PROMOTED: ("✓", "dl-done-text"),
    Outcome.ROLLED_BACK: ("↩", "dl-failure-text"),
    Outcome.ABORTED: ("✕", "dl-failure-text"),
    Outcome.STALLED: ("✕", "dl-failure-text"),
}  # a sign and a colour for each
Words = list[list[str]]  # pieces of text, each with the class that colours it
Track = list[tuple[float, Words]]  # what a text says, and from which second on


def tracks(run: Run, curves: Series, per_hurt: int) -> dict[str, Track]:
    """What each text of the picture says; `per_hurt` users are meant by one cross of the pile."""
    versions = run.scenario.versions
    times, hurt = curves.edges.tolist(), [0, *curves.hurt.tolist()]
    readouts = [lanes.first_readouts(run), *lanes.readouts(run, curves)]
    said = {"lane0": _ready(run)}
    for lane, words in enumerate(zip(*readouts, strict=True), 1):
        said[f"lane{lane}"] = _changes(times, ([[word, ""]] for word in words))
    told = sorted({*times, *(seen.start for _, seen in run.steps), run.finished})
    so_far = (hurt[int(edge)] for edge in curves.edges.searchsorted(told, "right") - 1)
    said["story"] = _changes(told, (_story(run, *moment) for moment in zip(told, so_far, strict=True)))
    said["hurt"] = [(0.0, [[f"1 × = {per_hurt} users" if per_hurt > 1 else "", ""]])]
    for number, (role, version) in enumerate(zip(theme.roles(len(versions)), versions, strict=True)):
        said[f"head{number}"] = _head(run, role, version)
    return said


def _ready(run: Run) -> Track:
    """How many instances are ready, at the very moments at which the heads of the blocks say it, too."""
    spans = {span for instance in run.instances for span in instance.served}
    times = sorted({0.0, *(time for span in spans for time in span if time is not None)})
    rows = zip(*(ready_at(run, version, np.array(times)) for version in run.scenario.versions), strict=True)
    return _changes(times, ([[lanes.by_version(run, row), ""]] for row in rows))


def _story(run: Run, time: float, hurt: int) -> Words:
    """One sentence about this moment: what is being done, and how many were hurt so far."""
    style = ""
    if time >= run.finished:
        sign, style = ENDS[run.outcome]
        now = f"{sign} {run.ending} after {run.finished:.0f} s"
        if run.unexposed:
            now, style = run.ending, "dl-strong"
    else:
        now = next(step.note for step, seen in reversed(run.steps) if seen.start <= time)
    people = [f"{hurt:,} {'user' if hurt == 1 else 'users'} hurt", "dl-failure-text"]
    return [
        [now or run.strategy, style],
        ["  ·  ", "dl-quiet"],
        people if hurt else ["nobody hurt", "dl-quiet"],
    ]


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


def _changes(times: Iterable[float], words: Iterable[Words]) -> Track:
    """Only the moments at which something else is said."""
    track: Track = []
    for time, now in zip(times, words, strict=True):
        if not track or now != track[-1][1]:
            track.append((round(time, 3), now))
    return track
