"""A plan as people read it: a difference with a sign and a colour for each change, as text and as HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from .infrastructure import Change, Difference, Plan

# Terraform's own.
SIGNS = {"create": "+", "update": "~", "delete": "-", "read": "<=", "forget": ".", "no-op": " "}
NOTES = {"Never": "", "Conditionally": "   may force replacement", "Always": "   forces replacement"}
WIDE, MANY = 60, 40  # characters of a value, properties of a change
Line = tuple[str, str, str]  # its kind, its sign, its words


def sign(change: Change) -> str:
    """The sign that Terraform gives this change.

    >>> sign(Change("Db", "AWS::RDS::DBInstance", ("create", "delete"))), sign(Change("Db", "", ("update",)))
    ('+/-', '~')
    """
    return "/".join(SIGNS[action] for action in change.actions)


def plan_text(plan: Plan) -> str:
    """The plan for a terminal."""
    return "\n".join(f"{mark:>3} {words}".rstrip() for _, mark, words in _lines(plan))


def plan_html(plan: Plan) -> str:
    """The plan for a notebook, in the colours of its theme; the signs say the same without them."""
    rows = (
        f'<span class="dl-{kind}">{escape(mark):>3} {escape(words)}</span>'
        for kind, mark, words in _lines(plan)
    )
    here = Path(__file__).parent
    page = Template((here / "plan.html").read_text("utf-8"))
    return page.substitute(css=(here / "plan.css").read_text("utf-8"), rows="\n".join(rows))


def _lines(plan: Plan) -> Iterator[Line]:
    yield "head", "", plan.headline
    for change in plan.drift:
        yield "drift", "!", f"{change.name}  {change.reason}"
        yield from _properties(change)
    for change in plan.doing:
        why = "".join(f"  ({words})" for words in (change.reason, change.blocked) if words)
        yield change.kind, sign(change), f"{change.name}  {change.type}{why}"
        yield from _properties(change)
    for name, words in plan.outputs.items():
        yield "update", "~", f"output {name}: {words}"
    if untouched := plan.count("no-op"):
        every = "all as wanted" if plan.empty else "as wanted, not touched"
        yield "quiet", "", f"{untouched} {every}"


def properties(change: Change) -> Iterator[str]:
    """Each property that differs, from what to what, and whether it forces a replacement."""
    for difference in change.differences[:MANY]:
        note = NOTES[difference.recreation] if change.kind in ("update", "replace") else ""
        yield f"{_words(difference, change)}{note}"
    if len(change.differences) > MANY:
        yield f"and {len(change.differences) - MANY} more"


def _properties(change: Change) -> Iterator[Line]:
    for words in properties(change):
        yield ("forces" if words.endswith(NOTES["Always"]) else "quiet"), "", f"    {words}"


def _words(difference: Difference, change: Change) -> str:
    path = ".".join(map(str, difference.path)) or "value"
    if difference.sensitive:
        return f"{path}: (sensitive value)"
    before, after = _text(difference.before), _text(difference.after)
    pairs = enumerate(zip(before, after, strict=False))
    differ = next((at for at, (old, new) in pairs if old != new), 0)
    # A difference that the first characters show needs no cut.
    start = differ - WIDE // 3 if differ > WIDE * 2 // 3 else 0
    before, after = _short(before, start), _short(after, start)
    if change.kind == "create" or difference.before is None:
        return f"{path}: {after}"
    return f"{path}: {before}" if change.kind == "delete" else f"{path}: {before} → {after}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _short(words: str, start: int) -> str:
    """What fits of a value: from where the two that are compared begin to differ, if they are long."""
    words = "…" * (start > 0) + words[start : start + WIDE + 1]
    words = "".join(letter if letter.isprintable() else " " for letter in words)
    return words if len(words) <= WIDE else f"{words[: WIDE - 1]}…"
