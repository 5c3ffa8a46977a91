"""Apply a plan: walk the graph, and undo it all when something fails.

Source: CloudFormation's rollback and cleanup of what was replaced; the walk itself is Terraform's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from ...model.applied import Applied
from ...model.errors import KnobError, TemplateError
from ...model.infrastructure import Plan, State
from ...model.record import SECOND
from ...model.template import Template, Walk
from .afterwards import state_after
from .plan import plan
from .walk import jobs, run, undoing


def apply(wanted: Template | Plan, state: State | None = None, **knobs: Any) -> Applied:
    """Do what a plan says, in simulated time, and record every operation.

    `knobs` are fields of `Walk`, and for a template `create_before_destroy`.

    >>> from deploylab.patterns.infrastructure.template import template
    >>> web = template("web-service")
    >>> first = apply(web)
    >>> apply(web, first.state).headline
    'web-service, us-east-1: nothing to do'
    >>> apply(web, fails="Service").outcome
    'rolled back'
    """
    what = _planned(wanted, state, knobs)
    walk, needs = what.walk, jobs(what.changes, what.walk.rollback)
    failing = {*walk.failing, *(change.name for change in what.changes if change.blocked)}
    works = run(needs, what, 0, failing)
    broken = any(work.failed for work in works)
    if broken and walk.rollback:
        start = max(round(work.end * SECOND) for work in works)
        works = [*works, *run(undoing(needs, works, what), what, start)]
    after = state_after(works, what)
    again = plan(what.template, after) if what.template else None
    free = run(needs, replace(what, walk=Walk(len(needs) + 1, seed=walk.seed)), 0)
    shortest = max((work.end for work in free), default=0.0)
    shown = tuple(work for work in works if work.action != "no-op")
    return Applied(what, shown, after, _outcome(what, broken), shortest, again)


def _planned(wanted: Template | Plan, state: State | None, knobs: dict[str, Any]) -> Plan:
    """The plan that is to be done, with the walk that is asked for."""
    if isinstance(wanted, Template) and "create_before_destroy" in knobs:
        wanted = replace(wanted, create_before_destroy=knobs.pop("create_before_destroy"))
    what = wanted if isinstance(wanted, Plan) else plan(wanted, state)
    if state is not None and what is wanted:
        raise TemplateError("apply: a plan knows its state already; give it the plan alone")
    what = replace(what, walk=replace(what.walk, **knobs))
    known = [change.name for change in what.changes]
    able = [change.name for change in what.changes if {"create", "update"} & {*change.actions}]
    for name in what.walk.failing:
        if name not in known:
            raise KnobError("Walk", "fails", name, f"is no resource here; they are {', '.join(known)}")
        if name not in able:
            problem = "has no operation that could fail: it is neither created nor updated"
            raise KnobError("Walk", "fails", name, f"{problem}; those that are: {', '.join(able) or 'none'}")
    return what


def _outcome(what: Plan, broken: bool) -> Literal["applied", "rolled back", "failed", "nothing to do"]:
    if broken:
        return "rolled back" if what.walk.rollback else "failed"
    return "applied" if what.doing else "nothing to do"
