"""What another format cannot carry of a quiz, told before anybody misses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from deploylab.quiz.kinds.predict import Predict
from deploylab.quiz.model import Question, Quiz
from deploylab.quiz.paper import draw

Carries = Mapping[
    str, set[str]
]  # the keys that a format has a place for: of the quiz, of all questions, of a type
ALWAYS = {"id", "kind", "prompt", "place", "questions"}  # of members, ids are made anew of their texts


def drawn(quiz: Quiz) -> tuple[tuple[Question, ...], list[str]]:
    """The questions as one student would meet them, for a format on which nothing is drawn or run."""
    questions = draw(replace(quiz, pick=0, shuffle="none")).questions
    runs = [one.id for one in questions if isinstance(one.kind, Predict)]
    numbers = [one.id for one in quiz.questions if one.parameters]
    notes = [told("parameters: the numbers of one paper are written", numbers)] if numbers else []
    notes += [told("simulate: what the run gives is written", runs)] if runs else []
    plain = (
        replace(one, kind=one.kind.resolved) if isinstance(one.kind, Predict) else one for one in questions
    )
    return tuple(replace(one, parameters=()) for one in plain), notes


def losses(quiz: Quiz, questions: Iterable[Question], carries: Carries) -> list[str]:
    """A line for each key that is used and has no place, with the questions that use it.

    >>> from deploylab.quiz.model import Hint, TrueFalse
    >>> one = Question("probe", TrueFalse(True), "It restarts.", hints=(Hint("Think."),))
    >>> carries = {"quiz": {"title"}, "question": {"explanation"}, "true_false": {"answer"}}
    >>> losses(Quiz("q", 1, "Q", (one,)), (one,), carries)
    ['hints.text is left out (probe)']
    """
    lost: dict[str, list[str]] = {}
    for key in sorted(set(filled(quiz)) - carries["quiz"] - ALWAYS):
        lost[f"{key} of the quiz is left out"] = []
    for one in questions:
        known = carries.get(one.kind.type)
        if known is None:
            lost.setdefault(f"there is no {one.kind.type} question, so it is left out", []).append(one.id)
            continue
        used = {*filled(one), *filled(one.kind)}
        for key in sorted(used - known - carries["question"] - ALWAYS):
            lost.setdefault(f"{key} is left out", []).append(one.id)
    return [told(key, ids) for key, ids in lost.items()]


def filled(noun: Any) -> Iterator[str]:
    """The paths of all values that are not what they would be anyway: hints, options.feedback, and so on."""
    for spec in fields(noun):
        value = getattr(noun, spec.name)
        if spec.name in ALWAYS or value == spec.default or (spec.name, value) == ("version", 1):
            continue
        members = [one for one in value if is_dataclass(one)] if isinstance(value, tuple) else []
        if not members:
            yield spec.name
        for member in members:
            yield from (f"{spec.name}.{path}" for path in filled(member))


def told(words: str, ids: list[str]) -> str:
    """What happened, and to which questions."""
    return f"{words} ({', '.join(ids)})" if ids else words
