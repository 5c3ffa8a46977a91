"""Quizzes: read them from YAML, grade them the same way everywhere, take them in a terminal or a notebook.

    quiz = load("quizzes/rolling-deployment.yaml")
    mark(quiz, {"progress-deadline": "false"}).score       # grade answers
    run(quiz)                                              # take it in the terminal
    QuizWidget(quiz)                                       # take it in a notebook

Each is imported when it is first used: the nouns, the loader and the grader need no view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploylab.later import load_later

if TYPE_CHECKING:
    from deploylab.quiz.attempt import Attempt, kept_attempt
    from deploylab.quiz.bundle import export, grade_answers, load_any
    from deploylab.quiz.grade import Answer, Grade, Remark, grade
    from deploylab.quiz.lint import lint
    from deploylab.quiz.load import load, loads
    from deploylab.quiz.model import Hint, Multiple, Option, Question, Quiz, Single, TrueFalse
    from deploylab.quiz.notebook import QuizWidget
    from deploylab.quiz.paper import Paper, draw
    from deploylab.quiz.score import Result, mark
    from deploylab.quiz.terminal import run, take

__all__ = [
    "Answer",
    "Attempt",
    "Grade",
    "Hint",
    "Multiple",
    "Option",
    "Paper",
    "Question",
    "Quiz",
    "QuizWidget",
    "Remark",
    "Result",
    "Single",
    "TrueFalse",
    "draw",
    "export",
    "grade",
    "grade_answers",
    "kept_attempt",
    "lint",
    "load",
    "load_any",
    "loads",
    "mark",
    "run",
    "take",
]

load_later(
    __name__,
    {
        ".attempt": "Attempt kept_attempt",
        ".bundle": "export grade_answers load_any",
        ".grade": "Answer Grade Remark grade",
        ".lint": "lint",
        ".load": "load loads",
        ".model": "Hint Multiple Option Question Quiz Single TrueFalse",
        ".notebook": "QuizWidget",
        ".paper": "Paper draw",
        ".score": "Result mark",
        ".terminal": "run take",
    },
)
