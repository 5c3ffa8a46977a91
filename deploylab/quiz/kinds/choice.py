"""Questions with options: single, multiple, true_false."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, get_args

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Ask, Choice, Field, How
from deploylab.quiz.fields import BOOLEAN, ID, PROSE, Key, Reader, choice, listed, made, part
from deploylab.quiz.kinds.marks import Marks, Remark, judge
from deploylab.quiz.scoring import RULES, Scoring, fractions, share


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


@dataclass(frozen=True)
class Single:
    """Exactly one option is right, and exactly one can be chosen."""

    options: tuple[Option, ...]
    type: ClassVar[str] = "single"

    def __post_init__(self) -> None:
        check_unique("options", [option.id for option in self.options])
        right = [option.id for option in self.options if option.worth == 1]
        if not right:
            raise QuizError(
                f"options: none is {_MARKED}; at least one must be; try correct: true on the right one"
            )
        if len(right) > 1:
            raise QuizError(
                f"options: {', '.join(right)} are all {_MARKED}; a single question has "
                "exactly one correct option; set the others to false, or use type: multiple"
            )

    @property
    def ask(self) -> Ask:
        return ask_options("one", self.options)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options if option.worth == 1)

    def marks(self, response: tuple[str, ...]) -> Marks:
        (chosen,) = (option for option in self.options if option.id in response)
        missed = [one for one in self.options if one.worth == 1 and one is not chosen]
        remarks = [_remark(chosen, judge(chosen.worth)), *(_remark(one, "missed") for one in missed)]
        return Marks(chosen.worth, in_order(self.options, remarks))


@dataclass(frozen=True)
class Multiple:
    """Any number of options can be chosen; `scoring` says what a partly right choice is worth."""

    options: tuple[Option, ...]
    scoring: Scoring = "all_or_nothing"
    formula: str = ""
    floor: Fraction = Fraction(0)
    type: ClassVar[str] = "multiple"

    def __post_init__(self) -> None:
        check_unique("options", [option.id for option in self.options])
        if not any(option.correct for option in self.options):
            raise QuizError(
                f"options: none is {_MARKED}; at least one must be; try correct: true on the right one"
            )
        own = [option for option in self.options if option.fraction is not None]
        if (self.scoring == "fractions") != bool(own) or len(own) not in (0, len(self.options)):
            raise QuizError(
                "options: scoring: fractions goes with a fraction on each option, and only with that"
            )
        if own and (total := sum(max(Fraction(0), one.worth) for one in own)) != 1:
            raise QuizError(
                f"options: the fractions above 0 add up to {total}, so all points "
                f"{'cannot be reached' if total < 1 else 'come too early'}; make their sum 1"
            )
        if (self.scoring == "formula") != bool(self.formula):
            raise QuizError(
                "formula: scoring: formula goes with a formula, for example (right - wrong)/options"
            )
        if self.formula and self._share(self.correct, 0) != 1:
            raise QuizError(
                "formula: choosing all right options and no other must be worth 1; check the formula"
            )

    @property
    def correct(self) -> int:
        """How many options are right."""
        return sum(option.correct for option in self.options)

    @property
    def rule(self) -> str:
        """What a student is told of the scoring, before answering."""
        return f"Choose all that apply: {RULES[self.scoring]}."

    @property
    def ask(self) -> Ask:
        return ask_options("many", self.options, self.rule)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(sorted(option.id for option in self.options if option.correct))

    def marks(self, response: tuple[str, ...]) -> Marks:
        chosen = [option for option in self.options if option.id in response]
        right = sum(option.correct for option in chosen)
        if self.scoring == "fractions":
            worth = fractions((option.worth for option in chosen), self.floor)
        else:
            worth = self._share(right, len(chosen) - right)
        remarks = [_remark(one, "right" if one.correct else "wrong") for one in chosen]
        remarks += [_remark(one, "missed") for one in self.options if one.correct and one not in chosen]
        return Marks(worth, in_order(self.options, remarks))

    def _share(self, right: int, wrong: int) -> Fraction:
        return share(self.scoring, self.correct, len(self.options), right, wrong, self.formula, self.floor)


@dataclass(frozen=True)
class TrueFalse:
    """A statement that holds or does not; each of the two replies has its feedback.

    >>> [option.correct for option in TrueFalse(False, "No: it stays.", "Yes: it stays.").options]
    [False, True]
    """

    answer: bool
    if_true: str = ""
    if_false: str = ""
    misconception: str = ""
    type: ClassVar[str] = "true_false"

    @property
    def options(self) -> tuple[Option, ...]:
        """The two replies as options, so that all choices are shown and graded alike."""
        beliefs = ("", self.misconception) if self.answer else (self.misconception, "")
        return (
            Option("true", "True", self.answer, self.if_true, beliefs[0], fixed=True),
            Option("false", "False", not self.answer, self.if_false, beliefs[1], fixed=True),
        )

    @property
    def ask(self) -> Ask:
        return ask_options("one", self.options)

    @property
    def key(self) -> tuple[str, ...]:
        return ("true" if self.answer else "false",)

    def marks(self, response: tuple[str, ...]) -> Marks:
        return Single(self.options).marks(response)


def ask_options(how: How, options: Iterable[Any], rule: str = "") -> Ask:
    """What is asked of options, without what is right."""
    return Ask((Field(how, tuple(Choice(one.id, one.text, one.fixed) for one in options)),), rule)


def in_order(members: Iterable[Any], remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """The remarks in the order of what they are about."""
    places = {member.id: place for place, member in enumerate(members)}
    return tuple(sorted(remarks, key=lambda remark: places[remark.option]))


def check_unique(field: str, ids: list[str]) -> None:
    """Refuse no members at all, and two of one id."""
    if not ids:
        raise QuizError(f"{field}: there are none; at least one is needed")
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise QuizError(
            f"{field}: {twice[0]!r} is the id of two of them; every id must be unique; rename one"
        )


def _remark(option: Option, verdict: Any) -> Remark:
    return Remark(option.id, verdict, option.feedback, option.misconception)


def _option(*, correct: bool | None = None, fraction: Fraction | None = None, **values: Any) -> Option:
    if (correct is None) == (fraction is None):
        raise QuizError(
            "option: one of correct and fraction is needed, not both; write for example correct: false"
        )
    if fraction is None:
        return Option(correct=bool(correct), **values)
    return Option(correct=fraction > 0, fraction=fraction, **values)


_MARKED = "marked correct"
MISCONCEPTION = Key(
    PROSE, "The belief behind a wrong answer, as a sentence.", "Small batches make a rollout faster."
)
FEEDBACK = "It follows a verdict, so begin with the reason, not with yes or no."
FIXED = Key(BOOLEAN, "Whether it keeps its place when the others are shuffled.", True, False)
OPTION = {
    "id": Key(ID, "A stable name, unique in the question; students can see it.", "fewer-hurt", None),
    "text": Key(
        PROSE,
        "The choice, as one line of Markdown. Options are best of like length.",
        "Fewer users are hurt.",
        None,
    ),
    "correct": Key(BOOLEAN, "Whether it is right to choose it.", True),
    "fraction": Key(part(-1, 1), "Its own share of the points, in place of correct.", 0.5),
    "feedback": Key(
        PROSE, f"What to say about this option. {FEEDBACK}", "Only a few instances are new by then."
    ),
    "misconception": MISCONCEPTION,
    "fixed": FIXED,
}
_CORRECT = {"anyOf": [{"properties": {"correct": {"const": True}}, "required": ["correct"]},
                      {"properties": {"fraction": {"const": 1}}, "required": ["fraction"]}]}  # fmt: skip
_EXAMPLE = [
    {
        "id": "fewer-hurt",
        "text": "Fewer users are hurt.",
        "correct": True,
        "feedback": "Few instances are new by then.",
    },
    {
        "id": "faster",
        "text": "The release is faster.",
        "correct": False,
        "feedback": "Each batch waits for the last.",
    },
]


def _options(**more: Any) -> Reader:
    member = made("option", _option, OPTION)
    either = {"oneOf": [{"required": ["correct"]}, {"required": ["fraction"]}]}
    return listed(Reader(member.read, member.schema | either), 2, 20, **more)


SINGLE = {
    "options": Key(
        _options(contains=_CORRECT, minContains=1, maxContains=1),
        "Two to twenty options, exactly one of them correct.",
        _EXAMPLE,
        None,
    )
}
MULTIPLE = {
    "options": Key(_options(), "Two to twenty options, one or more of them correct.", _EXAMPLE, None),
    "scoring": Key(
        choice(get_args(Scoring)), "What a partly right choice is worth.", "net", "all_or_nothing"
    ),
    "formula": Key(
        PROSE,
        "With scoring: formula, the share, from correct, options, right, wrong, missed, spared.",
        "right/correct - wrong/max(2, options - correct)",
    ),
    "floor": Key(part(-1, 0), "The lowest share of the points, with net, fractions and formula.", -0.5, 0),
}
TRUE_FALSE = {
    "answer": Key(BOOLEAN, "Whether the statement in the prompt is true.", False, None),
    "if_true": Key(PROSE, f"What to say to those who choose True. {FEEDBACK}", "It only reports."),
    "if_false": Key(
        PROSE, f"What to say to those who choose False. {FEEDBACK}", "It marks the rollout, no more."
    ),
    "misconception": MISCONCEPTION,
}
