"""A quiz on paper: a page to print for students, and its key on a page apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from deploylab.quiz.amount import decimal
from deploylab.quiz.ask import Ask, Field, tell_answer
from deploylab.quiz.formats.losses import drawn
from deploylab.quiz.kinds.numeric import Numeric
from deploylab.quiz.kinds.predict import Predict
from deploylab.quiz.kinds.short import Short
from deploylab.quiz.markdown import html, inline
from deploylab.quiz.model import Question, Quiz, count
from deploylab.quiz.paper import Item, draw

HERE = Path(__file__).parent
_LINE = '<span class="line">&nbsp;</span>'


def write_printed(quiz: Quiz) -> tuple[str, str, list[str]]:
    """The page for students, the page with the key, and a line for all that paper cannot do.

    >>> from deploylab.quiz.model import TrueFalse
    >>> question = Question("probe", TrueFalse(True), "It restarts.")
    >>> page, key, lost = write_printed(Quiz("q", 1, "Q", (question,)))
    >>> "It restarts." in page, "<dd>True</dd>" in page, "<dd>True</dd>" in key, lost
    (True, False, True, [])
    """
    questions, lost = drawn(quiz)
    plain = replace(quiz, questions=questions, pick=0)
    items = draw(plain).items
    met = draw(replace(quiz, pick=0)).questions
    runs = {one.id: one.kind.told for one in met if isinstance(one.kind, Predict)}
    about = [count(len(items), "question"), count(plain.points, "point"), quiz.licence]
    asked = "\n".join(_asked(place, item) for place, item in enumerate(items, 1))
    graded = enumerate((item.question for item in items), 1)
    keys = "\n".join(_key(place, one, runs.get(one.id, "")) for place, one in graded)
    name = '<p class="name"><span>Name</span><span>Date</span></p>\n'
    if quiz.pick:
        lost.append(f"pick: all {len(items)} questions are printed, not {quiz.pick}")
    return (
        _page(quiz, quiz.title, about, name + asked),
        _page(quiz, f"{quiz.title}: the key", about, keys), lost,
    )  # fmt: skip


def _page(quiz: Quiz, title: str, about: list[str], content: str) -> str:
    template = Template((HERE / "printed.html").read_text("utf-8"))
    return template.substitute(
        language=escape(quiz.language), title=escape(title), content=content,
        about=escape(" · ".join(filter(None, about))), style=(HERE / "printed.css").read_text("utf-8"),
    )  # fmt: skip


def _asked(place: int, item: Item) -> str:
    one, ask = item.question, item.ask
    prompt = html(one.prompt)
    for field in ask.fields:
        if field.inline:
            prompt = prompt.replace(f"[[{field.id}]]", _inline(field))
    figure = f'<p><img src="{one.figure.data}" alt="{escape(one.figure.alt)}"></p>' if one.figure else ""
    return f"<article>{_head(place, one)}{prompt}{figure}{_rule(ask)}{_fields(ask)}</article>"


def _head(place: int, one: Question) -> str:
    return f'<h2>{place}.</h2><span class="points">{count(one.points, "point")}</span>'


def _rule(ask: Ask) -> str:
    return f'<p class="rule">{escape(ask.rule)}</p>' if ask.rule else ""


def _inline(field: Field) -> str:
    if field.how == "one":
        return f"({' / '.join(inline(choice.text) for choice in field.choices)})"
    return f"{_LINE} {escape(field.unit)}"


def _fields(ask: Ask) -> str:
    named = [field for field in ask.fields if not field.inline]
    if len(named) > 1 and named[0].how == "one":
        return _table(named)
    return "".join(map(_field, named))


def _table(fields: list[Field]) -> str:
    """A match: the terms with a line each, and the choices with their letters."""
    letters = [f"{chr(ord('A') + place)}. {escape(one.text)}" for place, one in enumerate(fields[0].choices)]
    rows = "".join(f"<tr><td>{inline(one.label or one.id)}</td><td>{_LINE}</td></tr>" for one in fields)
    return f"<table>{rows}</table><p>{'<br>'.join(letters)}</p>"


def _field(field: Field) -> str:
    label = f"<p>{inline(field.label)}</p>" if field.label else ""
    if field.how in ("text", "number"):
        return f"{label}<p>{_LINE} {escape(field.unit)}</p>"
    choices = "".join(f"<li><span>{inline(one.text)}</span></li>" for one in field.choices)
    return f'{label}<ul class="choices {field.how}">{choices}</ul>'


def _key(place: int, one: Question, figure: str) -> str:
    kind: Any = one.kind
    answer = "<br>".join(inline(line) for line in tell_answer(kind.ask, kind.key))
    rows = [("Right", answer), *(("Also right", inline(words)) for words in _also_right(kind))]
    rows += [("Figure", escape(figure))] if figure else []
    rows += [(f"Hint ({hint.cost})" if hint.cost else "Hint", html(hint.text)) for hint in one.hints]
    if remarks := "".join(f"<li>{words}</li>" for words in _remarks(kind)):
        rows.append(("Feedback", f"<ul>{remarks}</ul>"))
    rows += [("Why", html(one.explanation))] if one.explanation else []
    rows += [("Source", inline(one.source))] if one.source else []
    told = "".join(f"<dt>{name}</dt><dd>{words}</dd>" for name, words in rows)
    about = f"<p>{escape(one.topic)}</p>{_rule(kind.ask)}"
    return f"<article>{_head(place, one)}{about}<dl>{told}</dl></article>"


def _also_right(kind: Any) -> Iterator[str]:
    """What a person who grades by hand has to know besides the answer."""
    for gap in getattr(kind, "gaps", ()):
        yield from (f"{gap.id}: {words}" for words in _also_right(gap.kind))
    if isinstance(kind, Short):
        yield from kind.accept[1:]
        yield from [f"`{kind.regex}`"] if kind.regex else []
    if isinstance(kind, Numeric):
        low, high = kind.ends
        if low != high:
            yield f"{decimal(low)} to {decimal(high)}"
        if kind.significant_figures:
            yield f"the same with {count(kind.significant_figures, 'significant figure')}"
        yield from (f"in {unit}, of which one is {worth} {kind.unit}" for unit, worth in kind.units)


def _remarks(kind: Any) -> Iterator[str]:
    """What the quiz says to a reply, with its worth and the belief behind it."""
    for gap in getattr(kind, "gaps", ()):
        yield from _remarks(gap.kind)
    for one in (one for name in ("options", "items", "pairs", "near") for one in getattr(kind, name, ())):
        about = next(filter(None, (getattr(one, name, "") for name in ("text", "value", "regex"))))
        worth = f" ({one.fraction} of the points)" if getattr(one, "fraction", None) else ""
        belief = f" <i>{escape(one.misconception)}</i>" if getattr(one, "misconception", "") else ""
        if one.feedback or worth or belief:
            yield f"<b>{inline(about.removesuffix('.'))}</b>{worth}: {inline(one.feedback)}{belief}"
    for name, about in {"feedback": "Right", "otherwise": "Anything else"}.items():
        if words := getattr(kind, name, ""):
            yield f"<b>{about}</b>: {inline(words)}"
