"""What GIFT says, as the keys of a quiz file; essays and descriptions are no questions of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import decimal, number
from deploylab.quiz.formats.draft import Draft, Number, Tree, slug, unique, with_ids
from deploylab.quiz.formats.gift import Answer, Gift, Text, parse
from deploylab.quiz.formats.html_text import TAG, escaped, from_html, pictures

_SIMPLE = 30  # 33.33333 % is a third: fractions with a small denominator are what is meant
_MOST = 50  # answers to one question; no type of ours takes more


def read_gift(text: str) -> Draft:
    """The quiz of a GIFT file; a question that has no like among ours is noted.

    >>> draft = read_gift("Two versions serve at once. {TRUE#For a while they do.}")
    >>> draft.questions[0][1]["type"], draft.questions[0][1]["if_false"]
    ('true_false', 'For a while they do.')
    """
    draft = Draft()
    for one in parse(text):
        if one.kind == "Category":
            _category(draft, one)
            continue
        short = (one.title or one.stem.text)[:60]
        try:
            if len(one.answers) > _MOST:
                raise QuizError(f"it has {len(one.answers):,} answers; at most {_MOST} are read")
            tree = _READERS[one.kind](one, _Words(draft, one.line))
        except QuizError as error:
            draft.note(one.line, f"{short!r} is left out: {error}")
            continue
        draft.questions.append((one.line, _shared(draft, one, tree)))
    return draft


class _Words:
    """Texts as Markdown, with notes at the line of their question."""

    def __init__(self, draft: Draft, line: int) -> None:
        self.draft, self.line = draft, line

    def note(self, text: str) -> None:
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
        return " ".join(self(text).split())


def _category(draft: Draft, one: Gift) -> None:
    name = re.split(r"(?<!/)/(?!/)", one.title or "")[-1].replace("//", "/").strip()
    if "title" in draft.head:
        draft.note(one.line, f"the category {name!r} is left out; a quiz has one title")
    elif name:
        draft.head["title"] = name


def _shared(draft: Draft, one: Gift, tree: Tree) -> Tree:
    words = _Words(draft, one.line)
    title = one.title or ""
    made: Tree = {"id": slug(one.id or ""), "type": tree.pop("type"), "prompt": words(one.stem), **tree}
    if not made["id"] or made["id"] != one.id:
        made["id"] = slug(title)
        if one.id:
            draft.note(
                one.line, f"the id {one.id!r} is left out; ours are names of small letters and hyphens"
            )
    if title and slug(title) != title:
        made["objective"] = title
    if one.explanation:
        made["explanation"] = words(one.explanation)
    if tags := [tag for tag in dict.fromkeys(map(slug, one.tags)) if tag]:
        made["tags"] = tags
    return made


def _statement(one: Gift, words: _Words) -> Tree:
    wrong, right = map(words, one.feedback)
    if_true, if_false = (right, wrong) if one.truth else (wrong, right)
    tree: Tree = {"type": "true_false", "answer": one.truth}
    return tree | _given(if_true=if_true, if_false=if_false)


def _choice(one: Gift, words: _Words) -> Tree:
    options = [
        {"text": words.line_of(answer.text), **_worth(answer), **_given(feedback=words(answer.feedback))}
        for answer in one.answers
    ]
    if any(answer.right for answer in one.answers):
        plain = [answer.weight is None or _share(answer.weight) in (0, 1) for answer in one.answers]
        if not all(plain):
            return {"type": "single", "options": with_ids(map(_as_fraction, options), "option")}
        return {"type": "single", "options": with_ids(options, "option")}
    options = [_as_fraction(option) for option in options]
    return {"type": "multiple", "scoring": "fractions", "options": with_ids(options, "option")}


def _worth(answer: Answer) -> Tree:
    if answer.weight is None:
        return {"correct": answer.right}
    share = _share(answer.weight)
    return {"correct": share == 1} if answer.right and share in (0, 1) else {"fraction": _written(share)}


def _as_fraction(option: Tree) -> Tree:
    """An option whose worth is a fraction, for where those of others are."""
    plain = {key: value for key, value in option.items() if key != "correct"}
    return {"text": option["text"], "fraction": Number(int(option.get("correct", 0)))} | plain


def _short(one: Gift, words: _Words) -> Tree:
    accept = [answer.text.text for answer in _right(one)]
    return _replies({"type": "short", "accept": accept}, one, words, _text)


def _number(one: Gift, words: _Words) -> Tree:
    first, *others = _right(one)
    if others:
        raise QuizError("several numbers are fully right; a question of ours has one value or range")
    return _replies({"type": "numeric", **_near_enough(first)}, one, words, _near_enough)


def _right(one: Gift) -> list[Answer]:
    """The answers to what is typed that are worth all."""
    right = [answer for answer in one.answers if answer.weight is None or _share(answer.weight) == 1]
    if not right:
        raise QuizError("none of its answers is worth 100 %")
    return right


def _replies(tree: Tree, one: Gift, words: _Words, read: Callable[[Answer], Tree]) -> Tree:
    """What is said to right answers, to near misses, which are the others, and, by *, to any other answer."""
    right, near = _right(one), []
    said = list(dict.fromkeys(filter(None, (words(answer.feedback) for answer in right))))
    if len(said) > 1:
        words.note("right answers have different feedback; that of the first is kept")
    for answer in (answer for answer in one.answers if answer not in right):
        if answer.text.text.strip() == "*" and not _share(answer.weight or "0"):
            tree |= _given(otherwise=words(answer.feedback))
        elif "range" in (miss := read(answer)):
            words.note("a near miss that is a range is left out; ours are values with a tolerance")
        else:
            exact = {"atol": Number("0")} if "atol" in tree else {}
            near.append({**exact, **miss, **_reply(answer, words)})
    return tree | ({"near": near} if near else {}) | _given(feedback=said[0] if said else "")


def _reply(answer: Answer, words: _Words) -> Tree:
    told, share = words(answer.feedback), _share(answer.weight or "0")
    if not told:
        given = answer.text.text.partition(":")[0]
        words.note(f"the near miss {given!r} had no feedback; say something to those who give it")
        told = "This is not quite it." if share else "This is not it."
    return {"feedback": told, **({"fraction": _written(share)} if share else {})}


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


def _match(one: Gift, words: _Words) -> Tree:
    taken: set[str] = set()
    names = {text: unique(text, taken, "choice") for text in dict.fromkeys(one.match for one in one.answers)}
    pairs = [
        {"text": words.line_of(pair.text), "match": names[pair.match]}
        for pair in one.answers
        if pair.text.text
    ]
    if any(pair.feedback for pair in one.answers):
        words.note("the feedback of a pair is left out: Moodle shows none")
    choices = [{"id": name, "text": text} for text, name in names.items()]
    return {"type": "match", "choices": choices, "pairs": with_ids(pairs, "term")}


def _nothing(one: Gift, _: _Words) -> Tree:
    raise QuizError(_NO_QUESTION[one.kind])


def _share(weight: str) -> Fraction:
    exact = Fraction(weight) / 100
    simple = exact.limit_denominator(_SIMPLE)
    return simple if abs(simple - exact) < Fraction(1, 10**6) else exact


def _written(share: Fraction) -> str | Number:
    digits = decimal(share)
    return Number(digits) if Fraction(digits) == share else str(share)


def _given(**texts: str) -> Tree:
    return {key: text for key, text in texts.items() if text}


_READERS: dict[str, Callable[[Gift, _Words], Tree]] = {
    "TF": _statement, "MC": _choice, "Short": _short, "Numerical": _number, "Matching": _match,
    "Essay": _nothing, "Description": _nothing, "Broken": _nothing,
}  # fmt: skip
_NO_QUESTION = {
    "Description": "a description asks nothing",
    "Essay": "an essay has no key to grade it by",
    "Broken": "the answers that begin with { have no end; add }",
}
