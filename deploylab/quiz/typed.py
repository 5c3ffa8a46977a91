"""Mappings whose `type` says which keys they have: a question, and each gap of a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from deploylab.quiz.fields import Key, Page, Reader, Table, build, child, object_schema, record

Kinds = Mapping[str, tuple[Callable[..., Any], Table]]
# For a value that cannot be judged, because a fault elsewhere hides what it should be.
_ANYTHING = Key(Reader(lambda _page, _name, _node: None, {}), "", "")


def read_typed(page: Page, noun: str, node: yaml.Node, shared: Table, kinds: Kinds) -> dict[str, Any]:
    """The values of the keys that all types share, and under `kind` what is made of a type's own keys.

    When the type is wrong, its fault is told alone: no key that some type knows is blamed.
    """
    found = child(node, "type")
    name = found.value if found and found.value in kinds else ""
    unknown = {key: _ANYTHING for _, table in kinds.values() for key in table}
    make, own = kinds.get(name, (dict, unknown))
    values = record(page, f"{name} {noun}".strip(), node, {**shared, **own})
    del values["type"]
    own_values = {key: values.pop(key) for key in own if key in values}
    return {**values, "kind": build(node, make, own_values)}


def typed_schema(name: str, shared: Table, own: Table) -> dict[str, Any]:
    """The JSON Schema of such a mapping, for one type."""
    schema = object_schema({**shared, **own})
    schema["properties"]["type"] = {"const": name, "description": shared["type"].help}
    return schema
