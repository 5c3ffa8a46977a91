"""What people say to a rollout: strategies look at it after each step, or do their steps with an open ear."""

from __future__ import annotations

from collections.abc import Callable, Container, Generator, Mapping
from dataclasses import replace
from math import inf
from typing import Literal, TypeVar

from ..model.order import Action, Order, Release
from ..model.rollout import Observation, Step

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


def said(seen: Observation, *actions: str) -> str:
    """The last of these orders that came, of all if none is named; "release" is another version.

    >>> given = Order(10, "pause"), Order(20, "resume"), Release(30)
    >>> seen = Observation(0, 60, {}, {}, {}, {}, orders=given)
    >>> said(seen), said(seen, "pause", "resume"), said(seen, "abort")
    ('release', 'resume', '')
    """
    came = [order.action for order in seen.orders if not actions or order.action in actions]
    return came[-1] if came else ""


def newest(seen: Observation) -> str:
    """The version that was released last."""
    return list(seen.replicas)[-1]


def once(step: Step) -> Steps:
    """Just do the step."""
    return (yield step)


def paused(step: Step, note: str) -> Step:
    """All stays as this step wants it, until a person says something."""
    return replace(step, hold=inf, until="now", heeds=True, note=note)


def told_in_vain(
    flow: Generator[Step, Observation, T], heeds: Container[str], too_late: Container[str] = ()
) -> Generator[Step, Observation, T]:
    """The same steps; where people gave orders that are not heeded, or too late, the next one says so."""
    try:
        step = next(flow)
        while True:
            seen = yield step
            orders = [order.action for order in seen.orders if order.action != "release"]
            vain = [f"; {action} is not heard" for action in orders if action not in heeds]
            vain += [f"; {action} comes too late" for action in orders if action in too_late]
            step = flow.send(seen)
            step = replace(step, note="".join((step.note, *vain)))
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
        self._duration, self._unheard = duration, list[Order | Release]()
        self._begin = phase, impatient
        self.begin()

    def begin(self) -> None:
        """A release begins, for the first time or anew."""
        self.arrived = ""  # a version whose turn it is as soon as the one on the way has been taken back
        self.phase, self.impatient = self._begin  # impatient: a missed progress deadline ends it, too

    @property
    def over(self) -> bool:
        """Whether the scenario has come to its end, so that nobody will say anything any more."""
        return self.seen is not None and self.seen.end >= self._duration - 1e-9  # worlds count whole ns

    def do(self, step: Step, watch: Watch = once) -> Steps:
        """Do this step and watch it in this way; raises `Interrupted` when an order ends its phase."""
        while True:
            seen = yield from self._look(watch(replace(step, heeds=True)))
            ready = step.until == "now" or all(counts.settled for counts in seen.replicas.values())
            self.promoted = (yield from self._listen(step)) and ready
            if self.promoted or step.until == "changed" or (not seen.orders and step.hold < inf):
                return seen
            if step.hold == inf and not seen.orders:
                raise Interrupted("nobody")
            deaf = [order.action for order in seen.orders if order.action not in ("pause", "resume")]
            note = step.note + "".join(f"; {action} is not heard now" for action in deaf)
            passed = seen.end - seen.start if ready else 0
            step = replace(step, note=note, hold=max(0.0, step.hold - passed))

    def _look(self, steps: Steps) -> Steps:
        self.seen = yield from steps
        self._unheard += self.seen.orders
        return self.seen

    def _listen(self, step: Step) -> Generator[Step, Observation, bool]:
        """Follow what was said, through all pauses; whether that was to go on."""
        pauses = promoted = False
        while pauses or self._unheard:
            if not self._unheard:
                yield from self._look(once(paused(step, "paused by a person")))
            if not self._unheard:
                raise Interrupted("nobody")
            order = self._unheard.pop(0)
            if order.action == "release":
                self.arrived = order.version.name
            if order.action == "release" or order.action in ENDS[self.phase]:
                raise Interrupted(order.action)
            promoted = promoted or (order.action == "promote" and self.phase != "undone")
            pauses = order.action == "pause" or (pauses and order.action not in ("resume", "promote"))
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
