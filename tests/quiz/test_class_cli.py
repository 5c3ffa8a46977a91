"""The commands of a class: what is refused before anything is opened, and what is written afterwards."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from deploylab.cli import main
from tests.quiz.classroom import QUIZ, answer, do, new_class


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-quiz"], "there is no quiz 'no-such-quiz'"),
        (["small.yaml", "--seconds", "-1"], "seconds: -1 is not allowed; use 0 to 3600"),
        (["small.yaml", "--seats", "0"], "seats: 0 is not allowed; use 1 to 5000"),
        (["small.yaml", "--file", "no/folder.class"], "the class cannot be kept in this file"),
        (["resume", "none.class"], "none.class: there is no such file"),
        (["export", "none.class"], "none.class: there is no such file"),
        (["small.yaml", "--address", "192.0.2.99"], "192.0.2.99:8765 cannot be opened"),
        (["resume", "small.yaml"], "small.yaml: the class cannot be kept in this file"),
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


@pytest.mark.parametrize("window", ["70,30", "30", "x,y", "30,101"])
def test_a_window_that_is_none_is_refused(window: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["class", "rolling-deployment", "--window", window])
    assert "is not two percentages, such as 30,70" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = new_class(tmp_path)
    room.store.close()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert main(["class", "resume", str(room.store.path), "--port", str(other.getsockname()[1])]) == 2
    assert "try --port 0" in capsys.readouterr().err


def test_a_class_is_exported_also_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = new_class(tmp_path)
    ada = room.join("Ada")
    do(room, "start")
    answer(room, ada, "hurt")
    do(room, "close", "reveal")
    room.store.close()
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
        .startswith(b"\xef\xbb\xbfname,answered,points,of,percent,batch\r\n")
    )
    assert json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))["students"][0]["name"] == "Ada"
