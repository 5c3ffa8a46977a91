"""The words of an apply's picture, moment by moment: its story, and each resource's line and sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model.applied import Applied, Work
from ..model.infrastructure import Change
from ..model.plan_text import sign
from ..model.summary import seconds
from .lines import cut
from .track import Track, Words, beside

DOING = {"create": "creating", "update": "updating", "delete": "deleting", "read": "reading",
         "forget": "letting go"}  # fmt: skip
DONE = {"create": "created", "update": "updated", "delete": "deleted", "read": "read", "forget": "let go"}


def told(work: Work) -> str:
    """One operation in words."""
    how = " (failed)" if work.failed else " (undone)" if work.undo else ""
    return f"{work.name}: {DONE.get(work.action, work.action)} in {seconds(work.end - work.start)}{how}"


def tracks(record: Applied, keys: Mapping[str, str], room: int) -> dict[str, Track]:
    """What each text says, and from when on: the story, each resource's sign and, with room, its line."""
    texts = {"story": _story(record)}
    works = sorted(record.works, key=lambda work: work.start)
    for change in record.plan.changes if keys else ():
        mine, key = [work for work in works if work.name == change.name], keys[change.name]
        if room:
            texts[key] = _line(record, change, mine, room)
        texts[f"{key}-mark"] = _marks(change, mine)
    return texts


def _line(record: Applied, change: Change, works: Sequence[Work], room: int) -> Track:
    """What happens to a resource, in its box."""
    drifted = next((drift for drift in record.plan.drift if drift.name == change.name), None)
    said = {0.0: [_planned(change, room), ""]}
    if drifted:
        said = {0.0: [_planned(drifted, room, "by hand"), "dl-failure-text"]}
    for work in works:
        again = " again" * (drifted is not None and work.action == "create")
        said[work.start] = ["undoing" if work.undo else f"{DOING.get(work.action, '')}{again}", ""]
        said[work.end] = [_ended(work, _half(change, work), room), ""]
    return [(round(time, 3), [[words[:room], style]]) for time, (words, style) in said.items()]


def _marks(change: Change, works: Sequence[Work]) -> Track:
    """The sign of what is done to a resource, and of how it went."""
    planned = sign(change).strip() or "="
    marks = {0.0: [planned, ""]}
    for work in works:
        went = "↩" if work.undo else planned if _half(change, work) else "✓"
        marks[work.end] = ["✕", "dl-failure-text"] if work.failed else [went, ""]
    return [(round(time, 3), [mark]) for time, mark in marks.items()]


def _half(change: Change, work: Work) -> bool:
    """Whether a replacement has only begun with this."""
    return change.kind == "replace" and work.action == change.actions[0] and not work.undo


def _planned(change: Change, room: int, by: str = "") -> str:
    """What a resource's line says before anything happens to it: what will change, as far as it fits."""
    kind = change.type.removeprefix("AWS::").split("::")
    last = cut(kind[-1], room - 2)  # their letters are wide
    said = [words for words in (" ".join(kind), last) if len(words) <= room - 2] or [last]
    if change.kind in ("update", "replace") and change.differences:
        first = min(change.differences, key=lambda difference: difference.recreation != "Always")
        name = str(first.path[0]) if first.path else ""
        turn = f"{first.before} → {first.after}"
        short = f"{name[: max(3, room - len(turn) - 2)]}… {turn}"
        said = [f"{name} {turn}", short, f"{name} {by or 'changes'}", name, f"changed {by}"]
        said = said[2:] if first.sensitive or len(first.path) > 1 else said
    if by and change.kind == "delete":
        said = [f"deleted {by}"]
    if change.kind == "no-op":
        said = ["as wanted"]
    return next((words for words in said if len(words) <= room), said[-1])


def _ended(work: Work, half: bool, room: int) -> str:
    """What a resource's line says after an operation; its sign tells what was done, too."""
    if work.failed or work.undo:
        return "failed" if work.failed else "left behind" if work.action == "forget" else "undone"
    if half:
        return "new one there" if work.action == "create" else "old one gone"
    took = f"in {seconds(work.end - work.start)}"
    words = f"{DONE.get(work.action, '')} {took}"
    return words if len(words) <= room else took


def _story(record: Applied) -> Track:
    """One line about each moment: what is being worked on, how much is done, and how it ended."""
    plan, works = record.plan, record.works
    if record.outcome == "planned":
        return [(0.0, [[plan.headline.removeprefix(f"{record.title}: "), ""]])]
    if not works:
        same = f"all {len(plan.changes)} resources are as they are wanted"
        same = f"the plan is incomplete: {plan.incomplete}" if plan.incomplete else same
        return [(0.0, beside([["nothing to do", ""]], [same, "dl-quiet"]))]
    *before, end = sorted({0.0, *(work.start for work in works), *(work.end for work in works)})
    ending = [[f"{record.outcome} after {record.end:.0f} s", ""]]
    if record.next_plan is not None:
        left = len(record.next_plan.doing) or "nothing"
        ending = beside(ending, [f"a second apply would change {left}", "dl-quiet"])
    return [*((round(now, 3), _progress(works, now)) for now in before), (round(end, 3), ending)]


def _progress(works: Sequence[Work], now: float) -> Words:
    """What is being worked on, and how far it has come."""
    busy = [work for work in works if work.start <= now < work.end]
    what = f"{'undoing' if any(work.undo for work in busy) else 'working on'} "
    what += ", ".join(work.name[:17] for work in busy[:2]) + f" and {len(busy) - 2} more" * (len(busy) > 2)
    if failed := [work.name for work in works if work.failed and work.end <= now]:
        return beside([[what, ""]], [f"{failed[0][:30]} failed", "dl-failure-text"])
    steps = [work for work in works if not work.undo]
    done = sum(work.end <= now for work in steps)
    return beside([[what, ""]], [f"{done} of {len(steps)} steps done", "dl-quiet"])
