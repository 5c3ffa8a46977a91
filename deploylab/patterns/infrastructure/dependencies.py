"""The graph of a template: what refers to what, in which order, and where it goes round in a circle."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal, NamedTuple

from ...model.template import Template

VARIABLE = re.compile(r"\$\{([A-Za-z0-9_:.]+)\}")  # of Fn::Sub; ${!Name} is a literal


class Edge(NamedTuple):
    """`source` depends on `target`, because of what CloudFormation calls `kind`."""

    source: str
    target: str
    kind: Literal["Ref", "GetAtt", "DependsOn"]


def dependencies(template: Template) -> list[Edge]:
    """Every edge between resources that the text of the template makes, whatever its conditions say.

    >>> from deploylab.patterns.infrastructure.template import template
    >>> dependencies(template('''Resources:
    ...   Topic: {Type: "AWS::SNS::Topic"}
    ...   Queue: {Type: "AWS::SQS::Queue", Properties: {QueueName: !Sub "${Topic.TopicName}-copy"}}'''))
    [Edge(source='Queue', target='Topic', kind='GetAtt')]
    """
    resources = template.body["Resources"]
    edges: dict[Edge, None] = {}
    for source, body in resources.items():
        waits = body.get("DependsOn", [])
        waits = [waits] if isinstance(waits, str) else waits
        edges |= dict.fromkeys(Edge(source, target, "DependsOn") for target in waits)
        edges |= dict.fromkeys(Edge(source, target, kind) for target, kind in references(body))
    return [edge for edge in edges if isinstance(edge.target, str) and edge.target in resources]


def references(value: Any) -> Iterator[tuple[str, Literal["Ref", "GetAtt"]]]:
    """The names that Ref, Fn::GetAtt and Fn::Sub mention anywhere in a value, and in which way."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref" and isinstance(inner, str):
                yield inner, "Ref"
            elif key == "Fn::GetAtt" and inner and isinstance(inner, str | list):
                first = inner.split(".")[0] if isinstance(inner, str) else inner[0]
                yield str(first), "GetAtt"
            elif key == "Fn::Sub":
                text, own = (*inner, {})[:2] if isinstance(inner, list) and inner else (inner, {})
                for name in VARIABLE.findall(str(text)):
                    if not isinstance(own, dict) or name not in own:
                        yield name.split(".")[0], "GetAtt" if "." in name else "Ref"
            yield from references(inner)


def circles(needs: Mapping[str, Collection[str]]) -> list[list[str]]:
    """The groups of names that depend on themselves; a single ring in the order in which it goes round.

    >>> circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})
    [['a', 'b', 'c']]
    """
    try:
        TopologicalSorter(needs).prepare()
        return []
    except CycleError:
        pass
    reach = {name: _reachable(needs, name) for name in needs}
    groups: list[list[str]] = []
    for name in needs:
        if name in reach[name] and not any(name in group for group in groups):
            others = (other for other in reach[name] if other != name and name in reach.get(other, ()))
            groups.append([name, *others])
    return groups


def in_order(needs: Mapping[str, Collection[str]]) -> list[str]:
    """The names so that each comes after all that it needs; there must be no circle.

    >>> in_order({"a": ["b"], "b": [], "c": ["b"]})
    ['b', 'a', 'c']
    """
    return list(TopologicalSorter(needs).static_order())


def _reachable(needs: Mapping[str, Collection[str]], start: str) -> dict[str, None]:
    """All that a name depends on, over any number of edges, the nearest last found first."""
    found: dict[str, None] = {}
    ahead = list(needs[start])
    while ahead:
        name = ahead.pop()
        if name not in found:
            found[name] = None
            ahead.extend(needs.get(name, ()))
    return found
