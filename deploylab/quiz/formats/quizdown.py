"""Read the text of quizdown, as it stands there.

Source: bonartm/quizdown-js, src/parser.ts, which reads with marked. Where that differs from CommonMark, the
lines are moved to what it would see, so that the same questions come out. One rule is ours: a block quote
after the answers that begins with **Explanation:** is shown after answering, and never as a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Literal, NamedTuple

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from deploylab.quiz.formats.draft import Tree

Kind = Literal["MultipleChoice", "SingleChoice", "Sequence"]
_OPTIONS = re.compile(  # at the start, after a blank line, or right after a heading
    r"(\A|(?:\A|\n)(?: {0,3}#{1,6}[^\n]*)?\n) {0,3}-{3,}[ \t]*\n"
    r"((?:[ \t]*(?:[A-Za-z_]\w*[ \t]*:[^\n]*)?\n)*?) {0,3}-{3,}[ \t]*(?=\n|\Z)"
)
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?: {1,4}|\t)(?=\S)")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_BOX = re.compile(r"\[([ xX])\][ \t]+")
_ROUND = re.compile(r"\([ xX]?\)\s")  # a radio button of other tools
_EXPLANATION = re.compile(r"\s*(?:\*\*|__)Explanation:?(?:\*\*|__):?\s*", re.I)
_PARSER = MarkdownIt("commonmark").enable("table")


class Answer(NamedTuple):
    """One answer as Markdown; `correct` is None where it has no box."""

    text: str
    correct: bool | None
    comment: str


@dataclass
class Question:
    """One question, its parts as Markdown; `line` counts from 1."""

    line: int
    text: str
    kind: Kind = "MultipleChoice"
    body: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    explanation: str = ""
    options: Tree = field(default_factory=dict)
    notes: list[tuple[int, str]] = field(default_factory=list)


def parse(text: str) -> tuple[Tree, list[Question]]:
    """The options of the quiz, and its questions as they stand there."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("\r\n", "\n")
    blocks: list[tuple[int, Tree]] = []

    def blank(found: re.Match[str]) -> str:
        try:
            given = yaml.safe_load(found[2])
        except (yaml.YAMLError, ValueError, AttributeError, RecursionError):  # PyYAML's own for odd tags
            return found[0]
        blocks.append(
            (found.string.count("\n", 0, found.end(1)) + 1, given if isinstance(given, dict) else {})
        )
        return found[1] + "\n" * found[0][len(found[1]) :].count("\n")

    lines = _OPTIONS.sub(blank, dedent(plain)).split("\n")
    lines = _as_marked_reads(lines)
    tokens = _PARSER.parse("\n".join(lines))
    questions = list(_questions(tokens, lines))
    if questions and (begun := _without_end(tokens, lines)):
        said = "the code that begins here has no end, so all below is read as code; add ```"
        questions[-1].notes.append((begun, said))
    first = questions[0].line if questions else 0
    for line, given in blocks:
        if line >= first and (owner := [one for one in questions if one.line <= line]):
            owner[-1].options |= given
    return {name: one for line, given in blocks if line < first for name, one in given.items()}, questions


def _without_end(tokens: list[Token], lines: list[str]) -> int:
    """The line on which code begins that goes on to the end of the text; 0 when there is none."""
    first, last = tokens[-1].map or (0, 0)
    end = lines[last - 1] if last > first + 1 else ""
    return first + 1 if tokens[-1].type == "fence" and not _FENCE.fullmatch(end.rstrip()) else 0


def _as_marked_reads(lines: list[str]) -> list[str]:
    """Right after an item, without a blank line, marked takes a quote or a heading as a part of the item."""
    read, width, fence = [], 0, ""
    for line in lines:
        if found := _FENCE.match(line):
            fence = "" if found[1][:3] == fence else fence or found[1][:3]
        item = None if fence else _ITEM.match(line)
        if item:
            width = len(item[0])
        elif not line.strip():
            width = 0
        elif width and not fence and re.match(r" {0,3}(>|#{1,6}\s)", line):
            line = " " * width + line.lstrip()
        read.append(line)
    return read


def _questions(tokens: list[Token], lines: list[str]) -> Iterator[Question]:
    question: Question | None = None
    for token, inner in _elements(tokens):
        if token.type == "heading_open":
            if question:
                yield question
            question = Question(_line(token), inner[0].content)
        elif question:
            _part(question, token, inner, lines)
    if question:
        yield question


def _part(question: Question, token: Token, inner: list[Token], lines: list[str]) -> None:
    if token.type == "paragraph_open":
        question.body.append(inner[0].content)
    elif token.type in ("fence", "code_block"):
        question.body.append(_code(token))
    elif token.type == "blockquote_open":
        quote = _quoted(token, lines)
        if question.answers and (found := _EXPLANATION.match(quote)):
            question.explanation = f"{question.explanation}\n\n{quote[found.end() :]}".strip()
        else:
            question.hints.append(quote)
    elif token.type.endswith("_list_open"):
        if question.answers:
            said = "a second list is left out: the first one holds the answers"
            question.notes.append((_line(token), said))
            return
        question.answers = list(_answers(question, inner, lines))
        boxed = question.answers[0].correct is not None
        question.notes += _boxes(question.answers, _line(token))
        ordered = token.type == "ordered_list_open"
        question.kind = ("SingleChoice" if boxed else "Sequence") if ordered else "MultipleChoice"
    else:
        name = token.type.removesuffix("_open").replace("_", " ")
        question.notes.append((_line(token), f"here is left out, as quizdown does not show it: {name}"))


def _boxes(answers: list[Answer], line: int) -> Iterator[tuple[int, str]]:
    """What marks an answer only in its author's eyes: a box that is none, or that others do not have."""
    without = [one for one in answers if one.correct is None]
    bare = next((one for one in without if _ROUND.match(one.text)), None)
    if bare is None and len(without) < len(answers):
        bare = next(iter(without), None)
    if bare:
        yield line, f"the answer {bare.text[:40]!r} has no box, so it is not marked; begin it with [ ] or [x]"


def _answers(question: Question, tokens: list[Token], lines: list[str]) -> Iterator[Answer]:
    items = list(_elements(tokens))
    for place, (_, inner) in enumerate(items, 1):
        texts, comments, correct = [], [], None
        for token, own in _elements(inner):
            if token.type == "blockquote_open":
                quote = _quoted(token, lines)
                if (found := _EXPLANATION.match(quote)) and place == len(items):
                    question.explanation = quote[found.end() :].strip()
                else:
                    comments.append(quote)
            elif token.type in ("fence", "code_block"):
                texts.append(_code(token))
            else:
                texts += [one.content for one in (token, *own) if one.type == "inline"]
            if token.type == "heading_open":
                said = "a heading right after an answer is a part of it; put a blank line before it"
                question.notes.append((_line(token), said))
        if texts and (box := _BOX.match(texts[0])):
            correct, texts[0] = box[1] != " ", texts[0][box.end() :]
        yield Answer(" ".join(texts), correct, "\n\n".join(comments))


def _elements(tokens: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each element with the tokens inside it."""
    first = depth = 0
    for place, token in enumerate(tokens):
        depth += token.nesting
        if not depth:
            yield tokens[first], tokens[first + 1 : place]
            first = place + 1


def _line(token: Token) -> int:
    return (token.map or [0])[0] + 1


def _code(token: Token) -> str:
    return f"```{token.info.strip()}\n{token.content.rstrip()}\n```"


def _quoted(token: Token, lines: list[str]) -> str:
    first, last = token.map or [0, 0]
    return "\n".join(re.sub(r"^\s*>? ?", "", line) for line in lines[first:last]).strip()
