"""Random scenarios, scripts and patterns, and what of two runs is compared."""

from __future__ import annotations

from dataclasses import Field, fields, replace
from math import inf
from typing import Any, get_args

from hypothesis import reject
from hypothesis import strategies as st

from deploylab.model.errors import KnobError
from deploylab.model.fault import CrashOnStart, Fault, IncompatibleData, Leak, Overload
from deploylab.model.knob import Knob
from deploylab.model.order import Action, Order, Release
from deploylab.model.record import AccessLog
from deploylab.model.rollout import Observation, Outcome, Rollout, Step, Strategy
from deploylab.model.scenario import Platform, Profile, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.analysis import Analysis
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary
from deploylab.patterns.flagger import Flagger
from deploylab.patterns.rolling import Rolling
from deploylab.patterns.shadow import Shadow
from deploylab.patterns.strategies import NAMES, strategy


def columns(log: AccessLog) -> dict[str, list[int]]:
    return {name: getattr(log, name).tolist() for name in AccessLog.__dataclass_fields__}


def plain(seen: Observation) -> Observation:
    """An observation that can be compared."""
    return replace(seen, latencies={name: times.tolist() for name, times in seen.latencies.items()})


def script(*steps: Any, value: Any = Outcome.STALLED) -> Strategy:
    """A strategy that follows a script, whatever it sees, and ends with this value."""

    def mine(_: Scenario) -> Rollout:
        for step in steps:  # noqa: UP028 (a tuple receives no observations)
            yield step
        return value

    return mine


def script_for_three(*steps: Step) -> Strategy:
    """The same, but as soon as there is a third version it gets what the second would have got."""

    def mine(_: Scenario) -> Rollout:
        released = False
        for step in steps:
            seen = yield _with_third(step) if released else step
            released = len(seen.replicas) > 2
        return Outcome.STALLED

    return mine


def _with_third(step: Step) -> Step:
    traffic = step.traffic and {"v1": step.traffic["v1"], "v2": 0.0, "v3": step.traffic["v2"]}
    return replace(step, replicas={**step.replicas, "v3": step.replicas.get("v1", 2)}, traffic=traffic)


def seconds(most: float) -> st.SearchStrategy[float]:
    """Whole seconds as well, so that things happen at the same nanosecond."""
    return st.integers(0, int(most)).map(float) | st.floats(0, most)


def faults(leaks: bool) -> st.SearchStrategy[tuple[Fault, ...]]:
    rates = st.sampled_from([0, 0.1, 0.5, 1])
    one = (
        st.builds(CrashOnStart, rates)
        | st.builds(Overload, st.integers(0, 6), rates)
        | st.just(IncompatibleData())
    )
    if leaks:
        one |= st.builds(Leak, st.sampled_from([0.001, 1, 7]) | st.floats(0.5, 60))
    return st.lists(one, min_size=1, max_size=4, unique_by=type).map(tuple)


@st.composite
def versions(draw: Any, name: str, leaks: bool) -> Version:
    return Version(
        name,
        startup_time=draw(seconds(8)),
        startup_jitter=draw(st.just(0) | seconds(4)),
        service_time=draw(st.floats(0.001, 0.4)),
        error_rate=draw(st.sampled_from([0, 0, 0.03, 0.5, 1])),
        warm_up_time=draw(st.just(0) | seconds(20)),
        cold_factor=draw(st.sampled_from([1, 2, 3.7, 20])),
        faults=draw(st.just(()) | faults(leaks)),
    )


@st.composite
def profiles(draw: Any) -> Profile:
    """Ramps, steps, silences and bursts; it ends with traffic, so that there is always a next request."""
    factors = st.sampled_from([0, 0.5, 1, 2, 3])
    corners = draw(st.lists(st.tuples(seconds(90), factors), max_size=4, unique_by=lambda pair: pair[0]))
    return (*sorted(corners), (91, draw(st.sampled_from([0.5, 1, 3]))))


def orders(leaks: bool) -> st.SearchStrategy[tuple[Order | Release, ...]]:
    """Whatever people say; mostly they are silent."""
    spoken = st.builds(Order, seconds(60), st.sampled_from(get_args(Action)))
    releases = st.builds(Release, seconds(40), versions("v3", leaks))
    some = st.tuples(st.lists(spoken, max_size=4), st.lists(releases, max_size=1))
    return st.just(()) | some.map(lambda both: (*both[0], *both[1]))


@st.composite
def scenarios(draw: Any, leaks: bool = False) -> Scenario:
    """With leaks, a strategy that waits for everyone at once may wait for as long as a run can be."""
    return Scenario(
        stable=draw(versions("v1", leaks)),
        candidate=draw(versions("v2", leaks)),
        replicas=draw(st.integers(1, 12)),
        traffic=Traffic(
            rate=draw(st.floats(0.05, 60)),
            users=draw(st.integers(1, 500)),
            profile=draw(st.just(()) | profiles()),
            sticky=draw(st.sampled_from([False, False, True])),
        ),
        platform=Platform(
            endpoint_lag=draw(seconds(5)),
            pre_stop=draw(st.just(0) | seconds(10)),
            termination_grace_period=draw(seconds(30)),
            request_timeout=draw(st.floats(0.05, 10)),
            workers=draw(st.sampled_from([1, 1, 1, 2, 3, 8])),
        ),
        duration=draw(st.floats(1, 60)),
        seed=draw(st.integers(0, 10**6)),
        orders=draw(orders(leaks)),
    )


def divisions() -> st.SearchStrategy[dict[str, float] | None]:
    percent = st.sampled_from([0, 0.001, 5, 20, 50, 100]) | st.floats(0, 100)
    return st.none() | percent.map(lambda share: {"v1": 100 - share, "v2": share})


def steps() -> st.SearchStrategy[Step]:
    return st.builds(
        Step,
        replicas=st.dictionaries(st.sampled_from(["v1", "v2"]), st.integers(0, 12)),
        traffic=divisions(),
        hold=st.just(0.0) | seconds(10),
        until=st.sampled_from(["available", "changed", "now"]),
        min_ready_seconds=st.just(0.0) | seconds(5),
        progress_deadline=seconds(15) | st.just(inf),
        mirror=st.sampled_from([0, 0, 0, 1, 40, 100]),
        heeds=st.booleans(),
    ).flatmap(lambda step: st.sampled_from([step, replace(step, hold=inf)] if step.heeds else [step]))


LIMITS = st.sampled_from([0.0, 0.01, 1])
ANALYSES = st.builds(Analysis, max_error_rate=LIMITS, min_requests=st.integers(1, 60))
DEADLINES = st.floats(1, 20)


def _rollings() -> st.SearchStrategy[Strategy]:
    continuous = st.builds(
        Rolling, max_surge=st.sampled_from([1, 3, "25%", "100%"]),
        max_unavailable=st.sampled_from([0, 2, "25%", "100%"]),
        min_ready_seconds=seconds(5), progress_deadline=st.floats(5.5, 20), undo_at_deadline=st.booleans(),
    )  # fmt: skip
    return continuous | _batches()


def _batches() -> st.SearchStrategy[Strategy]:
    return st.builds(Rolling, batch_size=st.integers(1, 12), hold=seconds(10), analysis=ANALYSES)


def _blue_greens() -> st.SearchStrategy[Strategy]:
    return st.builds(
        BlueGreen,
        preview_hold=seconds(8),
        scale_down_delay=seconds(8),
        progress_deadline=DEADLINES,
        analysis=ANALYSES,
    )


def _canaries() -> st.SearchStrategy[Strategy]:
    weights = st.sampled_from([(5, 25, 50), (100,), (0.5, 99.5), (10, 20, 30, 40, 50)])
    return st.builds(Canary, weights=weights, hold=seconds(8), progress_deadline=DEADLINES, analysis=ANALYSES)


def _flaggers() -> st.SearchStrategy[Strategy]:
    weight = st.sampled_from([0, 0, 50, 100])
    return st.builds(
        Flagger, interval=st.just(10), threshold=st.integers(1, 3), step_weight=st.sampled_from([20, 60]),
        step_weight_promotion=weight, iterations=st.integers(0, 2), mirror=weight, analysis=ANALYSES,
        progress_deadline=DEADLINES,
    )  # fmt: skip


def _shadows() -> st.SearchStrategy[Strategy]:
    alone = st.builds(Shadow, share=st.sampled_from([10, 100]), hold=st.floats(1, 8), analysis=ANALYSES)
    return alone | st.builds(replace, alone, then=_batches())


# Of these strategies only some settings go together, or are worth their time; of any other all knobs turn.
CHOSEN = {
    "Rolling": _rollings, "BlueGreen": _blue_greens, "Canary": _canaries, "Flagger": _flaggers,
    "Shadow": _shadows,
}  # fmt: skip


def patterns() -> st.SearchStrategy[Strategy]:
    """Every strategy of the lab, with random settings."""
    return st.one_of([CHOSEN[name]() if name in CHOSEN else turned(strategy(name)) for name in NAMES])


@st.composite
def turned(draw: Any, kind: Any) -> Strategy:
    """A strategy with each of its knobs somewhere within its bounds; what it refuses is drawn anew."""
    settings = {spec.name: draw(_values(spec)) for spec in fields(kind)}
    try:
        made: Strategy = kind(**settings)
    except KnobError:
        reject()
    return made


def _values(spec: Field[Any]) -> st.SearchStrategy[Any]:
    """What the field may hold; times are short, and a row is its example or a part of it."""
    rule: Knob | None = spec.metadata.get("knob")
    if isinstance(spec.default, Analysis):
        return ANALYSES
    if rule is None or (isinstance(spec.default, str | tuple) and not (rule.options or rule.row)):
        return st.just(spec.default)
    if isinstance(spec.default, bool):
        return st.booleans()
    if rule.options:
        return st.sampled_from(rule.options)
    if rule.row:
        return st.sampled_from([rule.row[first:] for first in range(len(rule.row))])
    if spec.name == "progress_deadline":
        return DEADLINES
    low, high, _ = rule.slider or (max(rule.minimum, rule.above, 0), min(rule.maximum, 10), None)
    most = max(low, min(high, 10 if rule.unit == "s" else high))
    numbers = st.integers(int(low), int(most)) if rule.whole else st.floats(low, most)
    return (st.none() | numbers if rule.nothing else numbers).filter(lambda n: n is None or rule.allows(n))
