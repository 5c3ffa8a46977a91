"""What people say to Argo's strategies, and when it is too late to say it."""

from __future__ import annotations

from typing import Any

import pytest

import deploylab as dl
from deploylab.model.order import ACTIONS

BAD = dl.Version("v2", error_rate=0.1)
UNDO = dl.Order(45, "undo")


def run(strategy: Any, *orders: dl.Order) -> dl.Run:
    return dl.roll_out(strategy, dl.Scenario(candidate=BAD, orders=orders))


@pytest.mark.parametrize(
    "strategy", [dl.Canary(), dl.BlueGreen()], ids=lambda strategy: type(strategy).__name__
)
@pytest.mark.parametrize("action", [action for action in ACTIONS if action not in ("pause", "resume")])
def test_after_an_undo_there_is_no_new_version_that_one_could_promote(strategy: Any, action: Any) -> None:
    alone, then = run(strategy, UNDO), run(strategy, UNDO, dl.Order(45.5, action))
    assert then.outcome is alone.outcome is dl.Outcome.ROLLED_BACK
    assert then.users_hurt == alone.users_hurt
    assert any(f"{action} is not heard now" in event.message for event in then.events)
