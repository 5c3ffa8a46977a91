"""Whoever adds a strategy to the list has opened all of the lab's doors to it: these are the doors."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deploylab as dl
from deploylab.cli import main
from deploylab.model.knob import knobs
from deploylab.model.order import ACTIONS
from deploylab.patterns.strategies import NAMES, hyphened, strategy
from deploylab.quiz.kinds.simulate import Simulate, arguments, check
from tests.engine.worlds import orders, patterns, scenarios, turned, versions

ROOT = Path(__file__).parent.parent
SCENARIO = dl.Scenario(replicas=4, duration=60, candidate=dl.Version("v2", error_rate=0.05))


def wanted(run: dl.Run) -> list[object]:
    """The fleets that it wanted one after the other, also those from after its figures end."""
    fleets = ((step.replicas, step.traffic, step.mirror) for step, _ in run.steps)
    return [fleet for fleet, _ in groupby(fleets)]


every = pytest.mark.parametrize("name", NAMES)


@every
def test_it_is_a_public_name(name: str) -> None:
    file = hyphened(name).replace("-", "_")
    line = f"from .patterns.{file} import {name} as {name}"
    assert name in dl.__all__, f"add to deploylab/__init__.pyi: {line}"
    assert getattr(dl, name) is strategy(name)


@every
def test_it_rolls_out_and_its_run_is_drawn_told_and_kept(name: str, tmp_path: Path) -> None:
    run = dl.roll_out(strategy(name)(), SCENARIO)
    assert name in dl.describe(run)
    assert dl.animate(run).frames.description == dl.describe(run)
    run.save(tmp_path / "run.npz")
    kept = dl.Run.load(tmp_path / "run.npz")
    assert (kept.scenario, kept.outcome, kept.figures()) == (run.scenario, run.outcome, run.figures())


@every
def test_it_has_a_storyboard_and_stands_in_a_sweep_and_a_comparison(name: str) -> None:
    knobs = strategy(name)()
    assert dl.storyboard(knobs, SCENARIO)
    assert len(dl.sweep([knobs, dl.Recreate()], SCENARIO)) == 2
    assert dl.compare([dl.roll_out(each, SCENARIO) for each in (knobs, dl.Recreate())])


@every
def test_each_of_its_controls_gives_back_the_value_that_it_was_given(name: str) -> None:
    given = strategy(name)()
    playground = dl.playground(given, SCENARIO)
    for path, control in playground.controls.items():
        if path[0] == "0" and len(path) == 2:
            assert control.value() == getattr(given, path[1]), path


@every
def test_its_playground_writes_a_line_of_code_that_makes_it(name: str) -> None:
    playground = dl.playground(strategy(name)(), SCENARIO)
    for control in playground.controls.values():
        if control.owner == name and hasattr(control.widget, "step"):
            control.widget.value = min(control.widget.value + control.widget.step, control.widget.max)
    line = unescape(re.sub("<.*?>", "", playground.code.value))
    assert eval(line.removeprefix("dl.playground"), {"dl": dl}) == playground.owners


@every
def test_the_command_line_plays_it_with_an_option_for_each_knob(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["play", hyphened(name), "--duration", "60"]) == 0
    assert "users hurt" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["play", hyphened(name), "--help"])
    told = capsys.readouterr().out
    assert [knob for knob in knobs(strategy(name)) if f"--{knob.replace('_', '-')}" not in told] == []


@every
def test_the_command_line_takes_a_single_one_of_several_values(name: str) -> None:
    for spec in fields(strategy(name)):
        if isinstance(spec.default, tuple) and "knob" in spec.metadata:
            assert main(["play", hyphened(name), f"--{spec.name.replace('_', '-')}", "100"]) == 0


@every
@pytest.mark.parametrize("action", ACTIONS)
def test_an_order_that_it_does_not_heed_changes_nothing(name: str, action: Any) -> None:
    knobs = strategy(name)()
    alone = dl.roll_out(knobs, SCENARIO)
    listens = any(step.heeds for step, _ in alone.steps)
    if action not in getattr(knobs, "heeds", ACTIONS if listens else ()):
        heard = dl.roll_out(knobs, replace(SCENARIO, orders=(dl.Order(15, action),)))
        assert (heard.outcome, heard.users_hurt) == (alone.outcome, alone.users_hurt)
        assert wanted(heard) == wanted(alone)


@every
def test_a_second_release_is_served_or_the_first_version_again(name: str) -> None:
    good = replace(SCENARIO, candidate=dl.Version("v2"), orders=(dl.Release(5, dl.Version("v3")),))
    last, _ = dl.roll_out(strategy(name)(), good).steps[-1]
    assert {version for version, wanted in last.replicas.items() if wanted} in ({"v3"}, {"v1"})


@every
@given(data=st.data())
@settings(max_examples=20)
def test_however_its_knobs_are_turned_it_comes_to_an_end_that_is_true(name: str, data: st.DataObject) -> None:
    """roll_out refuses any other; other tests hold such settings against an independent simulation."""
    run = dl.roll_out(
        data.draw(turned(strategy(name))), replace(SCENARIO, traffic=dl.Traffic(rate=5, sticky=True))
    )
    assert run.strategy == name


@every
@given(data=st.data())
@settings(max_examples=20)
def test_whenever_people_speak_and_a_version_arrives_it_comes_to_an_end_that_is_true(
    name: str, data: st.DataObject
) -> None:
    """The version arrives at the edge of a step, a nanosecond beside it or within: where one forgets it."""
    knobs, spoken = data.draw(turned(strategy(name))), orders(leaks=True)
    if name == "Shadow":
        knobs = replace(knobs, then=data.draw(st.none() | patterns()))
    people = [order for order in data.draw(spoken) if isinstance(order, dl.Order)]
    scenario = replace(
        data.draw(scenarios(leaks=True)), replicas=data.draw(st.integers(1, 3)), orders=people,
        traffic=dl.Traffic(rate=5, sticky=True),
    )  # fmt: skip
    _, seen = data.draw(st.sampled_from(dl.roll_out(knobs, scenario).steps))
    at = data.draw(st.sampled_from([seen.start, seen.end, (seen.start + seen.end) / 2]))
    at = min(max(at + data.draw(st.sampled_from([-1e-9, 0, 1e-9])), 0), 3600)
    arrives = dl.Release(at, data.draw(versions("v3", leaks=True)))
    assert dl.roll_out(knobs, replace(scenario, orders=(*people, arrives))).strategy == name


@every
def test_a_question_can_be_about_it(name: str) -> None:
    check(Simulate(name), "users_hurt")
    then: Any = Simulate("Shadow", (("then", name),))
    assert type(arguments(then)[0].then) is strategy(name)


@every
@pytest.mark.parametrize(
    ("page", "written"),
    [("README.md", str), ("quizzes/README.md", str), ("docs/command-line.md", hyphened)],
)
def test_the_pages_that_list_strategies_name_it(name: str, page: str, written: Callable[[str], str]) -> None:
    word = f"`{written(name)}`"
    named = word in (ROOT / page).read_text(encoding="utf-8")
    assert named, f"{page} lists the strategies: add {word} there"
