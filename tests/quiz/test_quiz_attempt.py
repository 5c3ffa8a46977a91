"""What may be answered, what may be read and when, and that nothing is lost when a kernel dies."""

from __future__ import annotations

import dataclasses
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploylab.model.errors import QuizError
from deploylab.quiz import Attempt, Quiz, QuizWidget, draw
from deploylab.quiz.store import Store, default_store
from deploylab.quiz.terminal import take


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "deep" / "attempts.sqlite")


def exam(quiz: Quiz) -> Quiz:
    return dataclasses.replace(quiz, mode="exam", tries=1)


def test_an_attempt_goes_on_after_the_kernel_died(every: Quiz, store: Store) -> None:
    before = Attempt(every, "ada", store)
    before.hint("half-way")
    before.answer("half-way", "old")
    before.answer("rolls-back", "false")
    after = Attempt(every, "ada", store)
    assert after.answers == before.answers
    assert after.result == before.result
    assert [hint.text for hint in after.hints("half-way")] == ["Count the boxes."]


def test_nothing_is_written_before_the_first_answer(every: Quiz, store: Store) -> None:
    Attempt(every, "ada", store)
    assert not store.path.exists()


def test_students_do_not_see_each_other_s_answers(every: Quiz, store: Store) -> None:
    Attempt(every, "ada", store).answer("rolls-back", "false")
    assert Attempt(every, "grace", store).answers == {}


def test_another_attempt_has_another_number_and_the_first_stays_on_record(every: Quiz, store: Store) -> None:
    attempt = Attempt(every, "ada", store)
    attempt.answer("rolls-back", "false")
    attempt.restart()
    attempt.answer("rolls-back", "true")
    again = Attempt(every, "ada", store)
    assert (again.paper.attempt, again.answers["rolls-back"].response) == (2, ("true",))
    assert store.latest("every-type", 1, "ada") == (2, False)


def test_an_answer_that_no_longer_fits_is_open_again(small: Quiz, store: Store) -> None:
    changed = dataclasses.replace(small, questions=(dataclasses.replace(small.questions[2], id="one"),))
    Attempt(small, "ada", store).answer("one", "left")
    assert Attempt(changed, "ada", store).answers == {}


def test_a_record_that_cannot_be_written_stops_nobody(every: Quiz, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database, and no folder")
    for path in (tmp_path / "file", tmp_path / "file" / "attempts.sqlite"):
        attempt = Attempt(every, "ada", Store(path))
        attempt.answer("rolls-back", "false")
        assert attempt.result.score == 1
        assert "not kept" in attempt.notice


def test_an_exam_on_a_disk_that_gets_full_never_says_that_an_answer_is_kept(
    small: Quiz, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise QuizError("attempts.sqlite: attempts cannot be kept here (database or disk is full)")

    monkeypatch.setattr(Store, "save", full)
    page, lines = io.StringIO(), iter(["a", "q"])
    take(
        exam(small), Console(file=page, width=200), lambda _: next(lines), Attempt(exam(small), "ada", store)
    )
    assert "Your answers are not kept: attempts.sqlite" in page.getvalue()
    assert "Kept." not in page.getvalue()
    widget, sent = QuizWidget(exam(small), Attempt(exam(small), "ada", store)), list[Any]()
    monkeypatch.setattr(widget, "send", sent.append)
    widget._handle_custom_msg({"question": "one", "response": ["right"]}, [])
    assert "Your answers are not kept: attempts.sqlite" in sent[-1]["text"]


def test_answers_that_are_kept_no_more_as_they_were_are_told_in_a_sentence(small: Quiz, store: Store) -> None:
    Attempt(small, "ada", store).answer("one", "right")
    store.path.write_bytes(store.path.read_bytes().replace(b'["right"]', b'["right"}'))
    with pytest.raises(QuizError, match="attempts cannot be kept here"):
        Attempt(small, "ada", store)


def test_attempts_are_counted(small: Quiz, store: Store) -> None:
    attempt = Attempt(dataclasses.replace(small, attempts=2), "ada", store)
    attempt.restart()
    with pytest.raises(QuizError, match="may be taken 2 times"):
        attempt.restart()


def test_a_further_try_costs_its_penalty_and_tells_nothing_before(every: Quiz) -> None:
    attempt = Attempt(every, "ada")
    first = attempt.answer("rolls-back", "true")
    assert first is not None
    assert (first.explanation, [remark.verdict for remark in first.remarks]) == ("", ["wrong"])
    second = attempt.answer("rolls-back", "false")
    assert second is not None
    assert (second.score, second.explanation != "") == (Fraction(3, 4), True)
    with pytest.raises(QuizError, match="is answered already"):
        attempt.answer("rolls-back", "true")


def test_a_hint_costs_what_it_says_and_is_there_once(every: Quiz) -> None:
    attempt = Attempt(every, "ada")
    assert [hint and hint.text for hint in (attempt.hint("half-way"), attempt.hint("half-way"))][1]
    assert attempt.hint("half-way") is None
    grade = attempt.answer("half-way", "mixture")
    assert grade is not None
    assert grade.score == Fraction(3, 4)


def test_an_exam_tells_nothing_before_it_is_handed_in_and_all_after(every: Quiz) -> None:
    attempt = Attempt(exam(every), "ada")
    assert attempt.answer("rolls-back", "true") is None
    assert attempt.answer("rolls-back", "false") is None  # minds may change until the end
    assert attempt.grade("rolls-back") is None
    attempt.finish()
    grade = attempt.grade("rolls-back")
    assert grade is not None
    assert (grade.correct, grade.explanation != "") == (True, True)
    with pytest.raises(QuizError, match="is answered already"):
        attempt.answer("costs", "twice")


def test_an_exam_s_browser_holds_no_verdict_before_the_end(every: Quiz) -> None:
    widget = QuizWidget(exam(every), Attempt(exam(every), "ada"))
    widget.answer("rolls-back", "true")
    assert widget.graded["rolls-back"] == {
        "response": ["true"],
        "confidence": 0,
        "open": True,
        "verdict": "kept",
    }
    assert widget.progress["score"] == ""
    widget.hand_in()
    assert widget.graded["rolls-back"]["verdict"] == "wrong"
    assert len(widget.progress["rows"]) == 10


def test_reveal_never_tells_nothing_at_all(every: Quiz) -> None:
    quiz = dataclasses.replace(exam(every), reveal="never")
    attempt = Attempt(quiz, "ada")
    attempt.answer("rolls-back", "true")
    attempt.finish()
    assert attempt.grade("rolls-back") is None
    assert QuizWidget(quiz, attempt).graded["rolls-back"]["verdict"] == "kept"


def test_an_answer_that_is_none_is_refused_and_not_kept(every: Quiz, store: Store) -> None:
    attempt = Attempt(every, "ada", store)
    with pytest.raises(QuizError, match="'many' is not a number of pods"):
        attempt.answer("fenceposts", "many")
    assert attempt.answers == {}
    assert attempt.open("fenceposts")


def test_with_confidence_it_must_be_said(small: Quiz) -> None:
    attempt = Attempt(dataclasses.replace(small, confidence=True))
    with pytest.raises(QuizError, match="say how sure you are: 1, 2 or 3"):
        attempt.answer("one", "right")
    grades = [attempt.answer("one", "right", 2), attempt.answer("whether", "true", 3)]
    assert [grade and grade.score for grade in grades] == [2, -6]
    assert attempt.result.maximum == 15


def test_a_regrade_years_later_gives_the_same_paper(every: Quiz) -> None:
    """Pinned: whoever changes how papers are drawn changes the marks of those who were graded before."""
    paper = draw(dataclasses.replace(every, shuffle="all", pick=4), "ada", 1)
    assert [question.id for question in paper.questions] == PINNED
    again = draw(dataclasses.replace(every, shuffle="all", pick=4), "ada", 1)
    assert paper == again


PINNED = ["way-back", "patterns", "costs", "kubectl"]


def test_students_and_attempts_get_different_papers(every: Quiz) -> None:
    quiz = dataclasses.replace(every, shuffle="all")
    orders = {
        tuple(one.id for one in draw(quiz, student, n).questions) for student in "abcdefghij" for n in (1, 2)
    }
    numbers = {
        draw(quiz, student).questions
        and next(q.prompt for q in draw(quiz, student).questions if q.id == "fenceposts")
        for student in "abcdefghij"
    }
    assert len(orders) == 20
    assert len(numbers) > 3


def test_each_option_comes_first_about_equally_often(every: Quiz) -> None:
    firsts = [draw(every, str(number)).items[0].ask.fields[0].choices[0].id for number in range(600)]
    assert {name: 150 < firsts.count(name) < 250 for name in ("mixture", "old", "new")} == {
        "mixture": True,
        "old": True,
        "new": True,
    }
    assert all(
        draw(every, str(number)).items[0].ask.fields[0].choices[3].id == "unclear" for number in range(50)
    )


def test_with_confidence_every_line_of_the_result_counts_three_for_a_point(small: Quiz) -> None:
    attempt = Attempt(dataclasses.replace(small, confidence=True))
    attempt.answer("one", "right", 1)
    assert [grade.points for grade in attempt.result.grades] == [3, 9, 3]


def test_without_a_home_one_is_told_where_attempts_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("DEPLOYLAB_ATTEMPTS", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", nobody)
    with pytest.raises(QuizError, match="there is no home to keep attempts in; name a file in DEPLOYLAB"):
        default_store()
