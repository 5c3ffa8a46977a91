"""A student's bundle holds nothing that tells what is right, and grades where the key is."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploylab.cli import main
from deploylab.model.errors import QuizError
from deploylab.quiz import Attempt, Quiz, QuizWidget, draw, export, load_any, loads
from deploylab.quiz.bundle import read_bundle

SECRET = {
    "feedback",
    "explanation",
    "source",
    "objective",
    "misconception",
    "otherwise",
    "if_true",
    "if_false",
    "accept",
    "regex",
    "when",
    "match",
    "formula",
    "difficulty",
}


@pytest.fixture
def folder(tmp_path: Path, every_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A teacher's folder with the quiz, and the bundle made from it."""
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "roll.svg").write_bytes((every_path.parent / "figures" / "roll.svg").read_bytes())
    (tmp_path / "every-type.yaml").write_bytes(every_path.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main(["quiz", "export", "every-type.yaml", "--student", "bundle.json"]) == 0
    return tmp_path


def secrets(node: Any, key: str = "") -> Iterator[str]:
    """Every text of a quiz file that a student must not read."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from secrets(value, name if key not in SECRET else key)
    elif isinstance(node, list):
        for value in node:
            yield from secrets(value, key)
    elif key in SECRET and isinstance(node, str):
        yield node


def test_no_secret_of_the_file_is_in_the_bundle(folder: Path, every_path: Path) -> None:
    found = set(secrets(yaml.safe_load(every_path.read_text(encoding="utf-8"))))
    ids = {
        "few",
        "everyone",
        "nobody",
        "easy",
    }  # what a pair matches is also an id of a choice, and may be seen
    assert len(found - ids) > 40
    bundle = (folder / "bundle.json").read_text(encoding="utf-8")
    leaked = [text for text in found - ids if text in bundle]
    assert leaked == []


@pytest.mark.parametrize(
    "word",
    [
        "correct",
        "feedback",
        "explanation",
        "fraction",
        "simulate",
        "x == 0",
        "ceil(n * share",
        "0.1",
        "undo",
        "wrong",
        "misconception",
        "v2",
        "batch_size",
        "readiness",
        "source",
        "Chapter",
    ],
)
def test_the_bundle_does_not_hold_the_word(folder: Path, word: str) -> None:
    assert word not in (folder / "bundle.json").read_text(encoding="utf-8")


def other_key(question: Any) -> Any:
    """The same question to a student's eye, with another key."""
    kind = question.kind
    match kind.type:
        case "single" | "multiple":
            worth = [(option.correct, option.fraction) for option in kind.options]
            turned = zip(kind.options, worth[1:] + worth[:1], strict=True)
            options = [
                dataclasses.replace(one, correct=c, fraction=f, feedback="!") for one, (c, f) in turned
            ]
            kind = dataclasses.replace(kind, options=tuple(options))
        case "true_false":
            kind = dataclasses.replace(kind, answer=not kind.answer)
        case "numeric":
            kind = dataclasses.replace(kind, value="77", near=(), otherwise="!")
        case "short":
            kind = dataclasses.replace(kind, accept=("other",), regex="o+", near=())
        case "order":
            kind = dataclasses.replace(kind, items=kind.items[::-1])
        case "match":
            ends = [pair.match for pair in kind.pairs]
            turned = zip(kind.pairs, ends[1:] + ends[:1], strict=True)
            kind = dataclasses.replace(
                kind, pairs=tuple(dataclasses.replace(one, match=m) for one, m in turned)
            )
        case "cloze":
            gaps = [
                dataclasses.replace(
                    gap, kind=other_key(dataclasses.replace(question, prompt="", kind=gap.kind)).kind
                )
                for gap in kind.gaps
            ]
            kind = dataclasses.replace(kind, gaps=tuple(gaps))
        case "predict":
            options = tuple(dataclasses.replace(one, when="x < 0") for one in kind.options)
            kind = dataclasses.replace(kind, options=options, measure="peak_instances")
    return dataclasses.replace(question, kind=kind, explanation="!", objective="!", source="!")


def test_bundle_and_browser_are_the_same_for_another_key(every: Quiz) -> None:
    turned = dataclasses.replace(every, questions=tuple(map(other_key, every.questions)))
    assert all(one.kind != two.kind for one, two in zip(every.questions, turned.questions, strict=True))
    assert export(turned) == export(every)
    assert QuizWidget(turned).sheet == QuizWidget(every).sheet


def test_a_bundle_makes_the_paper_that_the_key_makes(every: Quiz, folder: Path) -> None:
    bundle = load_any(folder / "bundle.json")
    for student in ("ada", "grace"):
        ours, theirs = draw(every, student, 2), draw(bundle, student, 2)
        assert [item.ask for item in ours.items] == [item.ask for item in theirs.items]
        assert [item.question.prompt for item in ours.items] == [
            item.question.prompt for item in theirs.items
        ]


def test_what_comes_back_is_graded_at_the_command_line(
    folder: Path, every: Quiz, capsys: pytest.CaptureFixture[str]
) -> None:
    for student, right in (("ada", True), ("grace", False)):
        attempt = Attempt(load_any(folder / "bundle.json"), student)
        for question in draw(every, student).questions:
            if right or question.kind.type == "true_false":
                attempt.answer(question.id, question.kind.key)
        (folder / f"{student}.json").write_text(json.dumps(attempt.handed_in))
    capsys.readouterr()
    assert main(["quiz", "grade", "bundle.json", "ada.json", "grace.json"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]]
    assert [row[0] for row in rows] == ["ada", "grace"]
    assert [row[2:6] for row in rows] == [["16", "16", "100", "yes"], ["1", "16", "6.25", "no"]]


def test_what_was_not_handed_in_and_what_came_twice_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attempt = Attempt(load_any(folder / "bundle.json"), "ada")
    attempt.answer("costs", ["twice"])
    (folder / "early.json").write_text(json.dumps(attempt.handed_in))
    attempt.finish()
    for name in ("whole.json", "copy.json"):
        (folder / name).write_text(json.dumps(attempt.handed_in))
    (folder / "cut.json").write_text(json.dumps(attempt.handed_in, indent=1)[:70])
    (folder / "other.json").write_text("{}")
    capsys.readouterr()
    names = ("early.json", "whole.json", "copy.json", "cut.json", "other.json")
    assert main(["quiz", "grade", "bundle.json", *names]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "early.json: not handed in; these are the answers so far",
        "whole.json: of the student and the attempt of early.json; only one can count",
        "copy.json: of the student and the attempt of early.json; only one can count",
        "cut.json: these are no answers to a quiz "
        "(line 5 is not JSON; it was cut off or changed, so ask for it once more)",
        "other.json: these are no answers to a quiz (it has no 'quiz')",
    ]


def test_a_file_given_twice_and_one_renamed_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attempt = Attempt(load_any(folder / "bundle.json"), "ada")
    attempt.answer("costs", ["twice"])
    attempt.finish()
    (folder / "ada.json").write_text(json.dumps(attempt.handed_in))
    (folder / "dan.json").write_text(json.dumps(attempt.handed_in | {"student": "dan"}))
    names = ["ada.json", "ada.json", "dan.json"]
    assert main(["quiz", "grade", "bundle.json", *names, "--csv", "marks.csv"]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[:2] == [
        "ada.json: this file is named twice; it counts once",
        "dan.json: the same answers as ada's, wrong ones too; ask both",
    ]
    rows = list(csv.DictReader((folder / "marks.csv").read_text("utf-8-sig").splitlines()))
    assert [row["name"] for row in rows] == ["ada", "dan"]


def test_the_points_of_each_question_are_a_table_for_a_gradebook(folder: Path, every: Quiz) -> None:
    attempt = Attempt(load_any(folder / "bundle.json"), "=ada")
    for question in every.questions[:2]:
        attempt.answer(question.id, draw(every, "=ada").questions[every.questions.index(question)].kind.key)
    (folder / "ada.json").write_text(json.dumps(attempt.handed_in))
    assert main(["quiz", "grade", "bundle.json", "ada.json", "--csv", "marks.csv"]) == 0
    (row,) = csv.DictReader((folder / "marks.csv").read_text("utf-8-sig").splitlines())
    points = [str(one.points) for one in every.questions[:2]] + [""] * (len(every.questions) - 2)
    assert [row[one.id] for one in every.questions] == points
    assert (row["name"], row["answered"], row["of"]) == ("'=ada", "2", str(every.points))


@pytest.mark.usefixtures("folder")
def test_a_bundle_named_as_the_key_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quiz", "grade", "bundle.json", "ada.json", "--key", "bundle.json"]) == 2
    told = capsys.readouterr().err
    assert "bundle.json: this is a bundle, which has no answers; give the quiz, a YAML file" in told
    assert len(told.splitlines()) == 1


def test_a_file_that_cannot_be_graded_does_not_stop_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "ada.json").write_text(json.dumps(Attempt(load_any(folder / "bundle.json"), "ada").handed_in))
    (folder / "bad.json").write_text("{")
    assert main(["quiz", "grade", "bundle.json", "bad.json", "ada.json"]) == 2
    said = capsys.readouterr()
    assert "bad.json: these are no answers to a quiz" in said.err
    assert "ada\t1\t0\t16" in said.out


def test_a_key_that_was_changed_after_the_export_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quiz = folder / "every-type.yaml"
    quiz.write_text(
        quiz.read_text(encoding="utf-8").replace("What does a rolling", "What can a rolling"), "utf-8"
    )
    (folder / "ada.json").write_text("{}")
    assert main(["quiz", "grade", "bundle.json", "ada.json"]) == 2
    assert "no longer, the quiz of this bundle" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        {"quiz": "other"},
        {"version": 2},
        {"student": 3},
        {"attempt": "1"},
        {"answers": []},
        {"answers": {"nine": {}}},
        {"answers": {"costs": {"response": ["nonsense"], "tries": 1, "hints": 0, "confidence": 0}}},
        {"answers": {"costs": {"response": ["twice"], "tries": 9, "hints": 0, "confidence": 0}}},
        {"answers": {"costs": {"response": ["twice"], "tries": 1, "hints": -1, "confidence": 0}}},
        {"answers": {"costs": {"response": [1], "tries": 1, "hints": 0, "confidence": 0}}},
    ],
)
def test_forged_answers_are_refused_by_name(every: Quiz, change: dict[str, Any]) -> None:
    from deploylab.quiz import grade_answers

    content = {"quiz": "every-type", "version": 1, "student": "ada", "attempt": 1, "answers": {}} | change
    with pytest.raises(QuizError, match=r"ada\.json: "):
        grade_answers(every, json.dumps(content).encode(), "ada.json")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b'{"deploylab_bundle": 2}', b'{"deploylab_bundle": 1}', b"\xff" * 9999, b"[" * 9999],
)
def test_what_is_no_bundle_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(QuizError, match=r"b\.json") as refused:
        read_bundle(data, "b.json")
    assert len(str(refused.value)) < 200


def test_a_bundle_cannot_be_graded_where_the_key_is_not(folder: Path) -> None:
    attempt = Attempt(load_any(folder / "bundle.json"), "ada")
    assert attempt.answer("costs", ["twice"]) is None
    with pytest.raises(QuizError, match="the answers are not in this bundle"):
        _ = attempt.result


def test_practice_says_openly_where_the_answers_are(small: Quiz, text: str) -> None:
    assert "the answers are on this machine" in small.where_the_key_is
    assert (
        "the answers are on this machine"
        in loads(text.replace("version: 1", "version: 1\nmode: exam")).where_the_key_is
    )
    bundle = read_bundle(json.dumps(export(small)).encode(), "b.json")
    assert "not on this machine" in bundle.where_the_key_is
