"""One pure function grades, exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploylab.model.errors import QuizError
from deploylab.quiz import Multiple, Option, Question, Quiz, Single, grade, mark
from deploylab.quiz.score import Result, tell
from deploylab.quiz.scoring import Scoring

RULES: tuple[Scoring, ...] = ("all_or_nothing", "each", "net", "coverage")


def question(scoring: Scoring, right: list[bool], points: int = 1) -> Question:
    options = tuple(Option(str(place), "text", correct, "feedback") for place, correct in enumerate(right))
    return Question("q", Multiple(options, scoring), "prompt", "objective", "explanation", "source", points)


@pytest.mark.parametrize(
    ("scoring", "score"), [("all_or_nothing", "0"), ("each", "3/5"), ("net", "1/3"), ("coverage", "4/9")]
)
def test_two_right_and_one_wrong_of_three_in_five_is_worth(scoring: Scoring, score: str) -> None:
    three_of_five = question(scoring, [True, True, True, False, False])
    assert grade(three_of_five, ["0", "1", "3"]).score == Fraction(score)


@given(
    scoring=st.sampled_from(RULES),
    right=st.lists(st.booleans(), min_size=2, max_size=10).filter(any),
    points=st.integers(1, 100),
    data=st.data(),
)
def test_a_score_lies_between_nothing_and_all_points(
    scoring: Scoring, right: list[bool], points: int, data: st.DataObject
) -> None:
    asked = question(scoring, right, points)
    chosen = data.draw(st.sets(st.sampled_from([option.id for option in asked.kind.options])))
    result = grade(asked, chosen)
    assert 0 <= result.score <= points
    assert result.correct == (result.score == points)


@pytest.mark.parametrize("scoring", RULES)
def test_choosing_everything_is_never_worth_all_while_one_option_is_wrong(scoring: Scoring) -> None:
    assert grade(question(scoring, [True, True, False]), ["0", "1", "2"]).score < 1


def test_a_single_question_is_worth_all_or_nothing(small: Quiz) -> None:
    assert [grade(small.questions[0], name).score for name in ("left", "right")] == [0, 1]


def test_the_order_and_repetition_of_choices_do_not_matter(small: Quiz) -> None:
    assert grade(small.questions[1], ["c", "a", "c"]) == grade(small.questions[1], ("a", "c"))


def test_each_chosen_or_missed_option_is_remarked(small: Quiz) -> None:
    remarks = grade(small.questions[1], ["a", "d"]).remarks
    assert [(one.option, one.verdict) for one in remarks] == [
        ("a", "right"), ("b", "missed"), ("c", "missed"), ("d", "wrong"),
    ]  # fmt: skip


def test_an_empty_response_is_not_answered_and_gives_nothing_away(small: Quiz) -> None:
    result = grade(small.questions[0], [])
    assert (result.answered, result.score, result.remarks, result.explanation) == (False, 0, (), "")


def test_an_unknown_option_is_an_error_that_lists_the_known(small: Quiz) -> None:
    with pytest.raises(QuizError, match="response to 'one': 'up' is not an option; choose from left, right"):
        grade(small.questions[0], "up")


def test_two_answers_to_a_single_question_are_an_error(small: Quiz) -> None:
    with pytest.raises(QuizError, match="2 options are chosen; choose exactly one"):
        grade(small.questions[0], ["left", "right"])


def test_an_unknown_question_is_an_error(small: Quiz) -> None:
    with pytest.raises(QuizError, match="responses: 'nine' is not a question of 'small'"):
        mark(small, {"nine": "a"})


def test_thirds_add_up_exactly(small: Quiz) -> None:
    result = mark(small, {"one": "right", "some": ["a"], "whether": "false"})
    assert (result.score, result.percentage, result.passed) == (3, 60, True)


def test_a_question_left_open_is_not_worth_another_look(small: Quiz) -> None:
    assert [one.id for one in mark(small, {"one": "left", "whether": "false"}).again] == ["one"]


def test_a_result_is_told_in_one_line(small: Quiz) -> None:
    assert str(mark(small, {"some": ["a"]})) == "1 of 5 points, 20 %, not passed yet (60 % is needed)"


@given(st.integers(0, 100), st.fractions(0, 100))
def test_a_percentage_below_the_pass_mark_never_reads_as_reaching_it(mark: int, percentage: Fraction) -> None:
    assert (Fraction(tell(percentage, 1)) >= mark) == (percentage >= mark)


def test_two_right_options_make_no_single_question() -> None:
    with pytest.raises(QuizError, match="a, b are all marked correct"):
        Single((Option("a", "A", True, "f"), Option("b", "B", True, "f")))


def test_two_questions_with_one_id_make_no_quiz(small: Quiz) -> None:
    with pytest.raises(QuizError, match="questions: 'one' is the id of two of them"):
        Quiz("twice", 1, "Twice", (small.questions[0], small.questions[0]))


def test_a_quiz_without_questions_is_refused() -> None:
    with pytest.raises(QuizError, match="questions: there are none"):
        Quiz("none", 1, "None", ())


def test_an_empty_sheet_is_worth_nothing(small: Quiz) -> None:
    result: Result = mark(small, {})
    assert (result.score, result.answered, result.passed) == (0, 0, False)
