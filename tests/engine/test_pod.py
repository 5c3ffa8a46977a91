"""Who is stopped first when there are too many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deploylab.engine.pod import Pod, rank
from deploylab.engine.rollout import roll_out
from deploylab.model.fault import CrashOnStart
from deploylab.model.record import SECOND
from deploylab.model.rollout import Step
from deploylab.model.scenario import Scenario
from deploylab.model.version import Version

from .worlds import script

NOW = 1_000 * SECOND
POD = Pod("v2-1", version=1, slot=5, ordinal=0, started=0, launched=0, ready=NOW - 100 * SECOND)


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (replace(POD, ready=None, slot=1), "it is not ready"),
        (replace(POD, ready=NOW, slot=1), "it has just got ready"),
        (replace(POD, ready=NOW - 60 * SECOND, slot=1), "it is ready for less than half as long"),
        (replace(POD, ready=NOW - 130 * SECOND, restarts=1, slot=1), "it was restarted, and is hardly older"),
        (replace(POD, slot=6), "it is the newest"),
    ],
)
def test_one_is_stopped_before_another(first: Pod, why: str) -> None:
    assert rank(first, NOW) < rank(POD, NOW), why


def test_of_a_version_that_is_scaled_down_those_go_that_never_got_ready() -> None:
    crashing = Version("v2", faults=(CrashOnStart(0.5),))
    scenario = Scenario(candidate=crashing, seed=3)
    run = roll_out(script(Step({"v1": 6, "v2": 8}, progress_deadline=15), Step({"v1": 6, "v2": 4})), scenario)
    then = run.steps[1][1].start
    mine = [i for i in run.instances if i.version == "v2"]
    ready = [i for i in mine if i.ready is not None and i.ready <= then]
    kept = [i for i in mine if i.draining is None]
    assert 0 < len(ready) < 8
    assert len(kept) == 4
    assert sum(i in ready for i in kept) == min(4, len(ready))
