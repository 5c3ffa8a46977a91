"""A question whose answer is a number that is typed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import COUNTED, decimal, number, quantity, ratio, significant
from deploylab.quiz.ask import Ask, Field
from deploylab.quiz.fields import Key, listed, made, named
from deploylab.quiz.kinds.marks import Marks, typed_marks
from deploylab.quiz.kinds.option import FEEDBACK, MISCONCEPTION
from deploylab.quiz.scalars import BOOLEAN, NUMERAL, PROSE, RATIO, integer, matching, part


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
        low, high = self._written_ends
        sizes = [self.atol, self.rtol, *(size or "0" for one in self.near for size in (one.atol, one.rtol))]
        if any("{{" in text for text in (low, high, *sizes, *(one.value for one in self.near))):
            return  # checked again when the parameters are filled in
        if number(low) > number(high):
            raise QuizError(f"range: {low} is above {high}; write the smaller number first")
        if number(low) < 0 and COUNTED.fullmatch(self.unit):
            name = "range" if self.range else "value"
            raise QuizError(
                f"{name}: {low} is below 0, and no number of {self.unit} is; delete the minus sign"
            )
        if any(number(text) < 0 for text in sizes) or any(ratio(worth) <= 0 for _, worth in self.units):
            raise QuizError("atol, rtol and units are sizes: they are never negative, and units are above 0")

    @property
    def ask(self) -> Ask:
        field = Field("number", unit=self.unit, units=self.units, decimal_comma=self.decimal_comma)
        return Ask((field,))

    @property
    def key(self) -> tuple[str, ...]:
        exact = sum(map(number, self._written_ends), Fraction(0)) / 2
        short = significant(exact, 4)  # a computed value has more digits than anybody wants to read
        digits = decimal(short if exact.denominator > 1 and self._hits(short) else exact)
        return (digits.replace(".", ",") if self.decimal_comma else digits,)

    def marks(self, response: tuple[str, ...]) -> Marks:
        given = quantity(response[0], self.unit, self.units, self.decimal_comma)
        near = (
            one for one in self.near
            if _close(given, one.value, one.atol or self.atol, one.rtol or self.rtol)
        )  # fmt: skip
        return typed_marks(self, self._hits(given), next(near, None))

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The lowest and the highest number that is right, significant figures apart."""
        low, high = map(number, self._written_ends)
        wide = Fraction(0) if self.range else number(self.atol) + number(self.rtol) * abs(low)
        return low - wide, high + wide

    @property
    def right_as_well(self) -> str:
        """Which numbers are right besides, in words; nothing when none is.

        >>> Numeric("43.2", rtol="0.05", unit="min").right_as_well
        'from 41.04 to 45.36 min'
        """
        low, high = (decimal(significant(end, 6)) for end in self.ends)
        figures = f"the same to {self.significant_figures} significant figures"
        wide = f"from {low} to {high} {self.unit}".rstrip() if low != high else ""
        return "; ".join(filter(None, (wide, figures if self.significant_figures else "")))

    @property
    def _written_ends(self) -> tuple[str, str]:
        return self.range or (self.value, self.value)

    def _hits(self, given: Fraction) -> bool:
        if self.range:
            return self.ends[0] <= given <= self.ends[1]
        value, figures = number(self.value), self.significant_figures
        if figures and significant(given, figures) == significant(value, figures):
            return True
        return _close(given, self.value, self.atol, self.rtol)


def _close(given: Fraction, value: str, atol: str, rtol: str) -> bool:
    return abs(given - number(value)) <= number(atol) + number(rtol) * abs(number(value))


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
    "significant_figures": Key(integer(1, 12),
        "Right as well: the same when both are rounded to so many figures.", 2),
    "unit": Key(matching(r"[^\s\d].{0,15}", "use a short word, such as s"),
        "The unit; typing it is optional. Of things and of time, such as users or s, none is below 0.", "s"),
    "units": Key(named(RATIO, 10), "Other units that may be typed, each with its worth in unit.",
        {"min": 60}),
    "decimal_comma": Key(BOOLEAN,
        "Whether 1,234 is read as 1.234; else refused, as it may mean 1234.", True, False),
    "near": Key(listed(made("near miss", NearNumber, _NEAR), 1, 20),
        "Near misses, each with its own feedback.", [{"value": 5, "feedback": "You rounded up."}]),
    "feedback": Key(PROSE, "What to say when it is right.", "A surge of 25 % of 3 is rounded up."),
    "otherwise": Key(PROSE, f"What to say to any other wrong answer. {FEEDBACK}",
        "Work out 25 % of 3 first."),
}  # fmt: skip
NUMERIC = {
    "value": Key(NUMERAL, "The right number; with parameters in double braces.", "{{ceil(n * 0.25)}}"),
    "range": Key(listed(NUMERAL, 2, 2), "The lowest and the highest right number, in place of value.",
        [3, 5]),
    **TOLERANCE,
}  # fmt: skip
