"""The record of an apply: every operation with its times, and what there is afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from .figure import Figure
from .infrastructure import Action, Plan, State
from .spans import most_at_once
from .summary import Summary, number, seconds


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
        gap = f", of an incomplete plan ({self.plan.incomplete})" if self.plan.incomplete else ""
        return f"{self.title}: {self.outcome}{gap}"

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings of the walk, to tell two applies of one template apart."""
        template = self.plan.template
        first = (f"create_before_destroy={template.create_before_destroy}",) if template else ()
        return (
            *first,
            *(f"{spec.name}={getattr(self.plan.walk, spec.name)}" for spec in fields(self.plan.walk)),
        )

    @property
    def conditions(self) -> Mapping[str, object]:
        """Nothing: any two applies can be compared."""
        return {}

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
        less = -1 if self.outcome in ("applied", "nothing to do") else 0  # who gives up early is not faster
        said = Figure.said
        return (
            said("resources", len(self.state.resources), number),
            said("changes", len(self.plan.doing), number),
            said("changed by hand", len(self.plan.drift), number),
            said("time", self.end, seconds, less),
            said("one after another", work, seconds),
            said("shortest possible", self.shortest, seconds),
            said("most at once", busy, number),
            said("longest gap", self.gap, lambda gap: seconds(gap) if gap else "none", less),
            said("undone", sum(work.undo for work in self.works), number, -1),
            said("a second apply would change", left, number, -1),
        )

    @property
    def summary(self) -> Summary:
        """The figures as a table."""
        return Summary(self.headline, self.figures())

    def __repr__(self) -> str:
        return repr(self.summary)

    def _repr_html_(self) -> str:
        return self.summary._repr_html_()
