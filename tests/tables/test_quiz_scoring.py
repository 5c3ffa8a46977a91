"""Partial credit as other quiz tools document it, held to the rules of deploylab.quiz.scoring.

The table is not part of this project; without the folder that DEPLOYLAB_TABLES names, these are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from deploylab.quiz.kinds.match import Choice, Match, Pair
from deploylab.quiz.scoring import fractions, quickness, share

Row = dict[str, Any]

# R/exams' exams_eval(partial = TRUE, negative = FALSE): what a wrong choice takes away, as a formula of ours.
REXAMS = {
    "false2": "right/correct - wrong/max(2, options - correct)",
    "false": "right/correct - wrong/(options - correct)",
    "true": "(right - wrong)/correct",
    "all": "right/correct if wrong == 0 else 0",
    "none": "right/correct",
}
NAMED = {
    "all_or_nothing": "all_or_nothing",
    "net_correct(PrairieLearn,Canvas,H5P)": "net",
    "coverage(PrairieLearn)": "coverage",
    "each_answer(PrairieLearn)": "each",
}


@pytest.fixture(scope="module")
def table(tables: Path) -> Row:
    content: Row = json.loads((tables / "quiz" / "scoring_rules.json").read_text(encoding="utf-8"))
    return content


def counts(row: Row) -> tuple[int, int, int, int]:
    return row["correct"], row["options"], row["picked_right"], row["picked_wrong"]


@pytest.mark.parametrize(("column", "rule"), NAMED.items())
def test_a_named_rule_gives_what_its_tool_gives(table: Row, column: str, rule: Any) -> None:
    assert table["grid"]
    for row in table["grid"]:
        assert float(share(rule, *counts(row))) == pytest.approx(row[column], abs=1e-6), row


@pytest.mark.parametrize(("rule", "formula"), REXAMS.items())
def test_a_formula_gives_what_r_exams_gives(table: Row, rule: str, formula: str) -> None:
    for row in table["grid"]:
        ours = float(share("formula", *counts(row), formula=formula))
        assert ours == pytest.approx(row["rexams"][rule], abs=1e-6), row


def canvas(row: Row) -> Fraction:
    return row["points"] * share(
        "net", row["correct"], row["correct"] + 2, row["picked_right"], row["picked_wrong"]
    )


def brightspace(row: Row) -> Fraction:
    part = share(
        "formula", 1, row["options"], row["picked_right"], row["picked_wrong"], "(right - wrong)/options"
    )
    return row["points"] * part


def moodle(row: Row) -> Fraction:
    return fractions(Fraction(str(row["fractions"][name])) for name in row["picked"])


def qti_choice(row: Row) -> Fraction:
    """QTI maps to points between two bounds; ours are shares of the upper one."""
    upper = Fraction(str(row["upper"]))
    worth = [Fraction(str(row["mapping"].get(name, row["default"]))) / upper for name in row["picked"]]
    return upper * fractions(worth, Fraction(str(row["lower"])) / upper)


def qti_match(row: Row) -> Fraction:
    """QTI maps pairs to points; ours weigh the pairs."""
    worth = {pair: Fraction(str(points)) for pair, points in row["mapping"].items()}
    unit = min(worth.values())
    names = {pair: pair.lower().split() for pair in worth}
    choices = tuple(Choice(name, name) for name in sorted({to for _, to in names.values()}))
    pairs = tuple(Pair(names[one][0], one, names[one][1], weight=int(worth[one] / unit)) for one in worth)
    given = tuple(":".join(names[one]) for one in row["picked"])
    return sum(worth.values()) * Match(choices, pairs).marks(given).share


def kahoot(row: Row) -> Fraction:
    return Fraction(quickness(row["points"], Fraction(str(row["response_s"])), row["timer_s"]))


TOOLS: dict[str, Callable[[Row], Fraction]] = {
    "Canvas New Quizzes": canvas,
    "Brightspace right-minus-wrong": brightspace,
    "Moodle multi-answer": moodle,
    "QTI 2.1 choice_multiple (map_response)": qti_choice,
    "QTI 2.1 match (map_response)": qti_match,
    "Kahoot": kahoot,
}


def test_the_documented_examples_come_out_to_the_point(table: Row) -> None:
    rows = table["documented_examples"]
    assert rows
    assert {row["tool"] for row in rows} <= set(TOOLS)
    for row in rows:
        assert TOOLS[row["tool"]](row) == Fraction(str(row["score"])), row
