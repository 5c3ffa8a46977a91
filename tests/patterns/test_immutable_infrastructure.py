"""Two ways of changing servers: drift grows in one of them, and cannot begin in the other."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import accumulate

import numpy as np
from hypothesis import given

from deploylab.engine.rollout import roll_out
from deploylab.model.evolution import NOBODY, Cause
from deploylab.model.record import SECOND
from deploylab.model.scenario import Scenario
from deploylab.model.server_fleet import DAY_NS, ServerFleet
from deploylab.model.version import Version
from deploylab.patterns.immutable_infrastructure import evolve, replacement
from deploylab.patterns.rolling import Rolling

from .servers.fleets import alike, fleets, many, state

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
    for time in range(0, 100 * DAY_NS, DAY_NS // 2):
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
