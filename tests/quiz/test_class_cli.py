"""The commands of a class: what is refused before anything is opened, and what is written afterwards."""

from __future__ import annotations

import json
import re
import socket
import sys
from pathlib import Path

import pytest

from deploylab.cli import main
from deploylab.quiz.classroom.begin import begin
from deploylab.quiz.classroom.hold import Where, _allow_many_files, _told
from deploylab.quiz.classroom.room import Room
from deploylab.quiz.classroom.store import Store
from tests.quiz.classroom import EVERY_TYPE, QUIZ, answer, do, new_class


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-quiz"], "there is no quiz 'no-such-quiz'"),
        (["small.yaml", "--seconds", "-1"], "seconds: -1 is not allowed; use 0 to 3600"),
        (["small.yaml", "--seats", "0"], "seats: 0 is not allowed; use 1 to 5000"),
        (["small.yaml", "--file", "no/folder.class"], "the class cannot be kept in this file"),
        (["resume", "none.class"], "none.class: there is no such file"),
        (["export", "none.class"], "none.class: there is no such file"),
        (
            ["small.yaml", "--address", "192.0.2.99"],
            "--address 192.0.2.99 is none of this machine",
        ),
        (["small.yaml", "--port", "99999"], "--port 99999 is not allowed; use 0 to 65535"),
        (["small.yaml", "--port", "-1"], "--port -1 is not allowed"),
        (["small.yaml", "--address", "ü" * 100], "is no address"),
        (["small.yaml", "--address", ""], "--address '' is no address; use one such as 192.168.1.20"),
        (["small.yaml", "--url", "http://["], "--url 'http://[' is no address of a page"),
        (["small.yaml", "--url", "javascript:alert(1)"], "is no address of a page"),
        (["small.yaml", "--url", "http://" + "u" * 4000], "is no address of a page"),
        (["resume", "small.yaml"], "it is not the file of a class; give the one that"),
    ],
)
def test_what_cannot_be_held_is_refused_in_one_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(QUIZ, encoding="utf-8")
    assert main(["class", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]
    assert Path("small.yaml").read_text(encoding="utf-8") == QUIZ


@pytest.mark.parametrize(
    ("command", "others"),
    [("class", ["resume", "export"]), ("quiz", ["check", "export", "grade", "import", "statistics"])],
)
def test_the_help_names_the_other_commands(
    command: str, others: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    told = capsys.readouterr().out.partition("Also:")[2]
    assert all(other in told for other in others)


@pytest.mark.parametrize("window", ["70,30", "30", "x,y", "30,101"])
def test_a_window_that_is_none_is_refused(window: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["class", "rolling-deployment", "--window", window])
    assert "is not two percentages, such as 30,70" in capsys.readouterr().err


def test_what_a_class_leaves_out_is_told_at_its_start(tmp_path: Path) -> None:
    assert new_class(tmp_path).left_out == ()
    (tmp_path / "more").mkdir()
    quiz = QUIZ.replace("version: 1", "version: 1\nconfidence: true\ntries: 2")
    quiz = quiz.replace("    accept: [KEY-7", "    hints: [Look.]\n    accept: [KEY-7")
    room = new_class(tmp_path / "more", quiz)
    assert room.left_out == ("how sure one is", "a second try", "hints")
    assert "leaves out what this quiz has besides: how sure one is, a second try, hints." in _told(
        room, Where(), "http://127.0.0.1:1"
    )


def test_it_is_told_where_numbers_differ_elsewhere(tmp_path: Path) -> None:
    room = new_class(tmp_path, EVERY_TYPE.read_text(encoding="utf-8").replace("figure:", "# figure:"))
    assert room.left_out[-1] == "numbers that differ from student to student (all get the same ones)"


def test_a_port_that_is_taken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = new_class(tmp_path)
    room.store.close()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert main(["class", "resume", str(room.store.path), "--port", str(other.getsockname()[1])]) == 2
    assert "try --port 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"lobby"', b'"lob\xff"'),
        (b'"phase"', b'"phas}"'),
        (b'"place": -1', b'"place":  9'),
        (b'"step": 0', b'"stop": 0'),
    ],
)
def test_a_damaged_class_is_refused_in_one_line(
    old: bytes, new: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = new_class(tmp_path)
    room.store.close()
    whole = room.store.path.read_bytes()
    assert old in whole
    room.store.path.write_bytes(whole.replace(old, new))
    for command in (["resume", "--port", "0"], ["export"]):  # two workers may not have one port
        assert main(["class", *command, str(room.store.path)]) == 2
        told = capsys.readouterr().err
        assert re.search("small.class: (this class is damaged|the class cannot be kept in this file)", told)
        assert told.count("\n") == 1


def test_a_class_is_exported_also_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = new_class(tmp_path)
    ada = room.join("Ada")
    do(room, "start")
    answer(room, ada, "hurt")
    do(room, "close", "reveal")
    assert main(["class", "export", str(room.store.path)]) == 2
    assert "another deploylab class holds it; stop that one with Ctrl-C first" in capsys.readouterr().err
    room.store.close()
    tmp_path /= "results"  # which is not there yet
    assert main(["class", "export", str(room.store.path), str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "grades.csv is written" in told
    assert "Believed" not in told
    assert (
        (tmp_path / "statistics.csv").read_text(encoding="utf-8").splitlines()[1].startswith("batch,1,1.0,")
    )
    assert (
        (tmp_path / "grades.csv")
        .read_bytes()
        .startswith(b'\xef\xbb\xbf"name","answered","points","of","percent","batch"\r\n')
    )
    assert json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))["students"][0]["name"] == "Ada"


def test_a_class_is_a_file_whatever_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(QUIZ, encoding="utf-8")
    begin(Path(":memory:"), Path("small.yaml"), now=0).store.close()
    assert Room(Store(Path(":memory:")), now=0).paper.quiz.id == "small"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_class_asks_for_as_many_connections_as_it_may() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        _allow_many_files()
        now = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert now == (8192 if before[1] == resource.RLIM_INFINITY else min(8192, before[1]), before[1])
