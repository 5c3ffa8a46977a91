"""The stage shows what was recorded: every failure, every instance, nothing outside the picture."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deploylab as dl
from deploylab.views import theme
from deploylab.views.dots import NOWHERE, PEOPLE
from deploylab.views.figure import MOMENTS, figure
from deploylab.views.floor import HEIGHT as BLOCK_HEIGHT
from deploylab.views.floor import LEFT, TOPS, WIDTH, floor
from deploylab.views.motion import positions
from deploylab.views.stage import stage
from tests.views.runs import all_runs, quiet, recreated, rolled_back

SVG = "{http://www.w3.org/2000/svg}"
each_run = pytest.mark.parametrize("run", all_runs(), ids=lambda run: run.strategy)


@each_run
def test_every_failure_is_a_cross(run: dl.Run) -> None:
    assert (stage(run).columns["failed"] > 0).sum() == run.log.failed.sum()


@each_run
def test_a_dot_is_a_request_of_the_log_with_its_time_and_its_instance(run: dl.Run) -> None:
    columns = stage(run).columns
    times = np.round(run.log.time / 1e9, 3)
    for i in range(0, len(columns["time"]), 97):
        near = np.flatnonzero(np.abs(times - columns["time"][i]) < 2e-3)
        if columns["instance"][i] == NOWHERE:
            assert dl.Status.REFUSED in run.log.status[near]
        else:
            assert columns["instance"][i] in run.log.instance[near]


@each_run
def test_every_instance_has_its_square(run: dl.Run) -> None:
    svg = ET.fromstring(stage(run).svg)
    names = [title.text for title in svg.iter(f"{SVG}title")]
    assert names == [instance.name for instance in run.instances]


@each_run
def test_the_picture_is_plain_json_and_bytes_of_the_promised_length(run: dl.Run) -> None:
    frames = stage(run)
    meta, data = frames.pack()
    assert json.loads(json.dumps(meta))["description"] == dl.describe(run)
    size = {"float32": 4, "uint16": 2, "uint8": 1}
    assert max(at + size[kind] * n for kind, at, n in meta["columns"].values()) <= len(data)


def test_the_same_run_gives_the_same_picture() -> None:
    first, again = (
        stage(dl.roll_out(dl.Rolling(batch_size=2, hold=5), rolled_back().scenario)) for _ in "ab"
    )
    assert first.pack() == again.pack()


def test_the_story_ends_with_the_outcome_and_the_users_hurt() -> None:
    words = "".join(piece for piece, _ in stage(rolled_back()).meta["texts"]["story"][-1][1])
    assert (
        words == f"rolled back after {rolled_back().finished:.0f} s  ·  {rolled_back().users_hurt} users hurt"
    )


def test_the_story_of_a_quiet_run_says_that_nobody_was_hurt() -> None:
    assert stage(quiet()).meta["texts"]["story"][-1][1][-1][0] == "nobody hurt"


def test_a_name_with_markup_stays_a_name() -> None:
    scenario = dl.Scenario(candidate=dl.Version("<script>alert(1)</script>"), duration=20)
    frames = stage(dl.roll_out(dl.Recreate(), scenario))
    assert "<script" not in frames.svg


def test_a_ghost_is_drawn_behind_the_lanes() -> None:
    assert "dl-ghost" in stage(rolled_back(), recreated()).svg
    assert "dl-ghost" not in stage(rolled_back()).svg


def test_the_crowd_holds_every_user() -> None:
    assert stage(rolled_back()).columns["user"].max() < PEOPLE


@settings(max_examples=15, deadline=None)
@given(replicas=st.integers(1, 300), batch=st.integers(1, 300))
def test_squares_stay_in_their_block_and_never_share_a_place(replicas: int, batch: int) -> None:
    run = dl.roll_out(
        dl.Rolling(batch_size=batch, hold=0),
        dl.Scenario(replicas=replicas, duration=20, traffic=dl.Traffic(rate=1)),
    )
    place = floor(run)
    for where in place.places:
        assert LEFT <= where.x <= LEFT + WIDTH - place.size + 1
        assert any(top <= where.y <= top + BLOCK_HEIGHT - place.size + 1 for top in TOPS)
    alive = [
        (place.places[k].x, place.places[k].y)
        for k, instance in enumerate(run.instances)
        if instance.stopped is None or instance.stopped > run.end
    ]
    assert len(alive) == len(set(alive))


@each_run
def test_dots_fly_inside_the_picture(run: dl.Run) -> None:
    frames = stage(run)
    for t in np.linspace(0, run.end, 25):
        for at in positions(frames, t).values():
            assert ((at >= 0) & (at <= frames.meta["size"])).all()


@each_run
def test_the_plotly_figure_has_a_frame_for_every_moment(run: dl.Run) -> None:
    plotly = figure(run, stage(run), "dark").to_plotly_json()
    assert len(plotly["frames"]) == MOMENTS + 1
    assert plotly["layout"]["paper_bgcolor"] == theme.colour("paper", "dark")


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("words", ["ink", "quiet", "stable-text", "candidate-text", "failure-text"])
def test_text_can_be_read_on_its_paper(name: str, words: str) -> None:
    light, dark = sorted(
        (_luminance(theme.colour(words, name)), _luminance(theme.colour("paper", name))), reverse=True
    )
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
