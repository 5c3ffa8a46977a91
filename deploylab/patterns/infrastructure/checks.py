"""Refuse what is no template, and the slips that CloudFormation refuses before it begins.

What the functions say is checked when they are resolved; a resource's own properties and attributes are not.
Source: the template anatomy of the CloudFormation user guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from ...model.template import Path, Template
from .dependencies import references

RESOURCES = 500  # CloudFormation's own limit
VERSION = "2010-09-09"
NAMED = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")
SECTIONS = (*NAMED, "AWSTemplateFormatVersion", "Description", "Metadata", "Rules", "Hooks", "Transform")
KEYS = (
    "Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy",
    "CreationPolicy", "Metadata", "Version",
)  # fmt: skip
POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}
ID = re.compile("[A-Za-z0-9]+")
TYPE = re.compile(r"Custom::[\w@-]+|\w+::\w+::\w+(?:::\w+)*")
ONE = r"(?:String|Number|AWS::[\w:]+)"
LIST = rf"(?:{ONE}|CommaDelimitedList|List<{ONE}>)"
PARAMETER = re.compile(rf"{LIST}|AWS::SSM::Parameter::Value<{LIST}>")


def check(made: Template) -> None:
    """Raise `TemplateError` for what can be seen without any parameter's value.

    What a Transform would do is not known, so a template that has one may have keys of its own.
    """
    if not isinstance(made.body, dict):
        raise made.fault((), "this is no template; it begins with Resources:")
    plain = "Transform" not in made.body
    for section in made.body if plain else ():
        _known(made, (section,), section, SECTIONS)
    for section in NAMED:
        if not isinstance(made.body.get(section, {}), dict):
            raise made.fault((section,), "names and what they mean are wanted here")
    if made.body.get("AWSTemplateFormatVersion", VERSION) != VERSION:
        raise made.fault(("AWSTemplateFormatVersion",), f"there is only one version, {VERSION}")
    resources = made.body.get("Resources")
    if not resources:
        raise made.fault((), "there are no Resources; a template describes at least one")
    if len(resources) > RESOURCES:
        problem = f"{len(resources)} resources; CloudFormation takes at most {RESOURCES}"
        raise made.fault(("Resources",), problem)
    for name, facts in made.body.get("Parameters", {}).items():
        _parameter(made, ("Parameters", name), facts)
    for name, resource in resources.items():
        _resource(made, ("Resources", name), resource, plain)
    for name, output in made.body.get("Outputs", {}).items() if plain else ():
        _output(made, ("Outputs", name), output)


def _known(made: Template, at: Path, word: Any, known: Iterable[str]) -> None:
    """Refuse a word that is none of those that are known, with the one that was probably meant."""
    if word not in (known := list(known)):
        near = get_close_matches(str(word), known, 1)
        advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        raise made.fault(at, f"{str(word)[:60]!r} is not known here; {advice}")


def _parameter(made: Template, at: Path, facts: Any) -> None:
    kind = facts.get("Type") if isinstance(facts, dict) else None
    if not isinstance(kind, str):
        raise made.fault(at, "it lacks its Type, for example Type: String")
    if not PARAMETER.fullmatch(kind):
        _known(made, (*at, "Type"), kind, ("String", "Number", "CommaDelimitedList", "List<Number>"))


def _resource(made: Template, at: Path, resource: Any, plain: bool) -> None:
    if str(at[-1]).startswith("Fn::ForEach") or not isinstance(resource, dict):
        raise made.fault(at, "a resource has a Type and Properties; loops are not understood")
    if not ID.fullmatch(name := str(at[-1])):
        better = re.sub("[^A-Za-z0-9]", "", name)[:60] or "Queue"
        wanted = f"only letters and digits (A-Z, a-z, 0-9) may stand in it, for example {better}"
        raise made.fault(at, f"{name[:60]!r} is no logical id; {wanted}")
    for key in resource if plain else ():
        _known(made, (*at, key), key, KEYS)
    kind = resource.get("Type")
    if not isinstance(kind, str):
        raise made.fault(at, "it lacks its Type, for example Type: AWS::SQS::Queue")
    if not TYPE.fullmatch(kind):
        raise made.fault((*at, "Type"), f"{kind[:60]!r} is no type; one looks like AWS::SQS::Queue")
    for key, allowed in POLICIES.items():
        if isinstance(resource.get(key, ()), str):
            _known(made, (*at, key), resource[key], allowed)
    others, waits = made.body["Resources"], resource.get("DependsOn", [])
    for target in [waits] if isinstance(waits, str) else waits if isinstance(waits, list) else [None]:
        if not isinstance(target, str) or target not in others:
            raise made.fault((*at, "DependsOn"), f"there is no resource {target!r}; check the name")
    if not isinstance(resource.get("Properties") or {}, dict):
        raise made.fault((*at, "Properties"), "names and values are wanted here")


def _output(made: Template, at: Path, output: Any) -> None:
    if not isinstance(output, dict) or "Value" not in output:
        raise made.fault(at, "it lacks its Value, for example Value: !Ref Queue")
    there = [*made.body["Resources"], *made.body.get("Parameters", {})]
    for name, _ in references(output):
        if not name.startswith("AWS::"):
            _known(made, (*at, "Value"), name, there)
