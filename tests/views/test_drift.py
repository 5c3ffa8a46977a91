"""The picture of a fleet shows what was recorded: every cell, every digest, every count."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import deploylab as dl
from deploylab.model.evolution import Evolution
from deploylab.model.record import SECOND
from deploylab.model.server_fleet import ServerFleet
from deploylab.patterns.immutable_infrastructure import evolve
from deploylab.views.describe_evolution import describe_evolution
from deploylab.views.drift import FIELD, drift
from deploylab.views.drift_cells import LEFT, RIGHT, TOP
from deploylab.views.drift_words import mishaps
from deploylab.views.field import COLUMNS, Field, field, letters
from deploylab.views.scene import HEIGHT, WIDTH
from tests.views.contract import assert_plays

SVG = "{http://www.w3.org/2000/svg}"
FLEETS = (
    ServerFleet(),
    ServerFleet(way="immutable"),
    ServerFleet(servers=3, days=60, hand_fixes_per_month=1, seed=1),
    ServerFleet(servers=60, days=700, changes_per_month=10, reorder_rate=0.1),
    ServerFleet(way="immutable", servers=4, max_surge=0, max_unavailable=2, boot_time=86_400),
    ServerFleet(servers=1, changes_per_month=0, hand_fixes_per_month=0),
    ServerFleet(servers=400, days=30),
)


@cache
def record(number: int) -> Evolution:
    return evolve(FLEETS[number])


each_fleet = pytest.mark.parametrize("number", range(len(FLEETS)))


def shapes(svg: str, kind: str) -> dict[str, list[ET.Element]]:
    found: dict[str, list[ET.Element]] = {}
    for node in ET.fromstring(svg).iter(f"{SVG}{kind}"):
        found.setdefault(node.get("class", ""), []).append(node)
    return found


def painted(svg: str, rows: int) -> NDArray[Any]:
    """The class of what covers each cell of the field, read from the drawing."""
    cells = np.full((rows, COLUMNS), "", dtype="U16")
    height = min(40.0, FIELD / rows)
    for name, nodes in shapes(svg, "path").items():
        if not re.match(r"dl-(meant|hue)", name):
            continue
        for piece in re.findall(r"M([\d.]+) ([\d.]+)h(\d+)v([\d.]+)h-", nodes[0].get("d", "")):
            x, y, width, tall = map(float, piece)
            server, start = round((y - TOP) / height), round(x - LEFT)
            assert y + tall <= TOP + FIELD
            assert (cells[server, start : start + int(width)] == "").all()
            cells[server, start : start + int(width)] = name
    return cells


def said(track: list[Any], time: float) -> str:
    return "".join(piece for piece, _ in [words for at, words in track if at <= time][-1])


def before_the_end_of(seen: Field, column: int) -> float:
    """A time (s) at which the cursor is within a column, whose state is that of its end."""
    return float(seen.times[column] - seen.times[0] / 2)


@each_fleet
def test_a_cell_is_calm_exactly_when_its_server_is_as_meant(number: int) -> None:
    seen, turns = field(record(number)), record(number).turns
    cells = painted(drift(record(number)).svg, len(seen.rows))
    running = turns.configuration[seen.rows] >= 0
    calm = (cells == "dl-meant") | (cells == "dl-meant-next")
    assert (calm == (running & (turns.deviation[seen.rows] == 0))).all()
    assert ((cells == "") == ~running).all()


def test_a_server_that_drifts_further_changes_its_colour() -> None:
    letter = field(record(0)).letter
    cells = painted(drift(record(0)).svg, 20)
    further = (letter[:, :-1] > 0) & (letter[:, 1:] > 0) & (letter[:, :-1] != letter[:, 1:])
    assert further.sum() > 10
    assert (cells[:, :-1] != cells[:, 1:])[further].all()


def test_servers_that_are_replaced_change_their_tint_together() -> None:
    cells, times = painted(drift(record(1)).svg, 20), field(record(1)).times
    since = times[:, None] - np.array(record(1).changes) / SECOND
    under_way = ((since >= 0) & (since < record(1).roll_out_time)).any(axis=1)
    assert ((cells == cells[0]).all(axis=0) | under_way).all()
    assert under_way.sum() < 3
    assert set(cells[0]) == {"dl-meant", "dl-meant-next"}


@each_fleet
def test_the_digest_beside_a_server_is_that_of_its_configuration(number: int) -> None:
    seen, texts = field(record(number)), drift(record(number)).meta["texts"]
    digests = record(number).configurations.digests
    for name in (name for name in texts if name.startswith("digest")):
        server = int(name.removeprefix("digest"))
        for column in range(0, COLUMNS, 29):
            configuration = int(seen.configuration[server, column])
            meant = digests[configuration].removeprefix("sha256:")[:7] if configuration >= 0 else ""
            assert said(texts[name], before_the_end_of(seen, column)).split(" ")[-1] == meant


def test_at_one_time_a_letter_is_one_configuration() -> None:
    labels = [said(track, 1e9) for name, track in drift(record(0)).meta["texts"].items() if "digest" in name]
    drifted = {tuple(label.split(" ")) for label in labels if " " in label}
    assert len({letter for letter, _ in drifted}) == len({digest for _, digest in drifted}) > 1


@each_fleet
def test_the_counts_are_those_of_the_record(number: int) -> None:
    now, seen = record(number), field(record(number))
    texts = drift(now).meta["texts"]
    for column in range(0, COLUMNS, 29):
        rows = now.turns.at((seen.times[column : column + 1] * SECOND).astype(np.int64))[:, 0]
        different = set(now.turns.configuration[rows].tolist()) - {-1}
        drifted = int((now.turns.deviation[rows] > 0).sum())
        assert said(texts["lane0"], before_the_end_of(seen, column)) == f"{len(different)} now"
        assert (
            said(texts["lane1"], before_the_end_of(seen, column)) == f"{drifted} of {now.fleet.servers} now"
        )


@each_fleet
def test_the_player_can_play_it(number: int) -> None:
    frames = drift(record(number))
    assert_plays(frames)
    assert frames.description == describe_evolution(record(number))
    assert all(track[0][0] == 0 for track in frames.meta["texts"].values())


@each_fleet
def test_nothing_lies_outside_the_picture(number: int) -> None:
    for nodes in shapes(drift(record(number)).svg, "text").values():
        for node in nodes:
            assert 0 <= float(node.get("x", "0")) <= WIDTH - 10
            assert 0 <= float(node.get("y", "0")) <= HEIGHT


def test_every_mishap_can_be_stepped_to() -> None:
    moments = set(drift(record(0)).meta["events"])
    amiss = record(0).turns.time[record(0).turns.deviation > 0].min() / SECOND
    assert round(float(amiss), 1) in moments
    assert moments == {round(time / SECOND, 1) for time, _ in mishaps(record(0))}


@each_fleet
def test_the_story_knows_of_a_mishap_from_its_very_moment(number: int) -> None:
    story = dict(zip(*zip(*drift(record(number)).meta["texts"]["story"], strict=True), strict=True))
    turns, servers = record(number).turns, record(number).fleet.servers
    for time, words in mishaps(record(number)):
        drifted = int((turns.deviation[turns.at(np.array([time]))] > 0).sum())
        count = f"{drifted} of {servers} drifted" if drifted else "none drifted"
        assert "".join(piece for piece, _ in story[round(time / SECOND, 1)]) == f"{words}  ·  {count}"


def test_a_large_fleet_says_for_how_many_servers_a_row_stands() -> None:
    assert "1 of 4 shown" in drift(record(6)).svg
    assert len(field(record(6)).rows) == 100


def test_a_notch_marks_a_fresh_server_of_the_same_image() -> None:
    notches = shapes(drift(record(1)).svg, "path")["dl-fresh"][-1].get("d", "").count("M")
    assert notches == len(record(1).troubles)


def test_the_fleet_from_before_is_a_ghost_on_the_same_scale() -> None:
    picture = drift(record(1), record(0)).svg
    ghost = next(node for node in ET.fromstring(picture).iter() if node.get("class") == "dl-ghost")
    own = [path.get("d") for path in ET.fromstring(drift(record(0)).svg).iter(f"{SVG}path")]
    assert [path.get("d") in own for path in ghost] == [True] * 4
    assert "dl-ghost" not in drift(record(1)).svg


def test_a_ghost_that_lived_longer_ends_with_the_axis() -> None:
    short, long = evolve(ServerFleet(days=50)), evolve(ServerFleet(days=600))
    ghost = next(n for n in ET.fromstring(drift(short, long).svg).iter() if n.get("class") == "dl-ghost")
    for path in ghost:
        ends = [float(x) for x in re.findall(r"H([\d.]+)", path.get("d", ""))]
        assert max(ends) <= RIGHT


def test_the_same_fleet_gives_the_same_picture() -> None:
    assert drift(record(0)).pack() == drift(evolve(FLEETS[0])).pack()


def test_the_story_names_the_first_server_that_drifts() -> None:
    words = describe_evolution(record(0))
    assert f"Drift begins on day {record(0).first_drift:.0f}" in words
    assert f"At the end {record(0).drifted_servers} of 20 servers have drifted" in words


def test_letters_go_on_after_z() -> None:
    assert [letters(n) for n in (1, 26, 27, 52, 53, 702, 703)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_both_ways_can_be_compared_and_shown_and_told() -> None:
    table = dl.compare([record(0), record(1)])
    assert table.heads() == [record(0).headline, record(1).headline]
    best = {name: [marked for _, marked in cells] for name, cells in table.rows()}
    assert best["configurations"] == best["drift"] == best["time to reproduce"] == [False, True]
    assert dl.animate(record(0)).frames.pack() == drift(record(0)).pack()
    assert dl.describe(record(0)) == describe_evolution(record(0))


def test_fleets_of_the_same_way_are_told_apart_by_their_knobs() -> None:
    heads = dl.compare([evolve(ServerFleet()), evolve(ServerFleet(skip_rate=0.1))]).heads()
    assert heads[1].startswith("In place skip_rate=0.1: ")


def test_other_days_are_not_compared() -> None:
    with pytest.raises(dl.DeploylabError, match="their days differs"):
        dl.compare([evolve(ServerFleet(days=30)), evolve(ServerFleet(days=60))])


def test_in_a_playground_the_other_way_is_one_turn_away() -> None:
    ground = dl.playground(ServerFleet(servers=5))
    knobs = {path[-1]: control.widget for path, control in ground.controls.items()}
    knobs["way"].value = "immutable"
    assert ground.record.title == "Immutable"
    assert {name for name, widget in knobs.items() if widget.disabled} == set(ServerFleet("immutable").idle())
    assert ground.player.frames.svg == drift(ground.record, evolve(ServerFleet(servers=5))).svg


@pytest.mark.parametrize("field", ServerFleet("immutable").idle())
def test_what_is_said_to_have_no_effect_has_none(field: str) -> None:
    plain, turned = (evolve(ServerFleet("immutable", **{field: value})) for value in (0.3, 0.7))
    assert plain.figures() == turned.figures()
    assert (plain.turns.time == turned.turns.time).all()
