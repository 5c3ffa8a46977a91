"""Controls made from the fields of a scenario or strategy: a slider, a box to tick, a choice, or text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, get_args

import ipywidgets as w

from ..model.fault import Fault
from ..model.knob import Knob, knobs

Path = tuple[str, ...]
STYLE = {"description_width": "9.5em"}
LAYOUT = {"width": "100%", "margin": "1px 0"}
SHORT = {  # what is told of a field beside its slider, where its own words are too many
    "min_ready_seconds": "min ready",
    "min_pods_per_replica_set": "min pods a set",
    "scale_down_delay": "scale-down delay",
    "abort_scale_down_delay": "delay after abort",
    "termination_grace_period": "grace period",
    "consecutive_error_limit": "errors in a row",
    "consecutive_success_limit": "successes in a row",
    "changes_per_month": "changes a month",
    "hand_fixes_per_month": "fixes a month",
}
COUNTED = ("instances", "requests", "users", "servers")  # units that a label's own words already say
FAULTS = {kind.__name__: kind for kind in get_args(Fault)}  # of faults, which a version may have or not


@dataclass(frozen=True)
class Control:
    """One control: the path of the field that it sets, whose it is, its knob, and the widget."""

    path: Path
    owner: str
    knob: Knob
    widget: Any
    several: bool = False  # whether the field holds a tuple, which the widget shows as text

    def value(self) -> object:
        """What the control says, in the field's type; text that cannot be read stays text."""
        raw = self.widget.value
        if isinstance(raw, float):
            raw = float(f"{raw:.9g}")  # a slider in the browser gives 9.999999999999998 back for 10
        if self.knob.nothing:
            return raw or None
        return parse(raw, self.several) if isinstance(raw, str) and not self.knob.options else raw


def controls(owner: Any, path: Path = ()) -> Iterator[Control]:
    """A control for every knob of a dataclass object, and of the objects in its fields.

    >>> from deploylab import SLO
    >>> [(control.path, control.widget.value) for control in controls(SLO(latency_p99=0.5))]
    [(('availability',), 0.999), (('latency_p99',), 0.5)]
    """
    for spec in fields(owner):
        value, here = getattr(owner, spec.name), (*path, spec.name)
        if "knob" in spec.metadata:
            knob = spec.metadata["knob"]
            widget = _widget(spec.name, knob, value)
            yield Control(here, type(owner).__name__, knob, widget, isinstance(value, tuple))
        elif spec.name == "faults":
            yield from _faults(value, here)
        elif is_dataclass(value):
            yield from controls(value, here)


def rebuilt(owner: Any, values: Mapping[Path, object], path: Path = ()) -> Any:
    """The same object with the fields at these paths, maybe of objects inside, all set at once.

    At once, because two values may only be allowed together.

    >>> from deploylab import Scenario
    >>> rebuilt(Scenario(), {("traffic", "rate"): 50}).traffic.rate
    50
    """
    changes = {}
    for spec in fields(owner):
        here, value = (*path, spec.name), getattr(owner, spec.name)
        if here in values:
            changes[spec.name] = values[here]
        elif spec.name == "faults":
            ticked = [name for name in FAULTS if values.get((*here, name))]
            changes[spec.name] = tuple(rebuilt(FAULTS[name](), values, (*here, name)) for name in ticked)
        elif is_dataclass(value):
            changes[spec.name] = rebuilt(value, values, here)
    return replace(owner, **changes)


def idle(owner: Any, path: Path = ()) -> dict[Path, str]:
    """The fields that have no effect as things are set, and why, if that needs words.

    An object says so itself, by a method `idle` that gives a reason for the name of each such field.

    >>> from deploylab import Rolling
    >>> idle(Rolling())[("hold",)]
    'only a batch is watched; set a batch size'
    """
    own: dict[str, str] = owner.idle() if hasattr(owner, "idle") else {}
    found = {(*path, name): reason for name, reason in own.items()}
    for spec in fields(owner):
        value, here = getattr(owner, spec.name), (*path, spec.name)
        if spec.name == "faults":
            there = {type(fault).__name__ for fault in value}
            left_out = (name for name in FAULTS if name not in there)
            found |= {(*here, name, field): "" for name in left_out for field in knobs(FAULTS[name])}
        elif is_dataclass(value):
            found |= idle(value, here)
    return found


def parse(text: str, several: bool = False) -> object:
    """Read the text of a control; what cannot be read stays text, and its owner says what would be allowed.

    `several` values have commas between them; those that are pairs have a colon inside.

    >>> parse("25 %"), parse("2"), parse("5, 25", several=True), parse("x", several=True)
    ('25%', 2, (5.0, 25.0), 'x')
    >>> parse("0: 1, 60: 3", several=True)
    ((0.0, 1.0), (60.0, 3.0))
    """
    try:
        return tuple(map(_item, filter(str.strip, text.split(",")))) if several else int(text)
    except ValueError:
        return re.sub(r"\s+%", "%", text.strip())


def _item(text: str) -> float | tuple[float, ...]:
    return tuple(map(float, text.split(":"))) if ":" in text else float(text)


def _faults(faults: tuple[Any, ...], path: Path) -> Iterator[Control]:
    """For every kind of fault a box to tick, and controls of what it is like."""
    there = {type(fault).__name__: fault for fault in faults}
    for name, kind in FAULTS.items():
        words = re.sub("(?<=[a-z])(?=[A-Z])", " ", name).lower().replace(" ", "_")
        knob = Knob((kind.__doc__ or "").splitlines()[0])
        yield Control((*path, name), "Version", knob, _widget(words, knob, name in there))
        yield from controls(there.get(name, kind()), (*path, name))


def _widget(name: str, knob: Knob, value: Any) -> Any:
    unit = "" if knob.unit in (*COUNTED, name) else knob.unit
    facts = ", ".join(fact for fact in (unit, f"0: {knob.nothing}" if knob.nothing else "") if fact)
    label = SHORT.get(name, name.replace("_", " ")) + (f" ({facts})" if facts else "")
    look = {"description": label, "style": STYLE, "layout": LAYOUT}
    if isinstance(value, bool):
        return w.Checkbox(value=value, indent=False, **look)
    if knob.options:
        return w.Dropdown(value=value, options=knob.options, **look)
    if isinstance(value, str | tuple) or knob.slider is None:
        return w.Text(value=_text(value), continuous_update=False, **look)
    low, high, step = knob.slider
    if knob.whole:
        top = max(int(high), value or 0)
        return w.IntSlider(value=value or 0, min=min(int(low), value or 0), max=top, step=int(step), **look)
    digits = max(0, len(f"{step:g}".partition(".")[2]))
    return w.FloatSlider(
        value=value,
        min=min(low, value),
        max=max(high, value),
        step=step,
        readout_format=f".{digits}f",
        **look,
    )


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(":".join(map(_text, p)) if isinstance(p, tuple) else f"{p:g}" for p in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
