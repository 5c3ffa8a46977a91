"""A question with options of which exactly one is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

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


@dataclass(frozen=True)
class Single:
    """Exactly one option is right, and exactly one can be chosen."""

    options: tuple[Option, ...]
    type: ClassVar[str] = "single"

    def __post_init__(self) -> None:
        check_options(self.options, self.key)
        if len(self.key) > 1:
            raise QuizError(
                f"options: {', '.join(self.key)} are all marked correct; a single question has exactly one "
                "correct option; set the others to false, or use type: multiple"
            )

    @property
    def ask(self) -> Ask:
        return ask_options("one", self.options)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options if option.worth == 1)

    def marks(self, response: tuple[str, ...]) -> Marks:
        (chosen,) = (option for option in self.options if option.id in response)
        return Marks(chosen.worth, remarks_on(self.options, response, lambda one: one.worth))


_CORRECT = {"anyOf": [{"properties": {"correct": {"const": True}}, "required": ["correct"]},
                      {"properties": {"fraction": {"const": 1}}, "required": ["fraction"]}]}  # fmt: skip
SINGLE = {
    "options": Key(options_reader(contains=_CORRECT, minContains=1, maxContains=1),
        "Two to twenty options, exactly one of them correct.", EXAMPLE, None),
}  # fmt: skip
