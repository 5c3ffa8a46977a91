"""The picture of a flag shows what was recorded: who stands where, who has the feature, who was hurt."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

import deploylab as dl
from deploylab.views.describe_flag import describe_flag
from deploylab.views.flag_lanes import BINS, curves, hurt_first
from deploylab.views.flag_users import RULER, people, reach
from deploylab.views.flags import ACROSS, ROWS, TOP, flags
from deploylab.views.lanes import LEFT, RIGHT
from deploylab.views.motion import posed
from deploylab.views.multiples import multiples
from tests.views.contract import assert_plays

BAD = dl.Scenario(candidate=dl.Version("v2", error_rate=0.05), duration=150)


@cache
def killed() -> dl.FlagRollout:
    """Taken back by the flag."""
    return dl.toggle(dl.Flag(), BAD)


@cache
def redeployed() -> dl.FlagRollout:
    """The same incident, taken back by a redeploy."""
    return dl.toggle(dl.Flag(kill_switch=False), BAD)


@cache
def good() -> dl.FlagRollout:
    """Nobody is hurt."""
    return dl.toggle(dl.Flag(), dl.Scenario(duration=150))


@cache
def dealt_anew() -> dl.FlagRollout:
    """The key changes in the middle, and nothing is ever taken back."""
    changes = (dl.FlagChange(0, 20), dl.FlagChange(60, 20, key="other"), dl.FlagChange(100, 5))
    return dl.toggle(dl.Flag(schedule=changes, max_error_rate=1), BAD)


@cache
def deserted() -> dl.FlagRollout:
    """Hardly anybody asks."""
    return dl.toggle(dl.Flag(), dl.Scenario(traffic=dl.Traffic(rate=0.001), duration=60))


RECORDS = (killed, redeployed, good, dealt_anew, deserted)
each = pytest.mark.parametrize(
    "record", [make() for make in RECORDS], ids=[make.__name__ for make in RECORDS]
)


@each
def test_every_dot_is_a_user_who_stands_at_the_exact_place(record: dl.FlagRollout) -> None:
    folk = people(record)
    for xs, ys, ruler in zip(folk.x, folk.y, record.rulers, strict=True):
        np.testing.assert_allclose((xs - LEFT) / (RIGHT - LEFT) * 100, ruler[folk.which])
        assert ((ys < RULER) & (ys > TOP)).all()
        near = np.hypot(xs[:, None] - xs, ys[:, None] - ys) + 99 * np.eye(len(xs))
        assert near.min(initial=99) > 6.8  # no dot covers another


@each
def test_a_dot_is_on_while_its_user_can_meet_the_feature(record: dl.FlagRollout) -> None:
    folk, states = people(record), flags(record).meta["states"]
    for start, weight, ruler in reach(record):
        now = start + 1e-3
        for person, user in enumerate(folk.which.tolist()):
            times, said = states.get(f"u{person}", [[0.0], ["off"]])
            shown = said[int(np.searchsorted(times, now, "right")) - 1]
            assert (shown == "on") == (record.rulers[ruler][user] < weight)


@pytest.mark.parametrize("make", [killed, redeployed, good])
def test_no_request_meets_the_feature_out_of_its_reach(make: Callable[[], dl.FlagRollout]) -> None:
    record = make()
    asked, stretches = record.evaluations, reach(record)
    weights = np.array([0.0, *(weight for _, weight, _ in stretches)])
    weight = weights[np.searchsorted([start for start, _, _ in stretches], asked.time / 1e9)]
    places = record.rulers[0][record.users.searchsorted(asked.user)]
    assert (places[asked.on] < weight[asked.on]).all()


@each
def test_every_user_who_was_hurt_is_a_cross(record: dl.FlagRollout) -> None:
    frames = flags(record)
    kinds = np.bincount(frames.columns["mote_kind"], minlength=3)
    ours, theirs = record.users_hurt, record.hurt_the_other_way or 0
    per_cross = max(1, -(-max(ours, theirs) // (ACROSS * ROWS)))
    assert kinds.tolist() == [-(-ours // per_cross), -(-ours // per_cross), -(-theirs // per_cross)]
    assert (np.diff(frames.columns["mote_time"]) >= 0).all()


def test_a_cross_falls_from_where_its_user_stands() -> None:
    record, frames = redeployed(), flags(redeployed())
    _, who = hurt_first(record)
    falls = frames.columns["mote_kind"] == 0
    starts = [frames.meta["points"][point] for point in frames.columns["mote_from"][falls]]
    places = record.rulers[0][record.users.searchsorted(who)]
    assert [x for x, _ in starts] == [round(LEFT + (RIGHT - LEFT) * place / 100, 1) for place in places]


@each
def test_the_curves_add_up_to_the_figures(record: dl.FlagRollout) -> None:
    now = curves(record)
    assert now.failures.sum() * record.scenario.duration / BINS == pytest.approx(record.failures)
    assert now.hurt[-1] == record.users_hurt


@each
def test_the_player_can_play_it(record: dl.FlagRollout) -> None:
    assert_plays(flags(record))
    assert_plays(flags(record, killed()))


def test_users_walk_only_when_they_are_dealt_anew() -> None:
    assert set(flags(killed()).meta["moves"]) == {"mark", "area"}
    assert len(flags(dealt_anew()).meta["moves"]) == 2 + len(people(dealt_anew()).which)


def test_those_who_lost_the_feature_are_told_from_those_who_never_had_it() -> None:
    said = flags(dealt_anew()).meta["states"].values()
    assert any("lost" in states for _, states in said)
    assert not any("lost" in states for _, states in flags(killed()).meta["states"].values())


def test_the_mark_follows_the_flag_and_the_tint_what_can_be_met() -> None:
    for record, mark in ((killed(), 0), (redeployed(), 5)):
        moves = flags(record).meta["moves"]
        assert moves["mark"]["x"][-1] == round(LEFT + (RIGHT - LEFT) * mark / 100, 1)
        assert moves["area"]["width"][-1] == 0
        assert moves["area"]["times"][-1] == pytest.approx(record.back, abs=1e-3)


@each
def test_the_mark_stands_where_its_words_say_at_the_very_moment(record: dl.FlagRollout) -> None:
    frames = flags(record)
    for time, words in frames.meta["texts"]["weight"][1:]:
        (mark,) = (node for node in posed(frames, time).iter() if node.get("data-move") == "mark")
        weight = float(words[0][0].removesuffix(" %"))
        assert mark.get("transform") == f"translate({round(LEFT + (RIGHT - LEFT) * weight / 100, 1)} 0)"


def test_users_dealt_anew_stand_in_their_new_places_at_the_very_moment() -> None:
    folk, moves = people(dealt_anew()), flags(dealt_anew()).meta["moves"]
    walks = [
        moves[f"u{person}"]["x"][moves[f"u{person}"]["times"].index(60.0)]
        for person in range(len(folk.which))
    ]
    np.testing.assert_allclose(walks, folk.x[1], atol=0.06)


def last_words(record: dl.FlagRollout, name: str) -> str:
    return "".join(piece for piece, _ in flags(record).meta["texts"][name][-1][1])


def test_the_story_ends_with_how_it_ended() -> None:
    assert (
        last_words(killed(), "story")
        == f"taken back 3.5 s after the alarm  ·  {killed().users_hurt} users hurt"
    )
    assert last_words(good(), "story") == "the feature is on for 100 % of the users  ·  nobody hurt"
    assert last_words(dealt_anew(), "story").startswith("the feature is on for 5 % of the users")
    assert last_words(killed(), "hurt") == f"{killed().users_hurt}"
    assert last_words(killed(), "other") == f"{redeployed().users_hurt}"


def test_the_story_of_a_redeploy_says_what_is_being_waited_for() -> None:
    said = ["".join(piece for piece, _ in words) for _, words in flags(redeployed()).meta["texts"]["story"]]
    assert any(words.startswith("alarm: the pipeline of the redeploy is running") for words in said)
    assert any(words.startswith("alarm: instances are being replaced") for words in said)


def told(record: dl.FlagRollout) -> str:
    """The words as one line."""
    return " ".join(describe_flag(record).split())


def test_the_words_tell_those_who_cannot_see_it() -> None:
    assert "Taken back by a redeploy instead" in told(killed())
    assert "Taken back by a kill switch instead" in told(redeployed())
    assert "for they were dealt anew" in told(dealt_anew())
    stuck = dl.toggle(dl.Flag(kill_switch=False, pipeline=3600), BAD)
    assert "at the end there were still users who met the feature" in told(stuck)
    assert last_words(stuck, "story").startswith("alarm: the pipeline of the redeploy is running")


def test_the_run_before_is_drawn_in_grey() -> None:
    assert "grey lines: the run before" in flags(killed(), good()).svg
    assert "grey lines: a redeploy" in flags(killed()).svg
    assert "grey lines:" not in flags(good()).svg


def test_it_is_animated_described_and_compared_like_any_record() -> None:
    assert dl.describe(killed()) == dl.animate(killed()).frames.description
    table = str(dl.compare([killed(), redeployed()]))
    assert "Kill switch: feature taken back in 3.5 s  Redeploy: feature taken back in" in table
    other = dl.toggle(dl.Flag(propagation=20), BAD)
    assert "Kill switch propagation=20" in str(dl.compare([killed(), other]))
    with pytest.raises(dl.DeploylabError, match="met different requests: their traffic"):
        dl.compare([killed(), deserted()])


def test_a_playground_turns_the_knobs_of_a_flag() -> None:
    lab = dl.playground(dl.Flag(), BAD)
    switch = next(c for path, c in lab.controls.items() if path[-1] == "kill_switch")
    switch.widget.value = False
    assert lab.record.summary == redeployed().summary
    assert lab.message.value == ""


def test_a_name_with_markup_stays_a_name() -> None:
    world = dl.Scenario(candidate=dl.Version("<script>"), duration=30)
    frames = flags(dl.toggle(dl.Flag(key="<b>", schedule=(dl.FlagChange(0, 5, key="<i>"),)), world))
    assert "<i>" not in frames.svg
    ET.fromstring(frames.svg)


def test_everything_grey_in_one_picture_is_the_same_release() -> None:
    frames = flags(redeployed(), good())
    kinds = np.bincount(frames.columns["mote_kind"], minlength=3)
    assert kinds[2] == good().users_hurt == 0  # not the kill switch, which would hurt some
    assert frames.meta["texts"]["other"][-1][1] == [["0", ""]]


def test_the_end_of_a_redeploy_says_why_the_flag_no_longer_counts() -> None:
    assert "; v1 serves all" in last_words(redeployed(), "story")
    assert last_words(redeployed(), "lane0") == "flag 5 %, but no v2"


def test_a_lane_ends_at_the_most_that_it_shows_as_in_a_comparison() -> None:
    most = f"{max(curves(redeployed()).share.max(), curves(killed()).share.max()):.3g} %"
    assert most in flags(redeployed()).svg
    assert all(most in small for small in multiples([killed(), redeployed()]))
