"""The stage shows what was recorded: every failure, every instance, nothing outside the picture."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deploylab as dl
from deploylab.patterns.strategies import NAMES, strategy
from deploylab.views import bar, lanes, theme
from deploylab.views.division import division
from deploylab.views.dots import DOOR, GATE, GATES, PEOPLE, PILE, kinds
from deploylab.views.floor import LEFT, WIDTH, floor
from deploylab.views.frames import Frames
from deploylab.views.series import BINS, known_at, waiting
from deploylab.views.stage import stage
from deploylab.views.track import STORY
from tests.views.contract import assert_plays
from tests.views.runs import (
    all_runs,
    crashing,
    killed_while_stopping,
    mirrored,
    overtaken,
    quiet,
    recreated,
    rolled_back,
)

SVG = "{http://www.w3.org/2000/svg}"
each_run = pytest.mark.parametrize("run", all_runs(), ids=lambda run: run.strategy)


def flights(run: dl.Run, frames: Frames, *names: str) -> list[list[float]]:
    """The flights of these kinds: when they begin (s), and the numbers of the places from and to."""
    roles = theme.roles(len(run.scenario.versions))
    numbers = [number for number, name in enumerate(kinds(roles, 1)) if name in names]
    which = np.isin(frames.columns["mote_kind"], numbers)
    columns = [frames.columns[name][which].astype(float) for name in ("mote_time", "mote_from", "mote_to")]
    return np.array(columns).T.tolist()


def requests(run: dl.Run) -> list[str]:
    """The names of the kinds that fly from the balancer to an instance."""
    return [f"request {number}" for number in range(len(run.scenario.versions))]


def shown(frames: Frames, name: str, t: float) -> str:
    """The state of something at `t`."""
    times, states = frames.meta["states"][name]
    return str(states[max(0, int(np.searchsorted(times, t, "right")) - 1)])


def told_at(track: list[tuple[float, list[list[str]]]], t: float) -> str:
    """What a text says at `t`."""
    words = [words for time, words in track if time <= t][-1]
    return "".join(piece for piece, _ in words)


@each_run
def test_the_player_can_play_it(run: dl.Run) -> None:
    assert_plays(stage(run))
    assert_plays(stage(run, recreated()))


@each_run
def test_every_failure_falls_from_where_it_happened(run: dl.Run) -> None:
    falls = Counter(int(start) for _, start, _ in flights(run, stage(run), "failure", "low failure"))
    met = run.log.failed & (run.log.instance >= 0) & (run.log.status != dl.Status.REFUSED)
    happened = Counter((run.log.instance[met] + DOOR).tolist())
    assert {place: number for place, number in falls.items() if place >= DOOR} == happened
    assert falls.total() == run.log.failed.sum()


@each_run
def test_no_failure_falls_before_its_client_knew(run: dl.Run) -> None:
    falls = np.array([time for time, *_ in flights(run, stage(run), "failure", "low failure")])
    known = np.sort(known_at(run, run.log)[run.log.failed])
    assert (falls >= known - 1e-3).all()  # the k-th fall cannot begin before the k-th was known


@each_run
def test_a_dot_is_a_request_of_the_log_with_its_time_and_its_instance(run: dl.Run) -> None:
    real = set(zip(run.log.time.astype(np.float64) / 1e9, run.log.instance.tolist(), strict=True))
    real = {(np.float32(time), instance) for time, instance in real}
    drawn = flights(run, stage(run), *requests(run))
    assert drawn
    assert {(np.float32(time), int(to) - DOOR) for time, _, to in drawn} <= real


@each_run
def test_a_dot_leaves_one_of_its_user_s_place_in_time_for_the_balancer(run: dl.Run) -> None:
    frames = stage(run)
    leg = frames.meta["kinds"][0]["leg"]
    people = run.log.user.astype(np.int64) * PEOPLE // run.scenario.traffic.users
    real = dict(zip((run.log.time / 1e9).round(3).tolist(), people.tolist(), strict=True))
    drawn = [(round(time + leg, 3), person) for time, person, _ in flights(run, frames, "user")]
    known = [(time, person) for time, person in drawn if time in real]  # the others: rounding of float32
    assert len(known) > 0.5 * len(drawn)
    assert sum(real[time] != person for time, person in known) <= 0.2 * len(known)  # two in one millisecond


@each_run
def test_dots_pass_the_balancer_within_the_part_of_their_version(run: dl.Run) -> None:
    times, shares = division(run)
    frames = stage(run)
    for number, name in enumerate(requests(run)):
        for time, gate, _ in flights(run, frames, name):
            part = shares[max(0, int(times.searchsorted(time - 1e-3, "right")) - 1)]
            later = shares[max(0, int(times.searchsorted(time + 1e-3, "right")) - 1)]
            height = (gate - GATE + 0.5) / GATES
            below = max(part[: number + 1].sum(), later[: number + 1].sum())
            above = min(part[:number].sum(), later[:number].sum())
            assert above - 1 / GATES <= height <= below + 1 / GATES


@each_run
def test_the_pile_grows_to_all_who_were_hurt(run: dl.Run) -> None:
    frames = stage(run)
    crosses = flights(run, frames, "hurt")
    hurt = len(set(run.log.user[run.log.failed].tolist()))
    words = frames.meta["texts"]["hurt"][0][1][0][0]
    each = int(words.split()[3]) if words else 1
    assert len(crosses) == -(-hurt // each)
    assert [int(place) - PILE for _, place, _ in crosses] == list(range(len(crosses)))


@each_run
def test_an_instance_is_shown_as_it_was(run: dl.Run) -> None:
    frames = stage(run)
    for number, instance in enumerate(run.instances):
        for t in np.linspace(0, frames.meta["end"], 60):
            serves = any(up <= t and (down is None or t < down) for up, down in instance.served)
            gone = t < instance.started or (instance.stopped is not None and t >= instance.stopped)
            draining = instance.draining is not None and t >= instance.draining
            if gone:
                wanted = {"gone", "killed"} if instance.killed else {"gone"}
            else:
                wanted = {"draining"} if draining else {"ready"} if serves else {"starting"}
            assert shown(frames, f"pod{number}", t) in wanted


def test_a_killed_instance_is_seen_for_a_while_and_then_gone() -> None:
    run = killed_while_stopping()
    times, states = next(
        stage(run).meta["states"][f"pod{number}"] for number, i in enumerate(run.instances) if i.killed
    )
    assert states[-2:] == ["killed", "gone"]
    assert times[-1] > times[-2]


def test_an_instance_that_is_started_again_is_shown_as_starting() -> None:
    assert "starting" in stage(crashing()).meta["states"]["pod0"][1][1:]


@each_run
def test_the_heads_count_the_squares_below_them(run: dl.Run) -> None:
    frames = stage(run)
    for version, name in enumerate(run.scenario.versions):
        mine = [f"pod{n}" for n, instance in enumerate(run.instances) if instance.version == name]
        for time, words in frames.meta["texts"][f"head{version}"]:
            states = Counter(shown(frames, pod, time) for pod in mine)
            said = "".join(piece for piece, _ in words)
            told = [
                f"{states[state]} {state}" for state in ("ready", "starting", "draining") if states[state]
            ]
            over = time >= round(run.finished, 3) and version == len(run.scenario.versions) - 1
            verdict = {dl.Outcome.PROMOTED: "  ✓", dl.Outcome.ROLLED_BACK: "  ✕"} if over else {}
            sign = "" if run.unexposed else verdict.get(run.outcome, "")
            assert said.endswith(f" · {', '.join(told) or 'none'}{sign}")


@each_run
def test_the_lane_and_the_heads_count_the_same_ready_instances(run: dl.Run) -> None:
    texts = stage(run).meta["texts"]
    heads = [texts[f"head{number}"] for number in range(len(run.scenario.versions))]
    for t in {time for track in (texts["lane0"], *heads) for time, _ in track}:
        said = [re.search(r"(\d+) ready", told_at(track, t)) for track in heads]
        counts = re.findall(r" (\d+)(?: |$)", told_at(texts["lane0"], t))
        assert counts == [ready[1] if ready else "0" for ready in said], t


@each_run
def test_the_bar_is_divided_as_the_traffic_is(run: dl.Run) -> None:
    frames, (_, shares) = stage(run), division(run)
    for number, share in enumerate(shares.T):
        move = frames.meta["moves"][f"share{number}"]
        assert move["hold"]
        assert np.abs(move["height"] - bar.HEIGHT * share).max() <= bar.GAP + 0.1
        said = [words[0][0] for _, words in frames.meta["texts"][f"percent{number}"]]
        numbers = [float(found[1]) if (found := re.search(r"([\d.]+) %", words)) else 0 for words in said]
        assert numbers == pytest.approx(100 * share, abs=0.051)


@each_run
def test_no_request_flies_through_a_percentage(run: dl.Run) -> None:
    """Those of the versions stand in one row above all flights, apart; that of nobody is behind the bar."""
    frames, versions = stage(run), len(run.scenario.versions)
    places = [
        one for one in ET.fromstring(frames.svg).iter() if one.get("data-text", "").startswith("percent")
    ]
    rows = [(float(one.get("x", 0)), float(one.get("y", 0))) for one in places[:versions]]
    highest = min(y for _, y in frames.meta["points"])
    assert {y for _, y in rows} == {bar.HEAD}
    assert highest - 4 > bar.HEAD + 4
    assert all(np.diff([x for x, _ in rows]) >= bar.NEXT)
    assert float(places[versions].get("x", 0)) > bar.X + bar.WIDTH
    assert min(frames.meta["moves"][f"percent{versions}"]["y"]) >= bar.TOP


@each_run
def test_the_requests_that_wait_are_piled_up_before_their_instance(run: dl.Run) -> None:
    frames = stage(run)
    assert (frames.columns["stack"] == waiting(run)).all()
    assert len(frames.columns["stack"]) == BINS * len(run.instances)
    assert [stack["while"][0] for stack in frames.meta["stacks"]] == [
        f"pod{number}" for number in range(len(run.instances))
    ]


def test_copies_fly_as_rings_and_nobody_is_hurt_by_them() -> None:
    run = mirrored()
    frames = stage(run)
    rings = flights(run, frames, "copy 0", "copy 1")
    real = set(zip((run.mirrored.time / 1e9).astype(np.float32), run.mirrored.instance.tolist(), strict=True))
    assert rings
    assert {(np.float32(time), int(to) - DOOR) for time, _, to in rings} <= real
    assert (run.mirrored.status == dl.Status.ERROR).any()
    assert run.log.failed.sum() == len(flights(run, frames, "failure", "low failure"))
    assert {frames.meta["kinds"][kind]["shape"] for kind in (1, 2)} == {"ring"}


def test_a_third_version_has_its_own_block_and_colour() -> None:
    run = overtaken()
    frames = stage(run)
    assert len(floor(run).tops) == 3
    assert "dl-pod dl-next" in frames.svg
    assert flights(run, frames, "request 2")
    assert "then by v3" in dl.describe(run)


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
    run = rolled_back()
    words = "".join(piece for piece, _ in stage(run).meta["texts"]["story"][-1][1])
    assert words == f"↩ rolled back after {run.finished:.0f} s  ·  {run.users_hurt} users hurt"


@each_run
def test_at_an_event_the_story_already_tells_of_it(run: dl.Run) -> None:
    frames = stage(run)
    for step, seen in run.steps:
        if seen.start < run.finished:
            starts = [other.note for other, at in run.steps if at.start == seen.start]
            said = [words for time, words in frames.meta["texts"]["story"] if time <= round(seen.start, 3)][
                -1
            ]
            assert starts[-1].startswith(said[0][0])
            assert step.note in starts


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("name", NAMES)
def test_no_story_of_a_strategy_is_wider_than_the_picture(name: str, rate: float) -> None:
    scenario = dl.Scenario(candidate=dl.Version("v2", error_rate=rate), duration=180)
    texts = stage(dl.roll_out(strategy(name)(), scenario)).meta["texts"]
    for _, words in texts["story"]:
        assert words[0][0]
        assert len("".join(piece for piece, _ in words)) <= STORY


@each_run
def test_the_lanes_say_where_the_figures_end_of_a_rollout_that_goes_on(run: dl.Run) -> None:
    root = ET.fromstring(stage(run).svg)
    signs = [text for text in root.iter(f"{SVG}text") if text.text == "the figures end here"]
    assert len(signs) == (run.finished > run.scenario.duration)
    at = lanes.x(run.scenario.duration, run.end)
    assert all(abs(float(sign.get("x", "")) - at) == pytest.approx(4, abs=0.1) for sign in signs)


def test_the_story_of_a_quiet_run_says_that_nobody_was_hurt() -> None:
    assert stage(quiet()).meta["texts"]["story"][-1][1][-1][0] == "nobody hurt"


def test_a_name_with_markup_stays_a_name() -> None:
    scenario = dl.Scenario(candidate=dl.Version("<script>alert(1)</script>"), duration=20)
    frames = stage(dl.roll_out(dl.Recreate(), scenario))
    assert "<script" not in frames.svg


def test_a_ghost_is_drawn_behind_the_lanes() -> None:
    assert "dl-ghost" in stage(rolled_back(), recreated()).svg
    assert "dl-ghost" not in stage(rolled_back()).svg


@settings(max_examples=15, deadline=None)
@given(replicas=st.integers(1, 300), batch=st.integers(1, 300), versions=st.integers(2, 3))
def test_squares_stay_in_their_block_and_never_share_a_place(
    replicas: int, batch: int, versions: int
) -> None:
    releases = (dl.Release(1, dl.Version("v3")),) * (versions - 2)
    run = dl.roll_out(
        dl.Rolling(batch_size=batch, hold=0),
        dl.Scenario(replicas=replicas, duration=20, traffic=dl.Traffic(rate=1), orders=releases),
    )
    place = floor(run)
    assert len(place.tops) == versions
    for where in place.places:
        assert LEFT <= where.x <= LEFT + WIDTH - place.size + 1
        assert any(top <= where.y <= top + place.height - place.size + 1 for top in place.tops)
    alive = [
        (place.places[k].x, place.places[k].y)
        for k, instance in enumerate(run.instances)
        if instance.stopped is None or instance.stopped > run.end
    ]
    assert len(alive) == len(set(alive))


TEXTS = [name for name in theme.COLOURS if name in ("ink", "quiet") or name.endswith("-text")]


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("words", TEXTS)
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
