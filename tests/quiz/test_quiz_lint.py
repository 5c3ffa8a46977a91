"""`deploylab quiz check`: style, and files broken in thousands of ways."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploylab.cli import main
from deploylab.quiz import lint, loads
from deploylab.quiz.comments import cut_texts

GOOD = """\
id: q
version: 1
title: Q
questions:
  - id: batch-size
    type: single
    prompt: What do small batches change?
    objective: Weigh the size of a batch
    explanation: Small batches limit who is hurt.
    source: Chapter 4
    options:
      - {id: fewer, text: Fewer users are hurt., correct: true, feedback: Few instances are new by then.}
      - {id: faster, text: The release is faster., correct: false, feedback: Each batch waits for the last.}
"""
BAD = {
    "all of the above": ("The release is faster.", "All of the above", "is no answer of its own"),
    "both": ("The release is faster.", "Both of these hold", "is no answer of its own"),
    "the same twice": (
        "The release is faster.",
        "fewer  users are hurt.",
        "is there 2 times; which is best?",
    ),
    "a long one": (
        "Fewer users are hurt.",
        "Fewer users are hurt because only a small part of the instances is new by then.",
        "is much longer than",
    ),
    "two negatives": ("What do small batches change?", "What is not never changed?", "has 2 negatives"),
    "raw HTML": ("What do small", "What do <b>small</b>", "'<b>' will be shown as text"),
    "an image": ("What do", "See ![A roll](roll.svg) What do", "shown as text; give the question a figure"),
    "an escape": ("What do small batches change?", r'"What is $2 \times 3$?"', r"\times in a text in"),
    "an escape of a line": ("Fewer users are hurt.", r'"It is $2 \neq 3$."', "is read as a new line and eq"),
    "no feedback": (", feedback: Each batch waits for the last.", "", "faster without feedback"),
    "no explanation": ("    explanation: Small batches limit who is hurt.\n", "", "there is no explanation"),
    "no source": ("    source: Chapter 4\n", "", "there is no source"),
    "an id that tells": ("id: fewer,", "id: right,", "gives itself away"),
}


def test_a_good_question_is_left_alone() -> None:
    assert lint(loads(GOOD)) == []
    assert lint(loads(GOOD.replace("What do", "Is `<b>` in <https://x.org>, and 1 < 2 > 1? What do"))) == []


@pytest.mark.parametrize(("old", "new", "says"), BAD.values(), ids=BAD)
def test_bad_style_is_told_at_the_line_of_the_question(old: str, new: str, says: str) -> None:
    assert old in GOOD
    found = lint(loads(GOOD.replace(old, new, 1)))
    assert [advice.tell("x.yaml") for advice in found if says in advice.text]
    assert {advice.tell("x.yaml").split(" ")[0] for advice in found} <= {"x.yaml:5:5:"}


@pytest.mark.parametrize("before", ["", "near: [{value: 0, feedback: f, "])
def test_a_share_that_was_meant_as_a_percentage_is_told(before: str) -> None:
    head, _ = GOOD.split("    type: single")
    size = f"{before}rtol: 10{'}]' if before else ''}"
    run = "type: predict\n    simulate: {strategy: Rolling}\n    measure: users_hurt\n    "
    kinds = (f"type: numeric\n    value: 240\n    {size}", run + size)
    for kind in kinds:
        found = [one.text for one in lint(loads(f"{head}    {kind}\n    prompt: How long?\n"))]
        assert "batch-size: rtol: 10 is 1000 % of the value; 10 % is written 0.1" in found


def test_a_negated_option_of_a_negated_question_is_a_double_negative() -> None:
    text = GOOD.replace("What do small", "What do small batches not change? What do not").replace(
        "The release is", "It is not"
    )
    assert any("negat" in advice.text for advice in lint(loads(text)))


def test_right_options_in_one_place_are_noticed_unless_they_are_shuffled() -> None:
    head, question = GOOD.split("questions:\n")
    text = f"{head}questions:\n" + "".join(question.replace("batch-size", f"q-{n}") for n in range(5))
    assert [one.text for one in lint(loads(text))] == [
        "in 5 of 5 single questions option 1 is right; add shuffle: options"
    ]
    assert lint(loads(text.replace("version: 1", "version: 1\nshuffle: all"))) == []


def test_a_prediction_without_a_right_option_is_found_by_running_it() -> None:
    head, _ = GOOD.split("    type: single")
    question = """\
    type: predict
    prompt: Who is hurt?
    simulate: {strategy: Rolling, scenario: {replicas: 3, duration: 30}}
    measure: users_hurt
    options:
      - {id: a, text: Some, when: x > 9999, feedback: f}
      - {id: b, text: None, when: x < 0, feedback: f}
"""
    found = [advice for advice in lint(loads(head + question)) if advice.wrong]
    assert [advice.place for advice in found] == [(5, 5)]
    assert "no option holds; exactly one must" in found[0].text


def test_check_tells_the_worst_by_its_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        "good": GOOD,
        "style": GOOD.replace("    source: Chapter 4\n", ""),
        "broken": GOOD.replace("title", "titel"),
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    status = [main(["quiz", "check", str(tmp_path / f"{name}.yaml")]) for name in files]
    assert status == [0, 1, 2]
    assert main(["quiz", "check", *(str(tmp_path / f"{name}.yaml") for name in files)]) == 2
    said = capsys.readouterr().out
    assert "nothing to improve" in said
    assert f"{tmp_path / 'style.yaml'}:5:5: batch-size: there is no source" in said
    assert (
        f"{tmp_path / 'broken.yaml'}:3:1: titel: this key is not known in a quiz; did you mean title?" in said
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "kept"),
    [
        ("What do small batches change?", "Read issue #42 and say why.", (7, 23), "Read issue"),
        ("text: The release is faster., c", 'text: "It is faster in #42.", c', None, ""),
        ("source: Chapter 4", "source: Chapter 4 # page 2", (10, 22), "Chapter 4"),
        ("source: Chapter 4", "source: Chapter#4", None, ""),
        ("id: batch-size", "id: batch-size # stable", None, ""),
        ("prompt: What", "prompt: | # as it stands\n      #1: What", None, ""),
        ("version: 1", "# of the first class\nversion: 1 # for now", None, ""),
    ],
)
def test_a_text_that_a_comment_cuts_short_is_told_at_its_place(
    old: str, new: str, place: tuple[int, int] | None, kept: str, tmp_path: Path
) -> None:
    path = tmp_path / "cut.yaml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    assert old in GOOD
    assert [one.place for one in cut_texts(path)] == ([place] if place else [])
    assert all(f"{kept!r} ends where a comment begins" in one.text for one in cut_texts(path))
    assert main(["quiz", "check", str(path)]) == (1 if place else 0)


def test_the_shipped_quizzes_have_nothing_to_improve(shipped_path: Path, every_path: Path) -> None:
    assert main(["quiz", "check", *map(str, shipped_path.parent.glob("*.yaml")), str(every_path)]) == 0


def test_thousands_of_broken_files_are_refused_with_a_line_or_read() -> None:
    """In a process of its own with 3 GB and 20 s a file: a hang or a flood of memory ends it."""
    pytest.importorskip("resource")  # the limits are Unix's
    command = [sys.executable, "-m", "tests.quiz.fuzz", "2000", "7"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=600)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
