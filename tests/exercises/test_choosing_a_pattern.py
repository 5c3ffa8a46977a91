"""No naive answer passes the exercises on choosing: neither the bold one, nor the careful one."""

from __future__ import annotations

import pytest

import deploylab as dl
from deploylab.exercises.capstone import REFERENCES, hidden
from deploylab.exercises.choosing_a_pattern import INCIDENTS
from deploylab.model.rollout import Strategy

CAREFUL = dl.Canary(weights=(1, 5, 25, 50), hold=60)
BOLD = dl.Canary(weights=(50,), hold=20)
DEFAULTS: list[Strategy] = [dl.Recreate(), dl.Rolling(), dl.BlueGreen(), dl.Canary(), dl.Shadow()]
NAIVE: dict[str, list[Strategy]] = {
    "08-choosing/1": [*DEFAULTS, CAREFUL, BOLD, dl.Rolling(batch_size=2, hold=10)],
    "08-choosing/2": [
        *DEFAULTS, CAREFUL, BOLD,
        dl.Shadow(hold=20, then=dl.Rolling(batch_size=2, hold=4)),  # needs too many instances
        dl.BlueGreen(pre_promotion=dl.Analysis(), mirror=1),  # sees too little
    ],
    "08-choosing/3": [*DEFAULTS, CAREFUL, BOLD, *REFERENCES[1:]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "strategy"), [(name, one) for name, answers in NAIVE.items() for one in answers], ids=str
)
def test_a_naive_answer_does_not_pass(name: str, strategy: Strategy) -> None:
    checked = dl.check(name, strategy)
    assert checked.verdict == "not yet", checked
    assert [row for row in checked.rows if row.met is False]


@pytest.mark.parametrize("answer", [
    dl.BlueGreen(preview_hold=10, analysis=dl.Analysis(interval=2)),
    dl.Canary(weights=(20,), hold=10),
])  # fmt: skip
def test_more_than_one_pattern_may_be_the_choice(answer: Strategy) -> None:
    assert dl.check("08-choosing/1", answer).verdict == "correct"


def test_the_five_incidents_are_of_five_kinds() -> None:
    faults = [hidden(seed) for seed in INCIDENTS]
    assert len({(fault.error_rate > 0, tuple(map(type, fault.faults))) for fault in faults}) == len(INCIDENTS)
