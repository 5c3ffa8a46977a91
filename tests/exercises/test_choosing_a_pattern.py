"""No naive answer passes the exercises on choosing: neither the bold one, nor the careful one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deploylab as dl
from deploylab.exercises.capstone import REFERENCES, hidden
from deploylab.exercises.choosing_a_pattern import INCIDENTS
from deploylab.model.rollout import Strategy

from .test_capstone import KINDS, kind

QUICK = dl.Analysis(max_latency_p99=0.3, interval=4, min_requests=5, inconclusive_limit=100)
SOLUTION = dl.Canary(weights=(3, 20), hold=45, analysis=dl.Analysis(max_latency_p99=0.3), background=QUICK)
WATCHFUL = dl.BlueGreen(analysis=dl.Analysis(interval=2))  # of section 1
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
    "08-choosing/3": [
        *DEFAULTS, CAREFUL, BOLD, *REFERENCES[1:],
        WATCHFUL,
        replace(WATCHFUL, scale_down_delay=90),  # sees a late leak, but all are there when it comes
        dl.Canary(hold=10),  # too short for it
        dl.Canary(weights=(10, 50), hold=10),
        dl.BlueGreen(preview_hold=20, pre_promotion=dl.Analysis(), mirror=10),
        dl.BlueGreen(preview_hold=100, pre_promotion=dl.Analysis(max_latency_p99=0.3), mirror=10),
        replace(SOLUTION, background=None),
        replace(SOLUTION, analysis=dl.Analysis(), background=dl.Analysis(interval=10)),  # sees no latency
        replace(SOLUTION, weights=(10, 50)),
    ],
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


def test_the_incidents_have_two_faults_of_each_kind_and_a_late_leak() -> None:
    kinds = [kind(hidden(seed)) for seed in INCIDENTS]
    assert {name: kinds.count(name) for name in KINDS} == dict.fromkeys(KINDS, 2)
    assert any(leak.after > 70 for seed in INCIDENTS if (leak := hidden(seed).fault(dl.Leak)))


@given(st.integers(0, 2**63 - 1))
@settings(max_examples=20, deadline=None)
def test_the_solution_does_not_live_by_the_choice_of_incidents(seed: int) -> None:
    released = dl.incident(seed).release(SOLUTION)
    assert released.faulty.outcome is dl.Outcome.ROLLED_BACK
    assert released.repaired.outcome is dl.Outcome.PROMOTED
    assert released.score >= 60
