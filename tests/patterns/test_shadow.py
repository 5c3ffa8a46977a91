"""Shadow: copies that nobody sees."""

from __future__ import annotations

from typing import Any

import pytest

from deploylab.engine.rollout import roll_out
from deploylab.model.errors import KnobError
from deploylab.model.fault import Leak
from deploylab.model.order import Order, Release
from deploylab.model.rollout import Outcome, Rollout, Step
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.recreate import Recreate
from deploylab.patterns.rolling import Rolling
from deploylab.patterns.shadow import Shadow

Orders = tuple[Order | Release, ...]


def release(shadow: Shadow, rate: float = 50, orders: Orders = (), **candidate: Any) -> Run:
    scenario = Scenario(
        candidate=Version("v2", **candidate), traffic=Traffic(rate=rate), platform=Platform(pre_stop=5),
        orders=orders,
    )  # fmt: skip
    return roll_out(shadow, scenario)


def last_note(run: Run) -> str:
    return run.steps[-1][0].note


def test_a_good_shadow_ends_as_it_was_planned() -> None:
    run = release(Shadow())
    assert (run.outcome, last_note(run)) == (Outcome.ROLLED_BACK, "end the shadow: v2 is good")
    assert not run.log.failed.any()
    assert (run.headline, run.time_to_roll_back) == ("Shadow: v2 is good, nobody was exposed", None)


@pytest.mark.parametrize(
    ("found", "ending"),
    [("", "nobody was exposed"), ("it is slow; 2 times", "it is slow; 2 times, nobody was exposed")],
)
def test_what_a_trial_has_found_is_not_read_out_of_a_note(found: str, ending: str) -> None:
    def own(scenario: Scenario) -> Rollout:
        old, new = scenario.versions
        yield Step({old: 6, new: 1}, {old: 100}, mirror=50, hold=5)
        yield Step({old: 6}, {old: 100}, note="the end: I go home; now", found=found)
        return Outcome.ROLLED_BACK

    assert roll_out(own, Scenario(duration=60)).ending == ending


def test_a_good_shadow_is_promoted_by_another_way() -> None:
    run = release(Shadow(then=Rolling()))
    assert run.outcome is Outcome.PROMOTED
    assert [i.version for i in run.instances if i.draining is None] == ["v2"] * 6
    assert sum(i.version == "v2" for i in run.instances) == 12  # those of the shadow never served


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ({"error_rate": 1.0}, "v2 is not good, error rate failed once"),
        (
            {"service_time": 2.0},
            "v2 is not good, error rate failed once, latency failed once",
        ),
        ({"startup_time": 3_000}, "v2 did not get ready"),
    ],
)
def test_a_bad_shadow_hurts_nobody_and_is_not_promoted(fault: dict[str, float], found: str) -> None:
    run = release(Shadow(then=Rolling()), **fault)
    assert (run.outcome, last_note(run)) == (Outcome.ROLLED_BACK, f"end the shadow: {found}")
    assert (run.users_met_candidate, run.users_hurt) == (0, 0)


def test_a_shadow_that_saw_too_little_is_not_good() -> None:
    assert last_note(release(Shadow(), rate=0.1)) == "end the shadow: too little was seen of v2"


def test_a_person_may_abort_and_another_word_changes_nothing() -> None:
    quick, slow = (
        release(Shadow(hold=30), orders=(order,)) for order in (Order(25, "abort"), Order(25, "pause"))
    )
    assert (quick.finished, last_note(quick)) == (25, "end the shadow: a person stopped it, v2 is not judged")
    assert (slow.finished > 40, last_note(slow)) == (True, "end the shadow: v2 is good")
    assert "copy 100 % of the requests to v2; pause is not heard" in [step.note for step, _ in slow.steps]


def test_another_release_takes_the_place_in_the_shadow() -> None:
    run = release(Shadow(then=Rolling()), orders=(Release(30, Version("v3")),))
    assert run.outcome is Outcome.PROMOTED
    assert [i.version for i in run.instances if i.draining is None] == ["v3"] * 6
    assert len(run.requests_of("v2")) == 0


@pytest.mark.parametrize(("then", "outcome"), [(None, Outcome.ROLLED_BACK), (Recreate(), Outcome.PROMOTED)])
def test_a_release_while_a_shadow_ends_comes_into_the_shadow_too(then: Any, outcome: Outcome) -> None:
    leaky = Version("v1", startup_jitter=0, faults=(Leak(after=10),))
    scenario = Scenario(
        leaky, Version("v2", startup_time=2), platform=Platform(endpoint_lag=0),
        traffic=Traffic(rate=15), orders=(Release(18, Version("v3", startup_time=2)),),
    )  # fmt: skip
    run = roll_out(Shadow(hold=10, then=then), scenario)
    assert run.outcome is outcome
    assert "end the shadow: v3 is good" in [step.note for step, _ in run.steps]


def test_a_share_of_the_requests_is_copied() -> None:
    watched = release(Shadow(share=20)).steps[1][1]
    assert 0.15 < watched.copies["v2"] / watched.requests["v1"] < 0.25
    assert watched.requests["v2"] == watched.copies["v2"]


def test_copies_cost_instances_even_though_nobody_sees_them() -> None:
    assert release(Shadow()).peak_instances == 12


@pytest.mark.parametrize("wrong", ["rolling", Rolling, 7])
def test_what_follows_must_be_a_strategy(wrong: Any) -> None:
    with pytest.raises(KnobError, match=r"^Shadow\.then: .* is no strategy"):
        Shadow(then=wrong)
