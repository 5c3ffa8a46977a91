"""Read a real plan of Terraform or OpenTofu: what `terraform show -json plan.out` prints.

Source: Terraform's JSON output format, versions 0 and 1. Values that Terraform calls sensitive are never read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as File
from typing import Any, NamedTuple, TypeVar, get_args

from ..model.errors import TemplateError
from ..model.infrastructure import Action, Change, Deployed, Difference, Path, Plan, Resource, State, Walk
from .dependencies import circles
from .intrinsics import UNKNOWN
from .plan import create_first
from .template import read_text

LIMIT, DEPTH, RESOURCES, EDGES = 32_000_000, 60, 2_000, 100_000  # bytes, levels, resources, dependencies
KEY = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]')  # of count and for_each
MODULE = re.compile(r'module\.[^.\[]+(?:\["(?:[^"\\]|\\.)*"\]|\[\d+\])?')
ABSENT = object()
T = TypeVar("T")
REASONS = {
    "replace_because_tainted": "it is tainted: an earlier creation failed half-way",
    "replace_because_cannot_update": "a change that its provider cannot make in place",
    "replace_by_request": "somebody asked for it with -replace",
    "replace_by_triggers": "replace_triggered_by names something that changes",
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_no_module": "its module is no longer in the configuration",
    "delete_because_wrong_repetition": "count or for_each came or went",
    "delete_because_count_index": "its number is beyond count",
    "delete_because_each_key": "its key is not in for_each",
    "delete_because_no_move_target": "it was moved to an address that is not there",
    "read_because_config_unknown": "its arguments are known only during the apply",
    "read_because_dependency_pending": "something that it depends on changes",
    "read_because_check_nested": "a check reads it",
}


def terraform_plan(source: str | File) -> Plan:
    """Read a plan of Terraform or OpenTofu from a file or a text, to be shown, explained and walked.

    Make the file with `terraform plan -out plan.out` and `terraform show -json plan.out > plan.json`. Raises
    `TemplateError`.

    >>> terraform_plan("{}")
    Traceback (most recent call last):
    deploylab.model.errors.TemplateError: plan: this is no plan, it lacks format_version; make it with \
terraform show -json plan.out
    """
    inline = isinstance(source, str) and source.lstrip().startswith("{")
    name = "plan" if inline else str(source)
    reader = _Reader(name)
    body = reader.load(str(source) if inline else read_text(File(source), LIMIT))
    edges = reader.edges(body)
    changes = [reader.change(entry, edges) for entry in reader.listed(body, "resource_changes")]
    drift = [reader.change(entry, {}) for entry in reader.listed(body, "resource_drift")]
    if len(changes) > RESOURCES:
        raise reader.fault(f"{len(changes):,} resources; at most {RESOURCES:,} can be shown")
    if len({change.name for change in changes}) < len(changes):
        raise reader.fault("two changes have one address")
    if groups := circles({change.name: change.needs for change in changes}):
        raise reader.fault(f"a circle of {len(groups[0])}: {', '.join(groups[0])}")
    ordered = create_first(changes, [change.name for change in changes if change.create_first])
    known = reader.get(reader.get(reader.get(body, "prior_state", {}), "values", {}), "outputs", {})
    outputs = {
        key: "/".join(reader.actions(change, key)) for key, change in reader.get(body, "output_changes", {}).items()
        if reader.get(known, key, {}).get("value", ABSENT) != change.get("after")  # 0.12 calls them all created
    }  # fmt: skip
    return Plan(
        File(name).stem, ordered, tuple(change for change in drift if change.kind != "no-op"),
        {key: words for key, words in outputs.items() if words != "no-op"}, Walk(rollback=False),
        State({change.name: _deployed(change) for change in changes if change.makes not in ("create", "read") or change.ends}),
        {change.name: Resource(change.name, change.type, {}, change.needs) for change in changes if change.makes},
    )  # fmt: skip


def _deployed(change: Change) -> Deployed:
    return Deployed(Resource(change.name, change.type, {}, change.needed), f"{change.name}-1", {}, {})


class Config(NamedTuple):
    """A module as it is configured: its path, its body, and the call that gives its variables their values."""

    path: tuple[str, ...]
    body: Mapping[str, Any]
    call: Mapping[str, Any]


class _Reader:
    """Takes a plan apart, and says where it is not as it should be."""

    def __init__(self, name: str) -> None:
        self._name = name

    def fault(self, problem: str) -> TemplateError:
        return TemplateError(f"{self._name}: {problem}")

    def get(self, owner: Any, key: str, default: T) -> T:
        """A value of a mapping, which must be of the kind of its default."""
        value = owner.get(key) if isinstance(owner, Mapping) else None
        if value is not None and not isinstance(value, type(default)):
            raise self.fault(f"{key} is {str(value)[:40]!r}, which is no {type(default).__name__}")
        return default if value is None else value

    def listed(self, owner: Any, key: str) -> list[Any]:
        return self.get(owner, key, [])

    def load(self, text: str) -> Mapping[str, Any]:
        """The plan as plain values."""
        how = "make it with terraform show -json plan.out"
        try:
            body = json.loads(text)
        except json.JSONDecodeError as problem:
            several = "several objects; is it the log of plan -json? " if problem.msg == "Extra data" else ""
            place = f"{self._name}:{problem.lineno}:{problem.colno}"
            raise TemplateError(f"{place}: this is no JSON: {several or problem.msg + '; '}{how}") from None
        except (RecursionError, ValueError):
            raise self.fault(f"nested too deeply, or a number of too many digits; {how}") from None
        if _depth(body) > DEPTH:
            raise self.fault(f"more than {DEPTH} levels deep; {how}")
        version = self.get(body, "format_version", "")
        if not version:
            raise self.fault(f"this is no plan, it lacks format_version; {how}")
        if version.split(".")[0] not in ("0", "1"):
            raise self.fault(f"format_version {version[:20]} is newer than this deploylab; 0 and 1 are known")
        if "values" in body and "resource_changes" not in body:
            raise self.fault(f"this is a state, not a plan; {how}")
        return dict(body)

    def actions(self, change: Any, address: str) -> tuple[Action, ...]:
        """The actions of a change, in Terraform's order."""
        found = tuple(self.listed(change, "actions"))
        pair = len(found) == 2 and sum(action in ("delete", "forget") for action in found) == 1 and "create" in found
        if (len(found) != 1 and not pair) or any(action not in get_args(Action) for action in found):
            raise self.fault(f"{address}: the actions {str(found)[:60]} are not known")
        return found

    def change(self, entry: Any, edges: Mapping[str, list[str]]) -> Change:
        """One change of a resource."""
        address, kind = self.get(entry, "address", ""), self.get(entry, "type", "")
        change = self.get(entry, "change", {})
        if not address:
            raise self.fault("a change lacks its address")
        deposed = self.get(entry, "deposed", "")
        reason = self.get(entry, "action_reason", "")
        told = [REASONS.get(reason, reason.replace("_", " "))]
        if before := self.get(entry, "previous_address", ""):
            told.append(f"moved from {before}")
        told += ["imported"] * bool(change.get("importing")) + ["left over from a replacement"] * bool(deposed)
        paths = [tuple(path) for path in self.listed(change, "replace_paths") if isinstance(path, list)]
        needs = tuple(edges.get(address, ()))
        return Change(
            address + f" (deposed {deposed})" * bool(deposed), kind, self.actions(change, address),
            tuple(_differences(change, paths)), "; ".join(filter(None, told)), needs, needs,
        )  # fmt: skip

    def edges(self, body: Mapping[str, Any]) -> dict[str, list[str]]:
        """What each address of the plan depends on, by the references of the configuration and of the state."""
        entries = {self.get(entry, "address", ""): None for entry in self.listed(body, "resource_changes")}
        instances: dict[str, list[str]] = {}
        for address in entries:
            instances.setdefault(KEY.sub("", address), []).append(address)
        root = self.get(self.get(body, "configuration", {}), "root_module", {})
        modules = {config.path: config for config in self._modules(Config((), root, {}))}
        wanted = {source: set(targets) for source, targets in self._configured(modules)}
        for source, targets in self._remembered(self.get(self.get(body, "prior_state", {}), "values", {})):
            wanted.setdefault(KEY.sub("", source), set()).update(KEY.sub("", target) for target in targets)
        for source, targets in wanted.items():  # a module stands for all that is in it
            for target in [target for target in targets if target.split(".")[-2:-1] == ["module"]]:
                targets |= {address for address in instances if address.startswith(f"{target}.")}
        edges: dict[str, list[str]] = {}
        modules_of = {address: MODULE.findall(address) for address in entries}
        for plain, sources in instances.items():
            targets_of = [t for name in sorted(wanted.get(plain, ())) if name != plain for t in instances.get(name, ())]
            for source in sources:
                edges[source] = [t for t in targets_of if _together(modules_of[source], modules_of[t])]
            if sum(map(len, edges.values())) > EDGES:
                raise self.fault(f"more than {EDGES:,} dependencies, which nobody can see")
        return edges

    def _modules(self, config: Config) -> Iterator[Config]:
        yield config
        for name, call in self.get(config.body, "module_calls", {}).items():
            yield from self._modules(Config((*config.path, name), self.get(call, "module", {}), call))

    def _configured(self, modules: Mapping[tuple[str, ...], Config]) -> Iterator[tuple[str, set[str]]]:
        for path, config in modules.items():
            waits = [(path[:n], modules[path[:n + 1]].call) for n in range(len(path))]
            inherited = {name for at, call in waits for name in self.names(self.listed(call, "depends_on"), at, modules)}
            for resource in self.listed(config.body, "resources"):
                said = [*_mentioned(self.get(resource, "expressions", {})), *self.listed(resource, "depends_on")]
                said += _mentioned([resource.get(key) for key in ("count_expression", "for_each_expression")])
                address = ".".join((*_prefix(path), self.get(resource, "address", "")))
                yield address, self.names(said, path, modules) | inherited

    def names(
        self, mentioned: Iterable[Any], path: tuple[str, ...], modules: Mapping[tuple[str, ...], Config]
    ) -> set[str]:
        """The resources that references mean in a module, through its variables and the outputs of others."""
        found: set[str] = set()
        seen: set[tuple[str, tuple[str, ...]]] = set()
        ahead = [(list(mentioned), path)]
        while ahead:
            said, path = ahead.pop()
            words = {re.sub(r"\[.*?\]", "", word) for word in said if isinstance(word, str)}
            precise = {".".join(word.split(".")[:2]) for word in words if word.count(".") > 1}
            for word in words:
                parts, before = word.split("."), len(seen)
                seen.add((word, path))
                if len(seen) == before or len(parts) < 2:
                    continue
                if parts[0] == "var":
                    call = modules[path].call if path in modules else {}
                    ahead.append((_mentioned(self.get(call, "expressions", {}).get(parts[1], {})), path[:-1]))
                elif parts[0] == "module" and (len(parts) > 2 or word not in precise):
                    inner = (*path, parts[1])
                    outputs = self.get(modules[inner].body, "outputs", {}) if inner in modules else {}
                    if len(parts) > 2 and parts[2] in outputs:
                        value = outputs[parts[2]]
                        said = [*_mentioned(self.get(value, "expression", {})), *self.listed(value, "depends_on")]
                        ahead.append((said, inner))
                    else:
                        found.add(".".join(_prefix(inner)))
                elif parts[0] not in ("module", "local", "each", "count", "path", "terraform", "self"):
                    found.add(".".join((*_prefix(path), *parts[: 3 if parts[0] == "data" else 2])))
        return found

    def _remembered(self, values: Any) -> Iterator[tuple[str, list[str]]]:
        module = self.get(values, "root_module", {})
        ahead = [module]
        while ahead:
            module = ahead.pop()
            ahead += self.listed(module, "child_modules")
            for resource in self.listed(module, "resources"):
                yield self.get(resource, "address", ""), [str(name) for name in self.listed(resource, "depends_on")]


def _prefix(path: tuple[str, ...]) -> list[str]:
    return [part for name in path for part in ("module", name)]


def _together(ours: list[str], theirs: list[str]) -> bool:
    """Whether two module paths may belong together: one instance of a module does not use another one's parts."""
    differ = next(((a, b) for a, b in zip(ours, theirs, strict=False) if a != b), None)
    return differ is None or KEY.sub("", differ[0]) != KEY.sub("", differ[1])


def _mentioned(expression: Any) -> list[Any]:
    """All references in an expression."""
    if isinstance(expression, dict):
        own = expression.get("references")
        inner = [word for key, part in expression.items() if key != "constant_value" for word in _mentioned(part)]
        return [*(own if isinstance(own, list) else []), *inner]
    return [word for part in expression for word in _mentioned(part)] if isinstance(expression, list) else []


def _differences(change: Mapping[str, Any], paths: list[Path]) -> Iterator[Difference]:
    """Every value that differs; what is marked as sensitive is not even looked at."""
    sides = [change.get("before"), change.get("after")]
    marks = [change.get("before_sensitive"), change.get("after_sensitive")]
    yield from _differing(sides, marks, change.get("after_unknown"), (), paths)


def _differing(sides: list[Any], marks: list[Any], unknown: Any, path: Path, paths: list[Path]) -> Iterator[Difference]:
    recreation = "Always" if any(path[: len(known)] == known for known in paths) else "Never"
    if any(mark is True for mark in marks):
        if sides[0] != sides[1] or unknown is True:
            yield Difference(path, None, None, recreation, sensitive=True)
    elif unknown is True:
        yield Difference(path, sides[0], UNKNOWN, recreation)
    elif isinstance(unknown, dict | list) and unknown or any(isinstance(side, dict | list) and side for side in sides):
        for key in _keys(*sides, unknown):
            inner = [_at(side, key) for side in (*sides, *marks, unknown)]
            yield from _differing(inner[:2], inner[2:4], inner[4], (*path, key), paths)
    elif sides[0] != sides[1] and path:
        yield Difference(path, sides[0], sides[1], recreation)


def _keys(*values: Any) -> list[str | int]:
    keys: dict[str | int, None] = {}
    for value in values:
        keys |= dict.fromkeys(range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ())
    return list(keys)


def _at(value: Any, key: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(str(key))
    return value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None


def _depth(value: Any) -> int:
    """How deeply a value is nested, found without calling itself."""
    level, depth = [value], 0
    while level and depth <= DEPTH + 1:
        level = [inner for outer in level if isinstance(outer, dict | list)
                 for inner in (outer.values() if isinstance(outer, dict) else outer)]  # fmt: skip
        depth += 1
    return depth
