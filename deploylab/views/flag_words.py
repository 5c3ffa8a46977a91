"""The words of a flag's picture, moment by moment: its story, its weight, its lanes, and who was hurt."""

from __future__ import annotations

from collections.abc import Sequence

from ..model.flag_rollout import FlagRollout
from ..model.summary import percent, seconds
from .flag_lanes import Curves
from .flag_users import weight_at
from .track import Track, Words, beside, changes, hurt


def tracks(record: FlagRollout, now: Curves, ghost: Curves | None) -> dict[str, Track]:
    """What each text of the picture says, from when on."""
    times, users = now.edges.tolist(), [0, *now.hurt.astype(int).tolist()]
    weights = [(0.0, 0.0), *((change.at, change.weight) for change in record.changes)]
    stories = (
        beside([[_now(record, time), ""]], hurt(number)) for time, number in zip(times, users, strict=True)
    )
    said = {
        "story": changes(times, stories),
        "weight": [(round(time, 3), _said(f"{weight:g} %")) for time, weight in weights],
        "hurt": _count(times, users),
        **_lanes(record, now),
    }
    if ghost is not None:
        said["other"] = _count(ghost.edges.tolist(), [0, *ghost.hurt.astype(int).tolist()])
    return said


def _lanes(record: FlagRollout, now: Curves) -> dict[str, Track]:
    times, users = [0.0, *now.edges[2:].tolist()], record.scenario.traffic.users
    said = (
        (_flag(record, time) for time in now.edges[1:].tolist()),
        (f"{failed:.3g} / s" for failed in now.failures),
        (f"{percent(round(number / users, 4))} of the users" for number in now.hurt),
    )
    return {f"lane{number}": changes(times, map(_said, lane)) for number, lane in enumerate(said)}


def _flag(record: FlagRollout, time: float) -> str:
    """What the flag says; after a redeploy it still says it, and nobody heeds it."""
    gone = weight_at(record, time) and record.back is not None and time >= record.back
    return f"flag {weight_at(record, time):g} %{f', but no {record.scenario.candidate.name}' * bool(gone)}"


def _count(times: Sequence[float], users: Sequence[int]) -> Track:
    return changes(times, (_said(f"{number:,}") for number in users))


def _said(words: str) -> Words:
    return [[words, ""]]


def _now(record: FlagRollout, time: float) -> str:
    weight = weight_at(record, time)
    if record.alarm is None or time < record.alarm:
        anew = [c.at for c in record.changes if c.at <= time and (c.key or c.bucketing)]
        if anew and weight_at(record, anew[-1]) == weight:
            return f"dealt anew: on for {weight:g} % of the users, but for others"
        whom = f"on for {weight:g} % of the users" if weight else "off for everyone"
        return f"the feature is {whom}"
    if record.back is not None and time >= record.back:
        told = f"taken back {seconds(record.time_to_take_back)} after the alarm"
        left = f"; {record.scenario.stable.name} serves all"
        return told if record.flag.kill_switch else told + left
    if record.flag.kill_switch:
        return "alarm: the flag is off, instances are being told"
    started = time >= record.alarm + record.flag.pipeline
    return (
        f"alarm: {'instances are being replaced' if started else 'the pipeline of the redeploy is running'}"
    )
