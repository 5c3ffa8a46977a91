"""The run that a question names: its strategy and scenario made of the file's words, and its figures.

This is the one file of the quiz that knows the engine, and it loads it at the first such question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from deploylab.model.errors import DeploylabError, QuizError
from deploylab.patterns.strategies import NAMES, strategy
from deploylab.quiz.amount import number
from deploylab.quiz.expression import Value
from deploylab.quiz.faults import advice
from deploylab.quiz.fields import Key, made, named
from deploylab.quiz.scalars import TREE, choice

if TYPE_CHECKING:
    from deploylab.model.run import Run

Tree = tuple[tuple[str, Any], ...]
MOST_REQUESTS = 2_000_000  # a second or so


@dataclass(frozen=True)
class Simulate:
    """A rollout as a notebook would write it: roll_out(strategy(knobs), Scenario(scenario)).

    >>> faults = (("candidate", (("name", "v2"), ("faults", ("IncompatibleData",)))),)
    >>> arguments(Simulate("Shadow", (("then", "Rolling"),), faults))[1].candidate.faults
    (IncompatibleData(),)
    """

    strategy: str
    knobs: Tree = ()
    scenario: Tree = ()


def check(simulate: Simulate, figure: str) -> None:
    """Refuse a strategy, scenario or figure that does not exist, or a run that would take long."""
    from deploylab.model.run import Run

    _, scenario = arguments(simulate)
    busiest = scenario.traffic.rate * max([1.0, *(factor for _, factor in scenario.traffic.profile)])
    if busiest * scenario.duration > MOST_REQUESTS:
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

    try:
        return roll_out(*arguments(simulate))
    except DeploylabError as error:
        raise QuizError(f"simulate: {error}") from None


def arguments(simulate: Simulate) -> tuple[Any, Any]:
    """The strategy and the scenario; what the model refuses, it refuses in its own words."""
    from deploylab.model.scenario import Scenario

    knobs = _noun("simulate: knobs", strategy(simulate.strategy), simulate.knobs)
    return knobs, _noun("simulate: scenario", Scenario, simulate.scenario)


def _is_figure(run: type[Run], name: str) -> bool:
    """The figures are the documented properties that give a number."""
    made = vars(run).get(name)
    getter = getattr(made, "fget", None) or getattr(made, "func", None)
    kinds = ("float", "int", "float | None")
    return not name.startswith("_") and getter is not None and getter.__annotations__.get("return") in kinds


def _noun(field: str, kind: Any, tree: Any) -> Any:
    """An object of this kind, of its fields' values; a refusal begins with the keys that lead to it."""
    if not all(_is_pair(one) for one in tree):
        raise QuizError(f"{field}: its fields are needed; write for example {field}: {{name: value}}")
    try:
        return kind(**{name: _value(name, value) for name, value in tree})
    except (TypeError, ValueError, AttributeError) as error:  # all refusals of ours are ValueErrors
        raise QuizError(f"{field}: {error}") from None


def _value(field: str, tree: Any) -> Any:
    """A number, a text, a list, or the noun that is named: Sequential, or Sequential: {alpha: 0.01}."""
    mapping = isinstance(tree, tuple) and tree != () and all(_is_pair(one) for one in tree)
    if mapping and (kind := _kind(field)):
        return _noun(field, kind, tree)
    if isinstance(tree, tuple) and not mapping:
        return tuple(_value(field, one) for one in tree)
    if kinds := _choices(field):
        name, fields = tree[0] if mapping and len(tree) == 1 else (tree, ())
        if not isinstance(name, str) or name not in kinds:
            shown = name if isinstance(name, str) else ", ".join(key for key, _ in tree)
            raise QuizError(f"{field}: {shown!r} is not allowed; {advice(shown, kinds)}")
        return _noun(f"{field}: {name}" if fields else field, kinds[name], fields)
    if mapping:
        raise QuizError(f"{field}: these are keys with values; a value or a list is needed")
    if not isinstance(tree, str):
        return tree
    try:
        value = number(tree)
    except QuizError:
        return tree
    return int(value) if value.denominator == 1 else float(value)


def _is_pair(tree: Any) -> bool:
    """Whether this is a key with its value; a list of two numbers is none."""
    return isinstance(tree, tuple) and len(tree) == 2 and isinstance(tree[0], str) and tree[0].isidentifier()


def _kind(field: str) -> Any:
    """The noun that a field always holds, so that its fields are enough."""
    from deploylab.model import scenario, version
    from deploylab.patterns.analysis import Analysis

    return {
        "stable": version.Version, "candidate": version.Version, "version": version.Version,
        "traffic": scenario.Traffic, "platform": scenario.Platform, "slo": scenario.SLO,
        "analysis": Analysis, "background": Analysis, "pre_promotion": Analysis,
    }.get(field)  # fmt: skip


def _choices(field: str) -> dict[str, Any]:
    """The nouns that a field can hold, by their names."""
    from deploylab.model import fault, order
    from deploylab.patterns.analysis import judges
    from deploylab.patterns.argo import canary_steps as steps

    kinds: dict[str, tuple[Any, ...]] = {
        "faults": (fault.CrashOnStart, fault.Leak, fault.Overload, fault.IncompatibleData),
        "judge": (judges.Threshold, judges.FixedSample, judges.Sequential, judges.MannWhitney),
        "steps": (steps.SetWeight, steps.Pause, steps.SetCanaryScale, steps.AnalysisStep),
        "orders": (order.Order, order.Release),
        "then": tuple(map(strategy, NAMES)),
    }  # fmt: skip
    return {kind.__name__: kind for kind in kinds.get(field, ())}


_KNOBS = {"analysis": {"max_error_rate": 0.05, "interval": 10, "judge": "Sequential"}}
_WORLD = {
    "replicas": 6,
    "candidate": {"name": "v2", "error_rate": 0.1, "faults": [{"Leak": {"after": 60}}, "IncompatibleData"]},
    "seed": 7,
}
SIMULATE = made("simulation", Simulate, {
    "strategy": Key(
        choice(NAMES), "The pattern, by the name that it has in a notebook.", "Canary", None
    ),
    "knobs": Key(
        named(TREE, 20),
        "Its knobs, by their names. Where an object is needed, its name, or its name with its fields: "
        "`judge`, `then`, each of `steps`; an analysis is written as its fields.",
        _KNOBS,
    ),
    "scenario": Key(
        named(TREE, 20),
        "The fields of Scenario, by their names; versions, traffic, platform and slo are written as their "
        "fields, each of `faults` and `orders` as its name with its fields.",
        _WORLD,
    ),
})  # fmt: skip
