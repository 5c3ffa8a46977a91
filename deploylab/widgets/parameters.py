"""The parameters of a template as knobs, so that a playground can turn them."""

from __future__ import annotations

from dataclasses import asdict, make_dataclass
from keyword import iskeyword
from typing import Any

from ..model.applied import Applied
from ..model.knob import knob
from ..model.template import Template
from ..patterns.infrastructure.apply import apply
from ..patterns.infrastructure.parameters import text


def with_parameters(template: Template) -> tuple[Template, Any]:
    """The template, and an object with a field for each parameter that has a value and is no secret.

    >>> from deploylab.patterns.infrastructure.template import template
    >>> with_parameters(template("web-service"))[1]
    Parameters(Environment='dev', Image='shop:1.0', NetworkBlock='10.0.0.0/16')
    """
    fields = []
    for name, facts in template.body.get("Parameters", {}).items():
        usable = name.isidentifier() and not iskeyword(name) and isinstance(facts, dict)
        value = template.parameters.get(name, facts.get("Default")) if usable else None
        if name not in template.secrets and isinstance(value, str | int | float):
            allowed = facts.get("AllowedValues")
            options = tuple(map(text, allowed)) if isinstance(allowed, list) else ()
            meaning = str(facts.get("Description", name))
            fields.append((name, Any, knob(text(value), meaning, options=options)))
    return template, make_dataclass("Parameters", fields, frozen=True)()


def apply_with(template: Template, parameters: Any) -> Applied:
    """Apply the template with the parameters that were turned, where nothing is yet."""
    now, before = asdict(parameters), asdict(with_parameters(template)[1])
    return apply(template.with_parameters(**{name: now[name] for name in now if now[name] != before[name]}))
