"""A release seen from near: how long it takes, and whom a bad one hurts, as `roll_out` measures it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import expm1

from ..model.errors import StrategyError
from ..model.record import SECOND
from ..model.rollout import Outcome, Strategy
from ..model.run import Run
from ..model.scenario import Scenario
from ..model.version import Version
from .rollout import check_scenario, roll_out

DEFECTIVE = Version("v2", error_rate=0.1)


@dataclass(frozen=True)
class Rehearsal:
    """A good release, and a bad one, of the same strategy in the same scenario."""

    good: Run
    bad: Run

    @property
    def stopped(self) -> bool:
        """Whether the strategy itself takes the bad release back."""
        return self.bad.outcome is Outcome.ROLLED_BACK

    def duration(self, bad: bool) -> int:
        """How long a release is under way (ns)."""
        run = self.bad if bad else self.good
        return round(run.finished * SECOND)

    def users_hurt(self, lasted: float = 0.0) -> int:
        """How many users a bad release hurts that is live for so many seconds.

        What the bad run measured; if it was live for longer than that, requests went on failing at the rate
        that was measured, each one's user drawn from all: n requests leave out (1 - 1 / users)^n of them.
        """
        if self.stopped:
            return self.bad.users_hurt
        users = self.bad.scenario.traffic.users
        requests = self.bad.requests_of(self.bad.scenario.candidate.name)
        rate = self.bad.scenario.traffic.rate * requests.failed.mean() if len(requests) else 0.0
        return max(self.bad.users_hurt, round(-users * expm1(-rate * lasted / users)))


def rehearse(strategy: Strategy | None, scenario: Scenario | None) -> Rehearsal | None:
    """Roll a good and the bad candidate of `scenario` out; None without a strategy.

    Without a scenario, the bad candidate answers a tenth of its requests with an error. Raises
    `StrategyError` when there is a scenario alone, or when this strategy does not promote a good candidate.
    """
    if strategy is None:
        if scenario is not None:
            raise StrategyError("deliver: a scenario needs a strategy; add one, for example dl.Canary()")
        return None
    scene = Scenario(candidate=DEFECTIVE) if scenario is None else scenario
    check_scenario(scene, "deliver(pipeline, strategy")
    good = roll_out(strategy, replace(scene, candidate=replace(scene.stable, name=scene.candidate.name)))
    if good.outcome is not Outcome.PROMOTED:
        words = f"{good.strategy} does not promote even a good candidate here ({good.outcome.value})"
        raise StrategyError(f"deliver: {words}; give it more time, traffic or patience")
    return Rehearsal(good, roll_out(strategy, scene))
