"""The statistics of graded attempts: who reached what, and what was answered, as plain tables."""

from __future__ import annotations

from collections.abc import Iterable

from deploylab.quiz.ask import Field
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
    choices = [
        (question.id, *given)
        for result in first.values()
        for question, grade in zip(result.paper.questions, result.grades, strict=True)
        for given in _given(question.kind.ask.single, grade)
    ]
    order = [one.id for result in list(first.values())[:1] for one in result.quiz.questions]
    return analyse({name: points[name] for name in order if name in points}, marks, choices)


def _given(field: Field | None, grade: Grade) -> Iterable[tuple[str, str]]:
    """What was answered, with the belief behind it: ids as they are, what was typed in quotes."""
    beliefs = {one.option: one.misconception for one in grade.remarks if one.verdict == "wrong"}
    if field and field.how == "order":
        return [(" → ".join(grade.response), "")] if grade.answered else []
    if field and field.how in ("text", "number"):  # in quotes a spreadsheet runs none as a formula
        return [(f'"{word}"', beliefs.get("", "")) for word in grade.response]
    names = grade.response if field else [word.partition(":")[0] for word in grade.response]
    return [(word, beliefs.get(name, "")) for word, name in zip(grade.response, names, strict=True)]
