"""Listening: do a step while a person may give orders, and say when an order ends what is going on."""

from __future__ import annotations

from collections.abc import Callable, Container, Generator
from dataclasses import replace
from math import inf
from typing import Literal, Protocol, TypeVar

from ..model.order import Action, Order, Release
from ..model.rollout import Observation, Outcome, Rollout, Step

T = TypeVar("T")
Steps = Generator[Step, Observation, Observation]
Doing = Generator[Step, Observation, None]
Watch = Callable[[Step], Steps]
Reason = Action | Literal["release", "failed", "stalled", "nobody"]
ON_THE_WAY: tuple[Action, ...] = ("abort", "undo", "promote full")
AFTER_AN_UNDO: tuple[Action, ...] = ()  # there is no new version any more that one could promote or retry
AFTER_AN_ABORT: tuple[Action, ...] = ("retry", "undo", "promote full")
SAID = {"abort": "a person says so", "stalled": "the deadline passed"}


class Interrupted(Exception):  # noqa: N818 (a signal, not an error)
    """What was going on ends here: by an order, a release, a failed analysis, or because nothing moves.

    "nobody": a person had to decide, and nobody came. `why` says it in words.
    """

    def __init__(self, reason: Reason, new: str = "", why: str = "") -> None:
        super().__init__(reason)
        self.reason, self.new, self.why = reason, new, why or SAID.get(reason, "")


def once(step: Step) -> Steps:
    """Just do the step."""
    return (yield step)


def told_in_vain(
    flow: Generator[Step, Observation, T], heeds: Container[str], too_late: Container[str] = ()
) -> Generator[Step, Observation, T]:
    """The same steps; where people gave orders that are not heeded, or too late, the next one says so."""
    try:
        step = next(flow)
        while True:
            seen = yield step
            said = [order.action for order in seen.orders if isinstance(order, Order)]
            vain = [f"; {action} is not heard" for action in said if action not in heeds]
            vain += [f"; {action} comes too late" for action in said if action in too_late]
            step = flow.send(seen)
            step = replace(step, note="".join((step.note, *vain)))
    except StopIteration as end:
        result: T = end.value
        return result


class Heed:
    """Does steps one after the other with an open ear; `ends` are the orders that end what is going on.

    Of the others, `pause` holds everything until `resume` or `promote`, and `promote` ends the waiting of a
    step, once its instances are there. What else people say is not meant for this moment.
    """

    def __init__(self, duration: float, ends: tuple[Action, ...] = ON_THE_WAY) -> None:
        self.ends = ends
        self.impatient = False  # whether a missed progress deadline ends it, too
        self.promoted = False  # whether a person ended the last step
        self.arrived = ""  # a version whose turn it is as soon as the one on the way has been taken back
        self.seen: Observation | None = None
        self._duration, self._heard = duration, list[Order | Release]()

    @property
    def over(self) -> bool:
        """Whether the scenario has come to its end, so that nobody will say anything any more."""
        return self.seen is not None and self.seen.end >= self._duration - 1e-9  # worlds count whole ns

    @property
    def aborted(self) -> bool:
        """Whether it was aborted, and waits for what a person says next."""
        return self.ends == AFTER_AN_ABORT

    def do(self, step: Step, watch: Watch = once) -> Steps:
        """Do this step and watch it in this way; raises `Interrupted` when an order ends it."""
        while True:
            seen = yield from watch(replace(step, heeds=True))
            self.seen = seen
            self._heard += seen.orders
            ready = step.until == "now" or all(counts.settled for counts in seen.replicas.values())
            self.promoted = (yield from self._listen(step)) and ready
            if self.promoted or step.until == "changed" or (not seen.orders and step.hold < inf):
                return seen
            if step.hold == inf and not seen.orders:
                raise Interrupted("nobody")
            deaf = [o.action for o in seen.orders if isinstance(o, Order) and not self._hears(o.action)]
            note = step.note + "".join(f"; {action} is not heard now" for action in deaf)
            passed = seen.end - seen.start if ready else 0
            step = replace(step, note=note, hold=max(0.0, step.hold - passed))

    def _hears(self, action: Action) -> bool:
        return action in ("pause", "resume") or (action == "promote" and self.promoted)

    def _listen(self, step: Step) -> Generator[Step, Observation, bool]:
        """Follow what was heard; whether that was to go on."""
        paused = promoted = False
        while self._heard or paused:
            if not self._heard:
                paused_step = replace(step, hold=inf, until="now", heeds=True, note="paused by a person")
                self.seen = yield paused_step
                self._heard += self.seen.orders
                if not self._heard:
                    raise Interrupted("nobody")
                continue
            order = self._heard.pop(0)
            if isinstance(order, Release):
                raise Interrupted("release", order.version.name)
            if order.action in self.ends:
                raise Interrupted(order.action)
            promoted = promoted or (order.action == "promote" and self.ends != AFTER_AN_UNDO)
            paused = order.action == "pause" or (paused and order.action not in ("resume", "promote"))
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


class Heeding(Protocol):
    """A rollout that people may steer: what follows each order."""

    heed: Heed

    def follow(self) -> Rollout: ...
    def promote(self) -> Rollout: ...
    def abort(self, cause: Interrupted) -> Rollout: ...
    def undo(self) -> Rollout: ...
    def restart(self, new: str = "") -> Rollout: ...


def heeding(flow: Heeding) -> Rollout:
    """Follow the plan of a rollout; whatever interrupts it decides how it goes on."""
    recipe = flow.follow()
    while True:
        try:
            return (yield from recipe)
        except Interrupted as interruption:
            reason, aborted = interruption.reason, flow.heed.aborted
            if reason == "nobody" or (reason == "stalled" and not flow.heed.impatient):
                return Outcome.ABORTED if aborted and reason == "nobody" else Outcome.STALLED
            recipe = _next(flow, interruption)


def _next(flow: Heeding, interruption: Interrupted) -> Rollout:
    if interruption.reason == "release":
        flow.heed.arrived = interruption.new
    if interruption.reason == "promote full" and not flow.heed.arrived:
        return flow.promote()
    if interruption.reason == "undo":
        flow.heed.ends = AFTER_AN_UNDO
        return flow.undo()
    if interruption.reason in ("retry", "release", "promote full"):
        return flow.restart(flow.heed.arrived)
    flow.heed.ends, flow.heed.impatient = AFTER_AN_ABORT, False
    return flow.abort(interruption)
