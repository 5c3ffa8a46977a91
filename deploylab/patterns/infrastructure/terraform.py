"""Read a real plan of Terraform or OpenTofu: what `terraform show -json plan.out` prints.

Source: Terraform's JSON output format, versions 0 and 1. Values that it marks as sensitive are never kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any, get_args

from ...model.errors import TemplateError
from ...model.infrastructure import Action, Change, Deployed, Difference, Plan, Recreation, Resource, State
from ...model.template import Path, Walk
from .dependencies import circles
from .desired import UNKNOWN
from .plan import create_first
from .template import read_text
from .terraform_graph import edges, listing, mapping, part

LIMIT, DEPTH, RESOURCES = 32_000_000, 60, 2_000  # bytes, levels, resources
HOW = "make it with terraform show -json plan.out"
PARTS = ("planned_values", "resource_changes", "configuration")  # Terraform writes the first even if empty
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
    if not isinstance(source, str | File) or not str(source).strip():
        raise TemplateError(f"terraform_plan: {source!r} is no plan; give its path or its text, and {HOW}")
    inline = isinstance(source, str) and source.lstrip().startswith("{")
    name = "plan" if inline else str(source)
    text = str(source) if inline else read_text(File(source), LIMIT, HOW)
    try:
        return _plan(File(name).stem, _loaded(text))
    except json.JSONDecodeError as problem:
        log = ", or the log of plan -json" * (problem.msg == "Extra data")
        where = f"{name}:{problem.lineno}:{problem.colno}"
        raise TemplateError(f"{where}: this is no JSON{log}: {problem.msg}; {HOW}") from None
    except (RecursionError, ValueError) as problem:  # a TemplateError is a ValueError too
        own = isinstance(problem, TemplateError)
        said = str(problem) if own else f"too deep, or too large a number; {HOW}"
        raise TemplateError(f"{name}: {said}") from None


def _loaded(text: str) -> dict[str, Any]:
    body = json.loads(text)
    if _depth(body) > DEPTH:
        raise TemplateError(f"more than {DEPTH} levels deep; {HOW}")
    version = part(body, "format_version", "")
    if not version:
        raise TemplateError(f"this is no plan, it lacks format_version; {HOW}")
    if version.split(".")[0] not in ("0", "1"):
        newer = f"format_version {version[:20]} is newer than this deploylab"
        raise TemplateError(f"{newer}, which knows 0 and 1")
    if "values" in body and "resource_changes" not in body:
        raise TemplateError(f"this is a state, not a plan; {HOW}")
    if not body.keys() & PARTS:
        raise TemplateError(f"this is no plan, it has none of {', '.join(PARTS)}; {HOW}")
    return dict(body)


def _plan(title: str, body: Mapping[str, Any]) -> Plan:
    needs = edges(body)
    changes = [_change(entry, needs) for entry in listing(body, "resource_changes")]
    drift = [_change(entry, {}) for entry in listing(body, "resource_drift")]
    if len(changes) > RESOURCES:
        raise TemplateError(f"{len(changes):,} resources; at most {RESOURCES:,} can be shown")
    if len({change.name for change in changes}) < len(changes):
        raise TemplateError("two changes have one address")
    if rounds := circles({change.name: change.needs for change in changes}):
        raise TemplateError(f"a circle of {len(rounds[0])}: {', '.join(rounds[0])}")
    old = [change for change in changes if change.ends or change.makes in ("update", "no-op")]
    return Plan(
        title,
        create_first(changes, [change.name for change in changes if change.create_first]),
        tuple(change for change in drift if change.kind != "no-op"),
        dict(_outputs(body)),
        Walk(rollback=False),
        State({change.name: Deployed(_resource(change), f"{change.name}-1", {}, {}) for change in old}),
        {change.name: _resource(change) for change in changes if change.makes},
        incomplete=_incomplete(body),
    )


def _incomplete(body: Mapping[str, Any]) -> str:
    """Why there may be more to do than these changes; Terraform refuses to apply a plan with an error."""
    if body.get("errored") is True:
        return "Terraform met an error and stopped planning"
    return "Terraform put changes off to a later plan" * (body.get("complete") is False)


def _resource(change: Change) -> Resource:
    return Resource(change.name, change.type, {}, change.needs)


def _outputs(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The outputs that change, with how; format 0.1 says "create" of those, too, that stay."""
    before = mapping(mapping(mapping(body, "prior_state"), "values"), "outputs")
    old, changes = part(body, "format_version", "") == "0.1", mapping(body, "output_changes")
    for name in changes:
        change, known = mapping(changes, name), mapping(before, name)
        stays = old and known.get("value", known) == change.get("after")
        if _actions(change, name) != ("no-op",) and not stays:
            yield name, "/".join(_actions(change, name))


def _actions(change: Any, address: str) -> tuple[Action, ...]:
    found = tuple(listing(change, "actions"))
    known = all(action in get_args(Action) for action in found)
    pair = len(found) == 2 and "create" in found and ("delete" in found or "forget" in found)
    if not known or not (len(found) == 1 or pair):
        raise TemplateError(f"{address}: the actions {str(found)[:60]} are not known")
    return found


def _change(entry: Any, edges: Mapping[str, list[str]]) -> Change:
    change, address = mapping(entry, "change"), part(entry, "address", "")
    if not address:
        raise TemplateError("a change lacks its address")
    if not address.isprintable():  # else a stranger's plan could steer the terminal that shows it
        raise TemplateError(f"the address {ascii(address)[:60]} has characters that cannot be shown")
    keys: tuple[str, ...] = ("action_reason", "previous_address", "deposed")
    reason, moved, deposed = (part(entry, key, "") for key in keys)
    told = [
        REASONS.get(reason, reason.replace("_", " ")),
        f"moved from {moved}" * bool(moved),
        "imported" * ("importing" in change),
        "left over from a replacement" * bool(deposed),
    ]
    paths = [tuple(path) for path in listing(change, "replace_paths") if isinstance(path, list)]
    keys = ("before", "after", "before_sensitive", "after_sensitive", "after_unknown")
    found = tuple(_differing([change.get(key) for key in keys], (), paths))
    name, needs = address + f" (deposed {deposed})" * bool(deposed), tuple(edges.get(address, ()))
    why = "; ".join(filter(None, told))
    return Change(name, part(entry, "type", ""), _actions(change, address), found, why, needs, needs)


def _differing(five: list[Any], path: Path, paths: list[Path]) -> Iterator[Difference]:
    """Every value that differs between before and after; of a sensitive one only that it does."""
    before, after, *marks, unknown = five
    recreation: Recreation = "Always" if any(path[: len(known)] == known for known in paths) else "Never"
    if True in (marks[0] is True, marks[1] is True):
        if before != after or unknown is True:
            yield Difference(path, None, None, recreation, sensitive=True)
    elif unknown is True:
        yield Difference(path, before, UNKNOWN, recreation)
    elif keys := _keys(before, after, unknown):
        for key in keys:
            yield from _differing([_at(value, key) for value in five], (*path, key), paths)
    elif before != after and path:
        yield Difference(path, before, after, recreation)


def _keys(*values: Any) -> list[str | int]:
    keys: dict[str | int, None] = {}
    for value in values:
        if isinstance(value, dict | list):
            keys |= dict.fromkeys(value if isinstance(value, dict) else range(len(value)))
    return list(keys)


def _at(value: Any, key: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    return value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None


def _depth(value: Any) -> int:
    """How deeply a value is nested, as far as it matters, found without calling itself."""
    level, depth = [value], 0
    while level and depth <= DEPTH:
        level = [each for outer in level if isinstance(outer, dict | list)
                 for each in (outer.values() if isinstance(outer, dict) else outer)]  # fmt: skip
        depth += 1
    return depth
