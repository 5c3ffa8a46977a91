"""The style of a quiz: what makes a question worse than it could be, and what cannot be graded at all.

After Haladyna, Downing and Rodriguez, A Review of Multiple-Choice Item-Writing Guidelines (2002).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import decimal, number
from deploylab.quiz.grade import grade
from deploylab.quiz.kinds.single import Single
from deploylab.quiz.model import Question, Quiz
from deploylab.quiz.parameters import draw

_ALL = re.compile(
    r"\b(all|none|any|both|neither) of (the above|these|them|the others)\b|\b(both|all) [a-d] and [b-e]\b",
    re.I,
)
_NOT = re.compile(r"\b(not|no|never|none|nobody|nothing|neither|nor|without|cannot|except)\b|n't\b", re.I)
_TELLING = re.compile(r"(^|-)(correct|right|wrong|incorrect|true|false|answer|distractor)(-|$|\d)")
_CODE = re.compile(r"```.*?```|`[^`]*`", re.S)
_HTML = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|<!--", re.I)
_IMAGE = re.compile(r"!\[[^\]]*\]\(")
_ESCAPED = re.compile(r"(\t)([a-z]+)|(\n)(u|eq|eg|abla)\b(?=[^$\n]*\$)")  # what was \times, \nu


class Advice(NamedTuple):
    """What to change, and where; what is `wrong` cannot be graded, all else is style."""

    place: tuple[int, int]
    text: str
    wrong: bool = False

    def tell(self, source: str) -> str:
        """The advice as one line that an editor can jump to."""
        return f"{source}:{self.place[0]}:{self.place[1]}: {self.text}"


def lint(quiz: Quiz) -> list[Advice]:
    """All that could be better, in the order of the file.

    >>> from deploylab.quiz.model import Option
    >>> options = Option("a", "Nobody", False, "Some are."), Option("b", "All of the above", True, "Yes.")
    >>> question = Question("hurt", Single(options), "Who?", "Who is hurt", "Because.", "A book")
    >>> [advice.text for advice in lint(Quiz("q", 1, "Q", (question,)))]
    ["hurt: 'All of the above' is no answer of its own; say what you mean, or ask with type: multiple"]
    """
    found = [
        Advice(one.place, f"{one.id}: {text}")
        for one in quiz.questions
        for rule in _RULES
        for text in rule(one)
    ]
    for question in quiz.questions:
        if fault := _fault(question):
            found.append(Advice(question.place, f"{question.id}: {fault}", wrong=True))
    found += [Advice((1, 1), text) for text in _of_all(quiz)]
    return sorted(found)


def _fault(question: Question) -> str:
    """Why the author's own answer is not worth all points, if so; a prediction is run for this."""
    try:
        for sample in range(3 if question.parameters else 1):
            drawn = draw(question, "lint", sample)
            if not (graded := grade(drawn, drawn.kind.key)).correct or graded.score != question.points:
                return f"its own right answer {', '.join(drawn.kind.key)} is not graded as right"
    except QuizError as error:
        return str(error)
    return ""


def _options(question: Question) -> list[Any]:
    return [] if question.kind.type == "true_false" else list(getattr(question.kind, "options", ()))


def _one_best(question: Question) -> Iterator[str]:
    texts = Counter(" ".join(option.text.casefold().split()) for option in _options(question))
    yield from (
        f"{text!r} is there {times} times; which is best?" for text, times in texts.items() if times > 1
    )
    for option in _options(question):
        if _ALL.search(option.text):
            yield f"{option.text!r} is no answer of its own; say what you mean, or ask with type: multiple"


def _like_length(question: Question) -> Iterator[str]:
    lengths = {option.text: len(option.text) for option in _options(question)}
    if lengths and max(lengths.values()) > max(1.5 * min(lengths.values()), min(lengths.values()) + 15):
        longest, shortest = max(lengths, key=lengths.__getitem__), min(lengths, key=lengths.__getitem__)
        yield f"{longest[:40]!r} is much longer than {shortest[:40]!r}; like lengths give nothing away"


def _no_double_negative(question: Question) -> Iterator[str]:
    prompt = _CODE.sub("", question.prompt)
    for sentence in re.split(r"(?<=[.?!:])\s", prompt):
        if len(words := _NOT.findall(sentence)) > 1:
            yield f"{sentence.strip()[:60]!r} has {len(words)} negatives; say what is the case"
    last = re.split(r"(?<=[.!:])\s", prompt.strip())[-1]
    if _NOT.search(last) and (
        option := next((one for one in _options(question) if _NOT.search(one.text)), None)
    ):
        yield f"{option.text[:40]!r} negates a question that is negative already; say what is the case"


def _is_drawn(question: Question) -> Iterator[str]:
    """Raw HTML and images are shown as they are written: a quiz can load nothing and run nothing."""
    texts = [question.prompt, question.explanation, *(hint.text for hint in question.hints)]
    for text in (_CODE.sub("", one) for one in (*texts, *(option.text for option in _options(question)))):
        if found := _HTML.search(text):
            yield f"{found[0]!r} will be shown as text; use Markdown, or `…` where the text is meant"
        if found := _IMAGE.search(text):
            yield f"the image {found[0]!r} will be shown as text; give the question a figure"


def _no_escape(question: Question) -> Iterator[str]:
    """YAML reads what follows a backslash in "…": of \\times it makes a tab and imes."""
    parts = [
        one for name in ("options", "items", "pairs", "choices") for one in getattr(question.kind, name, ())
    ]
    texts = [question.prompt, question.explanation, *(hint.text for hint in question.hints)]
    texts += [text for one in parts for text in (one.text, getattr(one, "feedback", ""))]
    for text in texts:
        if found := _ESCAPED.search(_CODE.sub("", text)):
            sign, what = ("t", "a tab") if found[1] else ("n", "a new line")
            word = found[2] or found[4]
            yield f"\\{sign}{word} in a text in \"…\" is read as {what} and {word}; put the text in '…'"


def _near_misses_miss(question: Question) -> Iterator[str]:
    for one in [] if question.parameters else getattr(question.kind, "near", ()):
        if value := getattr(one, "value", "") or getattr(one, "text", "").replace("*", ""):
            with suppress(QuizError):
                if question.kind.marks((value,)).share == 1:
                    yield f"the near miss {value!r} counts as right already; narrow the right answer"


def _rtol_is_a_share(question: Question) -> Iterator[str]:
    kinds = [question.kind, *(gap.kind for gap in getattr(question.kind, "gaps", ()))]
    tolerances = [dict(getattr(kind, "tolerance", ())) or vars(kind) for kind in kinds]
    sizes = [getattr(one, "rtol", "") for tolerance in tolerances for one in tolerance.get("near", ())]
    for size in (*(tolerance.get("rtol", "") for tolerance in tolerances), *sizes):
        with suppress(QuizError):
            if (share := number(size)) > 1:
                yield f"rtol: {size} is {decimal(100 * share)} % of the value; 10 % is written 0.1"


def _says_why(question: Question) -> Iterator[str]:
    wrong = [one for one in getattr(question.kind, "options", ()) if not getattr(one, "correct", False)]
    if bare := [one.id for one in wrong if not one.feedback]:
        yield f"{', '.join(bare)} without feedback; say what is wrong with the belief behind it"
    for name in ("explanation", "objective", "source"):
        if not getattr(question, name):
            yield f"there is no {name}; {_WHY[name]}"
    if question.kind.type in ("numeric", "short") and not getattr(question.kind, "otherwise", ""):
        yield "there is no otherwise; say something to those who are wrong"


def _tells_nothing(question: Question) -> Iterator[str]:
    """Ids are seen by students, in a bundle and in the browser."""
    for option in _options(question):
        if _TELLING.search(option.id):
            yield f"the id {option.id!r} can be seen by students and gives itself away; name what it says"
    items = [item.id for item in getattr(question.kind, "items", ())]
    if len(items) > 2 and items == sorted(items):
        yield f"the ids {', '.join(items[:3])} … sort in the right order, and students see them"


def _of_all(quiz: Quiz) -> Iterator[str]:
    if quiz.pick and len({question.points for question in quiz.questions}) > 1:
        yield "pick: questions of different points make papers of different worth; give all the same points"
    kinds = [question.kind for question in quiz.questions if isinstance(question.kind, Single)]
    places = Counter(
        next(place for place, one in enumerate(kind.options) if one.worth == 1) for kind in kinds
    )
    if quiz.shuffle in ("none", "questions") and len(kinds) >= 4 and max(places.values()) > len(kinds) / 2:
        place, times = places.most_common(1)[0]
        yield f"in {times} of {len(kinds)} single questions option {place + 1} is right; add shuffle: options"


_WHY = {
    "explanation": "say why the right answer is right",
    "objective": "say in one line what it is about, for the summary",
    "source": "say where the fact can be read",
}
_RULES: tuple[Callable[[Question], Iterator[str]], ...] = (
    _one_best, _like_length, _no_double_negative, _is_drawn, _no_escape, _near_misses_miss, _rtol_is_a_share,
    _says_why, _tells_nothing,
)  # fmt: skip
