"""The statistics of graded attempts: who reached what, and what was answered, as plain tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from deploylab.quiz.ask import Ask, meaning, values
from deploylab.quiz.grade import Grade
from deploylab.quiz.score import Result
from deploylab.quiz.statistics import Statistics, analyse


def analyse_results(results: Iterable[Result]) -> Statistics:
    """The figures of graded attempts at one quiz; of each student the first one counts."""
    first: dict[str, Result] = {}
    for result in sorted(results, key=lambda one: one.paper.attempt):
        first.setdefault(result.paper.student, result)
    points = {grade.question: grade.points for result in first.values() for grade in result.grades}
    marks = {who: {grade.question: grade.score for grade in one.grades} for who, one in first.items()}
    given = [
        Given(question.id, *one)
        for result in first.values()
        for question, grade in zip(result.paper.questions, result.grades, strict=True)
        for one in _given(question.kind.ask, grade)
    ]
    order = [one.id for result in list(first.values())[:1] for one in result.quiz.questions]
    return analyse({name: points[name] for name in order if name in points}, marks, _as_most_wrote(given))


class Given(NamedTuple):
    """A part of an answer: its question, what it means, how it is shown, and the belief behind it."""

    question: str
    meaning: object
    shown: str
    belief: str


def _as_most_wrote(given: Sequence[Given]) -> list[tuple[str, str, str]]:
    """The answers to count; those that mean the same, as 120 and 2 min, all as most wrote it."""
    shown: dict[tuple[str, object], str] = {}
    for (question, meant, words), _ in Counter(one[:3] for one in given).most_common():
        shown.setdefault((question, meant), words)
    return [(one.question, shown[one.question, one.meaning], one.belief) for one in given]


def _given(ask: Ask, grade: Grade) -> Iterable[tuple[object, str, str]]:
    """What was answered, with the belief behind it: ids as they are, what was typed in quotes."""
    beliefs = {one.option: one.misconception for one in grade.remarks if one.verdict == "wrong"}
    field = ask.single
    if field and field.how == "order":
        order = " → ".join(grade.response)
        return [(order, order, "")] if grade.answered else []
    if field and field.how in ("text", "number"):  # in quotes a spreadsheet runs none as a formula
        return [(meaning(field, word), f'"{word}"', beliefs.get("", "")) for word in grade.response]
    if field:
        return [(word, word, beliefs.get(word, "")) for word in grade.response]
    parts = {one.id: one for one in ask.fields}
    filled = values(grade.response).items()
    return [
        ((name, meaning(parts[name], word)), f"{name}:{word}", beliefs.get(name, "")) for name, word in filled
    ]
