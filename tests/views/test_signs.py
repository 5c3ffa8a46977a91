"""The words of the steps can be read when they matter: whole, and never one upon another."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deploylab as dl
from deploylab.views.lanes import LEFT, RIGHT
from deploylab.views.moments import moments as moments_of
from deploylab.views.moments import turns
from deploylab.views.signs import LETTERS, Sign, signs
from deploylab.views.stage import stage
from tests.views.runs import all_runs

END = 100.0
moments = st.lists(st.tuples(st.floats(0, END), st.text("ab ", min_size=1, max_size=90)), max_size=60)


def seen_at(time: float, shown: list[Sign]) -> list[Sign]:
    return [sign for sign in shown if sign.time <= time and (sign.covered is None or time < sign.covered)]


@given(moments.map(sorted))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_words_never_lie_upon_each_other_or_outside_the_picture(marks: list[tuple[float, str]]) -> None:
    shown = signs(marks, END)
    for time in {sign.time for sign in shown}:
        for one, other in combinations(seen_at(time, shown), 2):
            assert one.row != other.row or one.end <= other.left or other.end <= one.left
    assert all(sign.left > LEFT - 100 and sign.end <= RIGHT + 110 for sign in shown)


@given(moments.map(sorted))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_nor_do_they_in_a_narrow_picture(marks: list[tuple[float, str]]) -> None:
    """640 px wide, it is drawn at two thirds of its size, but its letters stay 11 px high: 10 px each."""
    shown = signs(marks, END)
    for time in {sign.time for sign in shown}:
        for one, other in combinations(sorted(seen_at(time, shown), key=lambda sign: sign.left), 2):
            assert one.row != other.row or one.left + 10 * len(one.words) < other.left


@given(moments.map(sorted))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_whatever_happens_last_can_be_read(marks: list[tuple[float, str]]) -> None:
    shown = signs(marks, END)
    for sign in shown:
        assert sign in seen_at(sign.time, shown)
    if marks:
        assert shown[-1].words[: LETTERS - 1] == marks[-1][1][: LETTERS - 1]


@given(moments.map(sorted), st.sets(st.integers(0, 59)))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_only_another_turn_or_the_end_covers_a_turn_of_the_traffic(
    marks: list[tuple[float, str]], chosen: set[int]
) -> None:
    turning = {marks[number][0] for number in chosen if number < len(marks)}
    shown = signs(marks, END, turning)
    covering = {sign.time: sign.turn for sign in shown}
    assert all(covering[sign.covered] for sign in shown if sign.turn and sign.covered is not None)
    lonely = [time for time in turning if all(time == other or abs(time - other) > 1 for other, _ in marks)]
    assert set(lonely) <= covering.keys()


def test_both_switches_of_a_blue_green_release_can_be_read_to_its_end() -> None:
    bad = dl.Scenario(candidate=dl.Version("v2", error_rate=0.05), traffic=dl.Traffic(rate=160), duration=120)
    run = dl.roll_out(dl.BlueGreen(preview_hold=20, analysis=dl.Analysis(interval=5)), bad)
    switch, back = sorted(turns(run))
    stay = [sign.words for sign in signs(moments_of(run), run.end, {switch, back}) if sign.covered is None]
    assert "switch everyone to v2" in stay
    assert any(words.startswith("abort") for words in stay)


def test_fifty_steps_in_a_second_are_one_line() -> None:
    (sign,) = signs([(30 + n / 50, f"step {n}") for n in range(50)], 300)
    assert (sign.time, sign.words) == (30, "step 49")


@pytest.mark.parametrize("run", all_runs(), ids=lambda run: run.strategy)
def test_the_picture_says_each_of_them_from_its_moment_on(run: dl.Run) -> None:
    texts = stage(run).meta["texts"]
    said = [texts[name] for name in texts if name.startswith("sign")]
    assert said
    for (zero, nothing), (time, words), *_ in said:
        assert (zero, nothing) == (0.0, [["", ""]])
        assert 0 <= time <= run.end + 1e-3
        assert words[0][0]
