"""How a rollout listens: what people say while a step lasts ends it, holds it, or cuts its waiting short.

A recipe hands its steps to a `Heed`, which reads in each Observation what was said meanwhile. An order that
ends the phase raises `Interrupted`, and the recipe decides how it goes on; here 40 s are left after a pause:

>>> def hears(start, end, action):
...     return Observation(start, end, {}, {}, {}, {}, orders=(Order(end, action),))
>>> steps = Heed(duration=600).do(Step({"v1": 6}, hold=60))
>>> next(steps).hold, steps.send(hears(0, 20, "pause")).note, steps.send(hears(20, 50, "resume")).hold
(60, 'paused by a person', 40)
>>> steps.send(hears(50, 70, "abort"))
Traceback (most recent call last):
deploylab.patterns.heed.Interrupted: abort
"""

from __future__ import annotations

from collections.abc import Callable, Container, Generator, Mapping
from dataclasses import replace
from math import inf
from typing import Literal, TypeVar

from ..model.order import Action, Order, Release
from ..model.rollout import Observation, Step
from .said import paused

T = TypeVar("T")
Steps = Generator[Step, Observation, Observation]
Doing = Generator[Step, Observation, None]
Watch = Callable[[Step], Steps]
RolloutPhase = Literal["progressing", "promoted", "aborted", "undone"]
ENDS: Mapping[RolloutPhase, tuple[Action, ...]] = {  # the orders that end what is going on
    "progressing": ("abort", "undo", "promote full"),
    "promoted": ("undo",),  # the new version serves, and the old one only stands by
    "aborted": ("retry", "undo", "promote full"),
    "undone": (),  # there is no new version any more that one could promote or retry
}
Reason = Action | Literal["release", "failed", "stalled", "nobody"]
SAID = {"abort": "a person says so", "stalled": "the deadline passed"}


class Interrupted(Exception):  # noqa: N818 (a signal, not an error)
    """What was going on ends here: by an order, a release, a failed analysis, or because nothing moves.

    "nobody": a person had to decide, and nobody came. `why` says it in words.
    """

    def __init__(self, reason: Reason, why: str = "") -> None:
        super().__init__(reason)
        self.reason, self.why = reason, why or SAID.get(reason, "")


def once(step: Step) -> Steps:
    """Just do the step."""
    return (yield step)


def rest(step: Step, seen: Observation, ready: bool) -> Step:
    """What is left of a step that orders cut short; it lasts anew if its instances were not `ready`."""
    deaf = [order.action for order in seen.orders if order.action not in ("pause", "resume")]
    note = step.note + "".join(f"; {action} is not heard now" for action in deaf)
    return replace(step, note=note, hold=max(0.0, step.hold - (seen.end - seen.start if ready else 0)))


def told_in_vain(
    flow: Generator[Step, Observation, T], heeds: Container[str], too_late: Container[str] = ()
) -> Generator[Step, Observation, T]:
    """The same steps; where people gave orders that are not heeded, or too late, the next one says so."""
    try:
        step = next(flow)
        while True:
            seen = yield step
            orders = [order.action for order in seen.orders if order.action != "release"]
            remarks = [f"; {action} is not heard" for action in orders if action not in heeds]
            remarks += [f"; {action} comes too late" for action in orders if action in too_late]
            step = flow.send(seen)
            step = replace(step, note="".join((step.note, *remarks)))
    except StopIteration as end:
        result: T = end.value
        return result


class Heed:
    """Does steps one after the other with an open ear: the orders that end its `phase` interrupt them.

    Of the others, `pause` holds everything until `resume` or `promote`, and `promote` ends the waiting of a
    step, once its instances are there. What else people say is not meant for this phase.
    """

    def __init__(self, duration: float, phase: RolloutPhase = "progressing", impatient: bool = False) -> None:
        self.promoted = False  # whether a person ended the last step
        self.seen: Observation | None = None
        self._duration, self._orders = duration, list[Order | Release]()  # heard, and not followed yet
        self._at_first = phase, impatient
        self.begin()

    def begin(self) -> None:
        """A release begins, for the first time or anew."""
        self.arrived = ""  # a version whose turn it is as soon as the one on the way has been taken back
        self.phase, self.impatient = self._at_first  # impatient: a missed progress deadline ends it, too

    @property
    def over(self) -> bool:
        """Whether the scenario has come to its end, so that nobody will say anything any more."""
        return self.seen is not None and self.seen.end >= self._duration - 1e-9  # worlds count whole ns

    def do(self, step: Step, watch: Watch = once) -> Steps:
        """Do this step and watch it in this way; raises `Interrupted` when an order ends its phase."""
        while True:
            seen = yield from self._hear(watch(replace(step, heeds=True)))
            ready = step.until == "now" or all(counts.settled for counts in seen.replicas.values())
            self.promoted = (yield from self._follow_orders(step)) and ready
            if self.promoted or step.until == "changed":
                return seen
            if not seen.orders and step.hold == inf:
                raise Interrupted("nobody")
            if not seen.orders:
                return seen
            step = rest(step, seen, ready)

    def _hear(self, steps: Steps) -> Steps:
        self.seen = yield from steps
        self._orders += self.seen.orders
        return self.seen

    def _follow_orders(self, step: Step) -> Generator[Step, Observation, bool]:
        """Follow what was said, through all pauses; whether that was to go on."""
        pausing = promoted = False
        while pausing or self._orders:
            if not self._orders:
                yield from self._hear(once(paused(step, "paused by a person")))
            if not self._orders:
                raise Interrupted("nobody")
            order = self._orders.pop(0)
            if order.action == "release":
                self.arrived = order.version.name
            if order.action == "release" or order.action in ENDS[self.phase]:
                raise Interrupted(order.action)
            if order.action == "pause":
                pausing = True
            elif order.action in ("resume", "promote"):
                pausing = False
                promoted = promoted or (order.action == "promote" and self.phase != "undone")
        return promoted

    def reach(self, step: Step, watch: Watch = once) -> Steps:
        """Do this step; a missed progress deadline is marked, and it goes on waiting.

        Raises `Interrupted` ("stalled") when the scenario is over, or at once where it is `impatient`.
        """
        seen = yield from self.do(step, watch)
        if seen.deadline_exceeded and not self.impatient and not self.over:
            rest = max(self._duration - seen.end, step.progress_deadline)
            late = replace(step, progress_deadline=rest, note=f"{step.note}, late")
            seen = yield from self.do(late, watch)
        if seen.deadline_exceeded:
            raise Interrupted("stalled")
        return seen
