"""Values that are not allowed are refused where the object is made, with what to try instead."""

from __future__ import annotations

import math
import pickle
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from deploylab.model.errors import DeploylabError, KnobError, short
from deploylab.model.fault import CrashOnStart, Leak, Overload
from deploylab.model.flag import Flag, FlagChange
from deploylab.model.knob import knobs
from deploylab.model.operating import Trial
from deploylab.model.order import Release
from deploylab.model.pipeline import Pipeline
from deploylab.model.scenario import SLO, Platform, Scenario, Traffic
from deploylab.model.template import Walk
from deploylab.model.version import Version
from deploylab.patterns.analysis import Analysis
from deploylab.patterns.analysis.judges import FixedSample, MannWhitney, Sequential
from deploylab.patterns.argo.canary_steps import SetCanaryScale
from deploylab.patterns.canary import Canary
from deploylab.patterns.flagger import Flagger
from deploylab.patterns.rolling import Rolling
from deploylab.patterns.strategies import NAMES, strategy

OWNERS: list[Any] = [
    Version("v1"), Traffic(), Platform(), SLO(), Scenario(),
    Analysis(), FixedSample(), Sequential(), MannWhitney(), Trial(),
    *(strategy(name)() for name in NAMES), CrashOnStart(), Leak(), Overload(),
]  # fmt: skip
NUMBERS = [
    (type(owner), name, getattr(owner, name), rule)
    for owner in OWNERS
    for name, rule in knobs(owner).items()
    if isinstance(getattr(owner, name), int | float) and not isinstance(getattr(owner, name), bool)
]
WRONG = [math.nan, math.inf, -math.inf, np.float64(math.inf), True, "6", None, [6], 10**400, Decimal(1)]


# What must be so before another field may have all of its values.
GIVEN: dict[type, dict[str, Any]] = {
    Version: {"name": "v1"},
    Analysis: {"interval": 10},
    Rolling: {"progress_deadline": 86_400},
    Flagger: {"iterations": 10},
}


def make(owner: Any, **fields: Any) -> Any:
    return owner(**{**GIVEN.get(owner, {}), **fields})


@pytest.mark.parametrize(("owner", "field", "value", "rule"), NUMBERS)
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong!r:.12}")
def test_what_is_no_finite_number_is_refused_by_every_knob(
    owner: Any, field: str, value: float, rule: Any, wrong: object
) -> None:
    with pytest.raises(KnobError) as refusal:
        make(owner, **{field: wrong})
    said = str(refusal.value)
    assert said.startswith(
        f"{owner.__name__}.{field}: {short(wrong)} is not allowed; {rule.help}: {rule.bounds()}"
    )
    assert said.endswith(f"for example {value:g}")
    assert (refusal.value.owner, refusal.value.field) == (owner.__name__, field)


@pytest.mark.parametrize(("owner", "field", "value", "rule"), NUMBERS)
def test_every_bound_of_a_knob_is_held(owner: Any, field: str, value: float, rule: Any) -> None:
    beyond = [rule.above, rule.minimum - 1, rule.maximum + max(1, rule.maximum / 1000)]
    for wrong in (number for number in beyond if math.isfinite(number)):
        with pytest.raises(KnobError):
            make(owner, **{field: wrong})
    for right in (rule.minimum, rule.maximum, value):
        if math.isfinite(right) and right > rule.above:
            assert getattr(make(owner, **{field: right}), field) == right


@pytest.mark.parametrize(("owner", "field", "value", "rule"), NUMBERS)
def test_every_position_of_a_slider_is_allowed(owner: Any, field: str, value: float, rule: Any) -> None:
    low, high, step = rule.slider
    assert low <= value <= high
    for position in np.arange(low, high + step / 2, step):
        make(owner, **{field: min(position, high)})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            lambda: Traffic(rate=-5),
            "Traffic.rate: -5 is not allowed; requests each second: a number above 0, at most 1,000,000 "
            "(req/s), "
            "for example 120",
        ),
        (
            lambda: Scenario(replicas=0),
            "Scenario.replicas: 0 is not allowed; instances of the service: a whole number at least 1, "
            "at most "
            "10,000 (instances), for example 6",
        ),
        (
            lambda: Version("v2", error_rate=1.2),
            "Version.error_rate: 1.2 is not allowed; share of requests answered with an error: a number "
            "at least 0, "
            "at most 1, for example 0",
        ),
        (lambda: Version(""), "Version.name: '' is not a name; give a word, for example 'v2'"),
        (
            lambda: Scenario(candidate=Version("v1")),
            "Scenario.candidate: 'v1' has the name of the stable version; give it another, "
            "for example 'v1-next'",
        ),
        (
            lambda: Version("v2", faults=(Leak(), Leak())),
            "Version.faults: (Leak(after=120.0), Leak(after=120.0)) is no tuple of faults, one of a kind; "
            "for example (CrashOnStart(0.5), Leak(after=60))",
        ),
        (
            lambda: make(Version, faults="leak"),
            "Version.faults: 'leak' is no tuple of faults, one of a kind; "
            "for example (CrashOnStart(0.5), Leak(after=60))",
        ),
        (lambda: make(Traffic, sticky=1), "Traffic.sticky: 1 is neither True nor False"),
        (
            lambda: Traffic(profile=((0, 1), (0, 3))),
            "Traffic.profile: ((0, 1), (0, 3)) does not go forward; each second is later than the one "
            "before; for example ((0, 1), (60, 3)), a ramp to three times the rate",
        ),
        (
            lambda: Traffic(profile=((0, 0), (60, 0))),
            "Traffic.profile: ((0, 0), (60, 0)) brings no requests at all; use a factor above 0 somewhere; "
            "for example ((0, 1), (60, 3)), a ramp to three times the rate",
        ),
        (
            lambda: make(Traffic, profile=(1, 2)),
            "Traffic.profile: (1, 2) is no row of pairs of a second and a factor; "
            "for example ((0, 1), (60, 3)), a ramp to three times the rate",
        ),
        (
            lambda: Traffic(profile=((0, -1),)),
            "Traffic.profile: -1 is not a factor from 0 to 1,000; "
            "for example ((0, 1), (60, 3)), a ramp to three times the rate",
        ),
        (
            lambda: Traffic(profile=((math.nan, 1),)),
            "Traffic.profile: nan is not a second from 0 to 86,400; "
            "for example ((0, 1), (60, 3)), a ramp to three times the rate",
        ),
        (lambda: make(Scenario, stable=1), "Scenario.stable: 1 is no Version; make one with Version(...)"),
        (lambda: make(Scenario, slo=0.99), "Scenario.slo: 0.99 is no SLO; make one with SLO(...)"),
        (
            lambda: make(Release, version="v3"),
            "Release.version: 'v3' is no Version; make one with Version(...)",
        ),
        (
            lambda: make(Pipeline, recovery="hope"),
            "Pipeline.recovery: 'hope' is neither 'roll back' nor 'fix forward'",
        ),
        (lambda: make(Walk, rollback="no"), "Walk.rollback: 'no' is neither True nor False"),
        (
            lambda: Canary(weights=(5, 120)),
            "Canary.weights: 120 is not a percentage; weights rise from above 0 to at most 100, for "
            "example (5, 25, 50)",
        ),
        (
            lambda: Canary(weights=(50, 25)),
            "Canary.weights: (50, 25) does not rise; weights rise from above 0 to at most 100, for "
            "example (5, 25, 50)",
        ),
        (
            lambda: Canary(weights=()),
            "Canary.weights: () is not a tuple of percentages; weights rise from above 0 to at most 100, "
            "for example "
            "(5, 25, 50)",
        ),
        (
            lambda: make(Canary, weights="5;25"),
            "Canary.weights: '5;25' is no row of percentages; put commas between them: weights rise from "
            "above 0 to at most 100, for example 5, 25, 50",
        ),
        (
            lambda: Canary(weights=(5, 101.0)),
            "Canary.weights: 101 is not a percentage; weights rise from above 0 to at most 100, for example "
            "(5, 25, 50)",
        ),
        (
            lambda: Flagger(step_weights=(5, 1)),
            "Flagger.step_weights: (5, 1) does not rise; step_weights rise from above 0 on, for example "
            "(1, 5, 20)",
        ),
        (
            lambda: make(Flagger, step_weights=(2.5,)),
            "Flagger.step_weights: 2.5 is not a whole percentage; step_weights rise from above 0 on, for "
            "example (1, 5, 20)",
        ),
        (
            lambda: Flag(weights=(50, 120)),
            "Flag.weights: 120 is not a percentage; weights lie from 0 to at most 100, for example "
            "(5, 25, 50, 100)",
        ),
        (
            lambda: Rolling(max_surge="90"),
            "Rolling.max_surge: '90' is neither a whole number from 0 up nor a percentage; use for "
            "example 2 or '25%'",
        ),
        (
            lambda: Rolling(max_unavailable=-1),
            "Rolling.max_unavailable: -1 is neither a whole number from 0 up nor a percentage; use "
            "for example 2 or '25%'",
        ),
        (
            lambda: Rolling(max_unavailable="120%"),
            "Rolling.max_unavailable: '120%' is more than all; a percentage from '0%' to '100%', for "
            "example '25%'",
        ),
        (
            lambda: Canary(router=False, max_surge=0, max_unavailable="0%"),
            "Canary.max_unavailable: '0%' leaves nothing to do while max_surge is 0 too; one of them must be "
            "above 0, for example max_surge=1",
        ),
        (
            lambda: Canary(max_surge="0%", max_unavailable=0),
            "Canary.max_unavailable: 0 leaves nothing to do while max_surge is 0 too; one of them must be "
            "above 0, for example max_surge=1",
        ),
        (
            lambda: Canary(router=False, max_unavailable="200%"),
            "Canary.max_unavailable: '200%' is more than all; a percentage from '0%' to '100%', for "
            "example '25%'",
        ),
        (
            lambda: Canary(max_surge="90"),
            "Canary.max_surge: '90' is neither a whole number from 0 up nor a percentage; use for "
            "example 2 or '25%'",
        ),
        (
            lambda: Rolling(max_surge=10**5000),
            "Rolling.max_surge: a value too long to print is above 2,147,483,647, the most that Kubernetes "
            "reads; use for example 2 or '25%'",
        ),
        (
            lambda: Rolling(batch_size=0),
            "Rolling.batch_size: 0 is not allowed; instances replaced at once, then watched and judged: "
            "a whole number at least 1, at most 10,000 (instances), or None: off",
        ),
    ],
)  # fmt: skip
def test_a_refusal_names_field_and_value_and_what_is_allowed_and_an_example(
    wrong: Callable[[], object], said: str
) -> None:
    with pytest.raises(KnobError, match=f"^{re.escape(said)}$"):
        wrong()


def test_a_refusal_is_a_value_error_and_one_of_ours() -> None:
    assert issubclass(KnobError, ValueError)
    assert issubclass(KnobError, DeploylabError)


def test_an_unknown_field_is_refused_with_the_one_that_was_meant() -> None:
    said = "Rolling has no field max_surg; did you mean max_surge? It has max_surge, max_unavailable, "
    with pytest.raises(KnobError, match=f"^{re.escape(said)}.*, analysis$") as refused:
        make(Rolling, max_surg=1)
    error = pickle.loads(pickle.dumps(refused.value))
    assert str(error) == str(refused.value)
    assert (error.owner, error.field, error.value) == ("Rolling", "max_surg", 1)


def test_an_unknown_field_like_no_other_is_refused_with_all_there_are() -> None:
    with pytest.raises(KnobError, match=r"^SLO has no field zzz; it has availability, latency_p99$"):
        make(SLO, zzz=1)


def test_a_field_that_is_given_twice_stays_python_s_own_error() -> None:
    with pytest.raises(TypeError):
        Version("v1", name="v2")  # type: ignore[misc]


@pytest.mark.parametrize(
    "six", [np.int64(6), np.uint8(6), np.float64(6), np.float32(6), 6.0, Fraction(6)], ids=repr
)
def test_numbers_of_any_kind_become_plain_ones(six: Any) -> None:
    scenario = Scenario(replicas=six, traffic=Traffic(rate=six), seed=six)
    assert scenario == Scenario(replicas=6, traffic=Traffic(rate=6), seed=6)
    assert type(scenario.replicas) is int
    assert type(scenario.traffic.rate) in (int, float)


def test_the_knobs_of_patterns_take_numpy_numbers_too() -> None:
    assert Rolling(max_surge=np.int64(2), batch_size=np.int64(3)) == Rolling(max_surge=2, batch_size=3)  # type: ignore[arg-type]
    weights = Canary(weights=(np.int64(5), np.float64(25.0))).weights  # type: ignore[arg-type]
    assert repr(weights) == "(5, 25.0)"
    assert repr(make(Flagger, step_weights=(5.0, 20)).step_weights) == "(5, 20)"


@pytest.mark.parametrize(
    ("owner", "line"),
    [
        (Traffic, "sticky: a user keeps meeting the same version and instance; true or false"),
        (Traffic, "profile: factor of the rate over time, as pairs of second and factor; pairs of numbers"),
        (Rolling, "on_failure: what follows a bad batch; one of 'undo', 'stop'"),
        (Rolling, "max_surge: instances above the wanted number; a whole number or a percentage like '25%'"),
        (
            Rolling,
            "batch_size: instances replaced at once, then watched and judged; a whole number at least 1",
        ),
        (Rolling, "analysis: Analysis"),
        (Canary, "weights: percent of the traffic at each step; numbers"),
        (Pipeline, "recovery: what is done about a bad release; one of 'roll back', 'fix forward'"),
        (Scenario, "seed: the seed of all chance; a whole number at least 0, at most 2**63 - 1"),
        (Scenario, "stable: Version"),
        (Scenario, "orders: tuple[Order | Release, ...]"),
        (Version, "name: str"),
        (Walk, "fails: resources that fail, with commas between them; text"),
    ],
)
def test_help_says_of_every_field_what_it_takes(owner: type, line: str) -> None:
    assert f"\n    {line}" in (owner.__doc__ or "")


def test_a_field_that_may_be_left_out_says_what_that_means() -> None:
    assert "at most 10,000 (instances), or None: off\n" in (Rolling.__doc__ or "")


@pytest.mark.parametrize(("kind", "given"), [
    (FlagChange, {"key": 5}), (FlagChange, {"bucketing": True}),
    (SetCanaryScale, {"match_traffic_weight": "no"}), (Rolling, {"max_surge": "٢٥%"}),
])  # fmt: skip
def test_what_only_looks_like_a_value_is_refused_by_name(kind: Any, given: dict[str, Any]) -> None:
    with pytest.raises(KnobError) as refused:
        kind(**given)
    assert all(name in str(refused.value) for name in given)
