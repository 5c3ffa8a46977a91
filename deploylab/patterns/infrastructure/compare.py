"""What differs between two objects of one type, and what that means: the facts that CloudFormation publishes.

Source: CloudFormation's create-only properties, and the words of its change sets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from operator import eq
from pathlib import Path as File
from typing import Any

import yaml

from ...model.infrastructure import Difference, Recreation
from ...model.template import Path
from .parameters import text

ABSENT = object()


def compare(kind: str, before: Any, after: Any, sensitive: Collection[Path] = ()) -> Iterator[Difference]:
    """Every property that differs, as deep as both sides are objects, with what it means for the resource.

    >>> [(d.path, d.recreation) for d in compare("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, {})]
    [(('CidrBlock',), 'Always')]
    """
    for path, old, new in _differing(before, after, ()):
        hidden = any(all(map(eq, path, secret)) for secret in sensitive)  # one may lead deeper than the other
        old, new = (None if side is ABSENT else side for side in (old, new))
        yield Difference(path, old, new, requires_recreation(kind, path), hidden)


def _differing(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    sides = [{} if side is ABSENT else side for side in (before, after)]
    if any(sides) and all(isinstance(side, dict) for side in sides):
        for key in sides[0] | sides[1]:
            yield from _differing(sides[0].get(key, ABSENT), sides[1].get(key, ABSENT), (*path, key))
    elif alike(before) != alike(after):
        yield path, before, after


def alike(value: Any) -> Any:
    """A value as CloudFormation sees it: 80 and "80" are the same, and so are true and "true"."""
    if isinstance(value, dict):
        return {key: alike(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [alike(item) for item in value]
    return value if value is ABSENT else text(value)


def custom_name(kind: str, properties: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """The type and the name that a resource is to have among all of its type, if it has one of its own.

    >>> custom_name("AWS::SQS::Queue", {"QueueName": "orders"})
    frozenset({('AWS::SQS::Queue', 'orders')})
    """
    key = published()["name"].get(kind, "")
    return frozenset([(kind, text(properties[key]))] if key in properties else [])


def requires_recreation(kind: str, path: Path) -> Recreation:
    """Whether a change of this property replaces the resource: the word of CloudFormation's change sets.

    A type that is not known is updated in place.

    >>> requires_recreation("AWS::RDS::DBInstance", ("StorageEncrypted",))
    'Always'
    >>> requires_recreation("AWS::RDS::DBInstance", ("AllocatedStorage",))
    'Never'
    """
    facts = published()["create_only"].get(kind, {})
    words: tuple[tuple[Recreation, str], ...] = (("Always", "always"), ("Conditionally", "conditionally"))
    for word, key in words:
        for pointer in facts.get(key, "").split():
            pairs = zip(pointer.split("/"), path, strict=False)  # one of them may lead deeper than the other
            if all(known in ("*", str(step)) for known, step in pairs):
                return word
    return "Never"


@cache
def published() -> dict[str, dict[str, Any]]:
    """The facts about resource types that come with deploylab."""
    file = File(__file__).with_name("cloudformation.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(file.read_text("utf-8"), Loader=loader))
