"""What a person may tell a rollout from the playground, while its picture stands at some moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, Literal

from ..model.order import ACTIONS, Action, Order
from ..model.run import Run
from ..model.scenario import Scenario

LATER = 100  # a part of the scenario, as wide as two words need to be told apart in the picture
TAKE_BACK: Final = "take back"
Press = Action | Literal["take back"]  # the name of a button


def buttons(strategy: Any, record: Any) -> list[tuple[str, str]]:
    """The name and the label of a button for each order that this rollout heeds; one takes the last back.

    >>> from deploylab import Canary, Scenario, roll_out
    >>> buttons(Canary(), roll_out(Canary(), Scenario(orders=(Order(30, "pause"),))))[-2:]
    [('retry', 'Retry'), ('take back', 'Take back: pause at 30 s')]
    """
    if not isinstance(record, Run):
        return []
    listens = any(step.heeds for step, _ in record.steps)
    actions: Iterable[str] = getattr(strategy, "heeds", ACTIONS if listens else ())
    given = _given(record.scenario)
    back = [(TAKE_BACK, f"Take back: {given[-1].action} at {given[-1].at:g} s")] if given else []
    return [(action, action.capitalize()) for action in actions] + back


def told(scenario: Scenario, action: Press, time: float) -> Scenario:
    """The same scenario in which a person says this at `time` (s), or takes back what they said last.

    >>> told(told(Scenario(), "abort", 12.34), TAKE_BACK, 0).orders
    ()
    """
    if action == TAKE_BACK:
        last = _given(scenario)[-1]
        return replace(scenario, orders=tuple(order for order in scenario.orders if order is not last))
    at, given = round(time, 1), [order.at for order in _given(scenario)]
    while at in given:  # the clock stands where something was said already: a little later
        at = round(at + max(0.1, scenario.duration / LATER), 1)
    return replace(scenario, orders=(*scenario.orders, Order(at, action)))


def _given(scenario: Scenario) -> list[Order]:
    return [order for order in scenario.orders if isinstance(order, Order)]
