"""A question whose answer is a short text that is typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import ClassVar

import regex

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Ask, Field
from deploylab.quiz.fields import Key, listed, made
from deploylab.quiz.kinds.marks import Marks, typed_marks
from deploylab.quiz.kinds.option import FEEDBACK, MISCONCEPTION
from deploylab.quiz.scalars import BOOLEAN, PROSE, part

SECONDS = 0.1  # for one regular expression
LONGEST, REPEATS = 200, 1000  # of a regular expression: more makes matchers run out of memory


@dataclass(frozen=True)
class NearText:
    """A wrong text that many people type, with what to say to them; `fraction` is what it is worth still."""

    feedback: str
    text: str = ""
    regex: str = ""
    fraction: Fraction = Fraction(0)
    misconception: str = ""

    def __post_init__(self) -> None:
        if bool(self.text) == bool(self.regex):
            raise QuizError(
                "near: one of text and regex is needed, not both; write for example text: liveness*"
            )


@dataclass(frozen=True)
class Short:
    """A text is right when it is one of those accepted, where * stands for anything, or fits `regex`.

    Spaces at the ends and in a row do not count; case counts only with `case`, accents unless `accents` is
    false.

    >>> Short(("readiness probe", "ready*")).marks(("Readiness  Probe",)).share
    Fraction(1, 1)
    """

    accept: tuple[str, ...]
    regex: str = ""
    case: bool = False
    accents: bool = True
    near: tuple[NearText, ...] = ()
    feedback: str = ""
    otherwise: str = ""
    type: ClassVar[str] = "short"

    def __post_init__(self) -> None:
        for pattern in filter(None, (self.regex, *(one.regex for one in self.near))):
            if "{{" not in pattern:
                _check(pattern)
        if not any("{{" in text for text in self.accept) and not self.key[0]:
            raise QuizError(
                "accept: the first text shows what is right, so it needs more than *; write a word"
            )

    @property
    def ask(self) -> Ask:
        return Ask((Field("text"),))

    @property
    def key(self) -> tuple[str, ...]:
        return (" ".join(self.accept[0].replace("*", "").split()),)

    def marks(self, response: tuple[str, ...]) -> Marks:
        given = response[0]
        right = any(self._is(text, given) for text in self.accept) or self._fits(self.regex, given)
        near = (one for one in self.near if self._is(one.text, given) or self._fits(one.regex, given))
        return typed_marks(self, right, None if right else next(near, None))

    def _plain(self, text: str) -> str:
        text = unicodedata.normalize("NFKC", text) if self.accents else _bare(text)
        return " ".join((text if self.case else text.casefold()).split())

    def _is(self, wanted: str, given: str) -> bool:
        """Whether a text fits one with wildcards: each piece is looked for after the one before."""
        if not wanted:
            return False
        pieces, text = self._plain(wanted).split("*"), self._plain(given)
        if len(pieces) == 1:
            return text == pieces[0]
        first, *middle, last = pieces
        if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
            return False
        place, end = len(first), len(text) - len(last)
        for piece in middle:
            place = text.find(piece, place, end)
            if place < 0:
                return False
            place += len(piece)
        return True

    def _fits(self, pattern: str, given: str) -> bool:
        if not pattern:
            return False
        text = " ".join((given if self.accents else _bare(given)).split())
        pattern = pattern if self.accents else _bare(pattern)
        try:
            return bool(regex.fullmatch(pattern, text, 0 if self.case else regex.IGNORECASE, timeout=SECONDS))
        except TimeoutError:
            raise QuizError(
                f"regex: {pattern[:40]!r} takes over {SECONDS} s for this answer; its author must simplify it"
            ) from None


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _check(pattern: str) -> None:
    if len(pattern) > LONGEST:
        raise QuizError(
            f"regex: it has {len(pattern)} characters; at most {LONGEST} are allowed; use near or accept"
        )
    counts = [
        max(map(int, filter(None, pair))) for pair in regex.findall(r"\{(\d*),?(\d*)\}", pattern) if any(pair)
    ]
    if prod(max(1, count) for count in counts) > REPEATS:
        raise QuizError(f"regex: its repetitions multiply to more than {REPEATS}; use smaller counts")
    try:
        regex.compile(pattern)
    except (regex.error, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise QuizError(
            f"regex: {pattern[:40]!r} is no regular expression ({error}); check its brackets"
        ) from None


_REGEX = "a regular expression for the whole text, matched within 0.1 s"
_NEAR = {
    "text": Key(PROSE, "The wrong text; * stands for anything.", "liveness*"),
    "regex": Key(PROSE, f"In place of text, {_REGEX}.", "live(ness)?( probe)?"),
    "feedback": Key(PROSE, f"What to say to those who type it. {FEEDBACK}",
        "That one restarts the pod.", None),
    "fraction": Key(part(0, 1), "The share of the points that it is worth still.", 0.5, 0),
    "misconception": MISCONCEPTION,
}  # fmt: skip
SHORT = {
    "accept": Key(listed(PROSE, 1, 50),
        "Right texts; * stands for anything. The first is shown as the solution.",
        ["readiness probe", "readinessProbe"], None),
    "regex": Key(PROSE, f"Right as well: {_REGEX}.", "readiness[ -]?probes?"),
    "case": Key(BOOLEAN, "Whether Canary and canary are different.", True, False),
    "accents": Key(BOOLEAN, "Whether café and cafe are different.", False, True),
    "near": Key(listed(made("near miss", NearText, _NEAR), 1, 20), "Near misses, each with its own feedback.",
        [{"text": "liveness*", "feedback": "That one restarts the pod."}]),
    "feedback": Key(PROSE, "What to say when it is right.", "Only ready pods are sent requests."),
    "otherwise": Key(PROSE, f"What to say to any other wrong answer. {FEEDBACK}",
        "It decides who is sent requests."),
}  # fmt: skip
