"""The exercises of the chapter on rolling deployment: one release that is healthy, and one that is not."""

from __future__ import annotations

from dataclasses import replace

from ..model.rollout import Outcome
from ..patterns.rolling import Rolling
from .exercise import SHOP, Exercise, failing, rolled
from .requirement import HURT, P99, PEAK, PROMOTED, Limit, ending, fewest_ready, instances, time, users

HEALTHY = replace(SHOP, duration=120)
BOTH = {"healthy": rolled(HEALTHY), "bad": rolled(failing(0.05, HEALTHY))}
TAKEN_BACK = ending("bad", "the bad release ends", Outcome.ROLLED_BACK)
FEW_HURT = Limit("bad", "users hurt by the bad release", HURT, "at most", 20, users)

TWO_FORCES = Exercise(
    BOTH,
    (
        TAKEN_BACK,
        FEW_HURT,
        Limit("healthy", "the healthy release takes", PROMOTED, "at most", 60, time),
        Limit("healthy", "its p99 latency", P99, "at most", 0.3, time),
    ),
    hints=(
        "Two knobs pull against each other. Which one makes the healthy release quicker, and which one lets "
        "fewer people meet the bad one?",
        "Do not turn the batch size alone. A batch needs about 12 s to start; the rest of its time is hold.",
        "An analysis needs 50 requests for its verdict. At 160 requests a second, how many seconds is that "
        "for a small batch? A hold shorter than that lets the bad batch pass.",
    ),
    solution="mine = dl.Rolling(batch_size=2, hold=4)",
    kind=Rolling,
)

YOUR_OWN = Exercise(
    BOTH,
    (
        TAKEN_BACK,
        FEW_HURT,
        Limit("bad", "ready instances, bad release", fewest_ready, "at least", 6, instances),
        Limit("healthy", "ready instances, healthy release", fewest_ready, "at least", 6, instances),
        Limit("healthy", "the healthy release takes", PROMOTED, "at most", 120, time),
        Limit("healthy", "instances at its peak, stopping ones too", PEAK, "at most", 9, instances),
    ),
    hints=(
        "Start before you stop: a Step may want more instances than the service has.",
        "Begin with all of the old and one of the new, and hold that for some seconds. Then "
        "seen.error_rate(new) tells whether it is safe to go on.",
        "When you go on, let each Step want seven instances in all: one more of the new, one fewer of the "
        "old. The last Step wants the new ones alone.",
    ),
    solution="""\
def mine(scenario):
    (old, new), n = scenario.versions, scenario.replicas
    seen = yield dl.Step({old: n, new: 1}, hold=8, note="one new beside the old")
    if seen.error_rate(new) > 0.01:
        yield dl.Step({old: n}, note=f"back to {old}")
        return dl.Outcome.ROLLED_BACK
    for updated in range(2, n + 1):
        yield dl.Step({old: n + 1 - updated, new: updated}, note=f"move {updated} of {n} to {new}")
    yield dl.Step({new: n}, note=f"the last {old} goes")
    return dl.Outcome.PROMOTED""",
)

EXERCISES = {"04-rolling/1": TWO_FORCES, "04-rolling/2": YOUR_OWN}
