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
from .knob_row import row_problem

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
    row: tuple[float, ...] = ()  # an example of a knob that holds a row of numbers, each within the bounds
    rising: bool = False  # whether each number of a row is above the one before

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
    finite = isinstance(value, Real) and value == value and abs(value) != math.inf
    return finite and not isinstance(value, bool)


def knob(default: Any, meaning: str, **facts: Any) -> Any:
    """A dataclass field that carries its `Knob`; `facts` are the other fields of `Knob`."""
    return field(default=default, metadata={"knob": Knob(meaning, **facts)})


def known_fields(cls: type[T]) -> type[T]:
    """A class decorator: an unknown field is refused with the name of the one meant; help() tells them all.

    The knobs of a class that checks nothing itself are checked here.

    >>> from deploylab import SLO
    >>> SLO(latency=3)
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: SLO has no field latency; did you mean latency_p99? \
It has availability, latency_p99
    """
    make = cls.__init__
    names = [spec.name for spec in fields(cls)]

    @wraps(make)
    def make_checked(self: Any, *values: Any, **named: Any) -> None:
        for name, value in named.items():
            if name not in names:
                near = get_close_matches(name, names, 1)
                it_has = f"did you mean {near[0]}? It has" if near else "it has"
                raise KnobError(cls.__name__, name, value, f"{it_has} {', '.join(names)}", known=False)
        make(self, *values, **named)
        if not hasattr(self, "__post_init__"):
            check_knobs(self)

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


def turned(owner: Any, *but: str) -> tuple[str, ...]:
    """The fields that are not at their defaults, as one would write them; `but` names some to leave out.

    >>> from deploylab import SLO
    >>> turned(SLO(latency_p99=0.5))
    ('latency_p99=0.5',)
    """
    return tuple(
        f"{spec.name}={getattr(owner, spec.name)!r}"
        for spec in fields(owner)
        if getattr(owner, spec.name) != spec.default and spec.name not in but
    )


def check_knobs(owner: Any) -> None:
    """Refuse what a knob does not allow: what is no such number, row, word or truth.

    Numbers become plain ones, so that np.int64(6) is 6 from then on. Raises `KnobError` naming the field, the
    value, what is allowed and an example.
    """
    for spec in fields(owner):
        rule: Knob | None = spec.metadata.get("knob")
        value = getattr(owner, spec.name)
        if rule is None or (value is None and rule.nothing):
            continue
        if rule.row:
            wrong, problem = row_problem(spec.name, rule, value, may_be_empty=spec.default == ())
        else:
            wrong, problem = value, _problem(rule, spec.default, value)
        if problem:
            raise KnobError(type(owner).__name__, spec.name, wrong, problem)
        if rule.row:
            object.__setattr__(owner, spec.name, tuple(_plain(rule, number) for number in value))
        elif rule.nothing or (isinstance(spec.default, int | float) and not isinstance(value, bool)):
            object.__setattr__(owner, spec.name, _plain(rule, value))


def _plain(rule: Knob, value: Any) -> float:
    return int(value) if rule.whole or isinstance(value, Integral) else float(value)


def _problem(rule: Knob, default: object, value: object) -> str:
    """What is wrong with a value, by the kind of the knob's default; nothing if it is allowed."""
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "is neither True nor False"
    if rule.options:
        return "" if value in rule.options else f"is neither {' nor '.join(map(repr, rule.options))}"
    if not (rule.nothing or isinstance(default, int | float)) or rule.allows(value):
        return ""
    example = f"for example {default:g}" if isinstance(default, int | float) else f"or None: {rule.nothing}"
    return f"is not allowed; {rule.help}: {rule.bounds()}{rule.in_unit}, {example}"


def check_kinds(owner: Any, **kinds: type) -> None:
    """Refuse anything but an object of these classes in the fields of these names."""
    for name, kind in kinds.items():
        if not isinstance(value := getattr(owner, name), kind):
            problem = f"is no {kind.__name__}; make one with {kind.__name__}(...)"
            raise KnobError(type(owner).__name__, name, value, problem)
