"""The exercises of the chapter on feature toggles: a flag for a good and a bad day, and a tidy file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from types import FunctionType
from typing import Any

from ..engine.toggles import toggle
from ..model.flag import Flag
from ..model.flag_rollout import FlagRollout
from ..model.scenario import Scenario
from ..model.summary import number
from ..model.version import Version
from ..patterns.rolling import Rolling
from ..patterns.toggles.flags import combinations, fractional_flag, stale_toggles
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


SHARE = "{:g} % of the users".format

TWO_DAYS = Exercise(
    {
        "bad": EachSeed(partial(_released, failing(0.05, SHOP))),
        "healthy": EachSeed(partial(_released, USUAL)),
    },
    (
        Limit("bad", "users hurt by the bad feature", HURT, "at most", 15, users),
        Limit("bad", "it is taken back in", attrgetter("time_to_take_back"), "at most", 10, time),
        Limit("healthy", "a healthy feature reaches", _reached, "at least", 100, SHARE, _stopped),
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
TODAY = "2026-06-01"


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
}


@dataclass(frozen=True)
class Tidied:
    """A file of flags before and after."""

    before: Flags
    after: Flags

    @property
    def stale(self) -> float:
        """Flags that are left and decide nothing any more."""
        return len(stale_toggles(self.after, TODAY))

    @property
    def combinations(self) -> int:
        """How many programs the flags that are left make of one."""
        return combinations(self.after)

    @property
    def lost(self) -> float:
        """Flags that are needed, and gone or changed."""
        stale = stale_toggles(self.before, TODAY)
        return sum(bool(self.after.get(key) != flag) for key, flag in self.before.items() if key not in stale)


def _tidied(before: Flags) -> Callable[[Callable[[Any], Any]], list[Tidied]]:
    def tried(tidy: Callable[[Any], Any]) -> list[Tidied]:
        after = tidy(dict(before))
        if not isinstance(after, dict):
            raise returned(tidy, after, "is no dictionary; return the flags that stay, by their keys")
        return [Tidied(before, after)]

    return tried


STALE, LOST = attrgetter("stale"), attrgetter("lost")

TIDY = Exercise(
    {"shop": _tidied(OURS), "other": _tidied(OTHER)},
    (
        Limit("shop", "combinations of the shop's flags", attrgetter("combinations"), "at most", 4, number),
        Limit("shop", "stale flags of the shop", STALE, "at most", 0, number),
        Limit("shop", "needed flags that are lost", LOST, "at most", 0, number),
        Limit("other", "stale flags of another team", STALE, "at most", 0, number),
        Limit("other", "its needed flags that are lost", LOST, "at most", 0, number),
    ),
    hints=(
        "You need not judge each flag yourself: one function of this chapter tells which are stale, and why.",
        "Without a date, dl.stale_toggles takes every date for past. Today is 2026-06-01.",
        "Return a new dictionary: all items of flags whose key is not in dl.stale_toggles(flags, today=...).",
    ),
    solution="""\
def mine(flags):
    stale = dl.stale_toggles(flags, today="2026-06-01")
    return {key: flag for key, flag in flags.items() if key not in stale}""",
    kind=FunctionType,
)

EXERCISES = {"06-toggles/1": TWO_DAYS, "06-toggles/2": TIDY}
