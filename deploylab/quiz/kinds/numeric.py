"""A question whose answer is a number that is typed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import COUNTED, decimal, number, quantity, ratio, significant
from deploylab.quiz.ask import Ask, Field
from deploylab.quiz.fields import (
    BOOLEAN,
    NUMERAL,
    PROSE,
    RATIO,
    Key,
    integer,
    listed,
    made,
    matching,
    named,
    part,
)
from deploylab.quiz.kinds.marks import Marks, Remark, judge
from deploylab.quiz.kinds.option import FEEDBACK, MISCONCEPTION


@dataclass(frozen=True)
class NearNumber:
    """A wrong number that many people reach, and what to say to them; `fraction` is its worth still."""

    value: str
    feedback: str
    fraction: Fraction = Fraction(0)
    atol: str = ""
    rtol: str = ""
    misconception: str = ""


@dataclass(frozen=True)
class Numeric:
    """A number is right when it is near enough to `value`, or within `range`; all numbers are exact texts.

    Near enough is |answer - value| <= atol + rtol * |value|, as in numpy.isclose, or, with
    `significant_figures`, the same number when both are rounded to so many. `units` are other units that may
    be typed, each with what one of it is worth in `unit`.

    >>> Numeric("0.333", significant_figures=2).marks(("0.329",)).share
    Fraction(1, 1)
    >>> Numeric("90", unit="s", units=(("min", "60"),)).marks(("1.5 min",)).share
    Fraction(1, 1)
    """

    value: str = ""
    range: tuple[str, str] | None = None
    atol: str = "0"
    rtol: str = "0"
    significant_figures: int = 0
    unit: str = ""
    units: tuple[tuple[str, str], ...] = ()
    decimal_comma: bool = False
    near: tuple[NearNumber, ...] = ()
    feedback: str = ""
    otherwise: str = ""
    type: ClassVar[str] = "numeric"

    def __post_init__(self) -> None:
        if bool(self.value) == bool(self.range):
            raise QuizError("value: one of value and range is needed, not both; write for example value: 4")
        if self.units and not self.unit:
            raise QuizError("units: there are other units, but no unit; add unit: s, the one of the value")
        ends = self.range or (self.value, self.value)
        tolerances = [
            self.atol,
            self.rtol,
            *(text for one in self.near for text in (one.atol, one.rtol) if text),
        ]
        if any("{{" in text for text in (*ends, *tolerances, *(one.value for one in self.near))):
            return  # checked again when the parameters are filled in
        if number(ends[0]) > number(ends[1]):
            raise QuizError(f"range: {ends[0]} is above {ends[1]}; write the smaller number first")
        if number(ends[0]) < 0 and COUNTED.fullmatch(self.unit):
            raise QuizError(f"unit: no number of {self.unit} is below 0; name it in the prompt instead")
        if any(number(text) < 0 for text in tolerances) or any(ratio(worth) <= 0 for _, worth in self.units):
            raise QuizError("atol, rtol and units are sizes: they are never negative, and units are above 0")

    @property
    def ask(self) -> Ask:
        field = Field("number", unit=self.unit, units=self.units, decimal_comma=self.decimal_comma)
        return Ask((field,))

    @property
    def key(self) -> tuple[str, ...]:
        ends = self.range or (self.value, self.value)
        exact = (number(ends[0]) + number(ends[1])) / 2
        short = significant(exact, 4)  # a computed value has more digits than anybody wants to read
        return (self._written(decimal(short if exact.denominator > 1 and self._hits(short) else exact)),)

    def marks(self, response: tuple[str, ...]) -> Marks:
        given = quantity(response[0], self.unit, self.units, self.decimal_comma)
        if self._hits(given):
            return Marks(Fraction(1), (Remark("", "right", self.feedback),))
        for one in self.near:
            atol, rtol = number(one.atol or self.atol), number(one.rtol or self.rtol)
            if _close(given, number(one.value), atol, rtol):
                remark = Remark("", judge(one.fraction), one.feedback, one.misconception)
                return Marks(one.fraction, (remark,))
        return Marks(Fraction(0), (Remark("", "wrong", self.otherwise),))

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The lowest and the highest number that is right, significant figures apart."""
        if self.range:
            return number(self.range[0]), number(self.range[1])
        value = number(self.value)
        wide = number(self.atol) + number(self.rtol) * abs(value)
        return value - wide, value + wide

    def _hits(self, given: Fraction) -> bool:
        if self.range:
            return number(self.range[0]) <= given <= number(self.range[1])
        value, figures = number(self.value), self.significant_figures
        if figures and significant(given, figures) == significant(value, figures):
            return True
        return _close(given, value, number(self.atol), number(self.rtol))

    def _written(self, digits: str) -> str:
        return digits.replace(".", ",") if self.decimal_comma else digits


def _close(given: Fraction, value: Fraction, atol: Fraction, rtol: Fraction) -> bool:
    return abs(given - value) <= atol + rtol * abs(value)


def _range(**values: Any) -> Numeric:
    ends = values.pop("range", None)
    return Numeric(range=tuple(ends) if ends else None, **values)


_ATOL = Key(NUMERAL, "How far the answer may be from the value, in its unit.", 0.5, 0)
_RTOL = Key(NUMERAL, "How far it may be as a share of the value.", 0.05, 0)
_NEAR = {
    "value": Key(NUMERAL, "The wrong number.", 5, None),
    "feedback": Key(PROSE, f"What to say to those who reach it. {FEEDBACK}", "You rounded up.", None),
    "fraction": Key(part(0, 1), "The share of the points that it is worth still.", 0.5, 0),
    "atol": _ATOL,
    "rtol": _RTOL,
    "misconception": MISCONCEPTION,
}
TOLERANCE = {
    "atol": _ATOL,
    "rtol": _RTOL,
    "significant_figures": Key(
        integer(1, 12), "Right as well: the same when both are rounded to so many figures.", 2
    ),
    "unit": Key(
        matching(r"[^\s\d].{0,15}", "use a short word, such as s"),
        "The unit; typing it is optional. Of things and of time, such as users or s, none is below 0.",
        "s",
    ),
    "units": Key(
        named(RATIO, 10), "Other units that may be typed, each with its worth in unit.", {"min": 60}
    ),
    "decimal_comma": Key(BOOLEAN, "Whether 3,5 is read as 3.5; else a comma is refused.", True, False),
    "near": Key(
        listed(made("near miss", NearNumber, _NEAR), 1, 20),
        "Near misses, each with its own feedback.",
        [{"value": 5, "feedback": "You rounded up."}],
    ),
    "feedback": Key(PROSE, "What to say when it is right.", "A surge of 25 % of 3 is rounded up."),
    "otherwise": Key(
        PROSE, f"What to say to any other wrong answer. {FEEDBACK}", "Work out 25 % of 3 first."
    ),
}
NUMERIC = {
    "value": Key(NUMERAL, "The right number; with parameters in double braces.", "{{ceil(n * 0.25)}}"),
    "range": Key(
        listed(NUMERAL, 2, 2), "The lowest and the highest right number, in place of value.", [3, 5]
    ),
    **TOLERANCE,
}
make = _range
