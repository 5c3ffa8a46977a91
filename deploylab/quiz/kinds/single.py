"""A question with options of which exactly one is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Ask
from deploylab.quiz.fields import Key
from deploylab.quiz.kinds.marks import Marks, judge
from deploylab.quiz.kinds.option import (
    EXAMPLE,
    MARKED,
    Option,
    ask_options,
    check_unique,
    in_order,
    options_reader,
    remark_on,
)


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
                f"options: none is {MARKED}; at least one must be; try correct: true on the right one"
            )
        if len(right) > 1:
            raise QuizError(
                f"options: {', '.join(right)} are all {MARKED}; a single question has "
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
        remarks = [remark_on(chosen, judge(chosen.worth)), *(remark_on(one, "missed") for one in missed)]
        return Marks(chosen.worth, in_order(self.options, remarks))


_CORRECT = {"anyOf": [{"properties": {"correct": {"const": True}}, "required": ["correct"]},
                      {"properties": {"fraction": {"const": 1}}, "required": ["fraction"]}]}  # fmt: skip
SINGLE = {
    "options": Key(
        options_reader(contains=_CORRECT, minContains=1, maxContains=1),
        "Two to twenty options, exactly one of them correct.",
        EXAMPLE,
        None,
    )
}
