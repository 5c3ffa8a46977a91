"""Numbers as people write and say them."""

from __future__ import annotations

import re
from decimal import Decimal

from ..model.errors import KnobError
from ..model.knob import Knob

THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?")
THINGS = re.compile(r"(?<=[a-z]{3})s\b(?<!ss)")  # the end of their plural


def read(answer: object, rule: Knob) -> float:
    """A number that `rule` allows, from digits: 1963, 1,963, 1e3, 0.5 and 0,5; its unit may follow.

    >>> read("1,963 users", Knob("how many", "users")), read("0,5", Knob("how long", "h"))
    (1963.0, 0.5)
    """
    text = str(answer).strip().removesuffix(rule.unit).replace("_", "").replace(" ", "")
    if THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    text = text.replace(",", ".")
    if not NUMBER.fullmatch(text):
        raise KnobError(
            "predict",
            "answer",
            answer,
            "is no number; write digits, for example 12, 0.5 or 1e3, and no calculation",
        )
    number = float(text)
    if not rule.allows(number):
        raise KnobError("predict", "answer", answer, f"cannot be; write {rule.bounds()}{rule.in_unit}")
    if rule.unit == "%" and 0 < number < 1 and isinstance(answer, str) and "%" not in answer:
        two = f"{number:g} % or {number * 100:g} %"
        raise KnobError("predict", "answer", answer, f"may mean {two}; write it with its sign")
    return number


def decimals(number: float) -> int:
    """How many decimals somebody wrote.

    >>> decimals(1963), decimals(2.25), decimals(1e-7)
    (0, 2, 7)
    """
    return max(0, -int(Decimal(f"{number:.12g}").normalize().as_tuple().exponent))


def told(number: float, digits: int, unit: str = "") -> str:
    """A number with up to `digits` decimals, and its unit, which is that of one thing after 1.

    >>> told(1963, 1, "users"), told(1.04, 1, "users"), told(2.25, 2)
    ('1,963 users', '1 user', '2.25')
    """
    words = f"{number:,.{digits}f}"
    words = words.rstrip("0").rstrip(".") if "." in words else words
    return f"{words} {THINGS.sub('', unit) if words == '1' else unit}".rstrip()
