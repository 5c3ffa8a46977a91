"""A question with options of which any number can be right."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, get_args

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Ask
from deploylab.quiz.fields import Key
from deploylab.quiz.kinds.marks import Marks
from deploylab.quiz.kinds.option import (
    EXAMPLE,
    Option,
    ask_options,
    check_options,
    options_reader,
    remarks_on,
)
from deploylab.quiz.scalars import PROSE, choice, part
from deploylab.quiz.scoring import RULES, Scoring, fractions, share


@dataclass(frozen=True)
class Multiple:
    """Any number of options can be chosen; `scoring` says what a partly right choice is worth."""

    options: tuple[Option, ...]
    scoring: Scoring = "all_or_nothing"
    formula: str = ""
    floor: Fraction = Fraction(0)
    type: ClassVar[str] = "multiple"

    def __post_init__(self) -> None:
        check_options(self.options, self.key)
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
        return Marks(worth, remarks_on(self.options, response, lambda one: Fraction(one.correct)))

    def _share(self, right: int, wrong: int) -> Fraction:
        return share(self.scoring, self.correct, len(self.options), right, wrong, self.formula, self.floor)


MULTIPLE = {
    "options": Key(options_reader(), "Two to twenty options, one or more of them correct.", EXAMPLE, None),
    "scoring": Key(choice(get_args(Scoring)), "What a partly right choice is worth.",
        "net", "all_or_nothing"),
    "formula": Key(PROSE,
        "With scoring: formula, the share, from correct, options, right, wrong, missed, spared.",
        "right/correct - wrong/max(2, options - correct)"),
    "floor": Key(part(-1, 0), "The lowest share of the points, with net, fractions and formula.", -0.5, 0),
}  # fmt: skip
