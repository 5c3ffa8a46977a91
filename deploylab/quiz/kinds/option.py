"""Options, what is asked and said of them, and the keys that they have in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Ask, Choice, Field, How
from deploylab.quiz.fields import Key, Reader, listed, made
from deploylab.quiz.kinds.marks import Remark, judge
from deploylab.quiz.scalars import BOOLEAN, ID, PROSE, part

Worth = Callable[["Option"], Fraction]  # what choosing an option is worth


@dataclass(frozen=True)
class Option:
    """One choice. `feedback` is for its chooser; `misconception` names the belief behind a wrong one.

    `fraction` is its own share of the points; without one it is worth all or nothing.
    """

    id: str
    text: str
    correct: bool
    feedback: str = ""
    misconception: str = ""
    fraction: Fraction | None = None
    fixed: bool = False

    @property
    def worth(self) -> Fraction:
        """The share of the points that choosing it gives."""
        return Fraction(self.correct) if self.fraction is None else self.fraction


def ask_options(how: How, options: Iterable[Any], rule: str = "") -> Ask:
    """What is asked of options, without what is right."""
    return Ask((Field(how, tuple(Choice(one.id, one.text, one.fixed) for one in options)),), rule)


def check_options(options: Iterable[Option], right: tuple[str, ...]) -> None:
    """Refuse options of which none is right, or two have one id."""
    check_unique("options", [option.id for option in options])
    if not right:
        raise QuizError(
            "options: none is marked correct; at least one must be; try correct: true on the right one"
        )


def check_unique(field: str, ids: list[str]) -> None:
    """Refuse no members at all, and two of one id."""
    if not ids:
        raise QuizError(f"{field}: there are none; at least one is needed")
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise QuizError(
            f"{field}: {twice[0]!r} is the id of two of them; every id must be unique; rename one"
        )


def remarks_on(options: Iterable[Option], response: tuple[str, ...], worth: Worth) -> tuple[Remark, ...]:
    """What the author says of each option that was chosen, or that would have been right."""
    verdicts = [
        (one, judge(worth(one)) if one.id in response else "missed")
        for one in options if one.id in response or worth(one) == 1
    ]  # fmt: skip
    return tuple(Remark(one.id, verdict, one.feedback, one.misconception) for one, verdict in verdicts)


def _option(*, correct: bool | None = None, fraction: Fraction | None = None, **values: Any) -> Option:
    if (correct is None) == (fraction is None):
        raise QuizError(
            "option: one of correct and fraction is needed, not both; write for example correct: false"
        )
    if fraction is None:
        return Option(correct=bool(correct), **values)
    return Option(correct=fraction > 0, fraction=fraction, **values)


MISCONCEPTION = Key(
    PROSE, "The belief behind a wrong answer, as a sentence.", "Small batches make a rollout faster."
)
FEEDBACK = "It follows a verdict, so begin with the reason, not with yes or no."
FIXED = Key(BOOLEAN, "Whether it keeps its place when the others are shuffled.", True, False)
OPTION = {
    "id": Key(ID, "A stable name, unique in the question; students can see it.", "fewer-hurt", None),
    "text": Key(PROSE, "The choice, as one line of Markdown. Options are best of like length.",
        "Fewer users are hurt.", None),
    "correct": Key(BOOLEAN, "Whether it is right to choose it.", True),
    "fraction": Key(part(-1, 1), "Its own share of the points, in place of correct.", 0.5),
    "feedback": Key(PROSE, f"What to say about this option. {FEEDBACK}",
        "Only a few instances are new by then."),
    "misconception": MISCONCEPTION,
    "fixed": FIXED,
}  # fmt: skip
EXAMPLE = [
    {"id": "fewer-hurt", "text": "Fewer users are hurt.", "correct": True,
     "feedback": "Few instances are new by then."},
    {"id": "faster", "text": "The release is faster.", "correct": False,
     "feedback": "Each batch waits for the last."},
]  # fmt: skip


def options_reader(**more: Any) -> Reader:
    """A reader of two to twenty options, each with one of correct and fraction."""
    member = made("option", _option, OPTION)
    either = {"oneOf": [{"required": ["correct"]}, {"required": ["fraction"]}]}
    return listed(Reader(member.read, member.schema | either), 2, 20, **more)
