"""What CloudFormation's functions may look at: parameters and conditions, and how much was made so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...model.template import Path, Template
from .parameters import NOTHING, text

PLACE = re.compile("⟦([^⟦⟧.]*)((?:\\.[^⟦⟧]*)?)⟧")  # where the id of a resource, or an attribute, will stand
MOST, CHAIN = 8_000_000, 200  # characters that one template may make; conditions in a row
LOGIC = {"Fn::And": (2, 10), "Fn::Or": (2, 10), "Fn::Not": (1, 1)}  # how many conditions each takes


@dataclass(frozen=True)
class Scope:
    """What the functions of one template may look at, and how much they have made of it.

    A small template may ask for a lot, so what is made is counted, and a condition is decided only once.
    """

    template: Template
    values: Mapping[str, Any]  # of the parameters
    functions: Mapping[str, Callable[[Scope, Any, Path], Any]]
    decided: dict[str, bool] = field(default_factory=dict)
    made: list[int] = field(default_factory=lambda: [0])

    def value(self, raw: Any, at: Path) -> Any:
        """A value of the template with all its functions done."""
        if isinstance(raw, list):
            items = (self.value(item, (*at, n)) for n, item in enumerate(raw))
            return [item for item in items if item is not NOTHING]
        if not isinstance(raw, dict):
            return self.counted(raw, at)
        key, inner = next(iter(raw.items())) if len(raw) == 1 else ("", None)
        if key in self.functions:
            return self.counted(self.functions[key](self, inner, (*at, key)), at)
        if key.startswith("Fn::") and key != "Fn::Transform":
            raise self.template.fault(at, f"{key} is not known; known are {', '.join(self.functions)}")
        pairs = {key: self.value(inner, (*at, key)) for key, inner in raw.items()}
        return {key: value for key, value in pairs.items() if value is not NOTHING}

    def listed(self, raw: Any, at: Path, least: int, most: int) -> list[Any]:
        """The arguments of a function, their own functions done."""
        return [self.value(item, (*at, n)) for n, item in enumerate(self.several(raw, at, least, most))]

    def several(self, raw: Any, at: Path, least: int, most: int, advice: str = "") -> list[Any]:
        """The arguments of a function as they are written, if there are as many as it takes."""
        if isinstance(raw, list) and least <= len(raw) <= most:
            return raw
        range_ = f"{least} to {most}" if most > least else f"{least}"
        found = f", not {len(raw)}" if isinstance(raw, list) else ""
        raise self.template.fault(at, f"{at[-1]} takes a list of {range_}{found}{advice}")

    def later(self, words: str, at: Path) -> str:
        """The place of an id or an attribute that is not known yet; a condition must be decided before."""
        if at[0] == "Conditions":
            allowed = "a condition may look at parameters, mappings and other conditions, not at resources"
            problem = f"{words[:60]!r} is no parameter; {allowed}, so declare a parameter"
            raise self.template.fault(at, problem)
        return f"⟦{words}⟧"

    def counted(self, value: Any, at: Path) -> Any:
        """The same value, counted."""
        self.spend(len(value) if isinstance(value, str | list) else 1, at)
        return value

    def spend(self, characters: int, at: Path) -> None:
        """Count what is made, and refuse too much of it."""
        self.made[0] += characters + 1
        if self.made[0] > MOST:
            problem = f"the functions make more than {MOST:,} characters; that is too much"
            raise self.template.fault(at, problem)

    def holds(self, name: Any, at: Path, depth: int = 0) -> bool:
        """Whether the condition of this name is met."""
        conditions = self.template.body.get("Conditions", {})
        if not isinstance(name, str) or name not in conditions:
            known = ", ".join(conditions) or "none"
            raise self.template.fault(at, f"there is no condition {str(name)[:60]!r}; known are {known}")
        if name not in self.decided:
            self.decided[name] = self._met(conditions[name], ("Conditions", name), depth + 1)
        return self.decided[name]

    def _met(self, raw: Any, at: Path, depth: int) -> bool:
        if depth > CHAIN:
            raise self.template.fault(at, "this condition asks itself, or too many others in a row")
        key, inner = next(iter(raw.items())) if isinstance(raw, dict) and len(raw) == 1 else ("", None)
        if key == "Condition":
            return self.holds(inner, at, depth)
        if key == "Fn::Equals":
            left, right = (text(part) for part in self.listed(inner, (*at, key), 2, 2))
            return left == right
        if key in LOGIC:
            advice = "; for more, put one Fn::And or Fn::Or into another"
            parts = self.several(inner, (*at, key), *LOGIC[key], advice)
            met = [self._met(part, (*at, key, n), depth + 1) for n, part in enumerate(parts)]
            return {"Fn::And": all(met), "Fn::Or": any(met), "Fn::Not": not met[0]}[key]
        raise self.template.fault(at, "Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition is wanted here")
