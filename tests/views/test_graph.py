"""The graph shows what was recorded: every resource, every operation at its time, and why."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import deploylab as dl
from deploylab.model.applied import Applied
from deploylab.model.infrastructure import Plan
from deploylab.model.template import Template
from deploylab.patterns.infrastructure.apply import apply
from deploylab.patterns.infrastructure.plan import plan
from deploylab.patterns.infrastructure.template import template
from deploylab.views import theme
from deploylab.views.comparison import changes
from deploylab.views.graph import graph
from deploylab.views.layers import crossings, layers, reduced
from deploylab.views.work import WORKS, rows
from tests.patterns.infrastructure.test_apply import templates
from tests.views.contract import assert_plays

SVG = "{http://www.w3.org/2000/svg}"


@cache
def records() -> dict[str, Applied]:
    web = template("web-service")
    first, moved = apply(web), web.with_parameters(NetworkBlock="10.1.0.0/16")
    by_hand = first.state.changed_by_hand("Service", DesiredCount=9).deleted_by_hand("SubnetA")
    return {
        "first": first,
        "again": apply(web, first.state),
        "moved": apply(moved, first.state),
        "destroy first": apply(moved, first.state, create_before_destroy=False),
        "rolled back": apply(moved, first.state, fails="Service"),
        "destroyed first, rolled back": apply(
            moved, first.state, create_before_destroy=False, fails="Service"
        ),
        "half done": apply(moved, first.state, fails="LoadBalancer", rollback=False),
        "drift": apply(web, by_hand),
    }


NAMES = (
    "first",
    "again",
    "moved",
    "destroy first",
    "rolled back",
    "half done",
    "drift",
    "destroyed first, rolled back",
)
each_record = pytest.mark.parametrize("name", NAMES)


@each_record
def test_the_player_can_play_it(name: str) -> None:
    assert_plays(graph(records()[name]))


@each_record
def test_every_resource_has_a_box_and_every_operation_a_bar(name: str) -> None:
    record = records()[name]
    groups = list(ET.fromstring(graph(record).svg).iter(f"{SVG}g"))
    titles = [group.findtext(f"{SVG}title") or "" for group in groups if "dl-node" in group.get("class", "")]
    assert [title.split(" · ")[0] for title in titles] == [change.name for change in record.plan.changes]
    bars = [
        node
        for node in ET.fromstring(graph(record).svg).iter(f"{SVG}rect")
        if "dl-work" in node.get("class", "")
    ]
    assert len(bars) == len(record.works)


@each_record
def test_a_box_is_full_exactly_when_its_work_is_done(name: str) -> None:
    record = records()[name]
    frames = graph(record)
    for number, change in enumerate(record.plan.changes):
        mine = [work for work in record.works if work.name == change.name]
        if not mine:
            assert f"n{number}" not in frames.meta["moves"]
            continue
        move = frames.meta["moves"][f"n{number}"]
        undone = any(work.undo for work in mine)
        whole = len({work.action for work in mine}) == len(change.actions) or change.kind != "replace"
        assert move["times"][-1] == round(max(work.end for work in mine), 3)
        assert (move["width"][-1] == 0) is undone
        assert whole or undone or move["width"][-1] > 0


@each_record
def test_a_box_says_its_last_state(name: str) -> None:
    record = records()[name]
    last = {
        change.name: graph(record).meta["states"][f"n{n}"][1][-1]
        for n, change in enumerate(record.plan.changes)
    }
    failed = {work.name for work in record.works if work.failed}
    undone = {work.name for work in record.works if work.undo}
    worked = {work.name for work in record.works}
    for change in record.plan.changes:
        if change.name in failed - undone:
            assert last[change.name] == "failed"
        elif change.name in undone:
            assert last[change.name] == "undone"
        elif change.kind == "no-op":
            assert last[change.name] == "quiet"
        elif change.name not in worked:
            assert last[change.name] == "waiting"


def story(record: Applied | Plan) -> str:
    return "".join(words for words, _ in graph(record).meta["texts"]["story"][-1][1])


def test_the_story_ends_with_what_a_second_apply_would_do() -> None:
    assert story(records()["first"]) == "applied after 492 s  ·  a second apply would change nothing"
    assert story(records()["again"]) == "nothing to do  ·  all 14 resources are as they are wanted"
    assert story(records()["rolled back"]).endswith("a second apply would change 10")


def test_drift_is_shown_as_the_difference_that_it_is() -> None:
    frames = graph(records()["drift"])
    lines = [words for track in frames.meta["texts"].values() for words, _ in track[0][1]]
    assert "Desired… 1 → 9" in lines
    assert "creating again" in lines
    assert "2 changed by hand" in frames.svg


def test_a_plan_is_drawn_as_it_stands() -> None:
    frames = dl.animate(dl.plan(template("web-service"))).frames
    assert_plays(frames)
    assert {states[-1] for _, states in frames.meta["states"].values()} == {"waiting"}
    assert story(dl.plan(template("web-service"))) == "14 to create"


def test_the_words_tell_why_and_how_it_went() -> None:
    told = dl.describe(records()["moved"])
    assert "Network: CidrBlock cannot be changed in place; the new one is created first." in told
    assert "SubnetA: VpcId, CidrBlock cannot be changed in place" in told
    assert told.endswith("A second apply would change nothing.")
    assert "Service failed at " in dl.describe(records()["rolled back"])
    assert "is empty: 14 resources, all as they are wanted." in dl.describe(records()["again"].plan)


def test_a_walk_that_failed_is_not_called_faster() -> None:
    web = template("web-service")
    whole, broken = apply(web), apply(web, fails="Database")
    assert broken.end < whole.end
    for pair in ((broken, whole), (whole, broken)):
        rows = {name: (was, better) for name, _, was, better in changes(*pair)}
        assert rows["time"][0]
        assert rows["time"][1] == 0
    marks = dict(dl.compare([whole, broken]).rows())
    assert [best for _, best in marks["time"]] == [False, False]


def test_the_colours_of_the_bars_are_told() -> None:
    def told(name: str) -> set[str]:
        return {word for word in WORKS.values() if f">{word}</text>" in graph(records()[name]).svg}

    assert told("first") == {"creates"}
    assert told("moved") == {"creates", "updates", "deletes"}
    assert told("rolled back") == {"creates", "updates", "undoes", "fails"}


def test_an_apply_has_figures_to_compare() -> None:
    table = repr(dl.compare([records()["moved"], records()["destroy first"]]))
    assert "longest gap" in table
    assert "create_before_destroy=True" in table
    assert "parallelism" not in table
    assert records()["moved"].gap == 0 < records()["destroy first"].gap


def test_a_name_with_markup_stays_a_name() -> None:
    odd = {"Type": "<script>", "Properties": {"a": "</title>"}}  # a plan of Terraform may bring such a type
    record = apply(Template("odd", {"Resources": {"<b>x": odd}}))
    for shown in (graph(record).svg, record.plan._repr_html_(), record._repr_html_()):
        assert "<script" not in shown
        assert "<b>x" not in shown


@given(templates())
def test_everything_stands_to_the_right_of_what_it_needs_and_nothing_overlaps(made: Template) -> None:
    needs = {change.name: change.needs for change in plan(made).changes}
    found = layers(needs, most=3)
    for name, targets in needs.items():
        assert all(found.places[target][0] < found.places[name][0] for target in targets)
    assert {(a, b) for a, b in found.lines} == {(b, a) for a, bs in reduced(needs).items() for b in bs}
    for line in found.lines.values():
        assert [x for x, _ in line] == list(range(int(line[0][0]), int(line[-1][0]) + 1))
    spots = sorted(found.places.values())
    assert all(a[0] < b[0] or b[1] - a[1] > 0.99 for a, b in pairwise(spots))
    columns = [x for x, _ in spots]
    assert max(columns.count(x) for x in columns) <= 3


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), unique=True))
def test_crossings_are_counted_as_by_hand(links: list[tuple[int, int]]) -> None:
    ahead: dict[str, list[str]] = {f"a{n}": [] for n in range(5)}
    for left, right in links:
        ahead[f"a{left}"].append(f"b{right}")
    by_hand = sum((a - c) * (b - d) < 0 for n, (a, b) in enumerate(links) for c, d in links[n + 1 :])
    assert crossings([[f"a{n}" for n in range(5)], [f"b{n}" for n in range(5)]], ahead) == by_hand


@each_record
def test_no_two_bars_of_a_row_overlap(name: str) -> None:
    works = records()[name].works
    placed = sorted(zip(rows(works), works, strict=True), key=lambda pair: (pair[0], pair[1].start))
    for (row, one), (other, two) in pairwise(placed):
        assert row != other or one.end <= two.start


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("words", ["create-text", "replace-text"])
def test_new_words_have_colours_that_can_be_read(name: str, words: str) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        lights = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * lights[0] + 0.7152 * lights[1] + 0.0722 * lights[2]

    dark, light = sorted(luminance(theme.colour(part, name)) for part in (words, "paper"))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
