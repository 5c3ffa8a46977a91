"""A quiz in a notebook. The browser draws and collects; Python grades, by the same Attempt as the terminal.

Before a question is answered, the browser holds its prompt and what it asks for (ask.py), and nothing that
tells what is right; a hint comes when it is asked for. All Markdown is rendered here (sheet.py), without raw
HTML and without foreign images, so a quiz can neither run a script nor load anything from a network.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Response
from deploylab.quiz.attempt import Attempt
from deploylab.quiz.grade import Grade
from deploylab.quiz.markdown import html
from deploylab.quiz.model import Question, Quiz, count
from deploylab.quiz.score import Result
from deploylab.quiz.sheet import grade_sheet, question_sheet, result_sheet
from deploylab.reopened import show


class QuizWidget(anywidget.AnyWidget):
    """Shows a quiz in JupyterLab, Voilà and VS Code; `result` is what has been reached so far.

    >>> from deploylab.quiz.model import TrueFalse
    >>> statement = TrueFalse(True, "Yes, for a while.", "No: for a while they do.")
    >>> question = Question("mixed", statement, "Two versions serve.", "mixing", "Why.", "Where.")
    >>> widget = QuizWidget(Quiz("rolling", 1, "Rolling deployment", (question,)))
    >>> widget
    Quiz 'rolling': 1 question, 1 point
    >>> widget.answer("mixed", "true").correct
    True
    >>> print(widget.result)
    1 of 1 point, 100 %, passed
    """

    _esm = Path(__file__).with_name("quiz.js")
    _css = Path(__file__).with_name("quiz.css")

    sheet = traitlets.Dict().tag(sync=True)  # what may be read before answering
    drafts = traitlets.Dict().tag(sync=True)  # answers that are not checked yet, written by the browser
    hints = traitlets.Dict().tag(sync=True)  # those that were asked for, by question
    graded = traitlets.Dict().tag(sync=True)  # what may be read after answering, by question
    progress = traitlets.Dict().tag(sync=True)

    def __init__(self, quiz: Quiz, attempt: Attempt | None = None) -> None:
        self.quiz = quiz
        self.attempt = attempt or Attempt(quiz)  # the truth; the traits only show it
        super().__init__(sheet=_sheet(self.attempt), **_shown(self.attempt))
        self.on_msg(self._receive)

    @property
    def result(self) -> Result:
        """All grades so far; open questions are worth nothing yet."""
        return self.attempt.result

    def answer(self, question: str, response: Response, confidence: int = 0) -> Grade | None:
        """Take an answer, as the Check button does; its grade, when it may be read by now."""
        grade = self.attempt.answer(question, response, confidence)
        self._show()
        return grade

    def hand_in(self) -> None:
        """Finish the attempt; no answer is taken after this."""
        self.attempt.finish()
        self._show()

    def restart(self) -> None:
        """Begin another attempt; the earlier one stays on record."""
        self.attempt.restart()
        self.drafts, self.sheet = {}, _sheet(self.attempt)
        self._show()

    def _show(self) -> None:
        with self.hold_sync():
            for name, value in _shown(self.attempt).items():
                setattr(self, name, value)

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A message of the browser. A bad one is answered, not raised: nobody reads the kernel's log."""
        question = content.get("question") if isinstance(content, dict) else None
        try:
            match content:
                case {"kind": "restart"}:
                    self.restart()
                case {"kind": "finish"}:
                    self.hand_in()
                case {"kind": "hint"}:
                    self.attempt.hint(str(question))
                    self._show()
                case _:
                    self.answer(str(question), list(content["response"]), int(content.get("confidence", 0)))
                    if self.attempt.notice:  # such as of a full disk; it takes the place of "Saved."
                        self.send({"kind": "refused", "question": question, "text": self.attempt.notice})
        except (QuizError, KeyError, TypeError, ValueError) as error:
            text = str(error).removeprefix(f"response to {question!r}: ")
            self.send({"kind": "refused", "question": question, "text": text})

    def _ipython_display_(self) -> None:
        """The quiz, and for where no kernel runs how to open it again."""
        again = "To open it, run this cell again. Your answers are kept."
        show(self, f"<p><strong>{escape(self.quiz.title)}</strong></p><p>{again}</p>", str(self))

    def __repr__(self) -> str:
        return str(self.quiz)


def _shown(attempt: Attempt) -> dict[str, Any]:
    questions = attempt.paper.questions
    taken = {one.id: [html(hint.text) for hint in attempt.hints(one.id)] for one in questions}
    graded = {one.id: found for one in questions if (found := _graded(attempt, one))}
    hints = {name: texts for name, texts in taken.items() if texts}
    return {"hints": hints, "graded": graded, "progress": _progress(attempt)}


def _sheet(attempt: Attempt) -> dict[str, Any]:
    quiz, paper = attempt.quiz, attempt.paper
    facts = (count(len(paper.items), "question"), count(paper.points, "point"), f"pass at {quiz.pass_mark} %")
    return {
        "title": quiz.title,
        "language": quiz.language,
        "facts": " · ".join(facts),
        "notice": " ".join(filter(None, (attempt.notice or _continued(attempt), quiz.where_the_key_is))),
        "each": quiz.reveals == "each" and not quiz.keyless,
        "confidence": quiz.confidence,
        "questions": [question_sheet(item, paper.worth(item.question)) for item in paper.items],
    }


def _continued(attempt: Attempt) -> str:
    """What somebody must know who opens a quiz that was begun before."""
    answered = count(attempt.answered, "question")
    return f"Taken up where you stopped: {answered} answered earlier." if attempt.answered else ""


def _graded(attempt: Attempt, question: Question) -> dict[str, Any] | None:
    answer = attempt.answers.get(question.id)
    if not answer or not answer.response:
        return None
    open_ = attempt.open(question.id)
    kept = {"response": list(answer.response), "confidence": answer.confidence, "open": open_}
    result = attempt.grade(question.id)
    if result is None:
        return kept | {"verdict": "kept"}
    left = attempt.quiz.tries - answer.tries
    more = f"{left} more {'try' if left == 1 else 'tries'}" if open_ else ""
    return kept | grade_sheet(question, result) | {"left": more}


def _progress(attempt: Attempt) -> dict[str, Any]:
    quiz = attempt.quiz
    known = not quiz.keyless and (quiz.reveals == "each" or (quiz.reveals == "end" and attempt.finished))
    over = not any(attempt.open(one.id) for one in attempt.paper.questions)
    handed_in = "Handed in. The score comes from whoever grades it." if attempt.finished else ""
    result = result_sheet(attempt.result) if known else {"score": "", "rows": []}
    return {
        "answered": attempt.answered,
        "questions": len(attempt.paper.items),
        "finished": attempt.finished,
        "restart": not quiz.attempts or attempt.paper.attempt < quiz.attempts,
        "score": result["score"],
        "verdict": handed_in if not known else str(attempt.result) if over else "",
        "passed": attempt.result.passed if known else None,
        "rows": result["rows"] if over else [],
    }
