"""What a template wants: its resources, with all functions done, and ids filled in where they are known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...model.infrastructure import Resource
from ...model.template import Path, Template
from .dependencies import circles, dependencies, references
from .intrinsics import FUNCTIONS
from .parameters import parameters
from .scope import PLACE, Scope

UNKNOWN = "(known after apply)"


def resources(template: Template) -> dict[str, Resource]:
    """The resources that this template wants with these parameters.

    All conditions are decided, as CloudFormation does it, also those that nothing asks. Raises
    `TemplateError` for a parameter without a value or with one that is not allowed, for a name that does not
    exist, and for a circle, with its members.

    >>> from deploylab.patterns.infrastructure.template import template
    >>> resources(template("web-service"))["SubnetA"].properties["CidrBlock"]
    '10.0.0.0/24'
    """
    scope, needs = Scope(template, parameters(template), FUNCTIONS), dict[str, list[str]]()
    for name in template.body.get("Conditions", ()) if "Transform" not in template.body else ():
        scope.holds(name, ("Conditions", name))
    for name, body in template.body["Resources"].items():
        if "Condition" not in body or scope.holds(body["Condition"], ("Resources", name, "Condition")):
            needs[name] = []
    for source, target, _ in dependencies(template):
        if source in needs and target in needs and target not in needs[source]:
            needs[source].append(target)
    for group in circles(needs):
        problem = f"a circle of {len(group)}: {', '.join(group)}; each waits for another, so drop a reference"
        raise template.fault(("Resources", group[0]), problem)
    return {name: _resource(scope, name, needs) for name in needs}


def _resource(scope: Scope, name: str, needs: Mapping[str, list[str]]) -> Resource:
    body, at = scope.template.body["Resources"][name], ("Resources", name, "Properties")
    raw = body.get("Properties") or {}
    values = scope.value(raw, at)
    for target, _ in PLACE.findall(json.dumps(values, ensure_ascii=False)):
        if target not in needs:
            problem = f"there is no resource or parameter {target!r} with these parameters"
            raise scope.template.fault(at, problem)
    sensitive = _secret(raw, (), scope.template.secrets)
    deletion, replacement = body.get("DeletionPolicy"), body.get("UpdateReplacePolicy")
    kept = {"Create": deletion == "Retain", "Delete": str(deletion).startswith("Retain")}
    retain = frozenset(when for when, keeps in (kept | {"Replace": replacement == "Retain"}).items() if keeps)
    return Resource(name, body["Type"], values, tuple(needs[name]), frozenset(sensitive), retain)


def _secret(raw: Any, path: Path, secrets: set[str]) -> Iterator[Path]:
    """The paths to the values that a secret parameter is part of, as deep as a plan compares."""
    if isinstance(raw, dict) and not any(key == "Ref" or key.startswith("Fn::") for key in raw):
        for key, inner in raw.items():
            yield from _secret(inner, (*path, key), secrets)
    elif secrets & {found for found, _ in references(raw)}:
        yield path


def fill(value: Any, ids: Mapping[str, str | None]) -> Any:
    """A value with the ids of the resources that it names; what has no id yet is known only after the apply.

    >>> fill({"VpcId": "⟦Vpc⟧", "Arn": "⟦Role.Arn⟧"}, {"Vpc": "Vpc-1", "Role": None})
    {'VpcId': 'Vpc-1', 'Arn': '(known after apply)'}
    """
    if isinstance(value, dict):
        return {key: fill(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(item, ids) for item in value]
    if not isinstance(value, str) or "⟦" not in value:
        return value
    if any(ids.get(name, "") is None for name, _ in PLACE.findall(value)):
        return UNKNOWN
    return PLACE.sub(lambda found: f"{ids[found[1]]}{found[2]}" if found[1] in ids else found[0], value)
