"""Infrastructure as code: what is wanted, what there is, and the plan between the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .errors import KnobError
from .figure import Figure
from .summary import number
from .template import Path, Template, Walk

Action = Literal["no-op", "create", "read", "update", "delete", "forget"]  # Terraform's words
Recreation = Literal["Never", "Conditionally", "Always"]  # CloudFormation's words


@dataclass(frozen=True)
class Resource:
    """One resource as it is wanted; its properties name others as ⟦Name⟧, for their ids are not known yet.

    `needs`: what must be there before it. `sensitive`: the paths to values that are never shown. `retain`:
    when it is kept although it is no longer wanted: any of "Create" (its creation is rolled back), "Delete"
    and "Replace".
    """

    name: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict, repr=False)
    needs: tuple[str, ...] = ()
    sensitive: frozenset[Path] = frozenset()
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
    """All that was deployed, by name: what the tool remembers, and what is really there.

    `taken`: the types and the custom names of what was left behind, by a policy such as Retain; nothing else
    can be created under them.
    """

    resources: Mapping[str, Deployed] = field(default_factory=dict)
    taken: frozenset[tuple[str, str]] = frozenset()

    def changed_by_hand(self, name: str, **properties: Any) -> State:
        """The state after somebody changed properties of one resource past the tool: drift.

        A plan finds it, as Terraform's do; an ordinary update of CloudFormation would not.
        """
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
        return replace(self, resources={**self.resources, changed.resource.name: changed})

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
    """What a plan does with one resource, and why; `needed` is what it depended on so far.

    `blocked`: why it cannot succeed, if that is known before the walk.
    """

    name: str
    type: str
    actions: tuple[Action, ...]
    differences: tuple[Difference, ...] = ()
    reason: str = ""
    needs: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    blocked: str = ""

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
    `incomplete`: why there is more to do than the plan says, if so.
    """

    title: str
    changes: tuple[Change, ...]
    drift: tuple[Change, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    walk: Walk = field(default_factory=Walk)
    before: State = field(default_factory=State, repr=False)
    desired: Mapping[str, Resource] = field(default_factory=dict, repr=False)
    template: Template | None = field(default=None, repr=False)
    incomplete: str = ""

    @property
    def doing(self) -> tuple[Change, ...]:
        """The changes that do something."""
        return tuple(change for change in self.changes if change.kind != "no-op")

    @property
    def empty(self) -> bool:
        """Whether everything is as it is wanted."""
        return not self.doing and not self.outputs and not self.incomplete

    def count(self, kind: str) -> int:
        """How many changes are of this kind, such as "create" or "replace"."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def headline(self) -> str:
        """The plan in one line."""
        kinds = dict.fromkeys(change.kind for change in self.doing)
        words = [f"incomplete ({self.incomplete})"] * bool(self.incomplete)
        words += [f"{self.count(kind)} to {kind}" for kind in kinds]
        words = words or ["no changes"]
        words += [f"{len(self.outputs)} outputs change"] * bool(self.outputs)
        words += [f"{len(self.drift)} changed by hand"] * bool(self.drift)
        return f"{self.title}: {', '.join(words)}"

    @property
    def settings(self) -> tuple[str, ...]:
        """None: its title says of what it is the plan."""
        return ()

    @property
    def conditions(self) -> Mapping[str, object]:
        """Nothing: any two plans can be compared."""
        return {}

    def figures(self) -> tuple[Figure, ...]:
        """The figures that people compare."""
        kinds = ("create", "update", "replace", "delete", "no-op")
        counts = {kind: self.count(kind) for kind in kinds} | {"changed by hand": len(self.drift)}
        return tuple(Figure.said(name, many, number) for name, many in counts.items())

    def __repr__(self) -> str:
        from .plan_text import plan_text

        return plan_text(self)

    def _repr_html_(self) -> str:
        from .plan_text import plan_html

        return plan_html(self)
