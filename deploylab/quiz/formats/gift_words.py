"""Texts and weights of GIFT as those of a quiz file."""

from __future__ import annotations

from fractions import Fraction

from deploylab.quiz.amount import decimal
from deploylab.quiz.formats.draft import Draft, Number, Tree
from deploylab.quiz.formats.gift import Text
from deploylab.quiz.formats.html_text import TAG, escaped, from_html, pictures

_SIMPLE = 30  # 33.33333 % is a third: fractions with a small denominator are what is meant


class Words:
    """Texts as Markdown, with notes at the line of their question."""

    def __init__(self, draft: Draft, line: int) -> None:
        self.draft, self.line = draft, line

    def note(self, text: str) -> None:
        """Tell the author something."""
        self.draft.note(self.line, text)

    def __call__(self, text: Text | None) -> str:
        if text is None:
            return ""
        if text.format == "markdown":
            return pictures(text.text, self.note).strip()
        if text.format == "html" or (text.format == "moodle" and TAG.search(text.text)):
            return from_html(text.text, self.note)
        return escaped(text.text)

    def line_of(self, text: Text | None) -> str:
        """The text on one line."""
        return " ".join(self(text).split())


def share(weight: str) -> Fraction:
    """The share of the points behind a weight in per cent."""
    exact = Fraction(weight) / 100
    simple = exact.limit_denominator(_SIMPLE)
    return simple if abs(simple - exact) < Fraction(1, 10**6) else exact


def written(worth: Fraction) -> str | Number:
    """A share as it stands in a quiz file."""
    digits = decimal(worth)
    return Number(digits) if Fraction(digits) == worth else str(worth)


def given(**texts: str) -> Tree:
    """The texts that are not empty."""
    return {key: text for key, text in texts.items() if text}
