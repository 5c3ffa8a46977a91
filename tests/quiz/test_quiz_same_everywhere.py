"""The same answers give the same score in all places: in the notebook, in the terminal, and in class."""

from __future__ import annotations

import io
import json
import string
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from deploylab.quiz import Answer, Attempt, Paper, Quiz, QuizWidget, draw, grade_answers, mark, take
from deploylab.quiz.ask import Field
from deploylab.quiz.bundle import export, read_bundle
from tests.quiz.answers import responses

QUIETLY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
Given = dict[str, tuple[str, ...]]


def answered(paper: Paper, data: st.DataObject) -> Given:
    """An answer to each question; where fields are several, all are filled or none is."""
    chosen = {item.question.id: data.draw(responses(item.ask)) for item in paper.items}
    fields = {item.question.id: len(item.ask.fields) for item in paper.items}
    return {
        name: words if fields[name] == 1 or len(words) == fields[name] else ()
        for name, words in chosen.items()
    }


def in_the_notebook(quiz: Quiz, student: str, given: Given) -> Any:
    widget = QuizWidget(quiz, Attempt(quiz, student))
    replies: list[Any] = []
    widget.send = replies.append  # type: ignore[method-assign]
    for name, words in given.items():
        widget._handle_custom_msg({"question": name, "response": list(words)}, [])
    assert replies == []
    return widget.result


def in_the_terminal(quiz: Quiz, student: str, given: Given) -> Any:
    attempt, lines = Attempt(quiz, student), []
    for item in attempt.paper.items:
        words = given[item.question.id]
        typed = [word.partition(":")[2] if item.ask.single is None else word for word in words]
        if not words:
            lines.append(":s")
        elif item.ask.single:
            lines.append(line(item.ask.single, typed))
        else:
            lines += [line(field, [word]) for field, word in zip(item.ask.fields, typed, strict=True)]
    left: Iterator[str] = iter(lines)
    return take(quiz, Console(file=io.StringIO()), lambda _: next(left), attempt)


def line(field: Field, words: list[str]) -> str:
    """What somebody types who means these words."""
    if field.how in ("text", "number"):
        return words[0]
    ids = [choice.id for choice in field.choices]
    return " ".join(string.ascii_lowercase[ids.index(word)] for word in words)


def in_class(quiz: Quiz, student: str, given: Given) -> Any:
    """The bundle goes out, the answers come back, and the key never leaves."""
    bundle = read_bundle(json.dumps(export(quiz)).encode(), "bundle.json")
    attempt = Attempt(bundle, student)
    for name, words in given.items():
        attempt.answer(name, words)
    return grade_answers(quiz, json.dumps(attempt.handed_in).encode(), "answers.json")


@QUIETLY
@given(data=st.data(), student=st.sampled_from(["ada", "grace", "Ольга"]))
def test_the_same_answers_give_the_same_score_in_all_places(
    every: Quiz, data: st.DataObject, student: str
) -> None:
    quiz = every_once(every)
    given = answered(draw(quiz, student), data)
    expected = mark(draw(quiz, student), given)
    for place in (in_the_notebook, in_the_terminal, in_class):
        result = place(quiz, student, given)
        assert result.score == expected.score, place
        assert result.grades == expected.grades, place


def every_once(quiz: Quiz) -> Quiz:
    """One try a question, as in class: nobody there is told that the first was wrong."""
    return Quiz(
        quiz.id, quiz.version, quiz.title, quiz.questions, shuffle="all", pick=7, pass_mark=quiz.pass_mark
    )


@QUIETLY
@given(data=st.data())
def test_a_score_lies_between_the_floor_and_all_points(every: Quiz, data: st.DataObject) -> None:
    for item in draw(every, "ada").items:
        grade = mark(draw(every, "ada"), {item.question.id: data.draw(responses(item.ask))})
        assert -item.question.points / 2 <= grade.score <= item.question.points


def test_the_right_answers_give_all_points_and_no_word_of_blame(every: Quiz) -> None:
    for attempt in range(1, 6):
        paper = draw(every, "ada", attempt)
        result = mark(paper, {question.id: question.kind.key for question in paper.questions})
        assert result.score == result.maximum == 16
        assert {remark.verdict for grade in result.grades for remark in grade.remarks} == {"right"}


@QUIETLY
@given(data=st.data())
def test_only_what_is_wholly_right_is_called_right(every: Quiz, data: st.DataObject) -> None:
    for item in draw(every).items:
        given = data.draw(responses(item.ask))
        grade = mark(draw(every), {item.question.id: given}).grades[draw(every).items.index(item)]
        assert grade.correct == (bool(given) and grade.score == grade.points)


def test_tries_hints_and_confidence_count_the_same_on_the_way_back(every: Quiz, tmp_path: Path) -> None:
    quiz = Quiz("sure", 1, "Sure", every.questions, confidence=True, mode="exam")
    paper = draw(quiz, "ada")
    answers = {
        one.id: Answer(one.kind.key, hints=min(2, len(one.hints)), confidence=3) for one in paper.questions
    }
    expected = mark(paper, answers)
    assert expected.score == 3 * 16 - 3 * Fraction(1, 4)
    bundle = Attempt(read_bundle(json.dumps(export(quiz)).encode(), "b"), "ada")
    for name, answer in answers.items():
        for _ in range(answer.hints):
            bundle.hint(name)
        bundle.answer(name, answer.response, answer.confidence)
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(bundle.handed_in))
    assert grade_answers(quiz, path.read_bytes(), str(path)) == expected


@pytest.mark.parametrize(
    "name", ["half-way", "costs", "fenceposts", "probe", "steps", "patterns", "kubectl", "way-back"]
)
def test_an_empty_answer_is_not_answered_whatever_the_type(every: Quiz, name: str) -> None:
    result = mark(every, {name: ()})
    assert (result.answered, result.score) == (0, 0)
