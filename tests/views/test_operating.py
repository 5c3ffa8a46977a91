"""The error curves of a judge, and the same in words."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from deploylab.model.operating import OperatingCharacteristic, Trial
from deploylab.model.summary import share
from deploylab.patterns.analysis.judges import FixedSample, Sequential, Threshold
from deploylab.patterns.analysis.operating import operating_characteristic
from deploylab.views.comparison import compare
from deploylab.views.frames import Frames
from deploylab.views.operating import LEFT, RIGHT, describe_operating, operating

SVG = "{http://www.w3.org/2000/svg}"
TRIAL = Trial(looks=20, runs=400)


@pytest.fixture(scope="module")
def peeking() -> OperatingCharacteristic:
    return operating_characteristic(FixedSample(), TRIAL)


@pytest.fixture(scope="module")
def patient() -> OperatingCharacteristic:
    return operating_characteristic(Sequential(), TRIAL)


def curves(frames: Frames, ghost: bool = False) -> list[list[tuple[float, float]]]:
    """The points of every curve, in px."""
    root = ElementTree.fromstring(frames.svg)
    behind = [
        path for g in root.iter(f"{SVG}g") if g.get("class") == "dl-ghost" for path in g.iter(f"{SVG}path")
    ]
    paths = [path for path in root.iter(f"{SVG}path") if "dl-curve" in path.get("class", "")]
    chosen = behind if ghost else [path for path in paths if path not in behind]
    pieces = [path.get("d", "").replace("M", "L").split("L")[1:] for path in chosen]
    return [[tuple(map(float, point.split())) for point in piece] for piece in pieces]  # type: ignore[misc]


def test_a_curve_for_each_bad_rate_and_two_for_the_good_one(peeking: OperatingCharacteristic) -> None:
    drawn = curves(operating(peeking))
    assert len(drawn) == len(peeking.bad) + 2
    for curve in drawn:
        assert len(curve) == TRIAL.looks + 1
        assert (curve[0][0], curve[-1][0]) == (LEFT, RIGHT)


def test_no_curve_leaves_its_panel(
    peeking: OperatingCharacteristic, patient: OperatingCharacteristic
) -> None:
    for frames in (operating(peeking, before=patient), operating(patient, before=peeking)):
        *noticed, once, every = curves(frames)
        assert all(310 <= y <= 490 for curve in noticed for _, y in curve)
        assert all(
            72 <= y <= 252 for curve in (once, every, curves(frames, ghost=True)[-1]) for _, y in curve
        )


def test_another_judge_stands_behind_it_in_grey(
    peeking: OperatingCharacteristic, patient: OperatingCharacteristic
) -> None:
    assert curves(operating(patient)) != curves(operating(patient, before=peeking), ghost=True)
    assert len(curves(operating(patient, before=peeking), ghost=True)) == len(peeking.bad) + 2
    assert "grey: FixedSample" in operating(patient, before=peeking).svg
    assert "grey" not in operating(patient).svg


def test_a_judge_that_was_tried_for_longer_ends_where_the_axis_does(peeking: OperatingCharacteristic) -> None:
    longer = operating_characteristic(Sequential(), Trial(looks=50, runs=100))
    for curve in curves(operating(peeking, before=longer), ghost=True):
        assert curve[-1][0] == RIGHT


def test_the_words_of_every_look_are_those_of_the_record(peeking: OperatingCharacteristic) -> None:
    meta = operating(peeking).meta
    time, ((words, _),) = meta["texts"]["every"][20]
    assert time == meta["end"] == 2000
    assert words == f"{round(100 * peeking.every[1][19], 1):g} % in 20 looks"
    assert meta["texts"]["every"][0] == [0, [["", "dl-candidate-text"]]]
    assert meta["texts"]["every"][1][1][0][0].endswith("in 1 look")
    assert meta["events"] == [100 * look for look in range(21)]


def test_the_rate_of_a_curve_is_named_whole_where_the_cursor_meets_it(
    peeking: OperatingCharacteristic,
) -> None:
    frames = operating(peeking)
    root = ElementTree.fromstring(frames.svg)
    hidden = {node for g in root.iter(f"{SVG}g") if g.get("clip-path") for node in g.iter(f"{SVG}text")}
    rates = {node.get("data-text", ""): node for node in root.iter(f"{SVG}text") if node not in hidden}
    for place in peeking.bad:
        (_, ((before, _),)), (time, ((words, _),)) = frames.meta["texts"][f"rate{place}"]
        assert (before, words) == ("", share(peeking.trial.rates[place]))
        right = float(rates[f"rate{place}"].get("x", "")) + 5
        assert right == pytest.approx(LEFT + (RIGHT - LEFT) * time / frames.meta["end"], abs=0.1)


def test_there_is_a_word_for_at_most_so_many_looks_and_always_for_the_last() -> None:
    many = operating_characteristic(FixedSample(), Trial(rates=(0.01,), requests=1, looks=2000, runs=20))
    texts = operating(many).meta["texts"]["once"]
    assert len(texts) == 241
    assert texts[-1][0] == 2000


@pytest.mark.parametrize("rates", [(0.001,), (0.5,), (0.0, 1.0)])
def test_any_rates_make_a_picture_and_a_story(rates: tuple[float, ...]) -> None:
    for judge in (Threshold(), FixedSample(), Sequential()):
        record = operating_characteristic(judge, Trial(rates=rates, looks=1, runs=5))
        ElementTree.fromstring(operating(record).svg)
        assert describe_operating(record).startswith(type(judge).__name__ + " looks once, after every 100")


def test_the_story_says_whether_the_promise_is_kept(
    peeking: OperatingCharacteristic, patient: OperatingCharacteristic
) -> None:
    assert "It promises at most 5 %: the promise is broken." in describe_operating(peeking)
    assert "It promises at most 5 %: the promise is kept." in describe_operating(patient)
    assert "promise" not in describe_operating(operating_characteristic(Threshold(), TRIAL))


def test_judges_side_by_side_have_their_names_above_them() -> None:
    records = [operating_characteristic(judge, TRIAL) for judge in (FixedSample(), Sequential())]
    assert compare(records).heads() == ["FixedSample", "Sequential"]
