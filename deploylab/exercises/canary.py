"""The exercises of the chapter on canaries: how much and how long, how it is judged, and whom it may hurt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..engine.rollout import roll_out
from ..model.fault import Overload
from ..model.rollout import Outcome
from ..model.run import Run
from ..model.scenario import Scenario, Traffic
from ..model.version import Version
from ..patterns.analysis import Analysis
from ..patterns.canary import Canary
from ..patterns.flagger import Flagger
from .exercise import SHOP, EachSeed, Exercise, failing, rolled
from .requirement import HURT, PROMOTED, Limit, ending, nobody_hurt, time, users

TIRED = Version("v2", service_time=0.045, faults=(Overload(above=10, error_rate=0.5),))
QUIET = replace(SHOP, traffic=Traffic(rate=60))


def _judged(scenario: Scenario) -> EachSeed:
    """An analysis watches a quarter of the traffic for two minutes."""

    def judge(analysis: Analysis, seed: int) -> Run:
        canary = Canary(weights=(25,), hold=120, analysis=analysis)
        return roll_out(canary, replace(scenario, seed=seed))

    return EachSeed(judge)


STEPS = Exercise(
    {
        "healthy": rolled(SHOP),
        "bad": rolled(failing(0.08, SHOP)),
        "tired": rolled(replace(SHOP, candidate=TIRED)),
    },
    (
        ending("bad", "v2 with 8 % errors ends", Outcome.ROLLED_BACK),
        Limit("bad", "users hurt by it", HURT, "at most", 20, users),
        ending("tired", "v2 that breaks under load ends", Outcome.ROLLED_BACK),
        Limit("tired", "users hurt under load", HURT, "at most", 250, users),
        Limit("healthy", "the healthy release takes", PROMOTED, "at most", 110, time),
    ),
    hints=(
        "The first weight decides how many users meet a bad release. The last one decides what you learn "
        "about load, and how many are aboard when v2 breaks.",
        "What breaks is a single instance, by the requests that it gets. v2 has as many of the six as its "
        "weight needs, rounded up. So at 10 % its one instance gets 16 requests a second, and at 100 % each "
        "of six gets 27. Which other weights give each of them about 27?",
        "Two steps will do: a first one of a few percent, and one of 16 %, where a single instance gets 26 a "
        "second. Even the small one must see 50 requests in its hold, with room to spare: 160 a second, "
        "times its weight.",
    ),
    solution="mine = dl.Canary(weights=(5, 16), hold=12)",
    kind=Canary,
)

JUDGE = Exercise(
    {
        name: _judged(failing(share, SHOP))
        for name, share in (("usual", 0.005), ("worse", 0.02), ("awful", 0.2))
    },
    (
        ending("usual", "v2 with 0.5 % errors ends", Outcome.PROMOTED),
        ending("worse", "v2 with 2 % errors ends", Outcome.ROLLED_BACK),
        Limit("worse", "users hurt at 2 %", HURT, "at most", 80, users),
        Limit("awful", "users hurt at 20 %", HURT, "at most", 60, users),
    ),
    hints=(
        "20 % must be seen within seconds. So measure again and again: set an interval.",
        "A threshold forgets. In a few seconds there are so few requests that two unlucky ones break the "
        "limit. Which judge remembers them all, and may be asked as often as you like?",
        "Sequential is that judge. And mind the smallest interval: a measurement of fewer than 50 requests "
        "is inconclusive, and a single one of those waits for a person. v2 gets 40 requests a second.",
    ),
    solution="mine = dl.Analysis(interval=5, judge=dl.Sequential())",
    kind=Analysis,
)

NOBODY = Exercise(
    {"usual": rolled(failing(0.005, QUIET)), "bad": rolled(failing(0.02, QUIET))},
    (
        ending("bad", "v2 with 2 % errors ends", Outcome.ROLLED_BACK),
        nobody_hurt("bad", "users hurt by it"),
        ending("usual", "v2 with 0.5 % errors ends", Outcome.PROMOTED),
        Limit("usual", "its release takes", PROMOTED, "at most", 120, time),
    ),
    hints=(
        "Every user who is sent to v2 may be hurt. So test v2 before any user is sent there.",
        "An idle v2 (iterations) gets no requests, and no requests are bad checks. Which knob brings it "
        "some that hurt nobody?",
        "Mirror requests, and so many that one unlucky copy does not look like 1 %: 60 a second, times the "
        "share, times the interval. And ask for several good checks: one may be luck.",
    ),
    solution="mine = dl.Flagger(interval=10, iterations=3, mirror=100)",
    kind=Flagger,
)

EXERCISES: Mapping[str, Exercise] = {"03-canary/1": STEPS, "03-canary/2": JUDGE, "03-canary/3": NOBODY}
