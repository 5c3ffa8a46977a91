"""A knob: what a field of a scenario or strategy means, and which values it may hold.

The same few facts serve three readers: the check when an object is made, the slider in a playground, and
the person who reads the source.
"""

from __future__ import annotations

import math
from ast import literal_eval
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from functools import wraps
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from .errors import KnobError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True)
class Knob:
    """What one field means, in which unit, and which values are allowed."""

    help: str
    unit: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    above: float = -math.inf  # a minimum that is itself not allowed
    slider: tuple[float, float, float] | None = None  # from, to, step: what a playground offers
    whole: bool = False
    nothing: str = ""  # what None means, for a knob that may be left out
    options: tuple[str, ...] = ()  # the words that a knob of words may hold

    @property
    def in_unit(self) -> str:
        """The unit in brackets, if there is one."""
        return f" ({self.unit})" if self.unit else ""

    def allows(self, value: object) -> bool:
        """Whether `value` is a number within the bounds.

        >>> Knob("instances", minimum=1, whole=True).allows(0)
        False
        """
        if not is_number(value) or (self.whole and value != int(value)):
            return False
        return bool(self.minimum <= value <= self.maximum and value > self.above)

    def bounds(self) -> str:
        """The allowed values in words.

        >>> Knob("errors", above=0, maximum=100).bounds()
        'a number above 0, at most 100'
        """
        most = "2**63 - 1" if self.maximum == 2**63 - 1 else f"{self.maximum:,.15g}"
        words = [
            f"above {self.above:,.15g}" if self.above > -math.inf else "",
            f"at least {self.minimum:,.15g}" if self.minimum > -math.inf else "",
            f"at most {most}" if self.maximum < math.inf else "",
        ]
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} {', '.join(word for word in words if word)}".rstrip()


def is_number(value: object) -> TypeGuard[float]:
    """Whether this is a finite number of any kind, numpy's too; a bool is none.

    >>> is_number(6), is_number(True), is_number(math.nan), is_number("6")
    (True, False, False, False)
    """
    return (
        isinstance(value, Real) and not isinstance(value, bool) and value == value and abs(value) != math.inf
    )


def knob(default: Any, meaning: str, **facts: Any) -> Any:
    """A dataclass field that carries its `Knob`; `facts` are the other fields of `Knob`."""
    return field(default=default, metadata={"knob": Knob(meaning, **facts)})


def known_fields(cls: type[T]) -> type[T]:
    """A class decorator: an unknown field is refused with the name of the one meant; help() tells them all.

    >>> from deploylab import Scenario
    >>> Scenario(replica=3)
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: Scenario.replica: 3 has no such field; did you mean replicas?
    """
    make = cls.__init__
    names = [spec.name for spec in fields(cls)]

    @wraps(make)
    def make_checked(self: Any, *values: Any, **named: Any) -> None:
        for name, value in named.items():
            if name not in names:
                near = get_close_matches(name, names, 1)
                wanted = f"did you mean {near[0]}?" if near else f"the fields are {', '.join(names)}"
                raise KnobError(cls.__name__, name, value, f"has no such field; {wanted}")
        make(self, *values, **named)

    # The very class, not a subclass of it: its repr, its pickles and its doctests stay what they are.
    cls.__init__ = make_checked  # type: ignore[method-assign]
    if knobs(cls) and cls.__doc__:
        meant = [f"    {spec.name}: {_meaning(spec)}" for spec in fields(cls)]
        cls.__doc__ = "\n".join((cls.__doc__.rstrip(), "", "    Fields:", "", *meant, "    "))
    return cls


def _meaning(spec: Field[Any]) -> str:
    """What a field means and takes, in words; of one that is no knob, only its type."""
    kind, rule = str(spec.type), spec.metadata.get("knob")
    if rule is None:
        return kind
    words = rule.options or (literal_eval(kind.removeprefix("Literal")) if kind.startswith("Literal") else ())
    numbers = replace(rule, whole=rule.whole or kind.startswith("int")).bounds()
    said = {
        "bool": "true or false", "str": "text", "int | str": "a whole number or a percentage like '25%'",
        "tuple[int, ...]": "whole numbers", "tuple[float, ...]": "numbers",
        "tuple[tuple[float, float], ...]": "pairs of numbers",
    }.get(kind, numbers)  # fmt: skip
    said = f"one of {', '.join(map(repr, words))}" if words else said
    nothing = f", or None: {rule.nothing}" if rule.nothing else ""
    return f"{rule.help}; {said}{rule.in_unit}{nothing}"


def knobs(owner: Any) -> dict[str, Knob]:
    """The knobs of a dataclass or of one of its objects, by field name, in the order of the fields."""
    return {f.name: f.metadata["knob"] for f in fields(owner) if "knob" in f.metadata}


def turned(owner: Any) -> tuple[str, ...]:
    """The fields that are not at their defaults, as one would write them.

    >>> from deploylab import SLO
    >>> turned(SLO(latency_p99=0.5))
    ('latency_p99=0.5',)
    """
    return tuple(
        f"{spec.name}={getattr(owner, spec.name)!r}"
        for spec in fields(owner)
        if getattr(owner, spec.name) != spec.default
    )


def check_knobs(owner: Any) -> None:
    """Refuse numbers outside their knob's bounds; other kinds of values are checked by the owner itself.

    Numbers become plain ones, so that np.int64(6) is 6 from then on. Raises `KnobError` naming the field, the
    value, what is allowed and an example.
    """
    for spec in fields(owner):
        rule: Knob | None = spec.metadata.get("knob")
        if rule is None or not isinstance(spec.default, int | float) or isinstance(spec.default, bool):
            continue
        value = getattr(owner, spec.name)
        if not rule.allows(value):
            wanted = (
                f"is not allowed; {rule.help}: {rule.bounds()}{rule.in_unit}, for example {spec.default:g}"
            )
            raise KnobError(type(owner).__name__, spec.name, value, wanted)
        plain = int(value) if rule.whole or isinstance(value, Integral) else float(value)
        object.__setattr__(owner, spec.name, plain)
