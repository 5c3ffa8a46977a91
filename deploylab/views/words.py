"""The words of the picture, moment by moment: its story, the heads of the blocks, the lanes in numbers."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.record import Instance
from ..model.run import Run
from . import lanes
from .series import BINS, Series

Words = list[list[str]]  # pieces of text, each with the class that colours it
Track = list[tuple[float, Words]]  # what a text says, and from which second on


def tracks(run: Run, curves: Series, per_cross: int) -> dict[str, Track]:
    """What each text of the picture says; `per_cross` users are meant by one cross of the pile."""
    times, hurt = curves.edges.tolist(), [0, *curves.hurt.tolist()]
    readouts = [lanes.first_readouts(run), *(lanes.readouts(run, curves, bin_) for bin_ in range(BINS))]
    said = {f"lane{lane}": _changes(times, ([[words[lane], ""]] for words in readouts)) for lane in range(3)}
    said["story"] = _changes(times, (_story(run, *moment) for moment in zip(times, hurt, strict=True)))
    said["hurt"] = [(0.0, [[f"1 × = {per_cross} users" if per_cross > 1 else "", ""]])]
    for role, version in zip(lanes.ROLES, run.scenario.versions, strict=True):
        said[role] = _head(run, role, version)
    return said


def _story(run: Run, time: float, hurt: int) -> Words:
    """One sentence about this moment: what is being done, and how many were hurt so far."""
    if time >= run.finished:
        now = f"{run.outcome.value} after {run.finished:.0f} s"
    else:
        now = next(step.note for step, seen in reversed(run.steps) if seen.start <= time)
    people = [f"{hurt:,} {'user' if hurt == 1 else 'users'} hurt", "dl-failure-text"]
    return [[now or run.strategy, ""], ["  ·  ", "dl-quiet"], people if hurt else ["nobody hurt", "dl-quiet"]]


def _head(run: Run, role: str, version: str) -> Track:
    """The head of a block: how many of its instances are in which state."""
    mine = [instance for instance in run.instances if instance.version == version]
    lives = {t for i in mine for t in moments(i) if t is not None}
    track: Track = []
    for time in sorted(lives | {0.0}):
        states = [_state(instance, time) for instance in mine]
        told = [f"{states.count(s)} {s}" for s in ("ready", "starting", "draining") if s in states]
        words = f" {role} · {', '.join(told) or 'none'}"
        track.append((round(time, 3), [[version, f"dl-{role}-text dl-strong"], [words, ""]]))
    return track


def _state(instance: Instance, time: float) -> str:
    if time < instance.started or (instance.stopped is not None and time >= instance.stopped):
        return "gone"
    if instance.draining is not None and time >= instance.draining:
        return "draining"
    return (
        "ready"
        if any(up <= time and (down is None or time < down) for up, down in instance.served)
        else "starting"
    )


def moments(instance: Instance) -> list[float | None]:
    """When the state of an instance changes."""
    return [
        instance.started,
        instance.draining,
        instance.stopped,
        *(t for span in instance.served for t in span),
    ]


def _changes(times: Iterable[float], words: Iterable[Words]) -> Track:
    """Only the moments at which something else is said."""
    track: Track = []
    for time, now in zip(times, words, strict=True):
        if not track or now != track[-1][1]:
            track.append((round(time, 3), now))
    return track
