"""A question about a run that has not happened yet: the right answer is computed by running the simulation.

This is the one file of the quiz that knows the engine, and it loads it at the first such question.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from deploylab.model.errors import KnobError, QuizError, StrategyError
from deploylab.quiz.amount import decimal, number
from deploylab.quiz.ask import Ask
from deploylab.quiz.expression import Value, evaluate
from deploylab.quiz.fields import PROSE, TREE, Key, choice, listed, made, matching, named
from deploylab.quiz.kinds.choice import OPTION, Option, Single, ask_options
from deploylab.quiz.kinds.marks import Marks
from deploylab.quiz.kinds.numeric import TOLERANCE, Numeric

if TYPE_CHECKING:
    from deploylab.model.run import Run

Tree = tuple[tuple[str, Any], ...]
STRATEGIES = ("Recreate", "Rolling", "BlueGreen", "Canary")
MOST_REQUESTS = 2_000_000  # a second or so


@dataclass(frozen=True)
class Simulate:
    """A rollout as a notebook would write it: roll_out(strategy(knobs), Scenario(scenario))."""

    strategy: str
    knobs: Tree = ()
    scenario: Tree = ()


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


def check(simulate: Simulate, figure: str) -> None:
    """Refuse a strategy, scenario or figure that does not exist, or a run that would take long."""
    from deploylab.model.run import Run

    _, scenario = _arguments(simulate)
    if scenario.traffic.rate * scenario.duration > MOST_REQUESTS:
        raise QuizError(f"simulate: this is over {MOST_REQUESTS} requests; use a smaller rate or duration")
    if figure != "outcome" and not _is_figure(Run, figure):
        known = sorted(["outcome", *(name for name in dir(Run) if _is_figure(Run, name))])
        raise QuizError(f"measure: {figure!r} is no figure of a run; allowed are {', '.join(known)}")


@lru_cache(maxsize=256)
def run_figure(simulate: Simulate, figure: str) -> Value:
    """The figure of the run, exactly as the simulation gives it; text for the outcome."""
    check(simulate, figure)
    value = getattr(simulated(simulate), figure)
    if figure == "outcome":
        return str(value.value)
    if value is None or value != value:
        raise QuizError(f"measure: this run has no {figure}; choose another figure, or another scenario")
    return number(f"{value:.12g}" if isinstance(value, float) else str(value))


def simulated(simulate: Simulate) -> Run:
    """The run itself: what the answer is taken from, and what a class watches afterwards."""
    from deploylab.engine.rollout import roll_out

    strategy, scenario = _arguments(simulate)
    try:
        return roll_out(strategy, scenario)
    except (KnobError, StrategyError) as error:
        raise QuizError(f"simulate: {error}") from None


def _is_figure(run: type[Run], name: str) -> bool:
    """The figures are the documented properties that give a number."""
    made = vars(run).get(name)
    getter = getattr(made, "fget", None) or getattr(made, "func", None)
    kinds = ("float", "int", "float | None")
    return not name.startswith("_") and getter is not None and getter.__annotations__.get("return") in kinds


def _arguments(simulate: Simulate) -> tuple[Any, Any]:
    """The strategy and the scenario; what the model refuses, it refuses in its own words."""
    from deploylab.model.scenario import SLO, Platform, Scenario, Traffic
    from deploylab.model.version import Version
    from deploylab.patterns.blue_green import BlueGreen
    from deploylab.patterns.canary import Canary
    from deploylab.patterns.recreate import Recreate
    from deploylab.patterns.rolling import Rolling

    strategies: dict[str, Any] = {
        "Recreate": Recreate,
        "Rolling": Rolling,
        "BlueGreen": BlueGreen,
        "Canary": Canary,
    }
    nouns: dict[str, Any] = {
        "stable": Version, "candidate": Version, "traffic": Traffic, "platform": Platform, "slo": SLO,
    }  # fmt: skip
    try:
        parts = {
            name: nouns[name](**_plain(tree)) if name in nouns and isinstance(tree, tuple) else _plain(tree)
            for name, tree in simulate.scenario
        }
        return strategies[simulate.strategy](**_plain(simulate.knobs)), Scenario(**parts)
    except (TypeError, ValueError, AttributeError) as error:  # KnobError is a ValueError
        raise QuizError(f"simulate: {error}") from None


def _plain(tree: Any) -> Any:
    """Numbers, texts, lists and mappings, as Python's own."""
    if isinstance(tree, tuple):
        if all(isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], str) for one in tree):
            return {name: _plain(value) for name, value in tree}
        return tuple(_plain(one) for one in tree)
    if not isinstance(tree, str):
        return tree
    try:
        value = number(tree)
    except QuizError:
        return tree
    return int(value) if value.denominator == 1 else float(value)


def make(**values: Any) -> Predict:
    """A Predict from the keys of a file: those of a number are kept together."""
    tolerance = tuple((key, values.pop(key)) for key in TOLERANCE if key in values)
    return Predict(tolerance=tolerance, **values)


_SIMULATE = {
    "strategy": Key(
        choice(STRATEGIES), "The pattern, by the name that it has in a notebook.", "Rolling", None
    ),
    "knobs": Key(named(TREE, 20), "Its knobs, by their names.", {"batch_size": 2}),
    "scenario": Key(
        named(TREE, 20),
        "The fields of Scenario, by their names; versions, traffic, platform and slo are mappings.",
        {"replicas": 6, "candidate": {"name": "v2", "error_rate": 0.1}, "seed": 7},
    ),
}
_OUTLOOK = {name: OPTION[name] for name in ("id", "text", "feedback", "misconception", "fixed")} | {
    "when": Key(PROSE, "When it is right: an expression in which x is the figure.", "0 < x <= 20", None)
}
PREDICT = {
    "simulate": Key(
        made("simulation", Simulate, _SIMULATE),
        "The run that computes the right answer.",
        {"strategy": "Rolling", "knobs": {"batch_size": 2}, "scenario": {"replicas": 6}},
        None,
    ),
    "measure": Key(
        matching("[a-z][a-z0-9_]*", "use a figure of a run, such as users_hurt"),
        "The figure to predict: a number of the run's, or outcome.",
        "users_hurt",
        None,
    ),
    "options": Key(
        listed(made("option", Outlook, _OUTLOOK), 2, 20),
        "Predictions to choose from; without them, a number is typed.",
        [
            {"id": "none", "text": "Nobody is hurt.", "when": "x == 0"},
            {"id": "some", "text": "Some are.", "when": "x > 0"},
        ],
    ),
    **TOLERANCE,
}
