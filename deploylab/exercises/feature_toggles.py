"""The exercises of the chapter on feature toggles: a flag for a good and a bad day, and a tidy file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import FunctionType
from typing import Any

from ..engine.toggles import toggle
from ..model.flag import Flag, FlagRollout
from ..model.scenario import Platform, Scenario, Traffic
from ..model.version import Version
from ..patterns.feature_toggles import combinations, fractional_flag, stale_toggles
from ..patterns.rolling import Rolling
from .exercise import Exercise, each_seed, returned
from .requirement import Limit, time, users

BAD = Scenario(
    candidate=Version("v2", error_rate=0.05),
    traffic=Traffic(rate=160),
    platform=Platform(pre_stop=2),
    duration=240,
)
USUAL = replace(BAD, stable=Version("v1", error_rate=0.003), candidate=Version("v2", error_rate=0.003))


def _released(scenario: Scenario, flag: Flag, seed: int) -> FlagRollout:
    """How fast news of a flag and a pipeline are is given; all else is the answer's."""
    given = Flag()
    as_it_is = replace(
        flag,
        propagation=given.propagation,
        pipeline=given.pipeline,
        interval=given.interval,
        bucketing=given.bucketing,
    )
    return toggle(as_it_is, replace(scenario, seed=seed), Rolling())


def _reached(release: FlagRollout) -> float:
    return release.changes[-1].weight


def _stopped(release: FlagRollout) -> str:
    """What kept the feature from everybody, and with which seed one can see it."""
    if release.alarm is None:
        return "no step goes further before the time is over"
    return f"the alarm stopped it at {release.alarm:g} s, with seed {release.scenario.seed}"


TWO_DAYS = Exercise(
    {"bad": each_seed(partial(_released, BAD)), "healthy": each_seed(partial(_released, USUAL))},
    (
        Limit(
            "bad", "users hurt by the bad feature", lambda release: release.users_hurt, "at most", 15, users
        ),
        Limit("bad", "it is taken back in", lambda release: release.time_to_take_back, "at most", 10, time),
        Limit(
            "healthy",
            "a healthy feature reaches",
            _reached,
            "at least",
            100,
            "{:g} % of the users".format,
            _stopped,
        ),
        Limit(
            "healthy", "steps on the way", lambda release: len(release.changes), "at most", 3, "{:.0f}".format
        ),
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

# A file that is tidied up ----------------------------------------------------------------------------------

Flags = Mapping[str, Any]
TODAY = "2026-06-01"


def _about(weight: float, **metadata: object) -> dict[str, Any]:
    return {**fractional_flag(weight), "metadata": metadata}


SHOP: Flags = {
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


def _combinations(tidied: Tidied) -> float:
    return float(combinations(tidied.after))


TIDY = Exercise(
    {"shop": _tidied(SHOP), "other": _tidied(OTHER)},
    (
        Limit("shop", "combinations of the shop's flags", _combinations, "at most", 4, "{:,.0f}".format),
        Limit("shop", "stale flags of the shop", lambda tidied: tidied.stale, "at most", 0, "{:.0f}".format),
        Limit(
            "shop", "needed flags that are lost", lambda tidied: tidied.lost, "at most", 0, "{:.0f}".format
        ),
        Limit(
            "other", "stale flags of another team", lambda tidied: tidied.stale, "at most", 0, "{:.0f}".format
        ),
        Limit(
            "other",
            "its needed flags that are lost",
            lambda tidied: tidied.lost,
            "at most",
            0,
            "{:.0f}".format,
        ),
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
