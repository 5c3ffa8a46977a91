"""The exercises of the chapter on choosing a pattern: measure what a team asks for, combine, and release."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

from ..model.rollout import Outcome
from ..model.summary import number
from .capstone import incident
from .exercise import SHOP, Exercise, failing, rolled
from .requirement import COST, HURT, PEAK, PROMOTED, WAY_BACK, Exactly, Limit, ending, instances, time, users

BOTH = {"healthy": rolled(SHOP), "bad": rolled(failing(0.05, SHOP))}
INCIDENTS = (10, 23, 25, 32, 42, 47, 76, 87, 89, 96)  # two faults of each kind, one leak early, one late
TAKEN_BACK = ending("bad", "the bad release ends", Outcome.ROLLED_BACK)

PAYMENTS = Exercise(
    BOTH,
    (
        TAKEN_BACK,
        Limit("bad", "users hurt by the bad release", HURT, "at most", 20, users),
        Limit("bad", "its way back takes", WAY_BACK, "at most", 2, time),
        Limit("healthy", "the healthy release takes", PROMOTED, "at most", 100, time),
        Limit("healthy", "its instance-seconds", COST, "at most", 1_850, number),
    ),
    hints=(
        "Two patterns are back in a second. Look at your tables: which of their figures breaks a limit?",
        "A canary is slow because it watches long and often. Blue-green hurts many because it looks late.",
        "Either a canary of two steps, each watched for about 10 s, or blue-green whose analysis has an "
        "interval of 2 s and whose preview is shorter.",
    ),
    solution="mine = dl.Canary(weights=(10, 50), hold=10)",
)

NOBODY = Exercise(
    BOTH,
    (
        TAKEN_BACK,
        Limit("bad", "users hurt by the bad release", HURT, "at most", 0, users),
        Limit("healthy", "the healthy release takes", PROMOTED, "at most", 90, time),
        Limit("healthy", "instances at its peak, stopping ones too", PEAK, "at most", 12, instances),
    ),
    hints=(
        "To hurt nobody, judge v2 before anybody is served by it. What could it work on until then?",
        "On copies: a Shadow gets them, then hands over to another strategy. But count the instances. Which "
        "pattern has a full idle side anyway, and could judge it before the promotion?",
        "Blue-green takes a pre_promotion analysis, and mirror says how many percent are copied. The "
        "analysis needs 50 requests, so do not copy too few.",
    ),
    solution="mine = dl.BlueGreen(preview_hold=20, pre_promotion=dl.Analysis(), mirror=10)",
)

ANY_FAULT = Exercise(
    {"incidents": lambda strategy: [incident(seed).release(strategy) for seed in INCIDENTS]},
    (
        Exactly("incidents", "every faulty build is", lambda it: it.faulty.outcome.value, "rolled back"),
        Exactly("incidents", "every repair is", lambda it: it.repaired.outcome.value, "promoted"),
        Limit(
            "incidents", "points in the worst of ten incidents", attrgetter("score"), "at least", 70, number
        ),
    ),
    hints=(
        "You do not know the fault, so look at all of it: at errors and at latency, at the first second of "
        "v2 and at a time when it has run for a minute and a half.",
        "Begin with very few users, and keep them few until even a late leak has shown. A leak shows for a "
        "second, at any time: a canary's background analysis looks all the time. But few users send few "
        "requests in an interval, and it asks for 50.",
        "Weights of 3 and 20 %, each held for 45 s; an analysis with max_latency_p99=0.3, and one like it in "
        "the background, every 4 s, content with 5 requests; a large inconclusive_limit forgives a quiet "
        "interval.",
    ),
    solution="""\
strict = dl.Analysis(max_latency_p99=0.3)
always = dl.Analysis(max_latency_p99=0.3, interval=4, min_requests=5, inconclusive_limit=100)
mine = dl.Canary(weights=(3, 20), hold=45, analysis=strict, background=always)""",
)

EXERCISES: Mapping[str, Exercise] = {
    "08-choosing/1": PAYMENTS,
    "08-choosing/2": NOBODY,
    "08-choosing/3": ANY_FAULT,
}
