"""The figures of a fleet of servers, counted once more in the plainest way."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from deploylab.model.errors import KnobError
from deploylab.model.evolution import NOBODY, Evolution
from deploylab.model.server_fleet import DAY_NS, ServerFleet
from deploylab.patterns.immutable_infrastructure import evolve

from ..patterns.servers.fleets import fleets, many, state


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
    hours = np.arange(0, record.fleet.end, DAY_NS // 24) + DAY_NS // 48
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
        ({"way": "by hand"}, "neither 'in place' nor 'immutable'"),
        ({"max_surge": 0}, "one of them must be above 0"),
        ({"servers": 0}, "at least 1"),
        ({"servers": 1_000, "days": 3_650, "changes_per_month": 300}, "at most 1,000,000 fit"),
        ({"failure_rate": 1}, "at most 0.9"),
        ({"server": 3}, "did you mean servers"),
    ],
)
def test_what_is_no_fleet_is_refused(wrong: Any, words: str) -> None:
    with pytest.raises(KnobError, match=rf"^ServerFleet\b.*{words}"):
        ServerFleet(**wrong)
