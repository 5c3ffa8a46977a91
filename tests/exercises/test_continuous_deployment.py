"""The exercises on continuous deployment: too careful, too bold, or turning what is fixed."""

from __future__ import annotations

from dataclasses import replace

import pytest

import deploylab as dl
from deploylab.exercises.continuous_deployment import SHARED, TEAM, TROUBLE, turned
from deploylab.model.pipeline import Pipeline


def unmet(name: str, answer: Pipeline) -> set[str]:
    return {row.name for row in dl.check(name, answer).rows if not row.met}


def staffed(*workers: int) -> Pipeline:
    """The shared path with so many workers in each stage."""
    old = zip(SHARED.stages.values(), workers, strict=True)
    build, unit, integration, acceptance = (replace(stage, workers=count) for stage, count in old)
    return replace(SHARED, build=build, unit=unit, integration=integration, acceptance=acceptance)


RESCUED = replace(TROUBLE, batch_size=5, deploy=dl.Deploy(), monitor=dl.Monitor(catches=0.95, detection=30))


@pytest.mark.parametrize(("size", "missed"), [
    (1, {"cost a day"}),
    (3, {"cost a day"}),
    (4, set()),
    (6, set()),
    (8, {"change failure rate", "lead time"}),
    (50, {"change failure rate", "cost a day", "lead time"}),
])  # fmt: skip
def test_a_release_can_be_too_small_and_too_large(size: int, missed: set[str]) -> None:
    assert unmet("01-continuous/1", replace(TEAM, batch_size=size)) == missed


@pytest.mark.parametrize(("workers", "missed"), [
    ((2, 2, 2, 2), {"lead time"}),
    ((2, 2, 2, 3), {"lead time"}),
    ((1, 2, 3, 3), {"lead time"}),
    ((1, 1, 3, 4), set()),
    ((4, 4, 4, 4), {"workers in all"}),
])  # fmt: skip
def test_workers_belong_where_the_queue_is(workers: tuple[int, ...], missed: set[str]) -> None:
    assert unmet("01-continuous/2", staffed(*workers)) == missed


@pytest.mark.parametrize(("answer", "missed"), [
    (TROUBLE, {"change failure rate", "cost a day", "lead time", "time failing"}),
    (replace(RESCUED, monitor=TROUBLE.monitor, rollback=1), {"time failing"}),
    (replace(RESCUED, monitor=dl.Monitor(catches=0.5, detection=5)), {"time failing"}),
    (replace(RESCUED, batch_size=1), {"cost a day"}),
    (replace(RESCUED, rollback=1), {"knobs turned"}),
    (RESCUED, set()),
])  # fmt: skip
def test_three_knobs_have_to_be_the_right_ones(answer: Pipeline, missed: set[str]) -> None:
    assert unmet("01-continuous/3", answer) == missed


@pytest.mark.parametrize(("name", "answer", "sentence"), [
    ("01-continuous/1", replace(TEAM, release_cost=0), "Pipeline.release_cost: 0 stays as it is"),
    ("01-continuous/2", replace(SHARED, rate=1), "Pipeline.rate: 1 stays as it is; you may turn build."),
    ("01-continuous/3", replace(RESCUED, unit=dl.Stage(catches=1)), "unit.catches: 1 stays as it is"),
    ("01-continuous/3", replace(RESCUED, monitor=dl.Monitor(catches=1)), "out of reach here; use 0 to 0.95"),
    ("01-continuous/1", dl.Rolling(), "It asks for a Pipeline(...)"),
])  # fmt: skip
def test_the_task_itself_cannot_be_changed(name: str, answer: object, sentence: str) -> None:
    checked = dl.check(name, answer)
    assert checked.verdict == "not yet"
    assert sentence in checked.sentence


def test_the_knobs_that_were_turned_are_named() -> None:
    reset = replace(RESCUED, rollback=1, monitor=dl.Monitor(catches=0.95))
    rows = {row.name: row for row in dl.check("01-continuous/3", reset).rows}
    assert rows["knobs turned"].value == (
        "5: batch_size, deploy.approval, monitor.catches, monitor.detection, rollback"
    )


def test_the_seed_is_no_knob_that_was_turned() -> None:
    assert turned(replace(TEAM, seed=3), TEAM) == []
