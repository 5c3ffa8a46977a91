"""The Plotly form of a picture shows what the player shows, and stays small."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import deploylab as dl
from deploylab.views import svg, theme
from deploylab.views.figure import MOMENTS
from deploylab.views.lives import life
from deploylab.views.looks import drawn
from deploylab.views.outline import discs, path, rectangle
from deploylab.views.picture import RECORDS, picture
from deploylab.views.style import style
from tests.views.runs import all_runs, crashing, one_of_each, recreated, rolled_back

MOST = 200_000  # bytes
SQUARES = 31  # the level on which the instances are drawn
LESSON = dl.Scenario(replicas=20, traffic=dl.Traffic(rate=200), duration=600)  # 120,000 requests


@cache
def plotted(kind: str, name: str = "light") -> dict[str, Any]:
    found: dict[str, Any] = dl.animate(one_of_each()[kind]).figure(name).to_plotly_json()
    return found


def at(plotly: dict[str, Any], moment: int) -> list[dict[str, Any]]:
    """Every trace as Plotly shows it at a moment: each frame goes on from the one that it is based upon."""
    shown = [dict(trace) for trace in plotly["data"]]
    for frame in plotly["frames"][: moment + 1]:
        for number, points in zip(frame["traces"], frame.get("data", ()), strict=True):
            shown[number] |= points
    return shown


def points(traces: list[dict[str, Any]], **wanted: Any) -> set[tuple[float, float]]:
    """Where the markers are that look so."""
    those = (trace for trace in traces if wanted.items() <= trace.get("marker", {}).items())
    return {point for trace in those for point in zip(trace["x"], trace["y"], strict=True)}


def words(traces: list[dict[str, Any]]) -> str:
    return " | ".join(text for trace in traces for text in trace.get("text", ()))


@pytest.mark.parametrize("kind", RECORDS)
def test_every_record_that_animates_has_one(kind: str) -> None:
    plotly = plotted(kind)
    assert [frame["name"] for frame in plotly["frames"]] == [str(n) for n in range(len(plotly["frames"]))]
    number = len(plotly["frames"])
    assert number == 1 if kind == "Plan" else 30 < number <= MOMENTS + 1
    assert plotted(kind, "dark")["layout"]["paper_bgcolor"] == theme.colour("paper", "dark")
    story = picture(one_of_each()[kind]).meta["texts"].get("story")
    assert not story or story[-1][1][0][0] in words(at(plotly, number))


@pytest.mark.parametrize("kind", RECORDS)
def test_plotly_itself_finds_nothing_wrong_with_it(kind: str) -> None:
    plotly = plotted(kind)
    checked = go.Figure(plotly["data"], plotly["layout"], plotly["frames"])
    assert len(checked.data) == len(plotly["data"])


@pytest.mark.parametrize("run", all_runs(), ids=lambda run: run.strategy)
def test_a_run_stays_small(run: dl.Run) -> None:
    assert len(dl.animate(run).figure().to_json().encode()) <= MOST


@pytest.mark.parametrize("strategy", [dl.Rolling(batch_size=2, hold=10), dl.BlueGreen(), dl.Canary()])
def test_a_run_of_a_lesson_stays_small(strategy: Any) -> None:
    assert len(dl.animate(dl.roll_out(strategy, LESSON)).figure().to_json().encode()) <= MOST


@pytest.mark.parametrize("kind", ["Run", "FlagRollout", "Applied"])
def test_a_frame_and_those_that_it_is_based_upon_are_the_whole_moment(kind: str) -> None:
    frames, plotly = picture(one_of_each()[kind]), plotted(kind)
    number = len(plotly["frames"]) - 1
    for moment in (0, number // 3, number):
        wanted = drawn(frames, frames.meta["end"] * moment / number, "light")
        shown = [trace for trace in at(plotly, moment) if trace["x"]]
        assert sorted(str((t["x"], t["y"])) for t in shown) == sorted(
            str((p["x"], p["y"])) for p in wanted.values() if p["x"]
        )


def test_one_comes_back_to_the_beginning_from_every_moment() -> None:
    plotly = plotted("Run")
    changing = set().union(*(frame["traces"] for frame in plotly["frames"]))
    assert set(plotly["frames"][0]["traces"]) == changing


def test_the_caption_says_how_many_moments_there_are() -> None:
    plotly = dl.animate(crashing()).figure().to_plotly_json()
    number = len(plotly["frames"])
    assert number < MOMENTS + 1
    assert plotly["layout"]["annotations"][0]["text"].startswith(f"{number} moments")
    assert len(plotly["layout"]["sliders"][0]["steps"]) == number


def test_what_the_cursor_has_not_come_to_is_covered() -> None:
    frames = picture(recreated())
    for t in (0, frames.meta["end"] / 2):
        cursor = 204 + (850 - 204) * t / frames.meta["end"]
        (cover,) = (p for look, p in drawn(frames, t, "light").items() if look.level == 10)
        assert min(cover["x"]) == pytest.approx(cursor, abs=0.06)
        assert max(cover["x"]) > 960


@pytest.mark.parametrize("run", all_runs(), ids=lambda run: run.strategy)
def test_there_is_a_square_for_each_instance_that_is_there(run: dl.Run) -> None:
    frames = picture(run)
    lives = [life(instance, theme.BACK_TO_USER * frames.meta["speed"]) for instance in run.instances]
    for t in np.linspace(0.01, run.end - 0.01, 20):
        now = Counter(states[max(0, bisect_right(times, t) - 1)] for times, states in lives)
        there = {look: points for look, points in drawn(frames, t, "light").items() if look.level == SQUARES}
        squares = {look: 1 + points["x"].count(None) for look, points in there.items()}
        assert sum(squares.values()) == now.total() - now["gone"]
        dashed = sum(number for look, number in squares.items() if look.dash != "solid")
        assert dashed == now["starting"]


def test_people_are_hurt_in_red_and_in_the_right_number() -> None:
    run = rolled_back()
    frames = picture(run)
    crosses = points(at(plotted("Run"), MOMENTS), symbol="x-thin", size=6.4)
    each = frames.meta["texts"]["hurt"][0][1][0][0]
    assert len(crosses) == -(-run.users_hurt // (int(each.split()[3]) if each else 1))


def test_several_records_are_refused_with_a_way_out() -> None:
    both = dl.animate(dl.compare([rolled_back(), recreated()]))
    with pytest.raises(dl.DeploylabError, match=r"by one clock; use animate\(record\).figure\(\) for each"):
        both.figure()


@pytest.mark.parametrize(
    ("way", "name", "key", "value"),
    [
        ("svg.dl-stage@ g.dl-pod.dl-stable@draining rect@", "light", "fill", "#0072b240"),
        ("svg.dl-stage@ g.dl-pod.dl-stable@gone", "light", "display", "none"),
        (
            "svg.dl-stage@ g.dl-ghost@ path.dl-curve.dl-stable@",
            "dark",
            "stroke",
            theme.colour("quiet", "dark"),
        ),
        (
            "svg.dl-stage@ g@{--dl-outline:2px} g.dl-pod@starting rect@",
            "light",
            "stroke-dasharray",
            "5px 3.8px",
        ),
        ("svg.dl-stage.dl-graph@ g.dl-node.dl-create@failed rect.dl-box@", "light", "stroke", "#d55e00"),
        ("svg.dl-stage@ g@{font-size:9px} text.dl-in@", "light", "font-size", "9px"),
    ],
)
def test_the_style_is_that_of_a_browser(way: str, name: str, key: str, value: str) -> None:
    assert style(way, name)[key] == value


def test_outlines_are_points() -> None:
    assert path("M0 0C4 0 4 8 8 8")[4] == (4, 4)
    assert len(rectangle(0, 0, 34, 34, 7.5)) == 13
    assert rectangle(0, 0, 0, 34) == []
    assert rectangle(0, 0, 4, 2) == [(4, 2), (0, 2), (0, 0), (4, 0), (4, 2)]
    assert discs(svg.discs([(5, 5), (9, 5)], 2)) == ([(5, 5), (9, 5)], 2)
    assert discs("M1 1L2 2") == ([], 0)
