"""The widget's Python side: it grades as grade() does, and keeps the answers out of the browser."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.model.errors import QuizError
from deploylab.quiz import Multiple, Question, Quiz, QuizWidget, Single, TrueFalse, mark

SHOWN = ("sheet", "drafts", "hints", "graded", "progress")


def browser(widget: QuizWidget) -> dict[str, Any]:
    """What the browser holds of our own; the rest is ipywidgets' and anywidget's."""
    state = widget.get_state()
    own = {name for name in state if not name.startswith("_")} - {"layout", "tabbable", "tooltip"}
    assert own == set(SHOWN)
    return {name: state[name] for name in SHOWN}


def press(widget: QuizWidget, **content: Any) -> list[Any]:
    """A message as the browser sends it, and what was sent back."""
    replies: list[Any] = []
    widget.send = replies.append  # type: ignore[method-assign]
    widget._handle_custom_msg(content, [])
    return replies


def upside_down(question: Question) -> Question:
    """The same question with other right answers, feedback and explanation."""
    kind = question.kind
    if isinstance(kind, TrueFalse):
        other: Any = TrueFalse(not kind.answer, "x", "y", "z")
    elif not isinstance(kind, Single | Multiple):
        other = kind
    else:
        flags = [option.correct for option in kind.options]
        flags = [*flags[1:], flags[0]]
        options = [
            dataclasses.replace(option, correct=flag, feedback="x", misconception="y")
            for option, flag in zip(kind.options, flags, strict=True)
        ]
        other = (
            Multiple(tuple(options), kind.scoring) if isinstance(kind, Multiple) else Single(tuple(options))
        )
    return dataclasses.replace(question, kind=other, explanation="x", source="y", objective="z")


def test_nothing_in_the_browser_depends_on_the_right_answers(shipped: Quiz) -> None:
    other = dataclasses.replace(shipped, questions=tuple(map(upside_down, shipped.questions)))
    assert browser(QuizWidget(shipped)) == browser(QuizWidget(other))


def test_a_quiz_that_was_begun_before_says_so_until_it_is_started_again(small: Quiz) -> None:
    first = QuizWidget(small)
    assert "earlier" not in first.sheet["notice"]
    press(first, kind="answer", question=small.questions[0].id, response=["right"])
    again = QuizWidget(small, first.attempt)
    assert again.sheet["notice"].startswith("Taken up where you stopped: 1 question answered earlier.")
    again.restart()
    assert "earlier" not in again.sheet["notice"]


def test_an_answer_reveals_its_own_question_only(small: Quiz) -> None:
    widget = QuizWidget(small)
    press(widget, question="one", response=["left"])
    page = json.dumps(browser(widget))
    assert "Not left." in page
    assert "A is." not in page
    assert "Indeed" not in page


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_the_widget_gives_the_score_of_grade(small: Quiz, data: st.DataObject) -> None:
    widget, chosen = QuizWidget(small), {}
    for question in small.questions:
        ids = [option.id for option in question.kind.options]
        most = len(ids) if question.kind.type == "multiple" else 1
        chosen[question.id] = data.draw(st.lists(st.sampled_from(ids), max_size=most, unique=True))
        press(widget, question=question.id, response=chosen[question.id])
    assert widget.result == mark(small, chosen)


def test_the_state_holds_all_that_a_new_view_needs(small: Quiz) -> None:
    widget = QuizWidget(small)
    press(widget, question="some", response=["d", "a", "b"])
    graded = browser(widget)["graded"]["some"]
    assert (graded["response"], graded["verdict"], graded["score"]) == (
        ["a", "b", "d"],
        "partly",
        "1 of 3 points",
    )
    assert graded["remarks"]["c"] == {"verdict": "missed", "text": "C is."}


def test_the_first_answer_counts(small: Quiz) -> None:
    widget = QuizWidget(small)
    press(widget, question="one", response=["left"])
    replies = press(widget, question="one", response=["right"])
    assert widget.result.score == 0
    assert "is answered already" in replies[0]["text"]


def test_a_forged_score_in_the_browser_changes_nothing(small: Quiz) -> None:
    widget = QuizWidget(small)
    widget.set_state({"progress": {"score": "5 of 5 points"}, "graded": {"one": {"verdict": "right"}}})
    assert widget.result.score == 0


@pytest.mark.parametrize("content", [
    {}, {"question": "nine", "response": ["a"]}, {"question": "one", "response": ["up"]},
    {"question": "one", "response": None}, {"question": [], "response": [[]]}, {"kind": "dance"},
])  # fmt: skip
def test_a_strange_message_is_refused_and_not_raised(small: Quiz, content: dict[str, Any]) -> None:
    widget = QuizWidget(small)
    assert [reply["kind"] for reply in press(widget, **content)] == ["refused"]
    assert widget.result.answered == 0


def test_an_empty_answer_leaves_the_question_open(small: Quiz) -> None:
    widget = QuizWidget(small)
    assert not widget.answer("one", []).answered
    assert browser(widget)["graded"] == {}


def test_an_unknown_question_lists_the_known(small: Quiz) -> None:
    with pytest.raises(
        QuizError, match="'nine' is not a question of this quiz; choose from one, some, whether"
    ):
        QuizWidget(small).answer("nine", "a")


def test_starting_again_forgets_everything(small: Quiz) -> None:
    widget = QuizWidget(small)
    fresh = browser(widget)
    press(widget, question="one", response=["left"])
    press(widget, kind="restart")
    assert browser(widget) == fresh


def test_the_end_tells_the_verdict_and_what_to_look_at_again(small: Quiz) -> None:
    widget = QuizWidget(small)
    for question, response in {"one": ["left"], "some": ["a", "b", "c"], "whether": ["false"]}.items():
        widget.answer(question, response)
    progress = browser(widget)["progress"]
    assert progress["verdict"] == "4 of 5 points, 80 %, passed"
    assert [row["topic"] for row in progress["rows"] if row["verdict"] != "right"] == ["Choose one"]


def test_the_text_of_a_notebook_output_is_always_the_same(shipped: Quiz) -> None:
    plain = [QuizWidget(shipped)._repr_mimebundle_()[0]["text/plain"] for _ in range(2)]
    assert plain == ["Quiz 'rolling-deployment': 13 questions, 19 points"] * 2


@pytest.mark.parametrize(("markdown", "never"), [
    ("<script>alert(1)</script>", "<script"),
    ("<img src=x onerror=alert(1)>", "<img"),
    ("![spy](https://example.org/spy.png)", "<img"),
    ("[x](javascript:alert(1))", "href"),
])  # fmt: skip
def test_markdown_can_neither_run_nor_load_anything(small: Quiz, markdown: str, never: str) -> None:
    question = dataclasses.replace(small.questions[0], prompt=markdown)
    sheet = QuizWidget(dataclasses.replace(small, questions=(question,))).sheet
    assert never not in sheet["questions"][0]["prompt"]


def test_a_link_opens_beside_the_notebook(small: Quiz) -> None:
    question = dataclasses.replace(small.questions[0], source="[here](https://example.org)")
    widget = QuizWidget(dataclasses.replace(small, questions=(question,)))
    widget.answer("one", "left")
    expected = '<a href="https://example.org" target="_blank" rel="noopener noreferrer">here</a>'
    assert browser(widget)["graded"]["one"]["source"] == expected


def test_script_and_style_load_nothing_from_a_network() -> None:
    for part in (QuizWidget._esm, QuizWidget._css):
        assert not {"http:", "https:", "@import", "url(", "import "} & set(str(part).split())
        assert "//" not in str(part).replace("// ", "")
