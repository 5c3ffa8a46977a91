"""The exercises: every solution passes, hints rise, and no answer can break a check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import deploylab as dl
from deploylab.exercises import EXERCISES, exercise
from deploylab.model.errors import ContentError, KnobError
from deploylab.model.rollout import Rollout
from deploylab.model.scenario import Scenario

BY_CHANCE = [
    name
    for name, asked in EXERCISES.items()
    if any(isinstance(tried, exercise.EachSeed) for tried in asked.tries.values())
]


def solved(name: str) -> Any:
    """What the code of the solution leaves under the name `mine`, as in the notebook."""
    names: dict[str, Any] = {"dl": dl}
    exec(dl.solution(name).text, names)
    return names["mine"]


def raises(_: Scenario) -> Rollout:
    yield dl.Step({"v1": 6})
    raise RuntimeError("I gave up")


def never_yields(_: Scenario) -> dl.Outcome:
    return dl.Outcome.PROMOTED


def yields_something_else(_: Scenario) -> Iterator[object]:
    yield object()


def wants_an_unknown_version(_: Scenario) -> Rollout:
    yield dl.Step({"v9": 6})
    return dl.Outcome.PROMOTED


def forgets_its_outcome(_: Scenario) -> Iterator[dl.Step]:
    yield dl.Step({"v2": 6})


@pytest.mark.parametrize("name", EXERCISES)
def test_a_solution_passes_its_own_check(name: str) -> None:
    checked = dl.check(name, solved(name))
    assert checked.verdict == "correct", checked
    assert all(row.met for row in checked.rows)


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("nothing", [None, ...])
def test_nothing_handed_in_is_not_attempted_and_tells_what_is_asked(name: str, nothing: object) -> None:
    checked = dl.check(name, nothing)
    assert checked.verdict == "not attempted"
    assert [row.cells()[0] for row in checked.rows] == ["· asked"] * len(EXERCISES[name].requirements)


@pytest.mark.parametrize(("answer", "sentence"), [
    (raises, "Your answer cannot be tried. RuntimeError in line"),
    (never_yields, "is not a generator function"),
    (yields_something_else, "yielded <object object>; yield a Step"),
    (wants_an_unknown_version, "names 'v9'; this scenario has v1 and v2"),
    (forgets_its_outcome, "return dl.Outcome.PROMOTED"),
    (dl.Rolling, "Rolling is a class; make an object of it: Rolling(...)."),
    (lambda: 3, "TypeError: "),
    (3, "this is of type int"),
    (raises(Scenario()), "hand in the function itself, without brackets"),
])  # fmt: skip
def test_what_cannot_be_rolled_out_is_answered_with_a_sentence(answer: object, sentence: str) -> None:
    checked = dl.check("04-rolling/2", answer)
    assert checked.verdict == "not yet"
    assert sentence in checked.sentence
    assert " at 0x" not in repr(checked)


def test_the_line_of_the_students_own_code_is_named() -> None:
    line = raises.__code__.co_firstlineno + 2
    assert f"RuntimeError in line {line}: I gave up" in dl.check("04-rolling/2", raises).sentence


def test_an_exercise_about_rolling_takes_nothing_else() -> None:
    assert "asks for a Rolling(...)" in dl.check("04-rolling/1", dl.BlueGreen()).sentence


def test_a_failed_requirement_says_by_how_much() -> None:
    rows = {row.name: row for row in dl.check("04-rolling/1", dl.Rolling()).rows}
    assert rows["users hurt by the bad release"].cells()[-1] == "yours: 810 users, 790 users over"
    rows = {row.name: row for row in dl.check("04-rolling/2", dl.Rolling()).rows}
    assert rows["ready instances, bad release"].cells()[-1] == "yours: 5 instances, 1 instance short"


def test_a_figure_that_does_not_exist_tells_how_the_rollout_ended() -> None:
    strict = dl.Rolling(batch_size=4, hold=10, analysis=dl.Analysis(max_latency_p99=0.1))
    rows = {row.name: row for row in dl.check("04-rolling/1", strict).rows}
    assert rows["the healthy release takes"].cells()[-1] == "yours: none, it was rolled back"


def test_luck_with_one_seed_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a hold a batch passes unjudged, but one instance may happen to start sooner."""
    answer = dl.Rolling(batch_size=3, hold=0)
    assert dl.check("04-rolling/1", answer).verdict == "not yet"
    monkeypatch.setattr(exercise, "SEEDS", (7,))
    assert dl.check("04-rolling/1", answer).verdict == "correct"


def test_an_answer_of_another_type_is_told_what_is_asked() -> None:
    number = exercise.Exercise(
        {"it": lambda answer: [answer]}, (), ("", "", ""), "mine = 3", kind=(int, float)
    )
    assert number.check("1", 3).verdict == "correct"
    asked = "It asks for a whole number or a number, and this is of type str."
    assert number.check("1", "3").sentence == asked


@pytest.mark.parametrize("name", BY_CHANCE)
def test_a_solution_does_not_live_by_luck(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = []
    for seed in range(1, 41):
        monkeypatch.setattr(exercise, "SEEDS", (seed,))
        verdicts.append(dl.check(name, solved(name)).verdict)
    assert verdicts.count("correct") >= 39


@pytest.mark.parametrize("name", EXERCISES)
def test_hints_rise_and_never_hold_the_solution(name: str) -> None:
    hints = EXERCISES[name].hints
    assert len(hints) == 3
    code = [line.strip() for line in EXERCISES[name].solution.splitlines()]
    assert [hint for hint in hints for line in code if line in hint] == []
    assert repr(dl.hint(name)) == repr(dl.hint(name, 1)).replace("Hint 2", "Hint 1")
    assert len({dl.hint(name, number).text for number in (1, 2, 3)}) == 3


@pytest.mark.parametrize("number", [0, 4, "1", None])
def test_a_hint_that_does_not_exist_is_refused(number: Any) -> None:
    with pytest.raises(KnobError, match="there are 1 to 3, for example 1"):
        dl.hint("04-rolling/1", number)


@pytest.mark.parametrize("ask", [dl.check, dl.hint, dl.solution])
def test_an_unknown_exercise_is_answered_with_the_nearest_and_with_all(ask: Any) -> None:
    with pytest.raises(
        ContentError, match=r"did you mean '04-rolling/1'. the choices are .*04-rolling/1, 04-"
    ):
        ask("4-rolling/1")


@pytest.mark.parametrize("name", EXERCISES)
def test_a_check_always_says_the_same(name: str) -> None:
    first, second = (dl.check(name, solved(name)) for _ in range(2))
    assert repr(first) == repr(second)
    assert first._repr_html_() == second._repr_html_()


def test_nothing_that_a_student_writes_becomes_markup() -> None:
    def script(_: Scenario) -> Rollout:
        yield dl.Step({"<script>": 1})
        return dl.Outcome.PROMOTED

    assert "<script>" not in dl.check("04-rolling/2", script)._repr_html_()


def test_a_strategy_that_forgets_to_go_on_is_not_yet_a_solution() -> None:
    def forgetful(scenario: Scenario) -> Rollout:
        (old, new), n = scenario.versions, scenario.replicas
        seen = yield dl.Step({old: n, new: 1}, hold=8)
        if seen.error_rate(new) > 0.01:
            yield dl.Step({old: n})
            return dl.Outcome.ROLLED_BACK
        return dl.Outcome.PROMOTED

    checked = dl.check("04-rolling/2", forgetful)
    assert checked.verdict == "not yet"
    assert "says promoted, but 6 of v1 are wanted" in checked.sentence
