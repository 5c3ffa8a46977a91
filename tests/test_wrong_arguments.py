"""A verb that is handed something else says so in one sentence of ours, not in a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import deploylab as dl

RUN = dl.roll_out(dl.Recreate(), dl.Scenario(replicas=2, duration=30))
LAYER = dl.Layer((("etc/motd", b"hello"),))
any_: Any = dl  # the checker of types need not know that these are wrong

WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "a storyboard of numbers": (lambda: any_.storyboard(3, 4), r"4 is no Scenario; write storyboard\(str"),
    "a storyboard of no scenario": (lambda: any_.storyboard(dl.Canary(), None), "None is no Scenario"),
    "a fleet that is none": (lambda: any_.evolve(3), r"3 is no fleet; write evolve\(dl.ServerFleet\(...\)\)"),
    "a delivery in no scenario": (
        lambda: any_.deliver(dl.Pipeline(), dl.Canary(), 3),
        r"3 is no Scenario; write deliver\(pipeline, strategy, dl.Scenario",
    ),
    "a percentile above 100": (lambda: RUN.latency(150), "Run.latency: 150 is no percentage from 0 to 100"),
    "a percentile below 0": (lambda: RUN.latency(-1), "Run.latency: -1 is no percentage"),
    "a percentile in words": (lambda: RUN.latency(any_), "is no percentage"),
    "arms that are numbers": (lambda: any_.ab_test(3, 4), r"ab_test.a: 3 is no \(successes, trials\)"),
    "an arm of three": (lambda: any_.ab_test((1, 2), (1, 2, 3)), r"ab_test.b: \(1, 2, 3\) is no"),
    "a layer of text": (lambda: any_.Layer("a"), "Layer.files: 'a' is no tuple of pairs"),
    "a layer of a number": (lambda: any_.Layer(3), "Layer.files: 3 is no tuple of pairs"),
    "a path that is a number": (lambda: any_.Layer(((3, b"x"),)), "Layer.files: 3 is no path"),
    "an image of a number": (lambda: any_.Image(3), "Image.layers: 3 is no tuple of layers"),
    "an image of a layer": (lambda: any_.Image(LAYER), "is no tuple of layers"),
    "an image of numbers": (lambda: any_.Image((3,)), r"Image.layers: \(3,\) is no tuple of layers"),
    "a layer of a dictionary of large files": (
        lambda: any_.Layer({"usr/bin/python": bytes(9_000)}),
        r"^Layer.files: .{56} \.\.\. is no tuple of pairs of a path and its content; for example .{0,30}$",
    ),
    "an image of nothing": (lambda: dl.Image(()), r"Image.layers: \(\) is no tuple of layers"),
    "a page in no folder": (
        lambda: dl.animate(RUN).save("/nonexistent/x.html"),
        r"'/nonexistent/x.html' cannot be written \(No such file or directory\); try another folder",
    ),
    "a page that is no path": (lambda: dl.animate(RUN).save(any_), "is no path; for example 'run.html'"),
}


@pytest.mark.parametrize(("wrong", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_refused_in_one_sentence(wrong: Callable[[], object], said: str) -> None:
    with pytest.raises(dl.DeploylabError, match=said) as refusal:
        wrong()
    assert "\n" not in str(refusal.value)


def test_a_page_is_written_where_there_is_a_folder(tmp_path: Path) -> None:
    assert dl.animate(RUN).save(str(tmp_path / "run.html")).read_text("utf-8").startswith("<!")
