"""What a question asks for, without what is right: all that a view draws, and all that an answer must fit.

Every type of question comes down to fields of five kinds, so that a view, a bundle for students and the
reading of an answer know these five, and no type at all:

    one     choose one of the choices                  its id
    many    choose any of them                         their ids
    order   put all of them in order                   their ids in that order
    text    type a text                                the text
    number  type a number                              the text

An answer is a tuple of words. Where there are several fields, each word carries its field: `left:right`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import COUNTED, quantity

How = Literal["one", "many", "order", "text", "number"]
Response = str | Iterable[str]
LONGEST = 500  # characters of a typed answer


@dataclass(frozen=True)
class Choice:
    """Something that can be chosen; a fixed one keeps its place when the others are shuffled."""

    id: str
    text: str
    fixed: bool = False


@dataclass(frozen=True)
class Field:
    """One thing to fill in. An inline field stands in the prompt, where `[[id]]` is."""

    how: How
    choices: tuple[Choice, ...] = ()
    id: str = ""
    label: str = ""
    inline: bool = False
    unit: str = ""
    units: tuple[tuple[str, str], ...] = ()
    decimal_comma: bool = False


@dataclass(frozen=True)
class Ask:
    """All fields of a question; `rule` is what a student is told of the scoring before answering."""

    fields: tuple[Field, ...]
    rule: str = ""

    @property
    def single(self) -> Field | None:
        """The only field, when there is one without a name."""
        return self.fields[0] if len(self.fields) == 1 and not self.fields[0].id else None


def read(ask: Ask, response: Response) -> tuple[str, ...]:
    """An answer in its one normal form, so that equal answers are equal values; a QuizError when it is none.

    >>> ask = Ask((Field("many", (Choice("a", "A"), Choice("b", "B"))),))
    >>> read(ask, ["b", "a", "b"])
    ('a', 'b')
    >>> read(ask, "c")
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: 'c' is not an option; choose from a, b
    """
    words = (response,) if isinstance(response, str) else tuple(response)
    if wrong := next((word for word in words if not isinstance(word, str)), None):
        raise QuizError(f"{wrong!r} is not text; an answer is a list of texts")
    if ask.single:
        return _read(ask.single, words)
    given: dict[str, list[str]] = {field.id: [] for field in ask.fields}
    for word in words:
        name, colon, rest = word.partition(":")
        if not colon or name not in given:
            raise QuizError(f"{word[:60]!r} fills no field; write for example {ask.fields[0].id}:…")
        given[name].append(rest)
    return tuple(
        f"{field.id}:{word}" for field in ask.fields for word in _read(field, tuple(given[field.id]))
    )


def values(response: tuple[str, ...]) -> dict[str, str]:
    """What each named field was filled with."""
    return {name: word for name, _, word in (one.partition(":") for one in response)}


def meaning(field: Field, word: str) -> Fraction | str:
    """What a word of an answer says: its number in the unit of the field, or else the word itself.

    >>> minutes = Field("number", unit="min", units=(("h", "60"),))
    >>> meaning(minutes, "2 h") == meaning(minutes, "120,0")
    True
    """
    if field.how != "number" or not word:
        return word
    return quantity(word, field.unit, field.units, field.decimal_comma)


def tell_answer(ask: Ask, response: tuple[str, ...]) -> tuple[str, ...]:
    """An answer in words, a line a field, for those who read it.

    >>> tell_answer(Ask((Field("number", unit="s"),)), ("30",))
    ('30 s',)
    """
    if ask.single:
        return (_words(ask.single, response),)
    filled = values(response)
    pairs = [(field, filled[field.id]) for field in ask.fields if field.id in filled]
    return tuple(
        f"{(field.label or field.id).removesuffix('.')}: {_words(field, (word,))}" for field, word in pairs
    )


def _words(field: Field, words: tuple[str, ...]) -> str:
    texts = {choice.id: choice.text for choice in field.choices}
    shown = [texts.get(word, word) for word in words]
    shown = [*(text.removesuffix(".") for text in shown[:-1]), *shown[-1:]]  # one full stop, at the end
    if field.how == "number" and field.unit and shown[0][-1:].isdigit():
        shown = [f"{shown[0]} {field.unit}"]
    return (" → " if field.how == "order" else ", ").join(shown)


def _read(field: Field, words: tuple[str, ...]) -> tuple[str, ...]:
    if field.how in ("text", "number"):
        return _typed(field, words)
    known = [choice.id for choice in field.choices]
    if unknown := set(words).difference(known):
        raise QuizError(f"{min(map(repr, unknown))} is not an option; choose from {', '.join(known)}")
    if field.how == "order":
        if words and sorted(words) != sorted(known):
            raise QuizError(f"an order names each of {', '.join(known)} once")
        return words
    if field.how == "one" and len(set(words)) > 1:
        raise QuizError(f"{len(set(words))} options are chosen; choose exactly one")
    return tuple(sorted(set(words)))  # not by place: shuffling must not change an answer


def _typed(field: Field, words: tuple[str, ...]) -> tuple[str, ...]:
    if len(words) > 1:
        raise QuizError(f"{len(words)} answers are given; give one")
    text = " ".join(words[0].split()) if words else ""
    if len(text) > LONGEST:
        raise QuizError(f"the answer has {len(text)} characters; at most {LONGEST} are read")
    if not text:
        return ()
    if field.how == "number":
        amount = quantity(text, field.unit, field.units, field.decimal_comma)
        if amount < 0 and COUNTED.fullmatch(field.unit):
            raise QuizError(f"{text!r} is below 0, as no number of {field.unit} is; write 0 or more")
    return (text,)
