"""A question as a browser draws it: before it is answered nothing that tells what is right, and after it all.

The notebook and the class both show these, so neither can give away more than the other. All Markdown is
rendered here, without raw HTML and without foreign images.
"""

from __future__ import annotations

import re
from typing import Any

from deploylab.quiz.amount import tell
from deploylab.quiz.ask import Field
from deploylab.quiz.grade import Grade
from deploylab.quiz.markdown import html, inline
from deploylab.quiz.model import Question, count
from deploylab.quiz.paper import Item
from deploylab.quiz.score import Result


def question_sheet(item: Item, worth: int) -> dict[str, Any]:
    """What a student may read of a question before answering it."""
    question, figure = item.question, item.question.figure
    prompt = html(question.prompt)
    if any(field.inline for field in item.ask.fields):
        prompt = re.sub(r"\[\[([a-z0-9-]+)\]\]", r'<span data-gap="\1"></span>', prompt)
    return {
        "id": question.id,
        "points": count(worth, "point"),
        "prompt": prompt,
        "figure": {"src": figure.data, "alt": figure.alt} if figure else None,
        "rule": item.ask.rule,
        "hints": [f"costs {tell(100 * hint.cost)} %" if hint.cost else "" for hint in question.hints],
        "fields": [_field(field) for field in item.ask.fields],
    }


def grade_sheet(question: Question, grade: Grade) -> dict[str, Any]:
    """What may be read once it is graded."""
    return {
        "verdict": verdict(grade),
        "score": f"{tell(grade.score)} of {count(grade.points, 'point')}",
        "remarks": {one.option: {"verdict": one.verdict, "text": inline(one.text)} for one in grade.remarks},
        "solution": [inline(line) for line in grade.solution],
        "explanation": html(grade.explanation),
        "source": inline(question.source) if grade.explanation else "",
    }


def result_sheet(result: Result) -> dict[str, Any]:
    """The score of the whole, and a row for each question."""
    rows = [
        {
            "topic": question.topic,
            "verdict": verdict(grade) if grade.answered else "open",
            "score": f"{tell(grade.score)} of {grade.points}",
        }
        for question, grade in zip(result.paper.questions, result.grades, strict=True)
    ]
    return {"score": f"{tell(result.score)} of {count(result.maximum, 'point')}", "rows": rows}


def verdict(grade: Grade) -> str:
    """Right, partly or wrong."""
    return "right" if grade.correct else "partly" if grade.score > 0 else "wrong"


def _field(field: Field) -> dict[str, Any]:
    return {
        "id": field.id,
        "how": field.how,
        "label": inline(field.label),
        "inline": field.inline,
        "unit": field.unit,
        "choices": [
            {"id": choice.id, "html": inline(choice.text), "text": choice.text} for choice in field.choices
        ],
    }
