"""The values of a template's parameters: given or by default, and checked as CloudFormation checks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model.template import Template

LONGEST = 4096  # characters, as in CloudFormation
NOTHING = object()  # AWS::NoValue: the property is left out


def parameters(template: Template) -> dict[str, Any]:
    """The value of every parameter, and of the pseudo parameters; raises `TemplateError`.

    >>> from deploylab.patterns.infrastructure.template import template
    >>> parameters(template("web-service", parameters={"Environment": "test"}))
    Traceback (most recent call last):
    deploylab.model.errors.TemplateError: web-service:5:3: Parameters.Environment: 'test' is not allowed; \
allowed are dev, staging, production
    """
    declared = template.body.get("Parameters", {})
    for name in template.parameters:
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise template.fault(("Parameters",), f"there is no {name}; declared are {known}")
    return pseudo(template) | {name: _value(template, name, facts) for name, facts in declared.items()}


def pseudo(template: Template) -> dict[str, Any]:
    """The parameters that CloudFormation itself gives."""
    return {
        "AWS::AccountId": "123456789012",
        "AWS::NoValue": NOTHING,
        "AWS::NotificationARNs": [],
        "AWS::Partition": "aws",
        "AWS::Region": template.region,
        "AWS::StackId": f"stack/{template.name}",
        "AWS::StackName": template.name,
        "AWS::URLSuffix": "amazonaws.com",
    }


def _value(template: Template, name: str, declared: Any) -> Any:
    facts, at = declared if isinstance(declared, dict) else {}, ("Parameters", name)
    value, allowed = template.parameters.get(name, facts.get("Default")), facts.get("AllowedValues")
    if value is None or isinstance(value, dict):
        example = f", for example {text(allowed[0])}" if isinstance(allowed, list) and allowed else ""
        raise template.fault(at, f"has no default; give it a value{example}")
    if problem := _problem(text(value), facts):
        shown = "****" if name in template.secrets else text(value)[:60]
        raise template.fault(at, f"{shown!r} {problem}")
    split = isinstance(value, str) and str(facts.get("Type")).startswith(("List", "CommaDelimitedList"))
    return [part.strip() for part in value.split(",")] if split else value


def _problem(words: str, facts: Mapping[str, Any]) -> str:
    """Why a parameter may not have this value, or nothing. Patterns are not checked: some never end."""
    allowed, size = facts.get("AllowedValues"), float(len(words))
    if isinstance(allowed, list) and words not in map(text, allowed):
        return f"is not allowed; allowed are {', '.join(map(text, allowed))}"
    if facts.get("Type") == "Number":
        try:
            size = float(words)
        except ValueError:
            return "is no number"
    for key, sign in (("MinValue", 1), ("MaxValue", -1), ("MinLength", 1), ("MaxLength", -1)):
        bound = facts.get(key)
        if isinstance(bound, int | float) and sign * size < sign * bound:
            return f"is not allowed; {key} is {bound:g}"
    return f"is longer than {LONGEST:,} characters" if len(words) > LONGEST else ""


def text(value: Any) -> str:
    """A value as CloudFormation writes it into a text.

    >>> text(True), text(80), text(["a", "b"])
    ('true', '80', 'a,b')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(text, value))
    return "" if value is None or value is NOTHING else str(value)
