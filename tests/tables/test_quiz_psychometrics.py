"""Published figures of two published tests, held to deploylab.quiz.statistics, to the last digit printed.

The tables are not part of this project; without the folder that DEPLOYLAB_TABLES names, these are skipped. A
CSV has a row a student, or a row a pattern of answers with how many students gave it, in columns n_….
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploylab.quiz.statistics import Marks, Statistics, analyse

FOLDER = "quiz/psychometrics"
OF_ITEMS = {
    "p": "facility",
    "point_biserial_with_total": "with_total",
    "point_biserial_rest": "discrimination",
    "alpha_if_deleted": "alpha_without",
}
OF_QUIZ = {"kr20": "kr20", "kr21": "kr21", "alpha": "alpha", "cronbach_alpha": "alpha"}


def groups(path: Path, expected: dict[str, Any]) -> Iterator[tuple[str, Marks, dict[str, Any]]]:
    """Each group of students with its marks and its figures."""
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    items = [name for name in rows[0] if name.startswith("q")]
    counts = [name for name in rows[0] if name.startswith("n_")]
    for count in counts or [""]:
        times = [int(row[count]) if count else 1 for row in rows]
        students = [row for row, number in zip(rows, times, strict=True) for _ in range(number)]
        marks = {str(place): {item: int(row[item]) for item in items} for place, row in enumerate(students)}
        yield path.name + count, marks, expected[count.removeprefix("n_")] if count else expected


@pytest.fixture(scope="module")
def found(tables: Path) -> list[tuple[str, Statistics, Marks, dict[str, Any]]]:
    content = json.loads((tables / FOLDER / "expected.json").read_text(encoding="utf-8"))
    return [
        (name, analyse(dict.fromkeys(next(iter(marks.values())), 1), marks), marks, expected)
        for file, one in content.items()
        for name, marks, expected in groups(tables / FOLDER / file, one)
    ]


def digits(ours: float | None, printed: float) -> bool:
    """Whether ours is printed like this: half a unit of its last digit is the most they may differ."""
    places = len(str(printed).partition(".")[2])
    return ours is not None and abs(ours - printed) <= 0.5 * 10**-places + 1e-9


def test_every_figure_of_a_question_is_the_published_one(
    found: list[tuple[str, Statistics, Marks, dict[str, Any]]],
) -> None:
    for name, statistics, _, expected in found:
        for theirs, ours in OF_ITEMS.items():
            pairs = zip(statistics.items, expected.get(theirs, []), strict=theirs in expected)
            for item, printed in pairs:
                assert digits(getattr(item, ours), printed), (name, item.question, theirs)


def test_every_figure_of_the_whole_is_the_published_one(
    found: list[tuple[str, Statistics, Marks, dict[str, Any]]],
) -> None:
    for name, statistics, _, expected in found:
        compared = [theirs for theirs in OF_QUIZ if theirs in expected]
        assert compared, name
        for theirs in compared:
            assert digits(getattr(statistics, OF_QUIZ[theirs]), expected[theirs]), (name, theirs)


def test_what_the_coefficients_are_made_of_is_the_published_one(
    found: list[tuple[str, Statistics, Marks, dict[str, Any]]],
) -> None:
    for name, statistics, marks, expected in found:
        k, n = len(statistics.items), statistics.students
        spread = (statistics.deviation or 0) * k * (1 - 1 / n) ** 0.5
        made = {
            "sum_pq": sum(item.facility * (1 - item.facility) for item in statistics.items),
            "total_variance_population": spread**2,
        }
        for theirs, ours in made.items():
            assert theirs not in expected or digits(ours, expected[theirs]), (name, theirs)
        assert len(marks) == n
