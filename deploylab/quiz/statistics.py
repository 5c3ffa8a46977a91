"""What the answers of a class say about its questions: classical test theory, in exact arithmetic.

Data in, data out: `analyse` takes plain tables of marks and choices, wherever they come from. Variances are
those of a population. Source: Moodle, "Quiz statistics calculations", whose report has the same figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm, sqrt

from deploylab.model.errors import QuizError
from deploylab.quiz.reliability import (
    Exact,
    correlation,
    covariance,
    cronbach_alpha,
    kuder_richardson,
    mean,
    variance,
)

Mark = Fraction | float
Marks = Mapping[str, Mapping[str, Mark]]  # student, question, points reached
Choices = Iterable[tuple[str, str, str]]  # question, what was chosen, the misconception behind it or ""
FEW = 30  # students
LEAST = 5  # who met all questions, when not everybody did
EASY, HARD, WEAK = 0.95, 0.1, 0.1


@dataclass(frozen=True)
class Item:
    """One question; None is a figure that these answers do not give.

    `facility` is the mean share of its points; `discrimination` its correlation with the points in the rest
    of the quiz, `with_total` with all points. `efficiency` compares the covariance with the rest to the most
    that these marks could have, so that an easy question is not blamed for being easy. `alpha_without` is the
    alpha of the other questions. `choices` counts what was chosen, with the misconception behind it.
    """

    question: str
    students: int
    facility: float
    discrimination: float | None
    with_total: float | None
    efficiency: float | None
    alpha_without: float | None
    choices: tuple[tuple[str, str, int], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Statistics:
    """A whole quiz: `mean` and `deviation` (of a sample) are shares of all points.

    `kr20` and `kr21` are for questions that are right or wrong and nothing between. The share of the
    deviation that is mere chance is the `error_ratio`; `standard_error` is that part of it.
    """

    students: int
    mean: float
    deviation: float | None
    alpha: float | None
    kr20: float | None
    kr21: float | None
    error_ratio: float | None
    standard_error: float | None
    items: tuple[Item, ...]
    misconceptions: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]


def analyse(points: Mapping[str, Mark], marks: Marks, choices: Choices = ()) -> Statistics:
    """The figures of a quiz whose questions give at most `points`.

    A student without a mark for a question did not get it (an unanswered one is a mark of 0); then alpha and
    what follows from it are of those who got all, and a question is compared with the rest that its own got.

    >>> rows = {"ada": (1, 1, 1), "bob": (1, 1, 0), "eve": (1, 0, 0)}
    >>> marks = {who: dict(zip("abc", row)) for who, row in rows.items()}
    >>> found = analyse({"a": 1, "b": 1, "c": 1}, marks, [("b", "faster", "Small is fast.")])
    >>> [round(item.facility, 2) for item in found.items], found.misconceptions
    ([1.0, 0.67, 0.33], (('Small is fast.', 1),))
    >>> found.items[0].discrimination, round(found.items[1].discrimination, 3), found.alpha
    (None, 0.5, 0.5)
    """
    rows, most = _whole_numbers(_given(points, marks), points)
    names = [name for name in most if any(name in row for row in rows)]
    full = [row for row in rows if len(row) == len(names)]
    enough = len(full) >= min(LEAST, len(rows))
    columns = {name: [row[name] for row in full] for name in names} if enough else {}
    shares, of_full = ([Fraction(sum(row.values()), sum(most[name] for name in row)) for row in some]
                       for some in (rows, full))  # fmt: skip
    alpha = cronbach_alpha(list(columns.values()))
    error = None if alpha is None else sqrt(max(0.0, 1 - alpha))
    counted, beliefs = Counter(choices), Counter[str]()
    for (_, _, belief), times in counted.items():
        beliefs[belief] += times
    without = {
        name: cronbach_alpha([column for other, column in columns.items() if other != name]) for name in names
    }
    judged = alpha if len(full) >= FEW else None
    items = tuple(_item(name, rows, most, (judged, without[name]), counted) for name in names)
    return Statistics(
        len(rows), float(mean(shares)), _deviation(shares), alpha, *kuder_richardson(columns, most), error,
        None if error is None else error * (_deviation(of_full) or 0), items,
        tuple(sorted(((one, beliefs[one]) for one in beliefs if one), key=lambda one: (-one[1], one))),
        tuple(_of_all(len(rows), len(full), enough, shares)),
    )  # fmt: skip


def _given(points: Mapping[str, Mark], marks: Marks) -> list[Mapping[str, Mark]]:
    """The marks of those who answered; refuses questions that could not be weighed."""
    if unknown := sorted({name for row in marks.values() for name in row} - set(points)):
        raise QuizError(f"statistics: {unknown[0]!r} has marks and no points; give each question's points")
    if useless := [name for name, most in points.items() if most <= 0]:
        raise QuizError(f"statistics: {useless[0]!r} gives no points; leave it out")
    given = [row for row in marks.values() if row]
    if not given:
        raise QuizError("statistics: there are no answers yet; at least one student is needed")
    return given


def _deviation(shares: Sequence[Fraction]) -> float | None:
    """That of a sample."""
    return sqrt(variance(shares) * len(shares) / (len(shares) - 1)) if len(shares) > 1 else None


def _whole_numbers(
    rows: Sequence[Mapping[str, Mark]], points: Mapping[str, Mark]
) -> tuple[list[dict[str, int]], dict[str, int]]:
    """The same table in its smallest whole numbers: exact, and as fast as these are."""
    exact = [{name: Fraction(mark) for name, mark in row.items()} for row in rows]
    most = {name: Fraction(value) for name, value in points.items()}
    values = [mark for row in (*exact, most) for mark in row.values()]
    times = lcm(*(mark.denominator for mark in values))
    smallest = Fraction(times, gcd(*(int(mark * times) for mark in values)))
    scaled = [{name: int(mark * smallest) for name, mark in row.items()} for row in exact]
    return scaled, {name: int(value * smallest) for name, value in most.items()}


def _item(
    name: str, rows: Sequence[Mapping[str, int]], most: Mapping[str, int],
    alphas: tuple[float | None, float | None], counted: Counter[tuple[str, str, str]],
) -> Item:  # fmt: skip
    seen = [(row[name], sum(row.values()), sum(most[one] for one in row)) for row in rows if name in row]
    own, totals, sizes = ([row[place] for row in seen] for place in range(3))
    alone = any(size == most[name] for size in sizes)  # then there is no rest to compare it with
    rest: Sequence[Exact] = (
        [] if alone else [Fraction(total - mark, size - most[name]) for mark, total, size in seen]
    )
    share: Sequence[Exact] = [Fraction(total, size) for _, total, size in seen]
    if len(set(sizes)) == 1 and not alone:  # the same, in whole numbers
        rest, share = [total - mark for mark, total, _ in seen], totals
    best = covariance(sorted(own), sorted(rest)) if rest else 0
    facility, tells = float(mean(own) / most[name]), correlation(own, rest)
    chosen = sorted(
        ((option, belief, n) for (question, option, belief), n in counted.items() if question == name),
        key=lambda one: (-one[2], *one),
    )
    return Item(
        name, len(seen), facility, tells, correlation(own, share),
        float(covariance(own, rest) / best) if best else None, alphas[1], tuple(chosen),
        tuple(_of_one(len(seen), facility, tells, *alphas)),
    )  # fmt: skip


def _of_one(
    students: int, facility: float, tells: float | None, alpha: float | None, without: float | None
) -> Iterable[str]:
    """What to look at; of few students no correlation is judged that may be mere chance."""
    many = students >= FEW
    if tells is not None and tells < -_chance(students):
        yield "those who know the rest get it wrong: look for a wrong key, or for a second right answer"
    elif facility >= EASY:
        yield "nearly everyone is right: it tells nobody apart"
    elif facility <= HARD:
        yield "nearly everyone is wrong: look at its wording, or teach it once more"
    elif many and tells is not None and tells < WEAK:
        yield "it hardly tells those who know the rest from those who do not"
    if alpha is not None and without is not None and without > alpha + 0.01:
        yield f"without it alpha would be {without:.2f} in place of {alpha:.2f}"


def _of_all(students: int, full: int, enough: bool, totals: Sequence[Fraction]) -> Iterable[str]:
    if students < FEW:
        known = f"a correlation is known to about ±{_chance(students):.1f} only"
        yield f"{students} {'student is' if students == 1 else 'students are'} few: {known}"
    if full < students:
        met = f"only {full} of {students} students got all questions"
        yield (
            f"{met}; alpha and what follows from it are of these"
            if enough
            else (f"{met}, and at least {LEAST} must; so there is no alpha of the whole")
        )
    if students > 1 and not variance(totals):
        yield "everybody has the same points, so nothing tells the students apart"


def _chance(students: int) -> float:
    """How far from 0 a correlation comes by chance: two standard errors."""
    return min(1.0, 2 / sqrt(students))
