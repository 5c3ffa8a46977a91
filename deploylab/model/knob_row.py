"""The check of a knob that holds a row of percentages, one a step."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .knob import Knob


def row_problem(name: str, rule: Knob, values: object, may_be_empty: bool) -> tuple[object, str]:
    """The value that is wrong, the row or one of its numbers, and what is wrong; nothing if all is well.

    >>> from deploylab.model.knob import Knob
    >>> row_problem("weights", Knob("", above=0, maximum=100, row=(5, 25), rising=True), (25, 5), False)
    ((25, 5), 'does not rise; weights rise from above 0 to at most 100, for example (5, 25)')
    """
    number, wanted = "whole percentage" if rule.whole else "percentage", _wanted(name, rule)
    if isinstance(values, str):
        return (
            values,
            f"is no row of {number}s; put commas between them: {wanted.replace('(', '').replace(')', '')}",
        )
    if not isinstance(values, tuple) or not (values or may_be_empty):
        return values, f"is not a tuple of {number}s; {wanted}"
    for value in values:
        if not rule.allows(value):
            value = int(value) if isinstance(value, float) and value.is_integer() else value
            return value, f"is not a {number}; {wanted}"
    falls = rule.rising and any(later <= earlier for earlier, later in pairwise(values))
    return values, f"does not rise; {wanted}" if falls else ""


def _wanted(name: str, rule: Knob) -> str:
    least = f"above {rule.above:g}" if rule.above > -inf else f"{rule.minimum:g}"
    most = f" to at most {rule.maximum:g}" if rule.maximum < inf else " on"
    return f"{name} {'rise' if rule.rising else 'lie'} from {least}{most}, for example {rule.row}"
