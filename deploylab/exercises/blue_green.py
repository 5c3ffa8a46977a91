"""The exercises of chapter 2: a window that is wide enough and no wider, and a switch of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter

from ..model.fault import Leak
from ..model.record import SECOND
from ..model.rollout import Outcome
from ..model.run import Run
from ..model.scenario import Scenario, Traffic
from ..model.summary import number
from ..model.version import Version
from ..patterns.blue_green import BlueGreen
from .exercise import Exercise, rolled
from .requirement import Limit, ending, fewest_ready, instances, time, users

HEALTHY = Scenario(traffic=Traffic(rate=160), duration=150)
BAD = replace(HEALTHY, candidate=Version("v2", error_rate=0.05))
LEAKY = replace(HEALTHY, candidate=Version("v2", faults=(Leak(after=60),)))


def mingled(run: Run) -> float:
    """Seconds from the first request that met the new version until the last one that met the old.

    >>> from deploylab import Rolling, roll_out
    >>> mingled(roll_out(BlueGreen(), HEALTHY)) < 1 < 30 < mingled(roll_out(Rolling(batch_size=2), HEALTHY))
    True
    """
    old, new = (run.window.time[run.window.version == index] for index in (0, 1))
    return max(0.0, float(old[-1] - new[0]) / SECOND) if len(old) and len(new) else 0.0


HURT, BACK = attrgetter("users_hurt"), attrgetter("time_to_roll_back")
PROMOTED, COST, PEAK = map(attrgetter, ("time_to_promote", "instance_seconds", "peak_instances"))

THE_WINDOW = Exercise(
    {"healthy": rolled(HEALTHY), "bad": rolled(BAD), "leaky": rolled(LEAKY)},
    (
        ending("bad", "the bad release ends", Outcome.ROLLED_BACK),
        Limit("bad", "users hurt by the bad release", HURT, "at most", 0, users),
        ending("leaky", "the leaky release ends", Outcome.ROLLED_BACK),
        Limit("leaky", "users hurt by the leaky release", HURT, "at most", 500, users),
        Limit("leaky", "its way back takes", BACK, "at most", 2, time),
        Limit("healthy", "the healthy release takes", PROMOTED, "at most", 90, time),
        Limit("healthy", "its instance-seconds", COST, "at most", 1_420, number),
    ),
    hints=(
        "Which knob finds the bad release before anybody meets it? And what has still to stand when the leak "
        "shows itself?",
        "The instances of green start within 14 s, and a leaky one dies 60 s after that. Until then, either "
        "green is still being tested, or blue is still there. Both cost the same.",
        "Let pre_promotion judge copies, for 15 s or so, and watch every 5 s after the switch. Test and "
        "window together must outlast the 60 s of the leak, but not by much.",
    ),
    solution="""\
mine = dl.BlueGreen(
    preview_hold=15, pre_promotion=dl.Analysis(),
    scale_down_delay=50, analysis=dl.Analysis(interval=5),
)""",
    kind=BlueGreen,
)

YOUR_OWN = Exercise(
    {"healthy": rolled(HEALTHY), "bad": rolled(BAD)},
    (
        ending("bad", "the bad release ends", Outcome.ROLLED_BACK),
        Limit("bad", "users hurt by the bad release", HURT, "at most", 60, users),
        Limit("bad", "its way back takes", BACK, "at most", 2, time),
        ending("healthy", "the healthy release ends", Outcome.PROMOTED),
        Limit("healthy", "users hurt by the healthy release", HURT, "at most", 0, users),
        Limit("healthy", "both versions answer during", mingled, "at most", 1, time),
        Limit("healthy", "ready instances", fewest_ready, "at least", 6, instances),
        Limit("healthy", "instances at its peak", PEAK, "at most", 12, instances),
        Limit("healthy", "it takes", PROMOTED, "at most", 75, time),
    ),
    hints=(
        "Three steps lead there: both sides with all the traffic on the old one, both with all of it on the "
        "new one, and the new one alone.",
        "After each look, ask seen.error_rate(new) before you go on. The way back is a step with all the "
        "traffic on the old side again, and then one without the new side.",
        "In the first step, mirror=10 with a hold of 10 s gives about 150 copies to judge. When you go back, "
        "hold for 1 s before you stop green: the balancer learns of the switch that late.",
    ),
    solution="""\
def mine(scenario):
    (old, new), n = scenario.versions, scenario.replicas
    both = {old: n, new: n}
    seen = yield dl.Step(both, {old: 100}, hold=10, mirror=10, note=f"test {new}")
    if seen.error_rate(new) <= 0.01:
        seen = yield dl.Step(both, {new: 100}, hold=30, note=f"switch to {new}")
        if seen.error_rate(new) <= 0.01:
            yield dl.Step({new: n}, {new: 100}, note=f"stop {old}")
            return dl.Outcome.PROMOTED
    yield dl.Step(both, {old: 100}, hold=1, note=f"back to {old}")
    yield dl.Step({old: n}, {old: 100}, note=f"stop {new}")
    return dl.Outcome.ROLLED_BACK""",
)

EXERCISES: Mapping[str, Exercise] = {"02-blue-green/1": THE_WINDOW, "02-blue-green/2": YOUR_OWN}
