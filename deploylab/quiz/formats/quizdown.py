"""Read quizdown, alone or inside a shortcode of a Hugo page.

Source: bonartm/quizdown-js, src/parser.ts, which reads with marked. Where that differs from CommonMark, the
lines are moved to what it would see, so that the same questions come out. One rule is ours: a block quote
after the answers that begins with **Explanation:** is shown after answering, and never as a hint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any, Literal, NamedTuple

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from deploylab.quiz.formats.draft import Draft, Tree, with_ids
from deploylab.quiz.formats.html_text import TAG, from_html, pictures

Kind = Literal["MultipleChoice", "SingleChoice", "Sequence"]
_SHORTCODE = re.compile(
    r"\{\{[<%]\s*quizdown\b[^}]*?[>%]\}\}\n?(.*?)\{\{[<%]\s*/\s*quizdown\s*[>%]\}\}"
    r"|<(?:div|pre)\s+class=[\"']?quizdown[\"']?\s*>\n?(.*?)</(?:div|pre)>", re.S,
)  # fmt: skip
_OPTIONS = re.compile(  # at the start, after a blank line, or right after a heading
    r"(\A|(?:\A|\n)(?: {0,3}#{1,6}[^\n]*)?\n) {0,3}-{3,}[ \t]*\n"
    r"((?:[ \t]*(?:[A-Za-z_]\w*[ \t]*:[^\n]*)?\n)*?) {0,3}-{3,}[ \t]*(?=\n|\Z)"
)
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?: {1,4}|\t)(?=\S)")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_BOX = re.compile(r"\[([ xX])\][ \t]+")
_ROUND = re.compile(r"\([ xX]?\)\s")  # a radio button of other tools
_EXPLANATION = re.compile(r"\s*(?:\*\*|__)Explanation:?(?:\*\*|__):?\s*", re.I)
_LOOKS = {
    "primary_color",
    "secondary_color",
    "text_color",
    "start_on_load",
    "custom_pass_msg",
    "custom_fail_msg",
}
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


def read_quizdown(text: str) -> Draft:
    """The quiz of a file or of all quizdown shortcodes of a page.

    >>> draft = read_quizdown("# Who?\\n1. [x] The users\\n2. [ ] Nobody\\n\\n> **Explanation:** They do.")
    >>> draft.questions[0][1]["type"], draft.questions[0][1]["explanation"]
    ('single', 'They do.')
    """
    text = text.replace("\r\n", "\n")
    draft = Draft()
    blocks = list(_SHORTCODE.finditer(text))
    if blocks:
        if title := re.search(r"(?m)^title\s*[:=]\s*(.+)$", text[: blocks[0].start()]):
            draft.head["title"] = title[1].strip().strip("\"'")
        if _SHORTCODE.sub("", re.sub(r"(?s)\A\s*(---|\+\+\+)\n.*?\n\1", "", text)).strip():
            draft.note(1, "the text of the page around the quiz is left out")
    sources = [(found[1] or found[2] or "", found.start(found.lastindex or 0)) for found in blocks] or [
        (text, 0)
    ]
    for source, start in sources:
        line = text.count("\n", 0, start)
        options, questions = parse(source)
        _take_options(draft, options, line + 1)
        for one in questions:
            for place, said in one.notes:
                draft.note(line + place, said)
            _take(draft, one, line)
    return draft


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
    place = 0
    while place < len(tokens):
        token, end = tokens[place], _end(tokens, place)
        inner, place = tokens[place + 1 : end], end + 1
        line = (token.map or [0])[0] + 1
        if token.type == "heading_open":
            if question:
                yield question
            question = Question(line, inner[0].content)
        elif question:
            _part(question, token, inner, lines, line)
    if question:
        yield question


def _part(question: Question, token: Token, inner: list[Token], lines: list[str], line: int) -> None:
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
            question.notes.append((line, "a second list is left out: the first one holds the answers"))
            return
        question.answers = list(_answers(question, inner, lines))
        boxed = question.answers[0].correct is not None
        question.notes += _boxes(question.answers, line)
        ordered = token.type == "ordered_list_open"
        question.kind = ("SingleChoice" if boxed else "Sequence") if ordered else "MultipleChoice"
    else:
        name = token.type.removesuffix("_open").replace("_", " ")
        question.notes.append((line, f"here is left out, as quizdown does not show it: {name}"))


def _boxes(answers: list[Answer], line: int) -> Iterator[tuple[int, str]]:
    """What marks an answer only in its author's eyes: a box that is none, or that others do not have."""
    without = [one for one in answers if one.correct is None]
    bare = next((one for one in without if _ROUND.match(one.text)), None)
    if bare is None and len(without) < len(answers):
        bare = next(iter(without), None)
    if bare:
        yield line, f"the answer {bare.text[:40]!r} has no box, so it is not marked; begin it with [ ] or [x]"


def _answers(question: Question, tokens: list[Token], lines: list[str]) -> Iterator[Answer]:
    place = 0
    while place < len(tokens):
        end = _end(tokens, place)
        texts, comments, correct = [], [], None
        inner, place = tokens[place + 1 : end], end + 1
        at = 0
        while at < len(inner):
            token, stop = inner[at], _end(inner, at)
            line = (token.map or [0])[0] + 1
            if token.type == "blockquote_open":
                quote = _quoted(token, lines)
                if (found := _EXPLANATION.match(quote)) and place >= len(tokens):
                    question.explanation = quote[found.end() :].strip()
                else:
                    comments.append(quote)
            elif token.type in ("fence", "code_block"):
                texts.append(_code(token))
            else:
                texts += [one.content for one in inner[at : stop + 1] if one.type == "inline"]
                if token.type == "heading_open":
                    said = "a heading right after an answer is a part of it; put a blank line before it"
                    question.notes.append((line, said))
            at = stop + 1
        if texts and (box := _BOX.match(texts[0])):
            correct, texts[0] = box[1] != " ", texts[0][box.end() :]
        yield Answer(" ".join(texts), correct, "\n\n".join(comments))


def _end(tokens: list[Token], place: int) -> int:
    """Where the element that begins here ends."""
    depth = 0
    for at in range(place, len(tokens)):
        depth += tokens[at].nesting
        if not depth:
            return at
    return len(tokens) - 1


def _code(token: Token) -> str:
    return f"```{token.info.strip()}\n{token.content.rstrip()}\n```"


def _quoted(token: Token, lines: list[str]) -> str:
    first, last = token.map or [0, 0]
    return "\n".join(re.sub(r"^\s*>? ?", "", line) for line in lines[first:last]).strip()


def _take(draft: Draft, one: Question, line: int) -> None:
    """One question as the keys of a quiz file."""

    def text(markdown: str) -> str:
        plain = pictures(markdown, lambda said: draft.note(line + one.line, said))
        code = re.split(r"(```.*?```|`[^`\n]*`)", plain, flags=re.S)
        for place in range(0, len(code), 2):
            if TAG.search(code[place]):
                ends = re.fullmatch(r"(\s*)(.*?)(\s*)", code[place], re.S)
                inside = from_html(code[place], lambda said: draft.note(line + one.line, said), escape=False)
                code[place] = f"{ends[1]}{inside}{ends[3]}" if ends else inside
        return "".join(code).strip()

    tree: Tree = {"type": "", "prompt": text("\n\n".join((one.text, *one.body)))}
    if one.hints:
        tree["hints"] = [text("\n\n".join(one.hints))]
    if not one.answers:
        draft.note(line + one.line, f"{one.text[:60]!r} is left out: it has no list of answers")
        return
    _take_options_of_one(draft, one, line)
    if one.kind == "Sequence":
        tree |= {"type": "order", "items": with_ids(map(_item(text), one.answers), "item")}
    else:
        tree["type"] = "single" if one.kind == "SingleChoice" else "multiple"
        tree["options"] = with_ids(map(_option(text), one.answers), "option")
    if one.explanation:
        tree["explanation"] = text(one.explanation)
    draft.questions.append((line + one.line, tree))


def _option(text: Callable[[str], str]) -> Callable[[Answer], Tree]:
    return lambda answer: {**_item(text)(answer), "correct": bool(answer.correct)}


def _item(text: Callable[[str], str]) -> Callable[[Answer], Tree]:
    """An answer is one line; code that stands in lines of its own is put into it."""

    def item(answer: Answer) -> Tree:
        line = " ".join(re.sub(r"```[^\n]*\n(.*?)\n```", r"`\1`", text(answer.text), flags=re.S).split())
        return {"text": line, **({"feedback": text(answer.comment)} if answer.comment else {})}

    return item


def _take_options(draft: Draft, options: Tree, line: int) -> None:
    given = {_snake(name): value for name, value in options.items()}
    shuffled = {
        "questions": given.get("shuffle_questions", False),
        "options": given.get("shuffle_answers", True),
    }
    chosen = [name for name, value in shuffled.items() if value is True]
    draft.head.setdefault("shuffle", "all" if len(chosen) == 2 else chosen[0] if chosen else "none")
    for name, key in {"n_questions": "pick", "passing_grade": "pass_mark", "locale": "language"}.items():
        if given.get(name) is not None:
            draft.head[key] = given[name]
    known = {"shuffle_questions", "shuffle_answers", "n_questions", "passing_grade", "locale", "title"}
    if isinstance(given.get("title"), str):
        draft.head["title"] = given["title"]
    for name in given:
        if name not in known:
            why = "is a look" if name in _LOOKS else "has no key of ours"
            draft.note(line, f"the option {name} {why}, and is left out")


def _take_options_of_one(draft: Draft, one: Question, line: int) -> None:
    for name in one.options:
        draft.note(
            line + one.line, f"the option {name} of one question is left out; ours are for a whole quiz"
        )


def _snake(name: Any) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", str(name)).lower()
