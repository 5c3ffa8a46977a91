"""A question about a run that has not happened yet: the right answer is found by running the simulation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import decimal
from deploylab.quiz.ask import Ask
from deploylab.quiz.expression import evaluate
from deploylab.quiz.fields import Key, listed, made
from deploylab.quiz.kinds.marks import Marks
from deploylab.quiz.kinds.numeric import TOLERANCE, Numeric
from deploylab.quiz.kinds.option import OPTION, Option, ask_options
from deploylab.quiz.kinds.simulate import SIMULATE, Simulate, Tree, check, run_figure
from deploylab.quiz.kinds.single import Single
from deploylab.quiz.scalars import PROSE, matching


@dataclass(frozen=True)
class Outlook:
    """One possible prediction; it is right when its expression holds, where x is the figure of the run."""

    id: str
    text: str
    when: str
    feedback: str = ""
    misconception: str = ""
    fixed: bool = False


@dataclass(frozen=True)
class Predict:
    """A figure of a run, to be typed as a number or chosen among `options`; `tolerance` is as in Numeric.

    >>> run = Simulate("Rolling", (("batch_size", "2"),), (("replicas", "4"), ("duration", "60")))
    >>> some = Outlook("some", "Some", "x > 0"), Outlook("none", "None", "x == 0")
    >>> Predict(run, "users_hurt", some).key
    ('some',)
    """

    simulate: Simulate
    measure: str
    options: tuple[Outlook, ...] = ()
    tolerance: Tree = ()
    type: ClassVar[str] = "predict"

    def __post_init__(self) -> None:
        if self.options and self.tolerance:
            raise QuizError("options: with options there is nothing to type; delete the keys of a number")
        if "{{" not in repr((self.simulate, self.tolerance)):
            check(self.simulate, self.measure)
            Numeric("1", **dict(self.tolerance))
        for one in self.options:
            try:
                evaluate(one.when, {"x": "" if self.measure == "outcome" else Fraction(1)})
            except QuizError as error:
                raise QuizError(f"options: when: {error}") from None

    @property
    def ask(self) -> Ask:
        if self.options:
            return ask_options("one", self.options)
        return Numeric("1", **dict(self.tolerance)).ask

    @property
    def key(self) -> tuple[str, ...]:
        return self.resolved.key

    def marks(self, response: tuple[str, ...]) -> Marks:
        return self.resolved.marks(response)

    @property
    def told(self) -> str:
        """The figure of the run in words, where it is not the answer itself: an option is right for many."""
        if not self.options:
            return ""
        value = run_figure(self.simulate, self.measure)
        shown = decimal(value) if isinstance(value, Fraction) else value
        return f"In this run: {self.measure.replace('_', ' ')} {shown}."

    @property
    def resolved(self) -> Single | Numeric:
        """The question with its answer, after the run."""
        value = run_figure(self.simulate, self.measure)
        if not self.options:
            return Numeric(decimal(value) if isinstance(value, Fraction) else value, **dict(self.tolerance))
        options = [
            Option(one.id, one.text, evaluate(one.when, {"x": value}) == 1, one.feedback, one.misconception)
            for one in self.options
        ]
        if len(right := [one.id for one in options if one.correct]) != 1:
            found = f"{', '.join(right)} hold" if right else "no option holds"
            shown = decimal(value) if isinstance(value, Fraction) else value
            raise QuizError(f"options: the run gives {self.measure} {shown}, and {found}; exactly one must")
        return Single(tuple(options))


def make_predict(**values: Any) -> Predict:
    """A Predict from the keys of a file: those of a number are kept together."""
    tolerance = tuple((key, values.pop(key)) for key in TOLERANCE if key in values)
    return Predict(tolerance=tolerance, **values)


_OUTLOOK = {name: OPTION[name] for name in ("id", "text", "feedback", "misconception", "fixed")} | {
    "when": Key(PROSE, "When it is right: an expression in which x is the figure.", "0 < x <= 20", None)
}
PREDICT = {
    "simulate": Key(SIMULATE, "The run that computes the right answer.",
        {"strategy": "Rolling", "knobs": {"batch_size": 2}, "scenario": {"replicas": 6}}, None),
    "measure": Key(matching("[a-z][a-z0-9_]*", "use a figure of a run, such as users_hurt"),
        "The figure to predict: a number of the run's, or outcome.", "users_hurt", None),
    "options": Key(listed(made("option", Outlook, _OUTLOOK), 2, 20),
        "Predictions to choose from; without them, a number is typed.",
        [{"id": "none", "text": "Nobody is hurt.", "when": "x == 0"},
        {"id": "some", "text": "Some are.", "when": "x > 0"}]),
    **TOLERANCE,
}  # fmt: skip
