"""Two ways of changing servers: drift grows in one of them, and cannot begin in the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.errors import KnobError
from deploylab.model.evolution import NOBODY, Cause, Evolution
from deploylab.model.record import SECOND
from deploylab.model.scenario import Scenario
from deploylab.model.server_fleet import DAY, ServerFleet
from deploylab.model.version import Version
from deploylab.patterns.immutable_infrastructure import evolve, replacement
from deploylab.patterns.rolling import Rolling
from deploylab.patterns.servers.fleet_luck import fates

CALM = {"skip_rate": 0, "failure_rate": 0, "reorder_rate": 0, "hand_fixes_per_month": 0}
rates = st.sampled_from([0.0, 0.05, 0.3, 0.9])
many = settings(derandomize=True, deadline=None, max_examples=60)


@st.composite
def fleets(draw: Any, way: str | None = None) -> ServerFleet:
    surge, unavailable = draw(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any))
    return ServerFleet(
        way=way or draw(st.sampled_from(["in place", "immutable"])), servers=draw(st.integers(1, 12)),
        days=draw(st.sampled_from([1, 40, 200])), changes_per_month=draw(st.sampled_from([0, 1, 6])),
        skip_rate=draw(rates), failure_rate=draw(rates), reorder_rate=draw(rates),
        hand_fixes_per_month=draw(st.sampled_from([0, 0.2, 3])), max_surge=surge, max_unavailable=unavailable,
        boot_time=draw(st.sampled_from([60, 86_400])), seed=draw(st.integers(0, 99)),
    )  # fmt: skip


def state(record: Evolution, time: int, column: str) -> list[int]:
    """What a column of the turns says of every server at a time (ns)."""
    values: list[int] = getattr(record.turns, column)[record.turns.at(np.array([time]))[:, 0]].tolist()
    return values


def alike(one: Sequence[object], other: Sequence[object]) -> bool:
    """Whether two lists hold equal things in the same places."""
    return [one.index(each) for each in one] == [other.index(each) for each in other]


# In place, told once more in the plainest way


def made(fleet: ServerFleet, record: Evolution, server: int, until: int) -> tuple[list[str], int]:
    """The names of all that was ever done to a server, in order, and how many turns it has had."""
    wait = round((server // fleet.at_once + 1) * fleet.change_time * SECOND)
    due = [(time + wait, number) for number, time in enumerate(record.changes, 1)]
    due += [(time, 0) for place, time in record.troubles if place == server]
    done, late, turns = [], "", 0
    for time, number in sorted(due):
        if time > until:
            break
        if not number:
            done.append(f"repair {server} {time}")
            continue
        turns, fate = number, fates(fleet, number)[server]
        came = {Cause.APPLIED: f"{number}", Cause.BROKE_OFF: f"half of {number}"}.get(fate, "")
        done += [each for each in (came, late) if each]
        late = f"{number}" if fate == Cause.OUT_OF_ORDER else ""
    return done, turns


@given(fleets(way="in place"), st.floats(0, 1))
@many
def test_in_place_a_configuration_is_the_ordered_list_of_what_was_done(fleet: ServerFleet, at: float) -> None:
    record, moment = evolve(fleet), int(at * (fleet.end - 1))
    plain = [made(fleet, record, server, moment) for server in range(fleet.servers)]
    assert alike(state(record, moment, "configuration"), [done for done, _ in plain])
    as_meant = [done == [f"{n}" for n in range(1, turns + 1)] for done, turns in plain]
    assert [number == 0 for number in state(record, moment, "deviation")] == as_meant
    if len({turns for _, turns in plain}) == 1:
        assert alike(state(record, moment, "deviation"), [done for done, _ in plain])


@given(fleets(way="in place"))
@many
def test_without_mishaps_and_repairs_servers_changed_in_place_stay_alike(fleet: ServerFleet) -> None:
    record = evolve(replace(fleet, **CALM))
    assert record.drift == record.drifted_servers == 0
    settled = record.turns.time.max()
    assert set(state(record, settled, "configuration")) == {record.turns.configuration[-1]}


@pytest.mark.parametrize("rate", ["skip_rate", "failure_rate", "reorder_rate", "hand_fixes_per_month"])
def test_any_one_mishap_makes_servers_drift(rate: str) -> None:
    record = evolve(ServerFleet(**{**CALM, rate: 0.2}))
    assert record.drifted_servers > 0
    assert record.scale_out_differs > 0


def test_in_place_so_many_servers_are_changed_at_once_and_each_takes_its_time() -> None:
    fleet = ServerFleet(servers=5, max_surge=1, max_unavailable=1, change_time=60, **CALM)
    record = evolve(fleet)
    first = record.turns.time[record.turns.change == 1] - record.changes[0]
    assert (first / SECOND).tolist() == [60, 60, 120, 120, 180]


def test_each_server_has_nights_of_its_own() -> None:
    nights = evolve(ServerFleet(hand_fixes_per_month=1)).troubles
    assert len({time for _, time in nights}) == len(nights) > 100
    assert {server for server, _ in nights} == set(range(20))


def test_a_change_that_comes_late_is_there_but_is_another_configuration() -> None:
    fleet = ServerFleet(servers=1, **{**CALM, "reorder_rate": 1})
    record = evolve(fleet)
    stack = record.configurations.stack(record.shares[0][0])
    assert len(record.changes) > 2
    names = [path for layer in stack[1:] for path, _ in layer.files if "change" in path]
    # Each waits for the next one, which itself waits: all come one turn late, and the last is lacking.
    assert names == [f"usr/lib/change-{n}" for n in range(1, len(record.changes))]
    assert record.drifted_servers == 1


# Immutable


@given(fleets(way="immutable"))
@many
def test_after_each_replacement_there_is_exactly_one_configuration(fleet: ServerFleet) -> None:
    record = evolve(fleet)
    assert record.drift == record.drifted_servers == 0
    whole = np.flatnonzero((record.turns.server == fleet.servers - 1) & (record.turns.change > 0))
    for row in whole[record.turns.cause[whole] == Cause.REPLACED]:
        meant = record.intended[record.turns.change[row]]
        # The next one may begin at this very moment, with a server that stops.
        assert set(state(record, record.turns.time[row], "configuration")) <= {meant, NOBODY}


@given(fleets(way="immutable"))
@many
def test_no_more_servers_are_missing_than_may_be(fleet: ServerFleet) -> None:
    record = evolve(fleet)
    for time in record.turns.time:
        missing = state(record, time, "configuration").count(NOBODY)
        assert missing <= fleet.max_unavailable


@given(fleets(way="immutable"))
@many
def test_a_replacement_takes_as_long_as_a_rolling_deployment_of_the_same_servers(fleet: ServerFleet) -> None:
    rolling = Rolling(fleet.max_surge, fleet.max_unavailable, progress_deadline=86_400)
    fresh = Version("v2", startup_time=60, startup_jitter=0)
    run = roll_out(rolling, Scenario(candidate=fresh, replicas=fleet.servers, duration=1))
    plan = replacement(replace(fleet, boot_time=60))
    assert max(up for _, up in plan) == max(i.ready or 0 for i in run.instances)
    old = sorted(i.draining for i in run.instances if i.version == "v1" and i.draining is not None)
    assert [out for out, _ in plan] == old


def test_changes_that_come_during_a_replacement_go_into_the_next_image_together() -> None:
    slow = ServerFleet(
        way="immutable", servers=4, max_surge=1, boot_time=86_400, changes_per_month=20, days=60
    )
    record = evolve(slow)
    images = set(record.turns.configuration.tolist())
    assert 2 < len(images) < len(record.changes)
    assert images <= set(record.intended)


def test_a_server_in_trouble_is_replaced_by_a_fresh_one_of_the_same_image() -> None:
    record = evolve(ServerFleet(way="immutable", changes_per_month=0, hand_fixes_per_month=1))
    assert record.replacements == record.count(Cause.REPLACED) == len(record.troubles) > 0
    assert set(record.turns.configuration.tolist()) == {0}


def test_without_a_surge_a_server_is_gone_before_the_next_one_is_there() -> None:
    record = evolve(ServerFleet(way="immutable", servers=5, max_surge=0, max_unavailable=2))
    boots = [record.changes[0] + number * 120 * SECOND for number in range(4)]
    missing = [state(record, time, "configuration").count(NOBODY) for time in boots]
    assert missing == [2, 2, 1, 0]


def test_no_fresh_server_comes_in_the_middle_of_a_replacement() -> None:
    slow = ServerFleet(way="immutable", max_surge=1, boot_time=7_200, hand_fixes_per_month=2)
    record = evolve(slow)
    fresh = record.turns.time[(record.turns.cause == Cause.REPLACED) & (record.turns.change == 0)]
    assert 0 < len(fresh) < len(record.troubles)
    assert all(len(set(state(record, time, "configuration"))) == 1 for time in fresh)


# Both ways


@given(fleets())
@many
def test_both_ways_meet_the_same_changes_and_the_same_nights(fleet: ServerFleet) -> None:
    one, other = evolve(replace(fleet, way="in place")), evolve(replace(fleet, way="immutable"))
    assert (one.changes, one.troubles) == (other.changes, other.troubles)


def test_more_servers_and_more_days_only_add_to_what_happens() -> None:
    small, large = evolve(ServerFleet(servers=5, days=100)), evolve(ServerFleet(servers=9, days=300))
    for time in range(0, 100 * DAY, DAY // 2):
        assert alike(state(small, time, "configuration"), state(large, time, "configuration")[:5])


def test_the_same_fleet_evolves_in_the_same_way_again() -> None:
    one, again = evolve(ServerFleet()), evolve(ServerFleet())
    assert one.figures() == again.figures()
    assert one.configurations.digests == again.configurations.digests


@given(fleets())
@many
def test_the_name_of_a_configuration_is_the_chain_id_of_its_image(fleet: ServerFleet) -> None:
    configurations = evolve(fleet).configurations
    for number in {0, len(configurations.parents) // 2, len(configurations.parents) - 1}:
        names = [f"sha256:{sha256(layer.tar).hexdigest()}" for layer in configurations.stack(number)]
        *_, top = accumulate(names, lambda a, b: "sha256:" + sha256(f"{a} {b}".encode()).hexdigest())
        assert configurations.digests[number] == configurations.image(number).chain_id == top
        assert configurations.depths[number] == len(names) - 1


def test_different_configurations_have_different_names() -> None:
    digests = evolve(ServerFleet(hand_fixes_per_month=1)).configurations.digests
    assert len(set(digests)) == len(digests)


# The figures


@given(fleets())
@many
def test_the_time_to_reproduce_is_the_mean_over_the_servers_that_may_have_failed(fleet: ServerFleet) -> None:
    record = evolve(fleet)
    spent, times = 0.0, []
    for configuration, servers in record.shares:
        changes = record.configurations.depths[configuration] if fleet.way == "in place" else 0
        spent += fleet.boot_time + changes * fleet.change_time
        times += [spent] * servers
    assert record.time_to_reproduce == pytest.approx(np.mean(times) if times else 0)


@given(fleets())
@many
def test_drift_is_the_time_off_the_meant_configuration_told_hour_by_hour(fleet: ServerFleet) -> None:
    record = evolve(replace(fleet, days=40))
    hours = np.arange(0, record.fleet.end, DAY // 24) + DAY // 48
    drifted = record.turns.deviation[record.turns.at(hours)] > 0
    assert record.drift == pytest.approx(drifted.mean(), abs=0.01)
    assert (record.first_drift is None) == (not (record.turns.deviation > 0).any())


@given(fleets())
@many
def test_a_new_server_differs_from_those_that_are_not_as_it_is_written_down(fleet: ServerFleet) -> None:
    record = evolve(fleet)
    running = [c for c in state(record, fleet.end, "configuration") if c != NOBODY]
    differ = sum(c != record.intended[-1] for c in running)
    assert record.scale_out_differs == pytest.approx(differ / len(running) if running else 1)


def test_undoing_a_change_in_place_takes_a_turn_a_server_and_longer_when_undoing_fails() -> None:
    fleet = ServerFleet(servers=9, max_surge=2, change_time=60, failure_rate=0)
    assert evolve(fleet).roll_back_time == evolve(fleet).roll_out_time == 5 * 60
    assert evolve(replace(fleet, failure_rate=0.5)).roll_back_time > 5 * 60


def test_an_image_goes_back_as_fast_as_it_came() -> None:
    record = evolve(ServerFleet(way="immutable", servers=9, max_surge=3, boot_time=60))
    assert record.roll_back_time == record.roll_out_time == 3 * 60


def test_there_are_as_many_images_as_were_ordered_and_their_layers_are_shared() -> None:
    record = evolve(ServerFleet(way="immutable"))
    older, newer = (record.configurations.image(n) for n in record.intended[-2:])
    assert newer.layers[:-1] == older.layers
    assert len(newer.blobs.keys() - older.blobs.keys()) == 3  # a manifest, a configuration, one layer


def test_the_documentation_defines_every_figure_of_a_fleet() -> None:
    page = Path(__file__, "../../../docs/metrics.md").resolve().read_text(encoding="utf-8")
    own, *_ = page.partition("# The figures of a fleet of servers\n")[2].split("\n# ")
    told = re.findall(r"^\| `(\w+)[`(].* \| \S.* \|$", own, re.MULTILINE)
    figures = {
        name for name, value in vars(Evolution).items() if isinstance(value, property | cached_property)
    }
    words = {"title", "headline", "summary", "lengths", "conditions", "settings"}
    assert sorted(told) == sorted(figures - words | {"count", "roll_out_time", "roll_back_time"})


def test_the_figures_are_those_of_the_record_in_words() -> None:
    record = evolve(ServerFleet())
    said = {figure.name: (figure.value, figure.words) for figure in record.figures()}
    assert said["configurations"] == (len(record.shares), f"{len(record.shares)}")
    assert said["drift"] == (record.drift, f"{100 * record.drift:.1f} %")
    assert said["time to reproduce"] == (
        record.time_to_reproduce,
        f"{record.time_to_reproduce / 3600:.1f} h",
    )
    assert record.summary.title == record.headline


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"way": "by hand"}, "use 'in place' or 'immutable'"),
        ({"max_surge": 0}, "one of them must be above 0"),
        ({"servers": 0}, "at least 1"),
        ({"servers": 1_000, "days": 3_650, "changes_per_month": 300}, "at most 1,000,000 fit"),
        ({"failure_rate": 1}, "at most 0.9"),
        ({"server": 3}, "did you mean servers"),
    ],
)
def test_what_is_no_fleet_is_refused(wrong: Any, words: str) -> None:
    with pytest.raises(KnobError, match=rf"^ServerFleet\..*{words}"):
        ServerFleet(**wrong)
