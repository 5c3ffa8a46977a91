"""What a playground does with its knobs: the verb of each pattern."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple

from ..engine.delivery import deliver
from ..engine.rollout import roll_out
from ..engine.toggles import toggle
from ..model.errors import RecordError
from ..patterns.immutable_infrastructure import evolve
from ..patterns.rolling import Rolling
from .parameters import apply_with, with_parameters


class Verb(NamedTuple):
    """What makes a record of knobs, whether it takes a scenario too, and the parts that knobs fall into."""

    make: Callable[..., Any]
    scenario: bool = False
    parts: Callable[[Any], tuple[Any, ...]] = lambda knobs: (knobs,)


# A pattern whose knobs are no strategy adds its line here: the name of their type, and the verb.
VERBS: dict[str, Verb] = {
    "Flag": Verb(lambda flag, scenario: toggle(flag, scenario, Rolling()), scenario=True),
    "Pipeline": Verb(deliver),
    "ServerFleet": Verb(evolve),
    "Template": Verb(apply_with, parts=with_parameters),
}


def verb(knobs: object) -> Verb:
    """The verb for these knobs; raises `RecordError` for what has none.

    >>> verb("knobs")
    Traceback (most recent call last):
    deploylab.model.errors.RecordError: playground: 'knobs' has no knobs to turn; give it a strategy, ...
    """
    if type(knobs).__name__ in VERBS:
        return VERBS[type(knobs).__name__]
    if callable(knobs) and not isinstance(knobs, type) and _wants_one(knobs):
        return Verb(roll_out, scenario=True)
    others = "".join(f", or a {name}" for name in VERBS)
    raise RecordError(
        f"playground: {knobs!r} has no knobs to turn; give it a strategy, for example Rolling(){others}"
    )


def _wants_one(knobs: Callable[..., Any]) -> bool:
    """Whether it is called with a scenario alone, as a strategy is; a judge is called with more."""
    wanted = signature(knobs).parameters.values()
    return sum(parameter.default is parameter.empty for parameter in wanted) == 1
