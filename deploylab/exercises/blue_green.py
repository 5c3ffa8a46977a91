"""The exercises of chapter 2: a window that is wide enough and no wider, and a switch of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import FunctionType

from ..model.fault import Leak, Overload
from ..model.record import SECOND
from ..model.rollout import Outcome
from ..model.run import Run
from ..model.scenario import Scenario, Traffic
from ..model.summary import number
from ..model.version import Version
from ..patterns.blue_green import BlueGreen
from .exercise import Exercise, failing, rolled
from .requirement import (
    COST,
    HURT,
    PEAK,
    PROMOTED,
    Limit,
    ending,
    fewest_ready,
    instances,
    nobody_hurt,
    time,
    users,
)  # fmt: skip

HEALTHY = Scenario(traffic=Traffic(rate=160), duration=150)
BAD = failing(0.05, HEALTHY)
LEAKY = replace(HEALTHY, candidate=Version("v2", faults=(Leak(after=100),)))
TIRED = Version("v2", service_time=0.04, faults=(Overload(above=10, error_rate=0.5),))


def mingled(run: Run) -> float:
    """Seconds from the first request that met the new version until the last one that met the old.

    >>> from deploylab import Rolling, roll_out
    >>> mingled(roll_out(BlueGreen(), HEALTHY)) < 1 < 30 < mingled(roll_out(Rolling(batch_size=2), HEALTHY))
    True
    """
    old, new = (run.window.time[run.window.version == index] for index in (0, 1))
    return max(0.0, float(old[-1] - new[0]) / SECOND) if len(old) and len(new) else 0.0


def way_back(run: Run) -> float | None:
    """Seconds of the way back; none are needed where nobody met the new version."""
    return 0.0 if run.unexposed else run.time_to_roll_back


THE_WINDOW = Exercise(
    {"healthy": rolled(HEALTHY), "bad": rolled(BAD), "leaky": rolled(LEAKY)},
    (
        ending("bad", "the bad release ends", Outcome.ROLLED_BACK),
        nobody_hurt("bad", "users hurt by the bad release"),
        ending("leaky", "the leaky release ends", Outcome.ROLLED_BACK),
        Limit("leaky", "users hurt by the leaky release", HURT, "at most", 500, users),
        Limit("leaky", "its way back takes", way_back, "at most", 2, time),
        Limit("healthy", "the healthy release takes", PROMOTED, "at most", 130, time),
        Limit("healthy", "its instance-seconds", COST, "at most", 1_660, number),
    ),
    hints=(
        "Which knob finds the bad release before anybody meets it? And what has still to stand when the leak "
        "shows itself?",
        "The instances of green start within 14 s, and a leaky one dies 100 s after that. Until then, either "
        "green is still being tested, or blue is still there. Both cost the same.",
        "Let pre_promotion judge copies, for 15 s or so, and watch every 5 s after the switch. Test and "
        "window together must outlast the 100 s of the leak, but not by much.",
    ),
    solution="""\
mine = dl.BlueGreen(
    preview_hold=15, pre_promotion=dl.Analysis(),
    scale_down_delay=90, analysis=dl.Analysis(interval=5),
)""",
    kind=BlueGreen,
)

YOUR_OWN = Exercise(
    {"healthy": rolled(HEALTHY), "bad": rolled(BAD), "tired": rolled(replace(HEALTHY, candidate=TIRED))},
    (
        ending("bad", "the bad release ends", Outcome.ROLLED_BACK),
        nobody_hurt("bad", "users hurt by the bad release"),
        ending("tired", "v2 that breaks under load ends", Outcome.ROLLED_BACK),
        Limit("tired", "users hurt under load", HURT, "at most", 500, users),
        Limit("tired", "its way back takes", way_back, "at most", 2, time),
        ending("healthy", "the healthy release ends", Outcome.PROMOTED),
        nobody_hurt("healthy", "users hurt by the healthy release"),
        Limit("healthy", "both versions answer during", mingled, "at most", 1, time),
        Limit("healthy", "ready instances", fewest_ready, "at least", 6, instances),
        Limit("healthy", "instances at its peak", PEAK, "at most", 12, instances),
        Limit("healthy", "it takes", PROMOTED, "at most", 75, time),
    ),
    hints=(
        "Three steps lead there: both sides with all the traffic on the old one, both with all of it on the "
        "new one, and the new one alone.",
        "After each look, ask seen.error_rate(new) before you go on. Copies of a tenth are no full load, so "
        "look again after the switch, and often. The way back is a step with all the traffic on the old "
        "side again, and then one without the new side.",
        "In the first step, mirror=10 with a hold of 10 s gives about 150 copies to judge. After the switch, "
        "yield the same step six times, with a hold of 5 s each. When you go back, hold for 1 s before you "
        "stop green: the balancer learns of the switch that late.",
    ),
    solution="""\
def mine(scenario):
    (old, new), n = scenario.versions, scenario.replicas
    both = {old: n, new: n}
    seen = yield dl.Step(both, {old: 100}, hold=10, mirror=10, note=f"test {new}")
    looks = 0
    while seen.error_rate(new) <= 0.01:
        if looks == 6:
            yield dl.Step({new: n}, {new: 100}, note=f"stop {old}")
            return dl.Outcome.PROMOTED
        seen = yield dl.Step(both, {new: 100}, hold=5, note=f"switch to {new}")
        looks += 1
    yield dl.Step(both, {old: 100}, hold=1, note=f"back to {old}")
    yield dl.Step({old: n}, {old: 100}, note=f"stop {new}")
    return dl.Outcome.ROLLED_BACK""",
    kind=FunctionType,
)

EXERCISES: Mapping[str, Exercise] = {"02-blue-green/1": THE_WINDOW, "02-blue-green/2": YOUR_OWN}
