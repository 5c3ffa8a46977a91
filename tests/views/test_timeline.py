"""What happened when, in one picture that stands still."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import deploylab as dl
from deploylab.model.operating import Trial
from deploylab.model.record import SECOND
from deploylab.model.rollout import Rollout
from deploylab.model.summary import seconds
from deploylab.views.lanes import AXIS, LEFT
from deploylab.views.moments import moments
from deploylab.views.operating import operating
from deploylab.views.series import BINS
from deploylab.views.timeline import HIGH, LISTED, WIDTH
from tests.views.runs import all_runs, overtaken, rolled_back

SVG = "{http://www.w3.org/2000/svg}"


def said(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("run", all_runs(), ids=lambda run: run.strategy)
def test_every_moment_is_listed_with_its_time(run: dl.Run) -> None:
    words = said(dl.timeline(run).svg)
    pairs = list(pairwise(words))
    for time, name in moments(run):
        assert any(t == f"{time:.1f} s" and name.startswith(n.rstrip("…")) for t, n in pairs)


@pytest.mark.parametrize("run", all_runs(), ids=lambda run: run.strategy)
def test_the_strip_shows_who_answered_in_every_bin(run: dl.Run) -> None:
    bins: list[Counter[int]] = [Counter() for _ in range(BINS)]
    for time, version in zip(run.log.time.tolist(), run.log.version.tolist(), strict=True):
        if version >= 0:
            bins[min(BINS - 1, int(time * (BINS / (run.end * SECOND))))][version] += 1
    paths = [
        path.get("d", "")
        for path in ElementTree.fromstring(dl.timeline(run).svg).iter(f"{SVG}path")
        if "dl-band" in path.get("class", "")
    ]
    assert len(paths) == len(run.scenario.versions)
    for version, path in enumerate(paths):
        heights = [float(a) - float(b) for a, b in re.findall(r"M\S+ (\S+?)H\S+?V(\S+?)H", path)]
        shares = [seen[version] / max(1, seen.total()) for seen in bins]
        assert not sum(shares) or heights == pytest.approx([HIGH * share for share in shares], abs=0.11)


def test_the_lanes_say_what_they_come_to() -> None:
    run = rolled_back()
    words = said(dl.timeline(run).svg)
    assert "  ".join(f"{name} {seconds(run.latency(99, name))}" for name in run.scenario.versions) in words
    assert any(f"{run.users_hurt:,} of 5,000 users hurt" in line for line in words)


def test_no_words_leave_the_picture() -> None:
    for run in all_runs():
        for node in ElementTree.fromstring(dl.timeline(run).svg).iter(f"{SVG}text"):
            if node.get("text-anchor") is None:
                x, wide = float(node.get("x", 0)), 6.0 * len(node.text or "")
                assert x + wide <= WIDTH + 20
                assert x >= LEFT or x + wide <= LEFT or float(node.get("y", 0)) > AXIS


def test_of_too_many_moments_the_last_one_stays() -> None:
    def restless(scenario: dl.Scenario) -> Rollout:
        for number in range(100):
            yield dl.Step({"v1": scenario.replicas}, hold=0.5, note=f"look {number}")
        return dl.Outcome.ABORTED

    words = said(dl.timeline(dl.roll_out(restless, dl.Scenario(duration=60))).svg)
    assert "… 56 more moments …" in words
    assert words[-1] == "aborted"
    assert sum(bool(re.fullmatch(r"look \d+", line)) for line in words[-2 * LISTED :]) == LISTED - 2


@pytest.mark.parametrize("thing", [None, "run", dl.Rolling(), dl.deliver(dl.Pipeline(days=20))])
def test_what_has_no_lanes_is_refused(thing: Any) -> None:
    with pytest.raises(dl.DeploylabError, match="has no lanes over time; a Run has"):
        dl.timeline(thing)


def test_a_judge_s_curves_are_whole_and_say_their_last_words() -> None:
    record = dl.operating_characteristic(dl.FixedSample(), Trial(looks=20, runs=200))
    svg, frames = dl.timeline(record).svg, operating(record)
    curve = r'<path d="[^"]*" class="dl-curve[^"]*"'
    assert len(re.findall(curve, svg)) == 2 + len(record.bad)
    assert re.findall(curve, svg) == re.findall(curve, frames.svg)
    assert "clip" not in svg
    assert "dl-cursor" not in svg
    last = {track[-1][1][0][0] for track in frames.meta["texts"].values()}
    assert last | {"2,000 requests"} <= set(said(svg))


def test_it_says_the_same_in_words_and_asks_for_nothing_from_a_network(tmp_path: Path) -> None:
    picture = dl.timeline(overtaken())
    assert picture.description == dl.describe(overtaken())
    page = picture.save(tmp_path / "timeline.html").read_text("utf-8")
    assert "then by v3 on 6 instances" in page
    assert not re.search(r"https?:|src=|@import|url\(", page.replace("http://www.w3.org/2000/svg", ""))
    ElementTree.fromstring(picture.svg)
