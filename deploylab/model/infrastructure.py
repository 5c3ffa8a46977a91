"""Infrastructure as code: what is wanted, what there is, the plan between them, and the walk that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .errors import KnobError, TemplateError
from .figure import Figure
from .knob import check_knobs, knob, known_fields
from .spans import most_at_once
from .summary import Summary, seconds

Action = Literal["no-op", "create", "read", "update", "delete", "forget"]  # Terraform's words
Recreation = Literal["Never", "Conditionally", "Always"]  # CloudFormation's words
Path = tuple[str | int, ...]


@known_fields
@dataclass(frozen=True)
class Walk:
    """How the graph is walked: how much at once, what fails, and what a failure does.

    With `rollback` a failure undoes all that was done, and nothing is deleted before the rest has succeeded,
    as CloudFormation does; without it the walk goes on where it can and leaves the rest, as Terraform does.
    The creation or update of those in `fails` fails.
    """

    parallelism: int = knob(
        10, "operations at once", unit="operations", minimum=1, maximum=10_000, whole=True, slider=(1, 12, 1)
    )
    rollback: bool = knob(True, "undo everything when something fails")
    fails: str = knob("", "resources that fail, with commas between them")
    seed: int = knob(1, "chance of the durations", minimum=0, whole=True)

    def __post_init__(self) -> None:
        check_knobs(self)

    @property
    def failing(self) -> tuple[str, ...]:
        """The names in `fails`."""
        return _listed(self.fails)


@known_fields
@dataclass(frozen=True)
class Template:
    """The desired state as code: a CloudFormation template with the values of its parameters.

    `create_before_destroy` is True, False or the names, with commas between, of the resources whose
    replacement is created before the old one goes; it is forced onto all that these depend on.
    """

    name: str
    body: Mapping[str, Any] = field(repr=False)
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    region: str = knob("us-east-1", "where all this is to be")
    create_before_destroy: bool | str = knob(True, "a replacement comes before the old one goes")
    walk: Walk = Walk()
    places: Mapping[Path, tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = self.body.get("Resources", {}) if isinstance(self.body, dict) else {}
        for name in (
            _listed(self.create_before_destroy) if isinstance(self.create_before_destroy, str) else ()
        ):
            if name not in known:
                raise KnobError("Template", "create_before_destroy", name, f"is none of {', '.join(known)}")

    @property
    def created_first(self) -> tuple[str, ...]:
        """The resources for which `create_before_destroy` was asked."""
        if isinstance(self.create_before_destroy, str):
            return _listed(self.create_before_destroy)
        return tuple(self.body["Resources"]) if self.create_before_destroy else ()

    @property
    def title(self) -> str:
        """The name with what tells this environment from another."""
        own = (f"{key} {'****' if key in self.secrets else value}" for key, value in self.parameters.items())
        return ", ".join((self.name, *own, self.region))

    @property
    def secrets(self) -> set[str]:
        """The parameters whose values are never shown (NoEcho)."""
        declared = self.body.get("Parameters", {})
        facts = {name: facts for name, facts in declared.items() if isinstance(facts, dict)}
        return {name for name in facts if str(facts[name].get("NoEcho")).lower() == "true"}

    def with_parameters(self, region: str = "", **values: Any) -> Template:
        """The same template for another environment: these parameters are set, the others stay."""
        return replace(self, parameters={**self.parameters, **values}, region=region or self.region)

    def fault(self, path: Path, problem: str) -> TemplateError:
        """The error of a place in the template, with file, line and column where they are known."""
        known = next((self.places[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.places), ())
        at = ".".join(map(str, path))
        return TemplateError(f"{':'.join(map(str, (self.name, *known)))}: {at}{': ' * bool(at)}{problem}")


@dataclass(frozen=True)
class Resource:
    """One resource as it is wanted; its properties name others as ⟦Name⟧, for their ids are not known yet.

    `needs`: what must be there before it. `sensitive`: the properties that are never shown. `retain`: when it
    is kept although it is no longer wanted: "Delete", "Replace" or both.
    """

    name: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict, repr=False)
    needs: tuple[str, ...] = ()
    sensitive: frozenset[str] = frozenset()
    retain: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Deployed:
    """A resource that exists: `applied` is what the last apply made of it, `actual` what is really there.

    `actual` is None when somebody deleted it by hand.
    """

    resource: Resource
    id: str
    applied: Mapping[str, Any] = field(repr=False)
    actual: Mapping[str, Any] | None = field(repr=False)


@dataclass(frozen=True)
class State:
    """All that was deployed, by name: what the tool remembers, and what is really there."""

    resources: Mapping[str, Deployed] = field(default_factory=dict)

    def changed_by_hand(self, name: str, **properties: Any) -> State:
        """The state after somebody changed properties of one resource past the tool: drift."""
        old = self._known(name)
        return self._with(replace(old, actual={**(old.actual or {}), **properties}))

    def deleted_by_hand(self, name: str) -> State:
        """The state after somebody deleted one resource past the tool."""
        return self._with(replace(self._known(name), actual=None))

    def _known(self, name: str) -> Deployed:
        if name not in self.resources:
            has = f"is not deployed; deployed are {', '.join(self.resources) or 'none'}"
            raise KnobError("State", "resources", name, has)
        return self.resources[name]

    def _with(self, changed: Deployed) -> State:
        return State({**self.resources, changed.resource.name: changed})

    def __repr__(self) -> str:
        return f"State of {len(self.resources)} resources"


@dataclass(frozen=True)
class Difference:
    """One property that differs, and whether its change forces a replacement."""

    path: Path
    before: Any = field(repr=False)
    after: Any = field(repr=False)
    recreation: Recreation = "Never"
    sensitive: bool = False


@dataclass(frozen=True)
class Change:
    """What a plan does with one resource, and why; `needed` is what it depended on so far."""

    name: str
    type: str
    actions: tuple[Action, ...]
    differences: tuple[Difference, ...] = ()
    reason: str = ""
    needs: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """One word for the actions; two of them are a replacement."""
        return self.actions[0] if len(self.actions) == 1 else "replace"

    @property
    def makes(self) -> Action | None:
        """The action after which the resource is as it is wanted; None if it is to be gone."""
        return next((action for action in self.actions if action not in ("delete", "forget")), None)

    @property
    def ends(self) -> Action | None:
        """The action that ends what was there."""
        return next((action for action in self.actions if action in ("delete", "forget")), None)

    @property
    def create_first(self) -> bool:
        """Whether the replacement comes before the old one goes."""
        return self.kind == "replace" and self.actions[0] == "create"


@dataclass(frozen=True)
class Plan:
    """What an apply would do, in the order of the dependencies; nothing has happened yet.

    `drift`: what was changed past the tool since the last apply. `outputs`: the outputs that change.
    """

    title: str
    changes: tuple[Change, ...]
    drift: tuple[Change, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    walk: Walk = Walk()
    before: State = field(default=State(), repr=False)
    desired: Mapping[str, Resource] = field(default_factory=dict, repr=False)
    template: Template | None = field(default=None, repr=False)

    @property
    def doing(self) -> tuple[Change, ...]:
        """The changes that do something."""
        return tuple(change for change in self.changes if change.kind != "no-op")

    @property
    def empty(self) -> bool:
        """Whether everything is as it is wanted."""
        return not self.doing and not self.outputs

    def count(self, kind: str) -> int:
        """How many changes are of this kind, such as "create" or "replace"."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def headline(self) -> str:
        """The plan in one line."""
        kinds = dict.fromkeys(change.kind for change in self.doing)
        words = [f"{self.count(kind)} to {kind}" for kind in kinds] or ["no changes"]
        words += [f"{len(self.outputs)} outputs change"] * bool(self.outputs)
        words += [f"{len(self.drift)} changed by hand"] * bool(self.drift)
        return f"{self.title}: {', '.join(words)}"

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare."""
        kinds = ("create", "update", "replace", "delete", "no-op")
        return (
            *(_count(kind, self.count(kind)) for kind in kinds),
            _count("changed by hand", len(self.drift)),
        )

    def __repr__(self) -> str:
        from .plan_text import plan_text

        return plan_text(self)

    def _repr_html_(self) -> str:
        from .plan_text import plan_html

        return plan_html(self)


@dataclass(frozen=True)
class Work:
    """One operation on one resource, from `start` to `end` (s); `undo`: it takes another one back."""

    name: str
    action: Action
    start: float
    end: float
    failed: bool = False
    undo: bool = False


@dataclass(frozen=True)
class Applied:
    """The record of an apply: every operation with its times, and the state afterwards.

    `next_plan` is what a second apply would do: nothing, if this one reached what is wanted. `shortest` (s):
    how long it would take if everything that may run at once did.
    """

    plan: Plan
    works: tuple[Work, ...] = field(repr=False)
    state: State
    outcome: Literal["applied", "rolled back", "failed", "nothing to do", "planned"]
    shortest: float
    next_plan: Plan | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """The name of what was applied."""
        return self.plan.title

    @property
    def headline(self) -> str:
        """The name and how it ended."""
        return f"{self.title}: {self.outcome}"

    @property
    def end(self) -> float:
        """When the last operation ended (s)."""
        return max((work.end for work in self.works), default=0.0)

    @property
    def gap(self) -> float:
        """The longest time (s) that a resource to be replaced was not there at all."""
        replaced = {change.name for change in self.plan.changes if change.kind == "replace"}
        gone = {w.name: w.end for w in self.works if w.action == "delete" and w.name in replaced}
        back = (w for w in self.works if w.action == "create" and not w.failed)
        return max((max(0.0, w.end - gone.get(w.name, w.end)) for w in back), default=0.0)

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare."""
        busy = most_at_once((work.start, work.end) for work in self.works)
        work = sum(work.end - work.start for work in self.works)
        left = None if self.next_plan is None else len(self.next_plan.doing)
        return (
            _count("resources", len(self.state.resources)),
            _count("changes", len(self.plan.doing)),
            _count("changed by hand", len(self.plan.drift)),
            Figure("time", self.end, seconds(self.end), -1),
            Figure("one after another", work, seconds(work)),
            Figure("shortest possible", self.shortest, seconds(self.shortest)),
            _count("most at once", busy),
            Figure("longest gap", self.gap, seconds(self.gap) if self.gap else "none", -1),
            _count("failed", sum(work.failed for work in self.works), -1),
            _count("undone", sum(work.undo for work in self.works), -1),
            _count("a second apply would change", left, -1),
        )

    @property
    def summary(self) -> Summary:
        """The figures as a table."""
        return Summary(self.headline, self.figures())

    def __repr__(self) -> str:
        return repr(self.summary)

    def _repr_html_(self) -> str:
        return self.summary._repr_html_()


def _listed(words: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in words.split(",") if name.strip())


def _count(name: str, value: int | None, better: int = 0) -> Figure:
    return Figure(name, value, "–" if value is None else f"{value:,}", better)
