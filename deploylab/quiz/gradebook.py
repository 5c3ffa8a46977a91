"""Results as a table for a gradebook: one row a student, one column a question."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from deploylab.quiz.amount import rounded
from deploylab.quiz.score import Result

# A spreadsheet would run what begins with these, narrow or wide.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def gradebook(questions: Sequence[str], results: Iterable[tuple[str, Result | None]]) -> str:
    """The points of each of these questions, their sum and the percentage, of students in the order of names.

    A question that was not answered, or not asked, is an empty cell; a student without a result has no
    points. With a mark for spreadsheets that it is UTF-8.
    """
    text = StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)  # "a;=1" is two cells where lists are split at ";"
    table.writerow(["name", "answered", "points", "of", "percent", *questions])
    for name, result in sorted(results, key=lambda one: one[0].casefold()):
        plain = f"'{name}" if name.startswith(_FORMULA) else name
        if result is None:
            table.writerow([plain, 0, 0, 0, ""])
            continue
        scores = {grade.question: rounded(grade.score) for grade in result.grades if grade.answered}
        head = (result.answered, rounded(result.score), result.maximum, rounded(result.percentage))
        table.writerow([plain, *head, *(scores.get(question, "") for question in questions)])
    return "\ufeff" + text.getvalue()
