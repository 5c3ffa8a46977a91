"""The exercises of the chapter on feature toggles: a flag for a good and a bad day, and a clean-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from types import FunctionType
from typing import Any

from ..engine.toggles import toggle
from ..model.errors import short
from ..model.flag import Flag
from ..model.flag_rollout import FlagRollout
from ..model.scenario import Scenario
from ..model.summary import number
from ..model.version import Version
from ..patterns.rolling import Rolling
from ..patterns.toggles.flags import fractional_flag
from .exercise import SHOP, EachSeed, Exercise, failing, returned
from .requirement import HURT, Limit, time, users

USUAL = replace(failing(0.003, SHOP), stable=Version("v1", error_rate=0.003))
GIVEN = ("propagation", "pipeline", "interval", "bucketing")


def _released(scenario: Scenario, flag: Flag, seed: int) -> FlagRollout:
    """How fast news of a flag and a pipeline are is given; all else is the answer's."""
    usual = {name: getattr(Flag(), name) for name in GIVEN}
    return toggle(replace(flag, **usual), replace(scenario, seed=seed), Rolling())


def _reached(release: FlagRollout) -> float:
    return release.changes[-1].weight


def _stopped(release: FlagRollout) -> str:
    """What kept the feature from everybody, and with which seed one can see it."""
    if release.alarm is None:
        return "no step goes further before the time is over"
    return f"the alarm stopped it at {release.alarm:g} s, with seed {release.scenario.seed}"


SHARE = "{:g} %".format

TWO_DAYS = Exercise(
    {
        "bad": EachSeed(partial(_released, failing(0.05, SHOP))),
        "healthy": EachSeed(partial(_released, USUAL)),
    },
    (
        Limit("bad", "users hurt by the bad feature (5 % fail)", HURT, "at most", 15, users),
        Limit("bad", "it is taken back in", attrgetter("time_to_take_back"), "at most", 10, time),
        Limit("healthy", "users that a healthy feature reaches", _reached, "at least", 100, SHARE, _stopped),
        Limit("healthy", "steps on the way", lambda release: len(release.changes), "at most", 3, number),
    ),
    hints=(
        "Users are hurt from the first failure until nobody meets the feature any more. What decides how many"
        " people stand there in that time?",
        "Every service fails now and then: here 3 requests in 1,000, with the feature and without. An alarm "
        "that hears one failure stops a healthy feature, too.",
        "Begin with few users, hold long enough for the alarm to get its requests, and rise in at most three "
        "steps that end at 100 before 240 s are over. Let the alarm forgive some times the usual failures.",
    ),
    solution="mine = dl.Flag(weights=(10, 50, 100), max_error_rate=0.02)",
    kind=Flag,
)

Flags = Mapping[str, Any]


def _about(weight: float, **metadata: object) -> dict[str, Any]:
    return {**fractional_flag(weight), "metadata": metadata}


OURS: Flags = {
    "new-checkout": _about(25, expires="2026-09-01"),
    "new-search": _about(100, expires="2026-08-01"),
    "summer-banner": _about(50, expires="2026-03-31"),
    "stop-payments": _about(0, permanent=True),
    "fast-cart": _about(100),
}
OTHER: Flags = {
    "stop-mails": _about(100, permanent=True),
    "gift-cards": _about(10, expires="2026-07-01"),
    "old-menu": {**_about(50), "state": "DISABLED"},
    "spring-sale": _about(30, expires="2026-05-31"),
    "lottery": _about(0, expires="2026-05-31"),
}


@dataclass(frozen=True)
class CleanUp:
    """What the code is to keep of each flag that goes: what was said, and what is right."""

    said: Mapping[str, str]
    right: Mapping[str, str]

    @property
    def wrong(self) -> list[str]:
        """The stale flags that are not on the list, or with the wrong answer; the right one is not told."""
        return [
            f"{key} is not {short(self.said[key])}" if key in self.said else f"{key} is missing"
            for key, keep in self.right.items() if self.said.get(key) != keep
        ]  # fmt: skip

    @property
    def needed(self) -> list[str]:
        """The flags on the list that must stay."""
        return [f"{key} is not stale" for key in self.said if key not in self.right]


def _listed(flags: Flags, right: Mapping[str, str]) -> Callable[[Callable[[Any], Any]], list[CleanUp]]:
    def tried(clean: Callable[[Any], Any]) -> list[CleanUp]:
        said = clean(dict(flags))
        if not isinstance(said, dict):
            raise returned(clean, said, "is no dictionary; return what the code keeps, by the flags' keys")
        return [CleanUp(said, right)]

    return tried


def _none(team: str, name: str, found: Callable[[CleanUp], list[str]]) -> Limit:
    """Not one such flag may be there; those that are, are named."""
    return Limit(
        team, name, lambda made: len(found(made)), "at most", 0, number, lambda made: "; ".join(found(made))
    )


WRONG, NEEDED = attrgetter("wrong"), attrgetter("needed")

CLEAN_UP = Exercise(
    {
        "shop": _listed(OURS, {"new-search": "on", "summer-banner": "ask", "fast-cart": "on"}),
        "other": _listed(OTHER, {"old-menu": "off", "spring-sale": "ask", "lottery": "off"}),
    },
    (
        _none("shop", "stale flags without the right answer", WRONG),
        _none("shop", "needed flags on the list", NEEDED),
        _none("other", "another team's without the right answer", WRONG),
        _none("other", "its needed flags on the list", NEEDED),
    ),
    hints=(
        "You need not judge each flag yourself: one function of this chapter tells which are stale, and why.",
        "Without a date, dl.stale_toggles takes no date for past. Today is 2026-06-01. And look at the "
        "reasons that it gives, not only at the keys.",
        "Its reasons begin with “everyone gets” or with “expired on”. Ask about those "
        "that expired; the code keeps what everyone gets of the others. Its default is off.",
    ),
    solution="""\
def mine(flags):
    keep = {}
    for key, why in dl.stale_toggles(flags, today="2026-06-01").items():
        keep[key] = "ask" if why.startswith("expired") else "on" if why.endswith(" on") else "off"
    return keep""",
    kind=FunctionType,
)

EXERCISES = {"06-toggles/1": TWO_DAYS, "06-toggles/2": CLEAN_UP}
