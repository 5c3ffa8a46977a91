"""The plan: what has to be done so that there is what is wanted.

Source: the actions of Terraform's plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from ...model.errors import TemplateError
from ...model.infrastructure import Action, Change, Deployed, Plan, Resource, State
from ...model.template import Template
from .compare import compare, custom_name, published
from .dependencies import in_order
from .desired import fill, resources

Taken = frozenset[tuple[str, str]]  # types and names

REASONS = {
    "gone": "somebody deleted it by hand",
    "drift": "somebody changed it by hand",
    "removed": "the template has it no longer",
}


def plan(template: Template, state: State | None = None) -> Plan:
    """Compare what a template wants with what there is; nothing is done yet.

    A change of a create-only property replaces, and so do, one after another, those that refer to what is
    replaced in a create-only property. A replacement that keeps its custom name is `blocked`, and fails in
    the walk, unless the old one is destroyed first; so is what wants the name of one that was left behind.
    Drift is found and repaired, as Terraform does it; an ordinary update of CloudFormation compares only
    templates, and does not see it. Raises `TemplateError`, also for a resource whose type is another than
    before.

    >>> from deploylab.patterns.infrastructure.apply import apply
    >>> from deploylab.patterns.infrastructure.template import template
    >>> web = template("web-service")
    >>> plan(web).headline
    'web-service, us-east-1: 14 to create'
    >>> plan(web, apply(web).state).headline
    'web-service, us-east-1: no changes'
    """
    if not isinstance(template, Template) or not isinstance(state, State | None):
        raise TemplateError("plan: give it a template, and maybe a state such as apply(...).state")
    before, desired = state or State(), resources(template)
    _keep_types(template, before, desired)
    gone = [_gone(old) for name, old in before.resources.items() if name not in desired]
    old = before.resources if template.create_before_destroy is True else ()
    changes = create_first((*_changes(desired, before), *gone), (*template.created_first, *old))
    ordered = tuple(_checked(change, desired, before.taken) for change in changes)
    drift = tuple(filter(None, map(_drift, before.resources.values())))
    return Plan(
        template.title, ordered, drift, walk=template.walk, before=before, desired=desired, template=template,
        incomplete="its Transform is not run" * ("Transform" in template.body),
    )  # fmt: skip


def _keep_types(template: Template, before: State, desired: Mapping[str, Resource]) -> None:
    """Refuse, as CloudFormation does, another type under a name that is deployed."""
    for name, wanted in desired.items():
        was = before.resources[name].resource.type if name in before.resources else wanted.type
        if was != wanted.type:
            problem = f"it is deployed as {was}, and CloudFormation does not update a resource's type"
            advice = f"name the {wanted.type} otherwise, so that it is created and {name} is deleted"
            raise template.fault(("Resources", name, "Type"), f"{problem}; {advice}")


def _changes(desired: Mapping[str, Resource], before: State) -> Iterator[Change]:
    """What is to be done with each resource that is wanted; the id of a new one is not known yet."""
    ids: dict[str, str | None] = {name: old.id for name, old in before.resources.items()}
    for name in in_order({name: resource.needs for name, resource in desired.items()}):
        change = _change(desired[name], before.resources.get(name), ids)
        if change.kind in ("create", "replace"):
            ids[name] = None
        yield change


def _change(wanted: Resource, old: Deployed | None, ids: Mapping[str, str | None]) -> Change:
    after = fill(wanted.properties, ids)

    def change(*actions: Action, was: Any = None, reason: str = "") -> Change:
        hidden = wanted.sensitive | (old.resource.sensitive if old else frozenset())
        differences = compare(wanted.type, was or {}, after, hidden)
        needed = old.resource.needs if old else ()
        return Change(wanted.name, wanted.type, actions, tuple(differences), reason, wanted.needs, needed)

    if old is None:
        return change("create", reason=_slip(wanted.type))
    if old.actual is None:
        return change("create", reason=REASONS["gone"])
    ending: Action = "forget" if "Replace" in old.resource.retain else "delete"
    found = change("update", was=old.actual)
    drifted = REASONS["drift"] if old.actual != old.applied else ""
    if any(difference.recreation == "Always" for difference in found.differences):
        return replace(found, actions=(ending, "create"), reason=drifted)
    return replace(found, reason=drifted) if found.differences else change("no-op", was=old.actual)


def _slip(kind: str) -> str:
    """What a type that is not known here looks like, if it looks like a slip; AWS has many more types."""
    known = published()["create_only"]
    near = [] if kind in known else get_close_matches(kind, known, 1, cutoff=0.97)
    return f"not known here; did you mean {near[0]}?" if near else ""


def _checked(change: Change, desired: Mapping[str, Resource], taken: Taken) -> Change:
    """The same change; what creates says whether it is blocked."""
    if change.makes != "create":
        return change
    return replace(change, blocked=_blocked(change, desired[change.name], taken))


def _blocked(change: Change, wanted: Resource, taken: Taken) -> str:
    """Why this must fail: two objects cannot have one name at the same time."""
    key = published()["name"].get(change.type)
    if custom_name(change.type, wanted.properties) & taken:
        return f"AlreadyExists: one that was left behind has this {key}; choose another, or leave it out"
    changes = any(difference.path[:1] == (key,) for difference in change.differences)
    stays = change.create_first or change.ends == "forget"
    if not stays or key not in wanted.properties or changes:
        return ""
    return f"CloudFormation cannot replace what has a name of its own; change {key}, or leave it out"


def _gone(old: Deployed) -> Change:
    kept = "Delete" in old.resource.retain or old.actual is None
    differences = compare(old.resource.type, old.actual or {}, {}, old.resource.sensitive)
    actions: tuple[Action, ...] = ("forget" if kept else "delete",)
    found, needed = tuple(differences), old.resource.needs
    return Change(old.resource.name, old.resource.type, actions, found, REASONS["removed"], needed=needed)


def _drift(old: Deployed) -> Change | None:
    """What was changed past the tool, as a change of its own."""
    if old.actual is None:
        return Change(old.resource.name, old.resource.type, ("delete",), reason=REASONS["gone"])
    found = tuple(compare(old.resource.type, old.applied, old.actual, old.resource.sensitive))
    change = Change(old.resource.name, old.resource.type, ("update",), found, REASONS["drift"])
    return change if found else None


def create_first(changes: Iterable[Change], asked: Iterable[str]) -> tuple[Change, ...]:
    """The changes with every replacement in its order: create before destroy, or destroy first.

    Who creates first forces it onto all that it depends on: otherwise the old one of a dependency had to go
    while something still needs it (Terraform's ForcedCBDTransformer).
    """
    known = {change.name: change for change in changes}
    ahead = list(asked)
    first: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name in known and name not in first:
            first.add(name)
            ahead.extend((*known[name].needs, *known[name].needed))
    return tuple(_turned(change, change.name in first) for change in known.values())


def _turned(change: Change, first: bool) -> Change:
    if change.kind != "replace" or change.makes is None or change.ends is None:
        return change
    return replace(change, actions=(change.makes, change.ends) if first else (change.ends, change.makes))
