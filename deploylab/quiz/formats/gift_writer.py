"""Write a quiz as GIFT, and say what it cannot carry. Texts are marked as Markdown, which Moodle reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from deploylab.quiz.amount import decimal, number
from deploylab.quiz.formats.losses import Carries, drawn, losses
from deploylab.quiz.kinds.match import Match
from deploylab.quiz.kinds.numeric import Numeric
from deploylab.quiz.kinds.short import Short
from deploylab.quiz.model import Multiple, Option, Quiz, Single, TrueFalse

_OPTION = {"options.text", "options.correct", "options.fraction", "options.feedback"}
CARRIES: Carries = {
    "quiz": {"title"},
    "question": {"objective", "explanation", "tags"},
    "single": _OPTION,
    "multiple": _OPTION | {"scoring"},
    "true_false": {"answer", "if_true", "if_false"},
    "numeric": {
        "value", "range", "atol", "rtol", "feedback",
        *(f"near.{key}" for key in ("value", "fraction", "feedback", "atol", "rtol")),
    },
    "short": {"accept", "feedback", "otherwise", "near.text", "near.fraction", "near.feedback"},
    "match": {"choices.text", "pairs.text", "pairs.match"},
}  # fmt: skip


def write_gift(quiz: Quiz) -> tuple[str, list[str]]:
    """The quiz as GIFT, and a line for all that is lost.

    >>> from deploylab.quiz.model import Question, TrueFalse
    >>> text, lost = write_gift(Quiz("q", 1, "Q", (Question("probe", TrueFalse(True), "It restarts."),)))
    >>> print(text.splitlines()[2:])
    ['// [id:probe]', '::probe::[markdown]It restarts.{TRUE}']
    """
    questions, lost = drawn(quiz)
    parts = [f"$CATEGORY: {quiz.title.replace('/', '//')}"]
    for one in questions:
        if one.kind.type not in CARRIES:
            continue
        kind: Any = one.kind
        if (why := _in_the_way(kind)) or not (inside := _WRITERS[one.kind.type](kind)):
            lost.append(f"{why or 'it cannot be written'}, so it is left out ({one.id})")
            continue
        if isinstance(kind, Multiple) and kind.scoring != "fractions":
            lost.append(
                f"scoring becomes fractions: each right choice a part, a wrong one takes all ({one.id})"
            )
        explanation = f"####{_escaped(one.explanation)}" if one.explanation else ""
        tags = "".join(f" [tag:{tag}]" for tag in one.tags)
        title = _escaped(one.objective or one.id)
        parts.append(
            f"// [id:{one.id}]{tags}\n::{title}::[markdown]{_escaped(one.prompt)}{{{inside}{explanation}}}"
        )
    return "\n\n".join(parts) + "\n", lost + losses(quiz, questions, CARRIES)


def _in_the_way(kind: Any) -> str:
    texts = [*getattr(kind, "accept", ()), *(one.text for one in getattr(kind, "pairs", ()))]
    texts += [
        one.text
        for one in (*getattr(kind, "choices", ()), *getattr(kind, "near", ()))
        if hasattr(one, "text")
    ]
    return "-> means a match in GIFT" if any("->" in text for text in texts) else ""


def _escaped(text: str) -> str:
    r"""A text without a character that GIFT would take for its own.

    >>> print(_escaped("a = {b}\nc"))
    a \= \{b\}\nc
    """
    return re.sub(r"([~=#{}:\\])", r"\\\1", text).replace("\n", r"\n")


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"\n\t{line}" for line in lines) + "\n"


def _said(text: str) -> str:
    return f"#{_escaped(text)}" if text else ""


def _single(kind: Single) -> str:
    signs = (
        "=" if one.worth == 1 else f"~{_weight(one.worth)}" if one.worth else "~" for one in kind.options
    )
    return _lines(f"{sign}{_option(one)}" for sign, one in zip(signs, kind.options, strict=True))


def _multiple(kind: Multiple) -> str:
    if kind.scoring != "fractions":
        worth = Fraction(1, kind.correct)
        kind = replace(kind, scoring="fractions", formula="", options=tuple(
            replace(one, fraction=worth if one.correct else Fraction(-1)) for one in kind.options
        ))  # fmt: skip
    return _lines(f"~{_weight(one.worth)}{_option(one)}" for one in kind.options)


def _option(one: Option) -> str:
    return f"{_escaped(one.text)}{_said(one.feedback)}"


def _weight(share: Fraction) -> str:
    """Per cent with at most five decimals, as Moodle knows thirds."""
    return f"%{decimal(Fraction(round(share * 10**7), 10**5))}%"


def _true_false(kind: TrueFalse) -> str:
    right, wrong = (kind.if_true, kind.if_false) if kind.answer else (kind.if_false, kind.if_true)
    feedback = f"#{_escaped(wrong)}#{_escaped(right)}" if right else _said(wrong)
    return f"{'TRUE' if kind.answer else 'FALSE'}{feedback}"


def _numeric(kind: Numeric) -> str:
    if kind.range:
        low, high = (decimal(number(end)) for end in kind.range)
        right = f"{low}..{high}"
    else:
        right = _near(kind.value, kind.atol, kind.rtol)
    lines = [f"={right}{_said(kind.feedback)}"]
    for one in kind.near:
        words = _near(one.value, one.atol or kind.atol, one.rtol or kind.rtol)
        lines.append(f"={_weight(one.fraction)}{words}{_said(one.feedback)}")
    return "#" + _lines(lines)


def _near(value: str, atol: str, rtol: str) -> str:
    exact = number(value)
    return f"{decimal(exact)}:{decimal(number(atol) + number(rtol) * abs(exact))}"


def _short(kind: Short) -> str:
    lines = [f"={_escaped(text)}{_said(kind.feedback)}" for text in kind.accept]
    lines += [
        f"={_weight(one.fraction)}{_escaped(one.text)}{_said(one.feedback)}" for one in kind.near if one.text
    ]
    lines += [f"=%0%*{_said(kind.otherwise)}"] if kind.otherwise else []
    return _lines(lines)


def _match(kind: Match) -> str:
    texts = {one.id: one.text for one in kind.choices}
    used = {pair.match for pair in kind.pairs}
    lines = [f"={_escaped(pair.text)} -> {_escaped(texts[pair.match])}" for pair in kind.pairs]
    lines += [f"= -> {_escaped(text)}" for name, text in texts.items() if name not in used]
    return _lines(lines)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "single": _single, "multiple": _multiple, "true_false": _true_false, "numeric": _numeric,
    "short": _short, "match": _match,
}  # fmt: skip
