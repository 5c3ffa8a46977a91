"""What the resources of a Terraform plan depend on: the references of its configuration and its modules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from ...model.errors import TemplateError

EDGES = 100_000
KEY = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]')  # of count and for_each
MODULE = re.compile(rf"module\.[^.\[]+(?:{KEY.pattern})?")
NOT_MANAGED = ("var", "local", "module", "each", "count", "path", "terraform", "self")
Names = tuple[str, ...]
Modules = dict[Names, tuple[Any, Any]]  # path: the module as configured, and the call of it
T = TypeVar("T")


def part(owner: Any, key: str, default: T) -> T:
    """A part of a plan, or the default where it is left out; raises `TemplateError` if it is of another kind.

    >>> part({"address": "a.b"}, "address", ""), part({}, "type", "")
    ('a.b', '')
    """
    value = owner.get(key) if isinstance(owner, Mapping) else None
    if value is not None and not isinstance(value, type(default)):
        raise TemplateError(f"{key} is {str(value)[:40]!r}, which is no {type(default).__name__}")
    return default if value is None else value


def edges(body: Mapping[str, Any]) -> dict[str, list[str]]:
    """For each address of the plan the addresses that it depends on."""
    entries = dict.fromkeys(part(entry, "address", "") for entry in listing(body, "resource_changes"))
    instances: dict[str, list[str]] = {}
    for address in entries:
        instances.setdefault(KEY.sub("", address), []).append(address)
    modules = dict(_modules((), mapping(mapping(body, "configuration"), "root_module"), {}))
    wanted: dict[str, set[str]] = {}
    state = mapping(mapping(body, "prior_state"), "values")
    for source, targets in (*_configured(modules), *_remembered(state)):
        wanted.setdefault(source, set()).update(targets)
    for targets in wanted.values():  # a module stands for all that is in it
        for module in [target for target in targets if target.split(".")[-2:-1] == ["module"]]:
            targets |= {address for address in instances if address.startswith(f"{module}.")}
    path = {address: MODULE.findall(address) for address in entries}
    found: dict[str, list[str]] = {}
    for plain, sources in instances.items():
        names = [t for name in sorted(wanted.get(plain, set()) - {plain}) for t in instances.get(name, ())]
        found |= {source: [t for t in names if _together(path[source], path[t])] for source in sources}
        if sum(map(len, found.values())) > EDGES:
            raise TemplateError(f"more than {EDGES:,} dependencies, which nobody can see")
    return found


def mapping(owner: Any, key: str) -> dict[str, Any]:
    """A part of a plan that has names."""
    return part(owner, key, dict[str, Any]())


def listing(owner: Any, key: str) -> list[Any]:
    """A part of a plan that is a list."""
    return part(owner, key, list[Any]())


def _modules(path: Names, module: Any, call: Any) -> Iterator[tuple[Names, tuple[Any, Any]]]:
    yield path, (module, call)
    for name, inner in mapping(module, "module_calls").items():
        yield from _modules((*path, name), mapping(inner, "module"), inner)


def _configured(modules: Modules) -> Iterator[tuple[str, set[str]]]:
    """What the configuration says: the references of every resource, and what its modules wait for."""
    for path, (module, _) in modules.items():
        calls = [(path[:n], modules[path[: n + 1]][1]) for n in range(len(path))]
        inherited = [_names(listing(call, "depends_on"), at, modules) for at, call in calls]
        for resource in listing(module, "resources"):
            keys = ("expressions", "count_expression", "for_each_expression")
            said = [*_mentioned([mapping(resource, key) for key in keys]), *listing(resource, "depends_on")]
            yield _inside(path, part(resource, "address", "")), _names(said, path, modules).union(*inherited)


def _remembered(values: Any) -> Iterator[tuple[str, set[str]]]:
    """What the state remembers of the resources that exist."""
    ahead: list[Any] = [mapping(values, "root_module")]
    while ahead:
        module = ahead.pop()
        ahead += listing(module, "child_modules")
        for resource in listing(module, "resources"):
            needs = {KEY.sub("", str(name)) for name in listing(resource, "depends_on")}
            yield KEY.sub("", part(resource, "address", "")), needs


def _names(said: list[Any], path: Names, modules: Modules) -> set[str]:
    """The resources that references mean in a module, through its variables and the outputs of others."""
    found: set[str] = set()
    seen: set[tuple[str, Names]] = set()
    ahead = [(said, path)]
    while ahead:
        said, path = ahead.pop()
        words = {re.sub(r"\[.*?\]", "", word) for word in said if isinstance(word, str)}
        precise = {".".join(word.split(".")[:2]) for word in words if word.count(".") > 1}
        for word in sorted(words):
            first, *rest = word.split(".")
            if not rest or (word, path) in seen:
                continue
            seen.add((word, path))
            if first == "var":
                arguments = mapping(modules[path][1], "expressions") if path in modules else {}
                ahead.append((_mentioned(arguments.get(rest[0])), path[:-1]))
            elif first == "module" and (len(rest) > 1 or word not in precise):
                inner = (*path, rest[0])
                outputs = mapping(modules[inner][0], "outputs") if inner in modules else {}
                if len(rest) > 1 and rest[1] in outputs:
                    output = outputs[rest[1]]
                    ahead.append(([*_mentioned(output), *listing(output, "depends_on")], inner))
                else:
                    found.add(_inside(inner))
            elif first not in NOT_MANAGED:
                found.add(_inside(path, ".".join((first, *rest[: 2 if first == "data" else 1]))))
    return found


def _mentioned(expression: Any) -> list[Any]:
    """All references in an expression, or in a list of them."""
    if isinstance(expression, list):
        return [word for inner in expression for word in _mentioned(inner)]
    if not isinstance(expression, dict):
        return []
    own = listing(expression, "references")
    return [*own, *_mentioned([inner for key, inner in expression.items() if key != "references"])]


def _inside(path: Names, address: str = "") -> str:
    return ".".join((*(words for name in path for words in ("module", name)), *filter(None, [address])))


def _together(ours: list[str], theirs: list[str]) -> bool:
    """Whether two addresses may belong together: no instance of a module uses parts of another instance."""
    differ = next(((a, b) for a, b in zip(ours, theirs, strict=False) if a != b), None)
    return differ is None or KEY.sub("", differ[0]) != KEY.sub("", differ[1])
