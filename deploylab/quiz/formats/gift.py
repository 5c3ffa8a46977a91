r"""Read the text of GIFT, Moodle's format for quizzes in plain text, as it stands there.

Source: Moodle, question/format/gift/format.php, and the grammar of fuhrmanator/GIFT-grammar-PEG.js. Questions
are separated by blank lines; `\~ \= \# \{ \} \:` are the characters themselves, and `\n` is a new line.
Braces never nest: a question in which they are still open when others open is broken, and ends there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

Kind = Literal["Description", "Essay", "TF", "MC", "Short", "Numerical", "Matching", "Category", "Broken"]
FORMATS = ("html", "markdown", "plain", "moodle")
_ESCAPED = re.compile(r"\\([~=#{}:\\n])")
_AWAY = (
    0xF0000  # escaped characters are put away among those of nobody, so that the others have their meaning
)
_BACK = {_AWAY + ord(letter): letter for letter in "~=#{}:\\"} | {_AWAY + ord("n"): "\n"}
_FORMAT = re.compile(rf"\s*\[({'|'.join(FORMATS)})\]")
_META = re.compile(r"\[(id|tag):((?:\\.|[^\]])*)\]")
_TRUTH = re.compile(r"\s*(TRUE|FALSE|T|F)\s*(?=#|\Z)", re.I)
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_ARROW = "->"


class Text(NamedTuple):
    """A text and how it is to be read."""

    format: str
    text: str


NOTHING = Text("moodle", "")


class Answer(NamedTuple):
    """One answer: after = or ~, with its weight in per cent, as text or as the words of a number."""

    right: bool
    weight: str | None
    text: Text
    feedback: Text | None
    match: str = ""


@dataclass(frozen=True)
class Gift:
    """One question, or a category, or a question that has no end, with the line where it begins.

    Of the feedback to a statement the first is for the wrong reply, the second for the right one (Moodle).
    """

    line: int
    kind: Kind
    title: str | None = None
    stem: Text = NOTHING
    answers: tuple[Answer, ...] = ()
    truth: bool = False
    feedback: tuple[Text | None, Text | None] = (None, None)
    explanation: Text | None = None
    embedded: bool = False
    id: str | None = None
    tags: tuple[str, ...] = ()


@dataclass
class _Meta:
    id: str | None = None
    tags: list[str] = field(default_factory=list)

    def take(self, comment: str) -> None:
        for name, value in _META.findall(comment):
            if name == "id":
                self.id = value
            else:
                self.tags.append(value)


def parse(text: str) -> list[Gift]:
    """All questions of a text, in their order.

    >>> found = parse("::Probe:: Which one restarts a pod? {~readiness =liveness#It does.}")
    >>> found[0].kind, found[0].title, [answer.text.text for answer in found[0].answers]
    ('MC', 'Probe', ['readiness', 'liveness'])
    """
    return list(_parse(text.replace("\r\n", "\n").removeprefix("\ufeff")))


def _parse(text: str) -> Iterator[Gift]:
    meta, block, first = _Meta(), "", 0
    lines = [*text.split("\n"), ""]
    for number, (line, within) in enumerate(zip(lines, _within_braces(lines), strict=True), 1):
        if _is_comment(line):
            meta.take(line)
            continue
        category = None if within else re.match(r"\s*\$CATEGORY:\s*(.*?)\s*$", line)
        if block and (category or not (within or line.strip())):
            yield _question(block, first, meta)
            meta, block = _Meta(), ""
        if category:
            yield Gift(number, "Category", category[1])
        elif within or line.strip():
            first = first if block else number
            block += line + "\n"


def _within_braces(lines: list[str]) -> list[bool]:
    """Whether each line begins within braces; those that others follow before they are closed never are."""
    braces = ["" if _is_comment(line) else re.sub("[^{}]", "", _put_away(line)) for line in lines]
    within, depth = [], 0
    for line, own, below in zip(lines, braces, _firsts(braces), strict=True):
        depth = 0 if not line.strip() and below != "}" else depth
        within.append(depth > 0)
        depth = max(0, depth + own.count("{") - own.count("}"))
    return within


def _firsts(braces: list[str]) -> list[str]:
    """The first brace on each line or below it."""
    firsts = [""]
    for own in reversed(braces):
        firsts.append(own[:1] or firsts[-1])
    return firsts[:0:-1]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("//")


def _question(block: str, line: int, meta: _Meta) -> Gift:
    title, block = None, _put_away(block)
    if found := re.match(r"\s*::(.*?)::", block, re.S):
        title, block = _plain(found[1]), block[found.end() :]
    made = Gift(line, "Description", title, id=meta.id, tags=tuple(meta.tags))
    asked, begins, answers = block.partition("{")
    stem = _text(asked, "moodle")
    if not begins:
        return replace(made, stem=stem)
    answers, ends, after = answers.partition("}")
    if not ends:
        return replace(made, kind="Broken", stem=stem)
    if after := after.strip():
        stem = Text(stem.format, f"{stem.text} _____ {_text(after, stem.format).text}".strip())
    return _answered(replace(made, stem=stem, embedded=bool(after)), answers)


def _answered(made: Gift, text: str) -> Gift:
    """The question with what stands between its braces."""
    how = made.stem.format
    text, _, explanation = text.partition("####")
    made = replace(made, explanation=_said(explanation, how))
    if not text.strip():
        return replace(made, kind="Essay")
    if found := _TRUTH.match(text):
        pieces = text[found.end() :].split("#")[1:]
        wrong, right, *_ = *(_said(piece, how) for piece in pieces), None, None
        return replace(made, kind="TF", truth=found[1][0] in "Tt", feedback=(wrong, right))
    if text.lstrip().startswith("#"):
        return replace(made, kind="Numerical", answers=tuple(_answers(text.lstrip()[1:], how)))
    answers = tuple(_answers(text, how))
    if not all(one.right for one in answers):
        return replace(made, kind="MC", answers=answers)
    if all(_ARROW in one.text.text and one.weight is None for one in answers):
        return replace(made, kind="Matching", answers=tuple(map(_pair, answers)))
    return replace(made, kind="Short", answers=answers)


def _pair(answer: Answer) -> Answer:
    left, _, right = answer.text.text.partition(_ARROW)
    return answer._replace(text=Text(answer.text.format, left.strip()), match=right.strip())


def _answers(text: str, format_: str) -> Iterator[Answer]:
    before, *pieces = re.split("([=~])", text)
    if not pieces:  # a number alone
        body, _, feedback = before.partition("#")
        yield Answer(True, None, Text(format_, _plain(body)), _said(feedback, format_))
        return
    for sign, piece in zip(pieces[::2], pieces[1::2], strict=True):
        weight = None
        if found := _WEIGHT.match(piece):
            weight, piece = found[1], piece[found.end() :]
        body, _, feedback = piece.partition("#")
        own = _text(body, format_)
        yield Answer(sign == "=", weight, own, _said(feedback, format_))


def _said(text: str, format_: str) -> Text | None:
    found = _text(text, format_)
    return found if found.text else None


def _text(text: str, format_: str) -> Text:
    if found := _FORMAT.match(text):
        format_, text = found[1], text[found.end() :]
    if format_ == "moodle":
        text = re.sub(r"\s*\n\s*", " ", text)
    return Text(format_, _plain(text))


def _plain(text: str) -> str:
    return text.strip().translate(_BACK)


def _put_away(text: str) -> str:
    return _ESCAPED.sub(lambda one: chr(_AWAY + ord(one[1])), text)
