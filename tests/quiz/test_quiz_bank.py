"""The shipped quizzes taken together: what a machine can hold of a good bank of questions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from deploylab.content import quizzes
from deploylab.quiz import Question, Quiz, Single, TrueFalse, draw, lint, load, mark
from deploylab.quiz.ask import Field
from deploylab.quiz.kinds.cloze import Cloze
from deploylab.quiz.kinds.predict import Predict
from deploylab.quiz.kinds.simulate import Simulate

BANK = [load(path) for path in quizzes().values()]
QUESTIONS = {f"{quiz.id}:{one.id}": one for quiz in BANK for one in quiz.questions}
PREDICTIONS = {name: one.kind for name, one in QUESTIONS.items() if isinstance(one.kind, Predict)}
OTHER_SEEDS = (101, 102, 103, 104, 105)

every_quiz = pytest.mark.parametrize("quiz", BANK, ids=lambda quiz: quiz.id)
every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
every_prediction = pytest.mark.parametrize("kind", PREDICTIONS.values(), ids=PREDICTIONS.keys())


def test_the_bank_has_a_hundred_questions_and_twenty_predictions_of_many_types() -> None:
    assert len(QUESTIONS) >= 100
    assert len(PREDICTIONS) >= 20
    assert min(Counter(one.kind.type for one in QUESTIONS.values()).values()) >= 3


def test_no_two_quizzes_and_no_two_prompts_are_the_same() -> None:
    assert len({quiz.id for quiz in BANK}) == len(BANK)
    assert len({one.prompt for one in QUESTIONS.values()}) == len(QUESTIONS)


@every_quiz
def test_a_quiz_has_nothing_to_improve(quiz: Quiz) -> None:
    assert lint(quiz) == []


@every_question
def test_a_question_says_what_it_is_about_and_why_and_where_it_can_be_read(question: Question) -> None:
    assert question.objective
    assert len(question.explanation) > 40
    assert question.source.count("](https://") >= 1


def choices(kind: Any) -> list[tuple[Any, bool]]:
    """The options of a question and of its gaps, and whether each is right."""
    if isinstance(kind, Cloze):
        return [pair for gap in kind.gaps for pair in choices(gap.kind)]
    return [(one, one.id in kind.key) for one in getattr(kind, "options", ())]


@every_question
def test_a_wrong_option_says_why_and_names_the_belief_behind_it(question: Question) -> None:
    for option, right in choices(question.kind):
        assert right or (len(option.feedback) > 20 and option.misconception), option.id


@every_question
def test_whatever_else_can_be_wrong_has_its_feedback(question: Question) -> None:
    kind = question.kind
    tolerance = dict(getattr(kind, "tolerance", ()))
    parts = [getattr(kind, name, None) or tolerance.get(name, ()) for name in ("near", "items", "pairs")]
    assert [one for part in parts for one in part if not one.feedback] == []


def test_the_right_options_have_no_favourite_place() -> None:
    kinds = [one.kind for one in QUESTIONS.values() if isinstance(one.kind, Single)]
    places = Counter([option.id for option in kind.options].index(kind.key[0]) for kind in kinds)
    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) <= 0.4 * len(kinds)


def test_the_right_option_is_not_mostly_the_longest() -> None:
    kinds = [one.kind for one in QUESTIONS.values() if isinstance(one.kind, Single)]
    longest = [max(kind.options, key=lambda option: len(option.text)).id == kind.key[0] for kind in kinds]
    assert sum(longest) <= 0.4 * len(kinds)


def test_a_statement_is_as_often_true_as_false() -> None:
    answers = [one.kind.answer for one in QUESTIONS.values() if isinstance(one.kind, TrueFalse)]
    assert abs(answers.count(True) - answers.count(False)) <= 1


def with_seed(simulate: Simulate, seed: int) -> Simulate:
    scenario = dict(simulate.scenario) | {"seed": str(seed)}
    return replace(simulate, scenario=tuple(scenario.items()))


@every_prediction
def test_a_prediction_does_not_hang_on_the_luck_of_one_seed(kind: Predict) -> None:
    """With another seed the same option is right, or the figure is one that would be graded as right."""
    for seed in OTHER_SEEDS:
        other = replace(kind, simulate=with_seed(kind.simulate, seed))
        assert kind.marks(other.key).share == 1, (seed, other.key)


@every_quiz
def test_a_quiz_is_passed_by_its_key(quiz: Quiz) -> None:
    paper = draw(quiz)
    assert mark(paper, {one.id: one.kind.key for one in paper.questions}).percentage == 100


def chosen(field: Field, place: int) -> list[str]:
    """What somebody answers who always takes the option at one place, and leaves items as they lie."""
    ids = [choice.id for choice in field.choices]
    picked = ids if field.how == "order" else [ids[place % len(ids)]] if ids else []
    return [f"{field.id}:{one}" if field.id else one for one in picked]


@every_quiz
@pytest.mark.parametrize("place", [0, 1, 2, -1])
@pytest.mark.parametrize("student", ["ada", "grace"])
def test_a_quiz_is_not_passed_by_always_choosing_one_place(quiz: Quiz, place: int, student: str) -> None:
    paper = draw(quiz, student)
    answers = {
        item.question.id: tuple(word for field in item.ask.fields for word in chosen(field, place))
        for item in paper.items
    }
    assert not mark(paper, answers).passed
