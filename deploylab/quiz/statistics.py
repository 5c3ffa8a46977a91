"""What the answers of a class say about its questions: classical test theory, in exact arithmetic.

Data in, data out: `analyse` takes plain tables of marks and choices, wherever they come from. Variances are
those of a population. Source: Moodle, "Quiz statistics calculations", whose report has the same figures;
Kuder and Richardson (1937) for KR-20 and KR-21; Cronbach (1951) for alpha.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from deploylab.model.errors import QuizError
from deploylab.quiz.score import Result

Mark = Fraction | float
Marks = Mapping[str, Mapping[str, Mark]]  # student, question, points reached
Choices = Iterable[tuple[str, str, str]]  # question, what was chosen, the misconception behind it or ""
FEW = 30  # students
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

    A student without a mark for a question did not get it (an unanswered one is a mark of 0); then the
    figures of the whole quiz are not known, and a question is compared with the rest that its students got.

    >>> rows = {"ada": (1, 1, 1), "bob": (1, 1, 0), "eve": (1, 0, 0)}
    >>> marks = {who: dict(zip("abc", row)) for who, row in rows.items()}
    >>> found = analyse({"a": 1, "b": 1, "c": 1}, marks, [("b", "faster", "Small is fast.")])
    >>> [round(item.facility, 2) for item in found.items], found.misconceptions
    ([1.0, 0.67, 0.33], (('Small is fast.', 1),))
    >>> found.items[0].discrimination, round(found.items[1].discrimination, 3), found.alpha
    (None, 0.5, 0.5)
    """
    if not marks or not points:
        raise QuizError("statistics: there are no answers yet; at least one student is needed")
    exact = {who: {name: Fraction(mark) for name, mark in row.items()} for who, row in marks.items()}
    most = {name: Fraction(value) for name, value in points.items()}
    if unknown := sorted({name for row in exact.values() for name in row} - set(most)):
        raise QuizError(
            f"statistics: {unknown[0]!r} has marks and no points; give the points of each question"
        )
    rows = [row for row in exact.values() if row]
    names = [name for name in most if any(name in row for row in rows)]
    whole = all(len(row) == len(names) for row in rows)
    columns = {name: [row[name] for row in rows] for name in names} if whole else {}
    totals = [_share(row, most) for row in rows]
    alpha = _alpha(columns)
    error = None if alpha is None else sqrt(max(0.0, 1 - alpha))
    spread = sqrt(_variance(totals) * len(totals) / (len(totals) - 1)) if len(totals) > 1 else None
    counted = Counter(choices)
    return Statistics(
        len(rows), float(_mean(totals)), spread, alpha, *_kuder_richardson(columns, most), error,
        None if error is None or spread is None else error * spread,
        tuple(_item(name, rows, most, columns, alpha, counted) for name in names),
        tuple(sorted(_beliefs(counted).items(), key=lambda one: (-one[1], one))),
        tuple(_of_all(len(rows), whole, totals)),
    )  # fmt: skip


def analyse_results(results: Iterable[Result]) -> Statistics:
    """The figures of graded attempts at one quiz; of each student the first one counts."""
    first: dict[str, Result] = {}
    for result in sorted(results, key=lambda one: one.paper.attempt):
        first.setdefault(result.paper.student, result)
    points = {grade.question: grade.points for result in first.values() for grade in result.grades}
    marks = {who: {grade.question: grade.score for grade in one.grades} for who, one in first.items()}
    choices = [
        (grade.question, remark.option, remark.misconception if remark.verdict == "wrong" else "")
        for result in first.values() for grade in result.grades for remark in grade.remarks
        if remark.verdict != "missed" and (remark.option in grade.response or remark.misconception)
    ]  # fmt: skip
    order = [one.id for result in list(first.values())[:1] for one in result.quiz.questions]
    return analyse({name: points[name] for name in order if name in points}, marks, choices)


def _item(
    name: str, rows: Sequence[Mapping[str, Fraction]], most: Mapping[str, Fraction],
    columns: Mapping[str, list[Fraction]], alpha: float | None, counted: Counter[tuple[str, str, str]],
) -> Item:  # fmt: skip
    seen = [row for row in rows if name in row]
    own = [row[name] / most[name] for row in seen]
    others = [{one: mark for one, mark in row.items() if one != name} for row in seen]
    rest = [_share(row, most) for row in others] if all(others) else []
    without = _alpha({one: column for one, column in columns.items() if one != name})
    best = _covariance(sorted(own), sorted(rest)) if rest else Fraction(0)
    facility, tells = float(_mean(own)), _correlation(own, rest)
    chosen = sorted(
        ((option, belief, n) for (question, option, belief), n in counted.items() if question == name),
        key=lambda one: (-one[2], *one),
    )
    return Item(
        name, len(seen), facility, tells, _correlation(own, [_share(row, most) for row in seen]),
        float(_covariance(own, rest) / best) if best else None, without, tuple(chosen),
        tuple(_of_one(facility, tells, alpha, without)),
    )  # fmt: skip


def _of_one(
    facility: float, tells: float | None, alpha: float | None, without: float | None
) -> Iterable[str]:
    if tells is not None and tells < 0:
        yield "those who know the rest get it wrong: look for a wrong key, or for a second right answer"
    elif facility >= EASY:
        yield "nearly everyone is right: it tells nobody apart"
    elif facility <= HARD:
        yield "nearly everyone is wrong: look at its wording, or teach it once more"
    elif tells is not None and tells < WEAK:
        yield "it hardly tells those who know the rest from those who do not"
    if alpha is not None and without is not None and without > alpha + 0.01:
        yield f"without it alpha would be {without:.2f} in place of {alpha:.2f}"


def _of_all(students: int, whole: bool, totals: Sequence[Fraction]) -> Iterable[str]:
    if students < FEW:
        known = f"a correlation is known to about ±{min(1, 2 / sqrt(students)):.1f} only"
        yield f"{students} {'student is' if students == 1 else 'students are'} few: {known}"
    if not whole:
        yield "not everybody got the same questions, so there is no alpha of the whole"
    if students > 1 and not _variance(totals):
        yield "everybody has the same points, so nothing tells the students apart"


def _beliefs(counted: Counter[tuple[str, str, str]]) -> Counter[str]:
    beliefs: Counter[str] = Counter()
    for (_, _, belief), times in counted.items():
        if belief:
            beliefs[belief] += times
    return beliefs


def _alpha(columns: Mapping[str, Sequence[Fraction]]) -> float | None:
    """k / (k - 1) times the share of the total's variance that is not the items' own."""
    k = len(columns)
    variance = (
        _variance([sum(row, Fraction(0)) for row in zip(*columns.values(), strict=True)]) if k > 1 else 0
    )
    if not variance:
        return None
    return float(Fraction(k, k - 1) * (1 - sum(map(_variance, columns.values())) / variance))


def _kuder_richardson(
    columns: Mapping[str, Sequence[Fraction]], most: Mapping[str, Fraction]
) -> tuple[float | None, float | None]:
    """KR-20, and KR-21, which takes all questions to be equally hard."""
    right = {name: [mark / most[name] for mark in column] for name, column in columns.items()}
    if any(mark not in (0, 1) for column in right.values() for mark in column):
        return None, None
    k, totals = len(right), [sum(row, Fraction(0)) for row in zip(*right.values(), strict=True)]
    if (kr20 := _alpha(right)) is None:
        return None, None
    mean = _mean(totals)
    return kr20, float(Fraction(k, k - 1) * (1 - mean * (k - mean) / (k * _variance(totals))))


def _share(row: Mapping[str, Fraction], most: Mapping[str, Fraction]) -> Fraction:
    return sum(row.values(), Fraction(0)) / sum(most[name] for name in row)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _variance(values: Sequence[Fraction]) -> Fraction:
    return _covariance(values, values)


def _covariance(xs: Sequence[Fraction], ys: Sequence[Fraction]) -> Fraction:
    return _mean([x * y for x, y in zip(xs, ys, strict=True)]) - _mean(xs) * _mean(ys)


def _correlation(xs: Sequence[Fraction], ys: Sequence[Fraction]) -> float | None:
    if not ys or not (spread := _variance(xs) * _variance(ys)):
        return None
    return float(_covariance(xs, ys)) / sqrt(spread)
