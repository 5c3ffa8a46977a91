"""The settings of a playground as a line of Python, to copy into a cell."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any


def code(value: Any) -> str | None:
    """The expression that makes such a value; what is at its default is left out.

    None if there is none, as for a strategy of one's own, whose name this line could not know.

    >>> from deploylab import Rolling, Traffic, Scenario
    >>> code(Rolling(max_surge=2, hold=5)), code(Scenario(traffic=Traffic(rate=50.0)))
    ('dl.Rolling(max_surge=2, hold=5)', 'dl.Scenario(traffic=dl.Traffic(rate=50))')
    """
    if is_dataclass(value) and not isinstance(value, type):
        return _call(value) if type(value).__module__.startswith("deploylab.") else None
    if isinstance(value, tuple):
        parts = [code(each) for each in value]
        inside = ", ".join(part for part in parts if part is not None)
        return None if None in parts else f"({inside}{',' * (len(parts) == 1)})"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if value is None or isinstance(value, str | int | float):
        return repr(value)
    return getattr(value, "__name__", None)


def _call(value: Any) -> str | None:
    arguments = []
    for spec in fields(value):
        own, default = getattr(value, spec.name), spec.default
        if spec.default_factory is not MISSING:
            default = spec.default_factory()
        if spec.init and own != default:
            said = code(own)
            if said is None:
                return None
            arguments.append(said if default is MISSING else f"{spec.name}={said}")
    return f"dl.{type(value).__name__}({', '.join(arguments)})"
