"""Chapter 2: the window of the instant way back, and a switch of one's own."""

from __future__ import annotations

import pytest

import deploylab as dl
from deploylab.exercises.blue_green import BAD, HEALTHY, mingled
from deploylab.model.rollout import Rollout, Strategy
from deploylab.model.scenario import Scenario

OFTEN = dl.Analysis(interval=5)
TESTED = dl.Analysis()


def careless(scenario: Scenario) -> Rollout:
    """A switch that never looks."""
    old, new = scenario.versions
    yield dl.Step({old: 6, new: 6}, {old: 100})
    yield dl.Step({old: 6, new: 6}, {new: 100}, hold=30)
    yield dl.Step({new: 6}, {new: 100})
    return dl.Outcome.PROMOTED


def copies_alone(scenario: Scenario) -> Rollout:
    """Copies are judged before the switch, and nothing after it."""
    old, new = scenario.versions
    seen = yield dl.Step({old: 6, new: 6}, {old: 100}, hold=10, mirror=10)
    if seen.error_rate(new) > 0.01:
        yield dl.Step({old: 6}, {old: 100})
        return dl.Outcome.ROLLED_BACK
    return (yield from careless(scenario))


@pytest.mark.parametrize(("answer", "broken"), [
    (dl.BlueGreen(), {"users hurt by the bad release", "the leaky release ends"}),
    (dl.BlueGreen(pre_promotion=TESTED), {"the leaky release ends"}),
    (dl.BlueGreen(10, 10, pre_promotion=TESTED, analysis=OFTEN), {"the leaky release ends"}),
    (dl.BlueGreen(20, 20, pre_promotion=TESTED, analysis=OFTEN, watch_after_blue=100),
     {"its way back takes"}),
    (dl.BlueGreen(15, 120, pre_promotion=TESTED, analysis=OFTEN),
     {"its instance-seconds", "the healthy release takes"}),
    (dl.BlueGreen(20, 60, pre_promotion=TESTED, analysis=OFTEN, mirror=10), {"the leaky release ends"}),
    (dl.BlueGreen(15, 90, pre_promotion=TESTED), {"users hurt by the leaky release"}),
    (dl.BlueGreen(15, 90, analysis=OFTEN), {"users hurt by the bad release"}),
], ids=(
    "defaults", "times", "bold", "blue is gone", "careful", "the chapter's own", "looks once", "untested",
))  # fmt: skip
def test_a_window_that_does_not_suit_all_days_breaks_what_it_must(answer: object, broken: set[str]) -> None:
    rows = dl.check("02-blue-green/1", answer).rows
    assert broken <= {row.name for row in rows if not row.met}


def test_to_test_until_the_leak_shows_itself_is_an_answer_as_well() -> None:
    answer = dl.BlueGreen(106, 5, pre_promotion=OFTEN)
    assert dl.check("02-blue-green/1", answer).verdict == "correct"


@pytest.mark.parametrize(("answer", "broken"), [
    (careless, {"the bad release ends", "users hurt by the bad release", "v2 that breaks under load ends"}),
    (copies_alone, {"v2 that breaks under load ends", "its way back takes"}),
    (dl.BlueGreen(), {"users hurt by the bad release", "users hurt under load"}),
    (dl.Rolling(batch_size=2, hold=10), {"both versions answer during", "ready instances"}),
    (dl.Canary(), {"both versions answer during"}),
    (dl.Recreate(), {"ready instances", "users hurt by the healthy release"}),
], ids=("careless", "trusting", "blue-green", "rolling", "canary", "recreate"))  # fmt: skip
def test_a_switch_moves_everyone_at_once_and_looks(answer: Strategy, broken: set[str]) -> None:
    rows = dl.check("02-blue-green/2", lambda scenario: answer(scenario)).rows
    assert broken <= {row.name for row in rows if not row.met}


def test_a_switch_of_ones_own_is_no_ready_made_one() -> None:
    ready_made = dl.BlueGreen(pre_promotion=TESTED, analysis=OFTEN)
    assert "It asks for a function" in dl.check("02-blue-green/2", ready_made).sentence


def test_versions_mingle_only_where_both_answer() -> None:
    assert mingled(dl.roll_out(dl.Recreate(), HEALTHY)) == 0
    never_switched = dl.roll_out(dl.BlueGreen(pre_promotion=TESTED), BAD)
    assert never_switched.users_met_candidate == mingled(never_switched) == 0
