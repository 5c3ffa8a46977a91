"""The figures of a class, held to numpy, to brute force and to what they must mean."""

from __future__ import annotations

import csv
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from deploylab.model.errors import QuizError
from deploylab.quiz import Quiz, loads, mark
from deploylab.quiz.paper import draw
from deploylab.quiz.result_statistics import analyse_results
from deploylab.quiz.statistics import Marks, Statistics, analyse
from deploylab.quiz.statistics_table import print_statistics, save_csv

Table = list[list[int]]


def tables(most: int, students: int = 12) -> st.SearchStrategy[Table]:
    def rows(k: int) -> st.SearchStrategy[Table]:
        row = st.lists(st.integers(0, most), min_size=k, max_size=k)
        return st.lists(row, min_size=2, max_size=students)

    return st.integers(2, 6).flatmap(rows)


def named(table: Table) -> Marks:
    return {f"s{who}": {f"q{item}": mark for item, mark in enumerate(row)} for who, row in enumerate(table)}


def found(table: Table, most: int) -> Statistics:
    return analyse({f"q{item}": most for item in range(len(table[0]))}, named(table))


@given(tables(4))
def test_correlations_are_those_of_numpy(table: Table) -> None:
    marks = np.array(table, float)
    for place, item in enumerate(found(table, 4).items):
        own, rest = marks[:, place], np.delete(marks, place, 1).sum(1)
        for ours, other in ((item.discrimination, rest), (item.with_total, marks.sum(1))):
            if np.ptp(own) and np.ptp(other):
                assert ours == pytest.approx(np.corrcoef(own, other)[0, 1], abs=1e-9)
            else:
                assert ours is None


@given(tables(3))
def test_alpha_is_that_of_the_covariance_matrix(table: Table) -> None:
    """The other way to reckon it: k / (k - 1) (1 - trace / sum of all covariances)."""

    def alpha(marks: Any) -> float | None:
        k, covariances = marks.shape[1], np.atleast_2d(np.cov(marks.T))
        return k / (k - 1) * (1 - np.trace(covariances) / covariances.sum()) if np.ptp(marks.sum(1)) else None

    marks, statistics = np.array(table, float), found(table, 3)
    assert statistics.alpha == pytest.approx(alpha(marks), abs=1e-9)
    for place, item in enumerate(statistics.items):
        rest = np.delete(marks, place, 1)
        assert item.alpha_without == pytest.approx(alpha(rest) if rest.shape[1] > 1 else None, abs=1e-9)


@given(tables(2, students=5))
def test_no_order_of_the_same_marks_goes_better_together_than_the_efficiency_says(table: Table) -> None:
    marks = np.array(table, float)
    for place, item in enumerate(found(table, 2).items):
        own, rest = marks[:, place], np.delete(marks, place, 1).sum(1)
        best = max(np.cov(own, other)[0, 1] for other in permutations(rest))
        if best > 1e-9:
            assert item.efficiency == pytest.approx(np.cov(own, rest)[0, 1] / best, abs=1e-9)
        else:
            assert item.efficiency is None


@given(tables(1))
def test_kr20_is_alpha_where_a_question_is_right_or_wrong(table: Table) -> None:
    statistics = found(table, 1)
    assert statistics.kr20 == statistics.alpha
    if statistics.kr20 is not None and statistics.kr21 is not None:
        assert statistics.kr21 <= statistics.kr20 + 1e-9  # equal where all are equally hard


def test_where_a_question_can_be_partly_right_there_is_no_kr20() -> None:
    assert found([[0, 2], [1, 2], [2, 0]], 2).kr20 is None


@given(tables(4), st.integers(2, 9))
def test_points_worth_more_change_no_figure(table: Table, times: int) -> None:
    more = [[times * mark for mark in row] for row in table]
    assert found(more, 4 * times) == found(table, 4)


def test_the_error_ratio_is_the_part_of_the_deviation_that_is_chance() -> None:
    statistics = found([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 1, 1, 1]], 1)
    assert statistics.alpha is not None
    assert statistics.deviation is not None
    assert statistics.error_ratio == pytest.approx((1 - statistics.alpha) ** 0.5)
    assert statistics.standard_error == pytest.approx(statistics.deviation * (1 - statistics.alpha) ** 0.5)


def test_a_wrong_key_is_told_plainly() -> None:
    table = [[1, 1, 1, 0]] * 20 + [[0, 0, 0, 1]] * 20 + [[1, 0, 1, 0]] * 5
    statistics = found(table, 1)
    assert [bool(item.warnings) for item in statistics.items] == [False, False, False, True]
    assert statistics.items[3].warnings[0].startswith("those who know the rest get it wrong")
    assert statistics.items[3].warnings[1].startswith("without it alpha would be")
    assert statistics.warnings == ()


@pytest.mark.parametrize(
    ("column", "says"), [([1] * 40, "tells nobody apart"), ([1] + [0] * 39, "nearly everyone is wrong")]
)
def test_what_is_too_easy_or_too_hard_is_told(column: list[int], says: str) -> None:
    table = [[one, place % 2, place % 2] for place, one in enumerate(column[::-1])]
    assert says in found(table, 1).items[0].warnings[0]


def test_no_verdict_is_within_the_noise() -> None:
    eight = [[1, 1, 0], [0, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 1], [1, 1, 0]]
    statistics = found(eight, 1)
    assert min(item.discrimination or 0 for item in statistics.items) < 0
    assert all(item.warnings == () for item in statistics.items)
    assert any(item.warnings for item in found(eight * 20, 1).items)


def test_few_students_are_told_with_how_little_is_known() -> None:
    (few,) = found([[1, 0], [0, 1], [1, 1]] * 3, 1).warnings
    assert few == "9 students are few: a correlation is known to about ±0.7 only"


def test_who_got_other_questions_is_compared_with_those_that_got_them() -> None:
    marks = {"a": {"x": 1, "y": 1}, "b": {"x": 0, "z": 0}, "c": {"y": 1, "z": 1}, "d": {"x": 1, "z": 1}}
    statistics = analyse({"x": 1, "y": 1, "z": 1}, marks)
    assert (statistics.alpha, statistics.students) == (None, 4)
    assert [item.students for item in statistics.items] == [3, 2, 3]
    assert statistics.warnings[1].startswith("only 0 of 4 students got all questions, and at least 5 must")


def test_a_latecomer_does_not_take_the_alpha_from_those_who_got_all() -> None:
    rows = [[1, 1, 0], [0, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 1], [1, 0, 0]]
    late = analyse({"q0": 1, "q1": 1, "q2": 1}, {**named(rows), "late": {"q2": 1}})
    alone = found(rows, 1)
    figures = ("alpha", "kr20", "kr21", "error_ratio", "standard_error")
    assert [getattr(late, name) for name in figures] == [getattr(alone, name) for name in figures]
    assert (late.students, late.alpha is None) == (7, False)
    assert (
        "only 6 of 7 students got all questions; alpha and what follows from it are of these" in late.warnings
    )


@pytest.mark.parametrize(
    ("points", "marks", "says"), [({"a": 1}, {}, "no answers yet"), ({"a": 1}, {"s": {"b": 1}}, "'b'")]
)
def test_what_cannot_be_reckoned_is_refused(points: dict[str, int], marks: Marks, says: str) -> None:
    with pytest.raises(QuizError, match=says):
        analyse(points, marks)


def test_choices_and_beliefs_are_counted_and_the_first_attempt_counts(small: Quiz) -> None:
    given = {"ada": "left", "bob": "left", "eve": "right"}
    results = [mark(draw(small, who), {"one": choice, "some": ["a", "d"]}) for who, choice in given.items()]
    again = [mark(draw(small, "ada", 2), {"one": "right"})]
    statistics = analyse_results(again + results)
    one, some, whether = statistics.items
    assert one.choices == (("left", "Left is right.", 2), ("right", "", 1))
    assert some.choices == (("a", "", 3), ("d", "", 3))
    assert whether.choices == ()
    assert statistics.misconceptions == (("Left is right.", 2),)
    assert [round(item.facility, 2) for item in statistics.items] == [0.33, 0, 0]


TYPED = """
id: typed
version: 1
title: Typed
questions:
  - {id: size, type: numeric, prompt: How many, value: 3, near: [{value: 4, feedback: f, misconception: Up.}]}
  - {id: steps, type: order, prompt: In which order, items: [{id: build, text: B}, {id: test, text: T}]}
  - id: gaps
    type: cloze
    prompt: "[[who]] of [[many]]"
    gaps:
      - {id: who, type: short, accept: [pods], near: [{text: nodes, feedback: f, misconception: One each.}]}
      - {id: many, type: numeric, value: 2}
"""


def test_what_was_typed_or_put_in_order_is_counted_with_the_beliefs_behind_it(tmp_path: Path) -> None:
    quiz = loads(TYPED)
    given = {"ada": ["4", ["test", "build"], ["who:nodes", "many:2"]], "bob": ["3", (), ["who:nodes"]],
             "eve": ["4", ["build", "test"], ()]}  # fmt: skip
    results = [
        mark(draw(quiz, who), dict(zip(("size", "steps", "gaps"), all_of_it, strict=True)))
        for who, all_of_it in given.items()
    ]
    statistics = analyse_results(results)
    size, steps, gaps = (item.choices for item in statistics.items)
    assert size == (('"4"', "Up.", 2), ('"3"', "", 1))
    assert steps == (("build → test", "", 1), ("test → build", "", 1))
    assert gaps == (("who:nodes", "One each.", 2), ("many:2", "", 1))
    assert statistics.misconceptions == (("One each.", 2), ("Up.", 2))
    save_csv(statistics, tmp_path / "typed.csv")
    rows = list(csv.DictReader((tmp_path / "typed.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["choices"] for row in rows] == [
        '"4" 2, "3" 1',
        "build → test 1, test → build 1",
        "who:nodes 2, many:2 1",
    ]


UNITS = """
id: units
version: 1
title: Units
questions:
  - {id: wait, type: numeric, prompt: How long, value: 60, unit: s, units: {min: 60}}
  - id: gaps
    type: cloze
    prompt: "[[wait]] in all"
    gaps: [{id: wait, type: numeric, value: 60, unit: s, units: {min: 60}}]
"""


def test_equal_numbers_in_two_units_are_counted_as_one_answer() -> None:
    quiz, typed = loads(UNITS), {"ada": "120", "bob": "2 min", "eve": "120"}
    results = [mark(draw(quiz, who), {"wait": word, "gaps": f"wait:{word}"}) for who, word in typed.items()]
    assert [item.choices for item in analyse_results(results).items] == [
        (('"120"', "", 3),),
        (("wait:120", "", 3),),
    ]


def test_the_screen_shows_the_most_frequent_answers_and_counts_the_others() -> None:
    choices = [("q0", f'"{word}"', "") for word in range(15) for _ in range(20 - word)]
    screen = Console(record=True, width=300)
    print_statistics(analyse({"q0": 1}, named([[0], [1]]), choices), screen)
    assert '"0" 20, "1" 19' in (told := screen.export_text())
    assert '"11" 9, and 3 others' in told
