"""A quiz in the terminal grades as grade() does, and ends politely."""

from __future__ import annotations

import io
import string
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from deploylab.quiz import Quiz, Result, load, mark, run, take
from deploylab.quiz.ask import Choice, Field
from deploylab.quiz.letters import prompt_of
from deploylab.quiz.paper import draw


def answers(lines: Iterable[str]) -> Callable[[str], str]:
    """Each line in turn, then the end of input."""
    left = iter(lines)

    def ask(_prompt: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return ask


def attempt(quiz: Quiz, *lines: str) -> tuple[Result, str]:
    page = io.StringIO()
    result = take(quiz, Console(file=page, width=80), answers(lines))
    return result, page.getvalue()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_terminal_gives_the_score_of_grade(small: Quiz, data: st.DataObject) -> None:
    chosen, lines = {}, []
    for question in small.questions:
        ids = [option.id for option in question.kind.options]
        most = len(ids) if question.kind.type == "multiple" else 1
        chosen[question.id] = data.draw(st.lists(st.sampled_from(ids), max_size=most, unique=True))
        letters = [string.ascii_lowercase[ids.index(one)] for one in chosen[question.id]]
        lines.append(data.draw(st.sampled_from([" ", ",", ", ", ""])).join(letters) or "s")
    assert attempt(small, *lines)[0] == mark(small, chosen)


@pytest.mark.parametrize("word", ["b", "B", "f", "false", " False "])
def test_a_statement_can_be_answered_by_letter_or_word(small: Quiz, word: str) -> None:
    assert attempt(small, "s", "s", word)[0].grades[2].correct


@pytest.mark.parametrize(("line", "says"), [
    ("", "Nothing is chosen yet; type one letter from a to b"),
    ("z", "'z' is not an answer here; type one letter from a to b"),
    ("a b", "'a b' is not an answer here"),
    ("[red]", "'[red]' is not an answer here"),
])  # fmt: skip
def test_a_line_that_is_no_answer_is_explained_and_asked_again(small: Quiz, line: str, says: str) -> None:
    result, page = attempt(small, line, "b")
    assert says in page
    assert result.grades[0].correct


def test_a_question_mark_gives_one_hint_after_the_other(small: Quiz) -> None:
    page = attempt(small, "?", "?", "?", "b")[1]
    assert (
        page.index("Hint: Think.") < page.index("Hint: Think again.") < page.index("there is no further hint")
    )


def test_a_question_mark_says_where_there_is_no_hint_at_all(small: Quiz) -> None:
    page = attempt(replace(small, questions=tuple(replace(one, hints=()) for one in small.questions)), "?")[1]
    assert "Hint: this question has no hint." in page


def test_skipping_gives_nothing_away(small: Quiz) -> None:
    assert "It is right." not in attempt(small, "s")[1]


def test_feedback_and_explanation_follow_an_answer(small: Quiz) -> None:
    page = attempt(small, "a")[1]
    assert "✗ Not right: Not left." in page
    assert "→ Right, but not chosen: It is right." in page
    assert "Because." in page


def test_the_end_of_input_sums_up_what_was_answered(small: Quiz) -> None:
    result, page = attempt(small, "b")
    assert (result.answered, result.score) == (1, 1)
    assert "Stopped here. What was answered counts" in page


def test_q_stops_as_the_end_of_input_does(small: Quiz) -> None:
    assert attempt(small, "b", "q", "b")[0].answered == 1


def test_ctrl_c_sums_up_too(small: Quiz) -> None:
    def interrupt(_prompt: str) -> str:
        raise KeyboardInterrupt

    assert take(small, Console(quiet=True), interrupt).answered == 0


def test_the_summary_lists_every_objective_with_its_points(small: Quiz) -> None:
    page = attempt(small, "b", "a b c", "t")[1]
    assert [line.split() for line in page.splitlines() if " of " in line][-4:-1] == [
        ["✓", "Choose", "one", "1", "of", "1"],
        ["✓", "Choose", "some", "3", "of", "3"],
        ["✗", "Decide", "0", "of", "1"],
    ]


def test_a_piped_quiz_is_echoed_plain_and_gives_an_exit_code(
    shipped_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quiz = load(shipped_path)
    lines = []
    for item in draw(quiz).items:  # some see their options shuffled, and all what is to be ordered
        ids = [choice.id for choice in item.ask.fields[0].choices]
        lines.append(" ".join(string.ascii_lowercase[ids.index(one)] for one in item.question.kind.key))
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(shipped_path) == 0
    page = capsys.readouterr().out
    most = sum(question.points for question in quiz.questions)
    assert f"{most} of {most} points, 100 %, passed" in page
    assert "\x1b" not in page


def test_a_quiz_that_is_not_passed_gives_one(small: Quiz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run(small) == 1


def test_a_file_that_cannot_be_used_is_told_on_stderr_and_gives_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.yaml").write_text("id: x")
    assert run(tmp_path / "x.yaml") == 2
    assert "x.yaml:1:1: quiz: version, title, questions missing" in capsys.readouterr().err


@pytest.mark.parametrize("how", ["many", "order"])
def test_no_prompt_gives_an_example_that_might_be_the_answer(how: Any) -> None:
    said = prompt_of(Field(how, tuple(Choice(word, word) for word in ("one", "two", "three"))))
    assert "letter" in said
    assert "such as" not in said
