"""Questions of GIFT whose answer is typed: what is right, near misses, and what is said to each."""

from __future__ import annotations

from collections.abc import Callable

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import decimal, number
from deploylab.quiz.formats.draft import Number, Tree
from deploylab.quiz.formats.gift import Answer, Gift
from deploylab.quiz.formats.gift_words import Words, given, share, written


def read_short(one: Gift, words: Words) -> Tree:
    """A short text."""
    accept = [answer.text.text for answer in _right(one)]
    return _replies({"type": "short", "accept": accept}, one, words, _text)


def read_number(one: Gift, words: Words) -> Tree:
    """A number."""
    first, *others = _right(one)
    if others:
        raise QuizError("several numbers are fully right; a question of ours has one value or range")
    return _replies({"type": "numeric", **_near_enough(first)}, one, words, _near_enough)


def _right(one: Gift) -> list[Answer]:
    """The answers to what is typed that are worth all."""
    right = [answer for answer in one.answers if answer.weight is None or share(answer.weight) == 1]
    if not right:
        raise QuizError("none of its answers is worth 100 %")
    return right


def _replies(tree: Tree, one: Gift, words: Words, read: Callable[[Answer], Tree]) -> Tree:
    """What is said to right answers, to near misses, which are the others, and, by *, to any other answer."""
    right, near = _right(one), []
    said = list(dict.fromkeys(filter(None, (words(answer.feedback) for answer in right))))
    if len(said) > 1:
        words.note("right answers have different feedback; that of the first is kept")
    for answer in (answer for answer in one.answers if answer not in right):
        if answer.text.text.strip() == "*" and not share(answer.weight or "0"):
            tree |= given(otherwise=words(answer.feedback))
        elif "range" in (miss := read(answer)):
            words.note("a near miss that is a range is left out; ours are values with a tolerance")
        else:
            exact = {"atol": Number("0")} if "atol" in tree else {}
            near.append({**exact, **miss, **_reply(answer, words)})
    return tree | ({"near": near} if near else {}) | given(feedback=said[0] if said else "")


def _reply(answer: Answer, words: Words) -> Tree:
    told, worth = words(answer.feedback), share(answer.weight or "0")
    if not told:
        miss = answer.text.text.partition(":")[0]
        words.note(f"the near miss {miss!r} had no feedback; say something to those who give it")
        told = "This is not quite it." if worth else "This is not it."
    return {"feedback": told, **({"fraction": written(worth)} if worth else {})}


def _text(answer: Answer) -> Tree:
    return {"text": answer.text.text}


def _near_enough(answer: Answer) -> Tree:
    text = answer.text.text
    if ".." in text:
        return {"range": [_digits(end) for end in text.split("..", 1)]}
    value, _, size = text.partition(":")
    wide = {"atol": _digits(size)} if size.strip() and number(size) else {}
    return {"value": _digits(value), **wide}


def _digits(text: str) -> Number:
    return Number(decimal(number(text)))
