"""What GIFT says, as the keys of a quiz file; essays and descriptions are no questions of ours."""

from __future__ import annotations

import re
from collections.abc import Callable

from deploylab.model.errors import QuizError
from deploylab.quiz.formats.draft import Draft, Number, Tree, slug, unique, with_ids
from deploylab.quiz.formats.gift import Answer, Gift, parse
from deploylab.quiz.formats.gift_typed import read_number, read_short
from deploylab.quiz.formats.gift_words import Words, given, share, written

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
            tree = _READERS[one.kind](one, Words(draft, one.line))
        except QuizError as error:
            draft.note(one.line, f"{short!r} is left out: {error}")
            continue
        draft.questions.append((one.line, _shared(draft, one, tree)))
    return draft


def _category(draft: Draft, one: Gift) -> None:
    name = re.split(r"(?<!/)/(?!/)", one.title or "")[-1].replace("//", "/").strip()
    if "title" in draft.head:
        draft.note(one.line, f"the category {name!r} is left out; a quiz has one title")
    elif name:
        draft.head["title"] = name


def _shared(draft: Draft, one: Gift, tree: Tree) -> Tree:
    words = Words(draft, one.line)
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


def _statement(one: Gift, words: Words) -> Tree:
    wrong, right = map(words, one.feedback)
    if_true, if_false = (right, wrong) if one.truth else (wrong, right)
    tree: Tree = {"type": "true_false", "answer": one.truth}
    return tree | given(if_true=if_true, if_false=if_false)


def _choice(one: Gift, words: Words) -> Tree:
    options = [
        {"text": words.line_of(answer.text), **_worth(answer), **given(feedback=words(answer.feedback))}
        for answer in one.answers
    ]
    if any(answer.right for answer in one.answers):
        plain = [answer.weight is None or share(answer.weight) in (0, 1) for answer in one.answers]
        if not all(plain):
            return {"type": "single", "options": with_ids(map(_as_fraction, options), "option")}
        return {"type": "single", "options": with_ids(options, "option")}
    options = [_as_fraction(option) for option in options]
    return {"type": "multiple", "scoring": "fractions", "options": with_ids(options, "option")}


def _worth(answer: Answer) -> Tree:
    if answer.weight is None:
        return {"correct": answer.right}
    worth = share(answer.weight)
    return {"correct": worth == 1} if answer.right and worth in (0, 1) else {"fraction": written(worth)}


def _as_fraction(option: Tree) -> Tree:
    """An option whose worth is a fraction, for where those of others are."""
    plain = {key: value for key, value in option.items() if key != "correct"}
    return {"text": option["text"], "fraction": Number(int(option.get("correct", 0)))} | plain


def _match(one: Gift, words: Words) -> Tree:
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


def _nothing(one: Gift, _: Words) -> Tree:
    raise QuizError(_NO_QUESTION[one.kind])


_READERS: dict[str, Callable[[Gift, Words], Tree]] = {
    "TF": _statement, "MC": _choice, "Short": read_short, "Numerical": read_number, "Matching": _match,
    "Essay": _nothing, "Description": _nothing, "Broken": _nothing,
}  # fmt: skip
_NO_QUESTION = {
    "Description": "a description asks nothing",
    "Essay": "an essay has no key to grade it by",
    "Broken": "the answers that begin with { have no end; add }",
}
