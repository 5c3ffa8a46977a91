"""The command line: what it prints, and what it says when it cannot."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from deploylab.cli import main
from deploylab.patterns.strategies import NAMES, hyphened


def status(*words: str) -> int:
    """The exit status, whether it is returned or raised."""
    try:
        return main(words)
    except SystemExit as end:
        return int(end.code or 0)


def test_play_prints_the_figures_and_writes_the_animation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "rolling.html"
    assert status("play", "rolling", "--replicas", "6", "--max-surge", "2", "--out", str(page)) == 0
    assert "Rolling: promoted" in capsys.readouterr().out
    assert "dl-stage" in page.read_text("utf-8")


@pytest.mark.parametrize(("words", "folder", "jupyter"), [
    (["--port", "9999"], "deploylab-lab", ["--port", "9999"]),
    (["mine", "--no-browser", "--port", "9999"], "mine", ["--no-browser", "--port", "9999"]),
    (["--no-browser", "--refresh"], "deploylab-lab", ["--no-browser"]),
    (["mine", "--refresh"], "mine", []),
])  # fmt: skip
def test_the_value_of_an_option_of_jupyterlab_is_no_folder(
    monkeypatch: pytest.MonkeyPatch, words: list[str], folder: str, jupyter: list[str]
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("deploylab.lab.open_lab", lambda *given: opened.extend(given) or 0)
    assert status("lab", *words) == 0
    assert opened == [Path(folder), jupyter, "--refresh" in words]


@pytest.mark.parametrize(("words", "meant"), [
    (["play", "bluegreen"], "blue-green"), (["play", "rollin"], "rolling"), (["ply"], "play"),
    (["play", "canary", "--weight", "5"], "--weights"), (["play", "rolling", "--max_surge=2"], "--max-surge"),
])  # fmt: skip
def test_who_slips_is_told_what_was_meant(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(*words) == 2
    assert f"did you mean {meant}?" in capsys.readouterr().err


def test_the_animation_goes_to_a_file_and_not_to_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status("play", "rolling", "--out", str(tmp_path)) == 2
    assert "is a folder; name a file" in capsys.readouterr().err
    assert status("play", "rolling", "--out", "") == 2


def test_a_single_weight_is_a_canary_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("play", "canary", "--weights", "10") == 0
    assert "Canary" in capsys.readouterr().out


def test_a_knob_that_is_on_or_off_is_a_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("play", "flagger", "--skip-analysis", "--step-weights", "50") == 0
    assert "promoted after 120" in capsys.readouterr().out


@pytest.mark.parametrize("words", ["canary --no-router", "blue-green --no-auto-promotion"])
def test_a_knob_that_is_on_can_be_turned_off(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    strategy, _ = words.split()
    assert status("play", strategy, "--duration", "60") == 0
    usual = capsys.readouterr().out
    assert status("play", *words.split(), "--duration", "60") == 0
    assert capsys.readouterr().out != usual


def test_play_says_what_is_released_before_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("play", "rolling", "--rate", "50", "--duration", "60") == 0
    said = (
        "v2 replaces v1 on 6 instances and answers 2 % of its requests with an error; "
        "50 req/s from 5,000 users for 60 s, seed 7"
    )
    assert capsys.readouterr().out.splitlines()[0] == said


def test_a_reader_who_has_gone_is_no_error() -> None:
    play = [sys.executable, "-m", "deploylab", "play", "rolling", "--duration", "30"]
    with subprocess.Popen(play, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        run.stdout.close()  # as `head` does; nothing has been written yet
        assert run.stderr is not None
        assert run.stderr.read() == ""
    assert run.returncode == 1


def test_ctrl_c_ends_with_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("deploylab.engine.rollout.roll_out", interrupted)
    assert status("play", "rolling") == 130
    assert capsys.readouterr().err == "\ndeploylab: stopped\n"


def test_a_terminal_without_our_signs_shows_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYLAB_ATTEMPTS", str(tmp_path / "attempts.sqlite"))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(sys, "stdout", terminal := io.TextIOWrapper(io.BytesIO(), "ascii"))
    assert status("quiz", "rolling-deployment") == 1
    terminal.seek(0)
    assert "Question 1 of" in terminal.read()


BAD = {
    "weights without commas": ("play canary --weights 5 25", "25 belongs to no option; several values"),
    "a word too many": ("play rolling now", "there is no option now"),
    "a percentage above 100": ("play canary --weights 5,120", "120 is not a percentage"),
    "weights that fall": ("play canary --weights 50,5", "does not rise"),
    "unavailability above 100 %": ("play rolling --max-unavailable 120%", "Rolling.max_unavailable: '120%'"),
    "surge and unavailability 0": ("play rolling --max-surge 0 --max-unavailable 0", "must be above 0"),
    "a zero rate": ("play rolling --rate 0", "Traffic.rate: 0.0"),
    "a negative rate": ("play rolling --rate -5", "Traffic.rate: -5.0"),
    "no replicas": ("play rolling --replicas 0", "Scenario.replicas: 0"),
    "an error rate above 1": ("play rolling --error-rate 1.5", "Version.error_rate: 1.5"),
    "a word for a number": ("play rolling --max-surge many", "use for example 2 or '25%'"),
    "a word for a count": (
        "play rolling --replicas six",
        "argument --replicas: 'six' is no whole number; write for example 4",
    ),
    "a number too large": ("play rolling --replicas 1e99", "'1e99' is no whole number; write for example 4"),
    "a word for a share": ("play rolling --error-rate few", "'few' is no number; write for example 0.5"),
    "a page without its name": ("play rolling --out x.txt", "'x.txt' is no page; its name must end in .html"),
    "an unknown option": ("play rolling --bogus 3", "--bogus"),
    "an unknown strategy": ("play yolo", "invalid choice: 'yolo'"),
    "an unknown command": ("dance", "invalid choice: 'dance'"),
    "no command": ("", "required: COMMAND"),
    "an unknown quiz": ("quiz roling-deployment", "rolling-deployment"),
    "a folder that is not there": ("play rolling --out no/such/folder.html", "there is no folder no/such"),
    "a file for a folder": (f"lab {__file__}", "is a file; name a folder"),
}


@pytest.mark.parametrize(("words", "meant"), [
    ("play rolling --foo 3", ""), ("play canary --steps 3", ""), ("play rolling --max_surg 3", "--max-surge"),
])  # fmt: skip
def test_only_an_option_that_is_near_is_suggested(
    words: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(*words.split()) == 2
    assert f"; did you mean {meant}?" * bool(meant) in (error := capsys.readouterr().err)
    assert ("did you mean" in error) == bool(meant)


def test_a_knob_without_effect_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("play", "rolling", "--batch-size", "2", "--max-surge", "2") == 0
    reason = "batches have their own size; turn batch size off"
    assert capsys.readouterr().err == f"deploylab: --max-surge has no effect: {reason}\n"
    assert status("play", "rolling", "--max-surge", "2") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("words", "told"), BAD.values(), ids=BAD)
def test_bad_input_ends_with_one_line_and_status_2(
    words: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(*words.split()) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("words", ["", "lab", "quiz", "play", *(f"play {hyphened(name)}" for name in NAMES)])
def test_help_is_everywhere(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(*words.split(), "--help") == 0
    assert "usage: deploylab" in capsys.readouterr().out


def test_quiz_without_a_name_lists_the_quizzes(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("quiz") == 0
    assert "rolling-deployment" in capsys.readouterr().out
