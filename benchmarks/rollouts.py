"""Whole rollouts: one of sixty control intervals, and thousands of them through sweep on all cores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from deploylab.engine.processes import cores
from deploylab.engine.rollout import roll_out
from deploylab.engine.sweep import sweep
from deploylab.model.rollout import Outcome, Rollout, Step, Strategy
from deploylab.model.scenario import Scenario, Traffic
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary
from deploylab.patterns.recreate import Recreate
from deploylab.patterns.rolling import Rolling

from .measure import in_turns, seconds

SCENARIO = Scenario(replicas=20, traffic=Traffic(rate=200), duration=600)
STRATEGIES: list[Strategy] = [Recreate(), Rolling(), BlueGreen(), Canary()]
SEEDS, GOAL, ROUNDS = 250, 10_000, 15
AIM_MS, AIM_S = 5, 30


def aim(measured: float, wanted: float) -> str:
    """Whether it was met, in words."""
    return "met" if measured <= wanted else f"missed, by a factor of {measured / wanted:.1f}"


def sixty_intervals(scenario: Scenario) -> Rollout:
    """A canary by hand: one percent more every ten seconds, and a look at the errors each time."""
    old, new, n = scenario.stable.name, scenario.candidate.name, scenario.replicas
    yield Step({old: n, new: n}, {old: 100})
    for percent in range(1, 60):
        seen = yield Step({old: n, new: n}, {old: 100 - percent, new: percent}, hold=9.5)
        if seen.error_rate(new) > 0.5:
            return Outcome.ABORTED
    return Outcome.ABORTED


def table() -> Iterator[str]:
    works = {name: partial(roll_out, strategy, SCENARIO) for name, strategy in named().items()}
    runs = {name: work() for name, work in works.items()}
    times = in_turns(works, ROUNDS)
    yield from (
        "## A whole rollout",
        "",
        "20 instances, 200 requests a second, 600 s, the requests drawn before; without the figures. Medians",
        f"of {ROUNDS} rounds. The aim for sixty control intervals is {AIM_MS} ms: "
        f"{aim(times['sixty control intervals'] * 1e3, AIM_MS)}.",
        "",
        "| | steps | requests | ms |",
        "|---|---:|---:|---:|",
    )
    for name, run in runs.items():
        yield f"| {name} | {len(run.steps)} | {len(run.log):,} | {times[name] * 1e3:.1f} |"
    yield ""
    yield from thousands()


def named() -> dict[str, Strategy]:
    patterns: dict[str, Strategy] = {f"{type(strategy).__name__}()": strategy for strategy in STRATEGIES}
    return {"sixty control intervals": sixty_intervals, **patterns}


def thousands() -> Iterator[str]:
    total = len(STRATEGIES) * SEEDS
    ours = measured(SEEDS, None)
    with ThreadPoolExecutor(1) as alone:
        single = measured(SEEDS // 10, alone)
    yield from (
        f"## {total:,} rollouts through sweep",
        "",
        f"The four patterns above with {SEEDS} seeds: drawing, rolling out and all figures. Measured once,",
        "from the start of the processes to the table; one thread with a tenth of them. The time by the",
        "clock depends on who else uses the machine; the processor time hardly does.",
        f"{GOAL:,} rollouts were not measured: the last column multiplies the one before. The aim is",
        f"{AIM_S} s on two cores: {aim(ours[0] * GOAL, AIM_S)}.",
        "",
        f"| | ms a rollout | processor ms a rollout | s for {GOAL:,} by the clock |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {clock * 1e3:.1f} | {cpu * 1e3:.1f} | {clock * GOAL:.0f} |"
            for name, (clock, cpu) in ((f"{cores()} processes", ours), ("one thread", single))
        ),
    )


def measured(seeds: int, executor: Executor | None) -> tuple[float, float]:
    """Seconds a rollout, by the clock and by the processors."""
    before = sum(os.times()[:4])  # of this process, and of those that have ended
    clock = seconds(lambda: sweep(STRATEGIES, SCENARIO, range(seeds), executor=executor, progress=False))
    runs = len(STRATEGIES) * seeds
    return clock / runs, (sum(os.times()[:4]) - before) / runs
