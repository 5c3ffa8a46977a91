"""Quizzes: read them from YAML, grade them the same way everywhere, take them in a terminal or a notebook.

    quiz = load("quizzes/rolling-deployment.yaml")
    mark(quiz, {"progress-deadline": "false"}).score       # grade answers
    run(quiz)                                              # take it in the terminal
    QuizWidget(quiz)                                       # take it in a notebook

Each is imported when it is first used: the nouns, the loader and the grader need no view.
"""

from deploylab.later import load_later

load_later(__name__)
