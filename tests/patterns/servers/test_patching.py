"""Servers that are changed in place drift apart, exactly as is told of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploylab.model.evolution import Cause, Evolution
from deploylab.model.record import SECOND
from deploylab.model.server_fleet import ServerFleet
from deploylab.patterns.immutable_infrastructure import evolve
from deploylab.patterns.servers.fleet_luck import fates

from .fleets import CALM, alike, fleets, many, state

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
