"""Releases of a candidate, the random ones too, and what the tests of all strategies ask of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.order import Action, Order, Release
from deploylab.model.record import Instance
from deploylab.model.rollout import Outcome, Strategy
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version

many = settings(derandomize=True, deadline=None, max_examples=100)


def fair_versions(name: str) -> st.SearchStrategy[Version]:
    seconds = st.integers(0, 20).map(float) | st.floats(0, 20)
    return st.builds(Version, st.just(name), startup_time=seconds, startup_jitter=seconds)


@st.composite
def fair_scenarios(draw: Any, people: bool = True) -> Scenario:
    """In which no version fails by itself, and people say what they like."""
    spoken = st.builds(Order, st.floats(0, 60), st.sampled_from(get_args(Action)))
    released = st.lists(st.builds(Release, st.floats(0, 60), fair_versions("v3")), max_size=1)
    orders = [*draw(st.lists(spoken, max_size=4)), *draw(released)] if people else []
    return Scenario(
        draw(fair_versions("v1")), draw(fair_versions("v2")), replicas=draw(st.integers(1, 15)),
        platform=Platform(pre_stop=draw(st.floats(0, 10)), endpoint_lag=draw(st.floats(0, 3))),
        traffic=Traffic(rate=draw(st.sampled_from([0.05, 5]))), duration=draw(st.floats(10, 120)),
        seed=draw(st.integers(0, 99)), orders=tuple(sorted(orders, key=lambda order: order.at)),
    )  # fmt: skip


def release(strategy: Strategy, *orders: Order | Release, rate: float = 120, **candidate: Any) -> Run:
    scenario = Scenario(candidate=Version("v2", **candidate), traffic=Traffic(rate=rate), orders=orders)
    return roll_out(strategy, scenario)


def left(run: Run) -> list[str]:
    """The versions of the instances that were never told to stop."""
    return [i.version for i in run.instances if i.draining is None]


def notes(run: Run) -> list[str]:
    return [step.note for step, _ in run.steps]


def moments(run: Run) -> Iterator[tuple[float, list[Instance]]]:
    """Every moment at which something happens, and the instances that are not told to stop by then."""
    times = {time for i in run.instances for time in (i.started, i.ready, i.draining) if time is not None}
    for moment in sorted(times):
        if moment <= run.finished:
            there = [i for i in run.instances if i.started <= moment]
            yield moment, [i for i in there if i.draining is None or i.draining > moment]


def the_outcome_is_true(run: Run) -> bool:
    """Exactly one version serves when it was promoted, and only the stable one when it was rolled back."""
    newest = [
        run.scenario.candidate.name,
        *(e.message.split()[0] for e in run.events if e.reason == "Release"),
    ]
    released_by_then = [e for e in run.events if e.reason == "Release" and e.time <= run.finished]
    promoted = newest[len(released_by_then)]
    whole = {Outcome.PROMOTED: promoted, Outcome.ROLLED_BACK: run.scenario.stable.name}
    return run.outcome not in whole or left(run) == [whole[run.outcome]] * run.scenario.replicas
