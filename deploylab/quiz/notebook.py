"""A quiz in a notebook. The browser draws and collects; Python grades, through the same grade() as elsewhere.

Before a question is answered, the browser holds its prompt, hints and options, and nothing that tells which
are right. All Markdown is rendered here, without raw HTML and without images, so a quiz can neither run a
script nor load anything from a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets
from markdown_it import MarkdownIt

from deploylab.model.errors import QuizError
from deploylab.quiz.grade import Grade, Response, grade
from deploylab.quiz.model import Multiple, Question, Quiz, count
from deploylab.quiz.score import Result, mark, tell


class QuizWidget(anywidget.AnyWidget):
    """Shows a quiz in JupyterLab; `result` is what has been reached so far.

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
    drafts = traitlets.Dict().tag(sync=True)  # choices that are not checked yet, written by the browser
    graded = traitlets.Dict().tag(sync=True)  # what may be read after answering, by question
    progress = traitlets.Dict().tag(sync=True)

    def __init__(self, quiz: Quiz) -> None:
        self.quiz = quiz
        self._responses: dict[str, tuple[str, ...]] = {}  # the truth; the traits only show it
        super().__init__(sheet=_sheet(quiz), progress=_progress(self.result))
        self.on_msg(self._receive)

    @property
    def result(self) -> Result:
        """All grades so far; open questions are worth nothing yet."""
        return mark(self.quiz, self._responses)

    def answer(self, question: str, response: Response) -> Grade:
        """Grade and show an answer, as the Check button does. The first answer counts until `restart`."""
        if question in self._responses:
            raise QuizError(
                f"answer: {question!r} is answered already; the first answer counts; try restart()"
            )
        found = next((one for one in self.quiz.questions if one.id == question), None)
        if found is None:
            known = ", ".join(one.id for one in self.quiz.questions)
            raise QuizError(f"answer: {question!r} is not a question of this quiz; choose from {known}")
        result = grade(found, response)
        if result.answered:
            self._responses[question] = result.response
            self._show({**self.graded, question: _graded(found, result)})
        return result

    def restart(self) -> None:
        """Forget all answers."""
        self._responses.clear()
        self.drafts = {}
        self._show({})

    def _show(self, graded: dict[str, Any]) -> None:
        with self.hold_sync():
            self.graded, self.progress = graded, _progress(self.result)

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A message of the browser. A bad one is answered, not raised: nobody reads the kernel's log."""
        try:
            if content == {"kind": "restart"}:
                self.restart()
            else:
                self.answer(str(content["question"]), [str(choice) for choice in content["response"]])
        except (QuizError, KeyError, TypeError) as error:
            self.send({"kind": "refused", "text": str(error)})

    def __repr__(self) -> str:
        return str(self.quiz)


def _sheet(quiz: Quiz) -> dict[str, Any]:
    facts = (
        count(len(quiz.questions), "question"),
        count(quiz.points, "point"),
        f"pass at {quiz.pass_mark} %",
    )
    questions = [_question(question) for question in quiz.questions]
    return {
        "title": quiz.title,
        "language": quiz.language,
        "facts": " · ".join(facts),
        "questions": questions,
    }


def _question(question: Question) -> dict[str, Any]:
    many = isinstance(question.kind, Multiple)
    return {
        "id": question.id,
        "many": many,
        "points": count(question.points, "point"),
        "prompt": _markdown(question.prompt),
        "rule": question.kind.rule if isinstance(question.kind, Multiple) else "",
        "hints": [_markdown(hint) for hint in question.hints],
        "options": [{"id": option.id, "text": _inline(option.text)} for option in question.kind.options],
    }


def _graded(question: Question, result: Grade) -> dict[str, Any]:
    return {
        "response": list(result.response),
        "verdict": "right" if result.correct else "partly" if result.score else "wrong",
        "score": f"{tell(result.score)} of {count(result.points, 'point')}",
        "remarks": {
            one.option: {"verdict": one.verdict, "text": _inline(one.text)} for one in result.remarks
        },
        "explanation": _markdown(result.explanation),
        "source": _inline(question.source),
    }


def _progress(result: Result) -> dict[str, Any]:
    answered, questions = result.answered, len(result.grades)
    return {
        "answered": answered,
        "questions": questions,
        "score": f"{tell(result.score)} of {count(result.maximum, 'point')}",
        "verdict": str(result) if answered == questions else "",
        "passed": result.passed,
        "again": [question.objective for question in result.again],
    }


def _link(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """A link opens beside the notebook: in the same tab it would close JupyterLab."""
    tokens[index].attrSet("target", "_blank")
    tokens[index].attrSet("rel", "noopener noreferrer")
    return str(self.renderToken(tokens, index, options, env))


_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_PARSER.add_render_rule("link_open", _link)


def _markdown(text: str) -> str:
    return str(_PARSER.render(text))


def _inline(text: str) -> str:
    return str(_PARSER.renderInline(text))
