"""The quiz's own commands, from the words that are typed to what is printed and written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from deploylab.cli import main
from deploylab.quiz import Attempt, Quiz, load
from deploylab.quiz.store import default_store


def attempt(quiz: Quiz, student: str, **answers: str) -> Attempt:
    """A finished attempt that is kept; what is not named stays open."""
    made = Attempt(quiz, student, default_store())
    for name, response in answers.items():
        made.answer(name, response)
    made.finish()
    return made


@pytest.fixture
def path(tmp_path: Path, text: str) -> str:
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    return str(tmp_path / "small.yaml")


def test_statistics_are_those_of_the_attempts_that_are_kept(
    tmp_path: Path, path: str, small: Quiz, capsys: pytest.CaptureFixture[str]
) -> None:
    attempt(small, "ada", one="right", whether="false")
    attempt(small, "bob", one="left", whether="true")
    attempt(small, "bob").restart()  # his second, which is not finished
    table, picture = tmp_path / "items.csv", tmp_path / "items.html"
    assert main(["quiz", "statistics", path, "--csv", str(table), "--out", str(picture)]) == 0
    told = capsys.readouterr().out
    assert "left 1, right 1" in told
    assert "1 × Left is right." in told
    assert "2 students are few" in told
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [(row["question"], float(row["facility"])) for row in rows] == [
        ("one", 0.5),
        ("some", 0),
        ("whether", 0.5),
    ]
    assert "one, 50 % of the points, discrimination 1.00" in picture.read_text(encoding="utf-8")


def test_statistics_of_answers_that_came_back_are_the_same(
    tmp_path: Path, path: str, small: Quiz, capsys: pytest.CaptureFixture[str]
) -> None:
    files = []
    for who, choice in {"ada": "right", "bob": "left"}.items():
        files.append(tmp_path / f"{who}.json")
        files[-1].write_text(json.dumps(attempt(small, who, one=choice).handed_in), encoding="utf-8")
    assert main(["quiz", "statistics", path]) == 0
    kept = capsys.readouterr().out
    assert main(["quiz", "statistics", path, *map(str, files)]) == 0
    assert capsys.readouterr().out == kept


def test_statistics_without_answers_say_so(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quiz", "statistics", path]) == 2
    assert "there are no answers yet" in capsys.readouterr().err


GIFT = "// [id:probe]\n::Probes::Which probe restarts a container? {~readiness =liveness#It does.}\n"


def test_an_imported_quiz_is_a_file_that_check_finds_no_fault_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "probes.gift").write_text(GIFT + "\nTell us of your pods. {}\n", encoding="utf-8")
    out = tmp_path / "probes.yaml"
    assert main(["quiz", "import", str(tmp_path / "probes.gift"), "--out", str(out)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("Quiz 'probes': 1 question, 1 point is in ")
    assert (
        "probes.gift:4: 'Tell us of your pods.' is left out: an essay has no key to grade it by" in told.err
    )
    assert main(["quiz", "check", str(out)]) == 1  # there is feedback to write, and no fault
    assert main(["quiz", "import", str(tmp_path / "probes.gift"), "--out", str(out)]) == 2
    assert "this file exists" in capsys.readouterr().err


@pytest.mark.parametrize(("suffix", "before", "broken", "after", "says"), [
    ("gift", "Is it {T}?\n\n", "Who asks? {=The kubelet", "\n\nWhich one? {=a\n\n~b}\n\nWhen? {=now}\n",
     ":3: 'Who asks?' is left out: the answers that begin with { have no end; add }"),
    ("gift", "Is it {T}?\n\n", "Who asks? {=The kubelet", "\n\nWhich one? {=a ~b}\n\nWhen? {=now}\n\nSo}\n",
     ":3: 'Who asks?' is left out: the answers that begin with { have no end; add }"),
    ("md", "# One?\n1. [x] a\n2. [ ] b\n\n", "# Who asks?\n1. [x] a\n2. [x] b", "\n\n# Two?\n- [x] a\n- [ ] b"
     "\n\n# Three?\n- [x] a\n- [ ] b\n", ":5: 'Who asks?' is left out: options: a, b are all marked correct"),
])  # fmt: skip
def test_one_broken_question_is_left_out_and_told_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, before: str, broken: str, after: str,
    says: str,
) -> None:  # fmt: skip
    source, out = tmp_path / f"probes.{suffix}", tmp_path / "probes.yaml"
    source.write_text(before + broken + after, encoding="utf-8")
    assert main(["quiz", "import", str(source), "--out", str(out)]) == 1
    assert len(load(out).questions) == 3
    assert f"{source}{says}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answers", "line"),
    [
        ("1. ( ) readiness\n2. [x] liveness", ":2: the answer '( ) readiness' has no box"),
        ("1. [x] liveness\n2. readiness", ":2: the answer 'readiness' has no box"),
        ("- [x] liveness\n- readiness", ":2: the answer 'readiness' has no box"),
        ("1. ( ) readiness\n2. (x) liveness", ":2: the answer '( ) readiness' has no box"),
    ],
)
def test_an_answer_that_is_not_marked_as_its_author_meant_is_told(
    answers: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "probes.md"
    source.write_text(f"# Which?\n{answers}\n", encoding="utf-8")
    assert main(["quiz", "import", str(source), "--out", str(tmp_path / "probes.yaml")]) == 1
    assert f"{source}{line}, so it is not marked; begin it with [ ] or [x]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [["check", "q.txt"], ["q.txt"], ["export", "q.txt", "--to", "gift"], ["statistics", "q.txt"],
     ["grade", "q.txt", "ada.json"]],
)  # fmt: skip
def test_a_quiz_file_is_known_by_its_ending_everywhere(
    command: list[str], path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path(path).rename(tmp_path / "q.txt")
    assert main(["quiz", *command]) == 2
    said = capsys.readouterr()
    assert (
        "q.txt: the name of a quiz file ends in .yaml, of a bundle in .json; rename it" in said.out + said.err
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("q.gift", "deploylab quiz import makes a quiz file of it"),
        ("q.docx", "save it as text, with the encoding"),
    ],
)
def test_a_file_of_another_tool_is_told_what_to_do(
    name: str, says: str, path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(path).rename(tmp_path / name)
    assert main(["quiz", "check", str(tmp_path / name)]) == 2
    assert says in capsys.readouterr().out


def test_the_ending_of_a_quiz_file_may_be_in_capitals(path: str, tmp_path: Path) -> None:
    Path(path).rename(tmp_path / "SMALL.YAML")
    assert main(["quiz", "check", str(tmp_path / "SMALL.YAML")]) < 2


def test_code_without_an_end_is_told_as_it_takes_the_questions_after_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "probes.md"
    source.write_text(
        "# One?\n- [x] a\n- [ ] b\n\n# Two?\n```sh\nls\n\n- [x] a\n\n# Three?\n", encoding="utf-8"
    )
    assert main(["quiz", "import", str(source), "--out", str(tmp_path / "probes.yaml")]) == 1
    told = capsys.readouterr().err
    assert f"{source}:6: the code that begins here has no end, so all below is read as code; add ```" in told
    assert f"{source}:5: 'Two?' is left out" in told


def test_nothing_lost_is_told_by_the_status(tmp_path: Path) -> None:
    (tmp_path / "probes.txt").write_text(GIFT, encoding="utf-8")
    out = tmp_path / "probes.yaml"
    assert main(["quiz", "import", str(tmp_path / "probes.txt"), "--out", str(out)]) == 0
    assert main(["quiz", "export", str(out), "--to", "gift", "--out", str(tmp_path / "again.gift")]) == 0


@pytest.mark.parametrize(("name", "files"), [
    ("gift", {"small.gift"}), ("qti", {"small.zip"}), ("print", {"small.html", "small-key.html"}),
])  # fmt: skip
def test_a_quiz_is_exported_beside_where_one_works(
    path: str, name: str, files: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert main(["quiz", "export", path, "--to", name]) == (0 if name == "print" else 1)
    assert {one.name for one in Path().iterdir()} == files


def test_what_an_export_loses_is_told(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["quiz", "export", path, "--to", "gift", "--out", str(tmp_path / "small.gift")])
    assert "! hints.text is left out (one)\n" in capsys.readouterr().err
