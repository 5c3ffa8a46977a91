"""What a partly right answer is worth: a share of the points, exact, by rules that others have published.

Rules for several options (`share`), with their sources:

all_or_nothing  exactly the right options, or nothing: the default of PrairieLearn's pl-checkbox and of QTI's
                match_correct.
net             right choices minus wrong ones, over all right options: PrairieLearn "net correct", Canvas New
                Quizzes "partial credit with penalty", H5P multiple choice.
coverage        the right part of the right options times that of the choices: PrairieLearn "coverage".
each            options decided rightly, chosen or left alone, over all options: PrairieLearn "each answer".
fractions       every option has its own share (`fractions`): Moodle multichoice; QTI map_response.
formula         an expression of the author, for example R/exams' rule "false2":
                right/correct - wrong/max(2, options - correct).

Rules for an order (`order_share`): Moodle's ordering question: all or nothing, absolute position, relative to
the next item (excluding last), longest ordered subset; and `pairs`, Kendall's count of pairs in right order.

Confidence (`confident`): Gardner-Medwin's certainty-based marking: right 1, 2, 3; wrong 0, -2, -6.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Literal

from deploylab.model.errors import QuizError
from deploylab.quiz.expression import evaluate

Scoring = Literal["all_or_nothing", "net", "coverage", "each", "fractions", "formula"]
OrderScoring = Literal["all_or_nothing", "position", "next", "longest", "pairs"]
RULES: dict[str, str] = {  # what a student is told before answering
    "all_or_nothing": "all of the right ones, and no other, give the points",
    "net": "a wrong choice takes away a right one",
    "coverage": "what counts is how many right ones you find, and how few wrong ones you add",
    "each": "every option counts, chosen or left alone",
    "fractions": "each choice adds or takes away its own share",
    "formula": "a partly right choice is worth a part of the points",
}
CERTAINTY = {1: (Fraction(1), Fraction(0)), 2: (Fraction(2), Fraction(-2)), 3: (Fraction(3), Fraction(-6))}


def share(
    rule: Scoring,
    correct: int,
    options: int,
    right: int,
    wrong: int,
    formula: str = "",
    floor: Fraction = Fraction(0),
) -> Fraction:
    """The share of the points for `right` and `wrong` choices among `options`, of which `correct` are right.

    >>> rules = ("all_or_nothing", "net", "coverage", "each")
    >>> [str(share(rule, 3, 5, right=2, wrong=1)) for rule in rules]
    ['0', '1/3', '4/9', '3/5']
    >>> str(share("formula", 3, 5, right=2, wrong=1, formula="right/correct - wrong/(2 * correct)"))
    '1/2'
    """
    counts = {"correct": correct, "options": options, "right": right, "wrong": wrong}
    counts |= {"missed": correct - right, "spared": options - correct - wrong}
    match rule:
        case "each":
            part = Fraction(right + counts["spared"], options)
        case "net":
            part = Fraction(right - wrong, correct)
        case "coverage":
            part = Fraction(right * right, correct * (right + wrong)) if right else Fraction(0)
        case "formula":
            value = evaluate(formula, {name: Fraction(count) for name, count in counts.items()})
            part = value if isinstance(value, Fraction) else Fraction(0)
        case "all_or_nothing":
            part = Fraction(right == correct and wrong == 0)
        case "fractions":
            raise QuizError("scoring: fractions are added up, not counted; give each option its fraction")
    return clamp(part, floor)


def fractions(picked: Iterable[Fraction], floor: Fraction = Fraction(0)) -> Fraction:
    """The shares of what was picked, added up, from `floor` to 1.

    >>> fractions([Fraction(1, 2), Fraction(-1)]), fractions([Fraction(1, 2)])
    (Fraction(0, 1), Fraction(1, 2))
    """
    return clamp(sum(picked, Fraction(0)), floor)


def order_share(rule: OrderScoring, places: tuple[int, ...]) -> Fraction:
    """The share for an order; `places` are the right places, from 0, of the items as they were put.

    >>> rules = ("all_or_nothing", "position", "next", "longest", "pairs")
    >>> [str(order_share(rule, (1, 2, 3, 0))) for rule in rules]
    ['0', '0', '2/3', '3/4', '1/2']
    """
    count = len(places)
    match rule:
        case "all_or_nothing":
            return Fraction(places == tuple(range(count)))
        case "position":
            return Fraction(sum(place == index for index, place in enumerate(places)), count)
        case "next":
            return Fraction(sum(after == before + 1 for before, after in pairwise(places)), count - 1)
        case "pairs":
            pairs = list(combinations(places, 2))
            return Fraction(sum(before < after for before, after in pairs), len(pairs))
        case "longest":
            longest = len(longest_rise(places))
            return Fraction(longest, count) if longest >= 2 else Fraction(0)


def confident(part: Fraction, level: int) -> Fraction:
    """What an answer given with a certainty of 1, 2 or 3 is worth, in points for each point of the question.

    A partly right answer earns its part of what a right one earns, as Moodle does it.

    >>> [str(confident(Fraction(1), level)) for level in (1, 2, 3)]
    ['1', '2', '3']
    >>> [str(confident(Fraction(0), level)) for level in (1, 2, 3)]
    ['0', '-2', '-6']
    """
    if level not in CERTAINTY:
        raise QuizError(f"confidence: {level!r} is no level; allowed are 1 (unsure), 2 and 3 (certain)")
    earned, lost = CERTAINTY[level]
    return part * earned if part > 0 else lost


def quickness(points: int, seconds: Fraction, timer: int) -> int:
    """Points for a right answer in a live quiz: all within half a second, half when the timer ends (Kahoot).

    >>> [quickness(1000, Fraction(seconds), 30) for seconds in ("2", "0.4", "30")]
    [967, 1000, 500]
    """
    if seconds < Fraction(1, 2):
        return points
    return int(points * (1 - min(Fraction(1), seconds / timer) / 2) + Fraction(1, 2))


def clamp(part: Fraction, floor: Fraction) -> Fraction:
    """Never above all points, never below the floor."""
    return min(Fraction(1), max(floor, part))


def longest_rise(places: tuple[int, ...]) -> tuple[int, ...]:
    """The longest series of places that rises: what stays when the fewest items move (patience sorting).

    >>> longest_rise((1, 2, 3, 0))
    (1, 2, 3)
    """
    ends: list[tuple[int, ...]] = []  # of each length, the rising series with the smallest end
    for place in places:
        index = bisect_left([end[-1] for end in ends], place)
        ends[index : index + 1] = [(*(ends[index - 1] if index else ()), place)]
    return ends[-1]
