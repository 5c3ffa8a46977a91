"""The exercises of the notebooks: check an answer by running it, give hints that rise, show a solution."""

from __future__ import annotations

from collections.abc import Mapping

from ..content import missing
from ..model.errors import ContentError, KnobError
from . import (
    blue_green,
    canary,
    choosing_a_pattern,
    continuous_deployment,
    feature_toggles,
    immutable_infrastructure,
    infrastructure_as_code,
    rolling_deployment,
)
from .exercise import Check, Exercise, Page

EXERCISES: Mapping[str, Exercise] = {
    **continuous_deployment.EXERCISES,
    **blue_green.EXERCISES,
    **canary.EXERCISES,
    **rolling_deployment.EXERCISES,
    **immutable_infrastructure.EXERCISES,
    **feature_toggles.EXERCISES,
    **infrastructure_as_code.EXERCISES,
    **choosing_a_pattern.EXERCISES,
}


def check(name: str, answer: object = None) -> Check:
    """Try an answer to an exercise; it says what fails and by how much, never how to do it.

    >>> from deploylab import Rolling
    >>> check("04-rolling/1", Rolling(batch_size=1, hold=20))
    04-rolling/1: not yet. 2 of 4 requirements are not met.
      ✓ met      the bad release ends           rolled back       yours: rolled back
      ✗ not met  users hurt by the bad release  at most 20 users  yours: 28 users, 8 users over
      ✗ not met  the healthy release takes      at most 60 s      yours: 195.2 s, 135.2 s over
      ✓ met      its p99 latency                at most 300 ms    yours: 133 ms
    """
    return _exercise(name).check(name, answer)


def hint(name: str, number: int = 1) -> Page:
    """Hint number 1, 2 or 3: each says more than the one before.

    >>> hint("04-rolling/2")
    Hint 1 of 3 for 04-rolling/2
    Start before you stop: a Step may want more instances than the service has.
    """
    hints = _exercise(name).hints
    if number not in range(1, len(hints) + 1):
        raise KnobError("hint", "number", number, f"is no hint; there are 1 to {len(hints)}, for example 1")
    return Page(f"Hint {number} of {len(hints)} for {name}", hints[number - 1])


def solution(name: str) -> Page:
    """Code that passes the check; there may be others, and better ones.

    >>> solution("04-rolling/1")
    One solution of 04-rolling/1; yours may be better
    mine = dl.Rolling(batch_size=2, hold=4)
    """
    return Page(f"One solution of {name}; yours may be better", _exercise(name).solution, code=True)


def _exercise(name: str) -> Exercise:
    if name not in EXERCISES:
        raise ContentError(missing("exercise", str(name), EXERCISES))
    return EXERCISES[name]
