"""CloudFormation's intrinsic functions, one by one.

Source: the intrinsic function reference of the CloudFormation user guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from ...model.template import Path
from .dependencies import VARIABLE
from .parameters import text
from .scope import PLACE, Scope


def ref(scope: Scope, name: Any, at: Path) -> Any:
    """Ref: the value of a parameter, or the id of a resource, not known yet."""
    if not isinstance(name, str):
        raise scope.template.fault(at, "Ref takes the name of a parameter or of a resource")
    return scope.values[name] if name in scope.values else scope.later(name, at)


def get_att(scope: Scope, raw: Any, at: Path) -> Any:
    """Fn::GetAtt: an attribute of a resource, not known yet."""
    parts = raw.split(".", 1) if isinstance(raw, str) else scope.value(raw, at)
    if not isinstance(parts, list) or len(parts) != 2:
        raise scope.template.fault(at, "Fn::GetAtt takes a resource and an attribute, such as Vpc.CidrBlock")
    return scope.later(f"{parts[0]}.{text(parts[1])}", at)


def sub(scope: Scope, raw: Any, at: Path) -> str:
    """Fn::Sub: a text with ${Name}, ${Name.Attribute} and names of its own in it."""
    pattern, own = raw if isinstance(raw, list) and len(raw) == 2 else (raw, {})
    if not isinstance(pattern, str) or not isinstance(own, dict):
        raise scope.template.fault(at, "Fn::Sub takes a text, or a list of a text and its own names")
    own = {key: scope.value(value, (*at, 1, key)) for key, value in own.items()}

    def meant(found: re.Match[str]) -> str:
        name = found[1]
        return text(scope.counted(own[name] if name in own else ref(scope, name, at), at))

    return VARIABLE.sub(meant, pattern).replace("${!", "${")


def join(scope: Scope, raw: Any, at: Path) -> str:
    """Fn::Join: a list as one text, with a separator between."""
    separator, parts = scope.listed(raw, at, 2, 2)
    scope.spend(len(text(separator)) * len(text(parts)), at)
    return text(separator).join(map(text, parts)) if isinstance(parts, list) else text(parts)


def split(scope: Scope, raw: Any, at: Path) -> Any:
    """Fn::Split: a text as a list; what is not known yet stays as it is."""
    separator, whole = scope.listed(raw, at, 2, 2)
    known = text(separator) and not PLACE.search(text(whole))
    return text(whole).split(text(separator)) if known else [whole]


def select(scope: Scope, raw: Any, at: Path) -> Any:
    """Fn::Select: one item of a list, counted from 0; of a list not known yet, that list and the number."""
    which, items = scope.listed(raw, at, 2, 2)
    number, items = text(which), items if isinstance(items, list) else [items]
    if len(items) == 1 and PLACE.search(text(items[0])):
        return f"{text(items[0])}[{number}]"
    if not number.isdecimal() or len(number) > 4 or int(number) >= len(items):
        raise scope.template.fault(at, f"there is no item {number[:20]} in a list of {len(items)}")
    return items[int(number)]


def choose(scope: Scope, raw: Any, at: Path) -> Any:
    """Fn::If: one of two values, by a condition."""
    if not isinstance(raw, list) or len(raw) != 3:
        raise scope.template.fault(at, "Fn::If takes a condition and two values")
    chosen = 1 if scope.holds(raw[0], at) else 2
    return scope.value(raw[chosen], (*at, chosen))


def find_in_map(scope: Scope, raw: Any, at: Path) -> Any:
    """Fn::FindInMap: a value from the Mappings, by two keys."""
    name, first, second, *default = scope.listed(raw, at, 3, 4)
    found: Any = scope.template.body.get("Mappings", {})
    for key in map(text, (name, first, second)):
        if not isinstance(found, dict) or key not in found:
            if default and isinstance(default[0], dict) and "DefaultValue" in default[0]:
                return default[0]["DefaultValue"]
            known = ", ".join(map(str, found)) if isinstance(found, dict) else "none"
            raise scope.template.fault(at, f"the mapping has no {key!r}; it has {known}")
        found = found[key]
    return found


def get_azs(scope: Scope, raw: Any, at: Path) -> list[str]:
    """Fn::GetAZs: three zones of a region."""
    region = text(scope.value(raw, at)) or scope.template.region
    return [f"{region}{zone}" for zone in "abc"]


def cidr(scope: Scope, raw: Any, at: Path) -> list[str]:
    """Fn::Cidr: a block cut into smaller ones; of a block not known yet, numbered parts."""
    block, count, *bits = (text(part) for part in scope.listed(raw, at, 2, 3))
    if not PLACE.search(block):
        _block(scope, raw[0], block, at)
    try:
        number = int(count)
        if not 1 <= number <= 256:
            raise ValueError
        if PLACE.search(block):
            return [f"{block}/{n}" for n in range(number)]
        whole = ip_network(block)
        parts = whole.subnets(new_prefix=whole.max_prefixlen - int(bits[0] if bits else 8))
        return [str(part) for part, _ in zip(parts, range(number), strict=False)]
    except ValueError:
        raise scope.template.fault(at, "Fn::Cidr takes a block, 1 to 256 and the bits of a part") from None


def _block(scope: Scope, raw: Any, block: str, at: Path) -> None:
    """Refuse what is no block, by the name of the parameter that it comes from, unless that is secret."""
    try:
        ip_network(block)
    except ValueError:
        name = raw.get("Ref") if isinstance(raw, dict) else None
        given = isinstance(name, str) and name not in scope.template.secrets
        shown, place = (repr(block[:60]), ("Parameters", str(name))) if given else ("this", at)
        problem = f"{shown} is no block of addresses; one looks like 10.0.0.0/16"
        raise scope.template.fault(place, problem) from None


FUNCTIONS: dict[str, Callable[[Scope, Any, Path], Any]] = {
    "Ref": ref,
    "Fn::GetAtt": get_att,
    "Fn::Sub": sub,
    "Fn::Join": join,
    "Fn::Split": split,
    "Fn::Select": select,
    "Fn::If": choose,
    "Fn::FindInMap": find_in_map,
    "Fn::GetAZs": get_azs,
    "Fn::Cidr": cidr,
    "Fn::Base64": lambda scope, raw, at: scope.value(raw, at),  # readable in a plan; the code changes nothing
    "Fn::ImportValue": lambda scope, raw, at: f"(exported as {text(scope.value(raw, at))})",
    "Fn::ToJsonString": lambda scope, raw, at: json.dumps(scope.value(raw, at), ensure_ascii=False),
    "Fn::Length": lambda scope, raw, at: len(scope.listed(raw, at, 0, 10_000)),
}
