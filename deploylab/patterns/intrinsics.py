"""CloudFormation's intrinsic functions: from a template and its parameters to the resources that are wanted.

Source: the intrinsic function reference of the CloudFormation user guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from ..model.infrastructure import Path, Resource, Template
from .dependencies import VARIABLE, circles, dependencies, references

UNKNOWN = "(known after apply)"
NOTHING = object()  # AWS::NoValue: the property is left out
PLACE = re.compile("⟦([^⟦⟧.]*)((?:\\.[^⟦⟧]*)?)⟧")
PARAMETER, RESULT, CHAIN = 4096, 8_000_000, 60  # characters of a parameter, of all results; conditions in a row


def resources(template: Template) -> dict[str, Resource]:
    """The resources that this template wants with these parameters, each after all that it needs.

    Raises `TemplateError` for a parameter without a value or with one that is not allowed, for a name that does
    not exist, and for a circle, with its members.
    """
    scope, bodies = Scope(template, parameters(template)), template.body["Resources"]
    wanted = {name for name, body in bodies.items() if "Condition" not in body or scope.holds(body["Condition"], (
        "Resources", name, "Condition"))}  # fmt: skip
    needs: dict[str, list[str]] = {name: [] for name in bodies if name in wanted}
    for source, target, _ in dependencies(template):
        if source in wanted and target in wanted and target not in needs[source]:
            needs[source].append(target)
    for group in circles(needs):
        problem = f"a circle of {len(group)}: {', '.join(group)}; each waits for another, so drop a reference"
        raise template.fault(("Resources", group[0]), problem)
    return {name: _resource(scope, name, bodies[name], needs) for name in needs}


def parameters(template: Template) -> dict[str, Any]:
    """The value of every parameter, given or by default; and of the pseudo parameters."""
    declared = template.body.get("Parameters", {})
    for name in template.parameters:
        if name not in declared:
            raise template.fault(("Parameters",), f"there is no {name}; declared are {', '.join(declared) or 'none'}")
    values: dict[str, Any] = {
        "AWS::Region": template.region, "AWS::StackName": template.name, "AWS::AccountId": "123456789012",
        "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", "AWS::StackId": f"stack/{template.name}",
        "AWS::NotificationARNs": [], "AWS::NoValue": NOTHING,
    }  # fmt: skip
    for name, facts in declared.items():
        facts = facts if isinstance(facts, dict) else {}
        value = template.parameters.get(name, facts.get("Default"))
        allowed = facts.get("AllowedValues")
        choices = f", for example {allowed[0]}" if isinstance(allowed, list) and allowed else ""
        if value is None or isinstance(value, dict):
            raise template.fault(("Parameters", name), f"has no default; give a value{choices}")
        if problem := _not_allowed(value, facts):
            shown = "****" if facts.get("NoEcho") else str(value)[:60]
            raise template.fault(("Parameters", name), f"{shown!r} {problem}")
        split = isinstance(value, str) and str(facts.get("Type")).startswith(("List", "CommaDelimitedList"))
        values[name] = [part.strip() for part in value.split(",")] if split else value
    return values


def _not_allowed(value: Any, facts: Mapping[str, Any]) -> str:
    """Why a parameter may not have this value, or nothing."""
    words, allowed, pattern = text(value), facts.get("AllowedValues"), facts.get("AllowedPattern")
    if len(words) > PARAMETER:
        return f"is longer than {PARAMETER:,} characters"
    if isinstance(allowed, list) and words not in map(text, allowed):
        return f"is not allowed; allowed are {', '.join(map(text, allowed))}"
    if isinstance(pattern, str) and len(words) <= 200 and _simple(pattern) and not re.fullmatch(pattern, words):
        return f"does not match {pattern}"
    if facts.get("Type") == "Number":
        try:
            number = float(words)
        except ValueError:
            return "is no number"
        for key, sign in (("MinValue", 1), ("MaxValue", -1)):
            bound = facts.get(key)
            if isinstance(bound, int | float) and sign * number < sign * bound:
                return f"is not allowed; {key} is {bound:g}"
    for key, sign in (("MinLength", 1), ("MaxLength", -1)):
        bound = facts.get(key)
        if isinstance(bound, int) and sign * len(words) < sign * bound:
            return f"is not allowed; {key} is {bound}"
    return ""


def _simple(pattern: str) -> bool:
    """Whether a pattern is sure to be decided quickly: no repeated group, at most a few repetitions."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return not re.search(r"\)[*+{]", pattern) and len(re.findall(r"[*+{]", pattern)) <= 3


def _resource(scope: Scope, name: str, body: Mapping[str, Any], needs: Mapping[str, list[str]]) -> Resource:
    raw, at = body.get("Properties") or {}, ("Resources", name, "Properties")
    values = scope.value(raw, at)
    for target, _ in PLACE.findall(json.dumps(values, ensure_ascii=False)):
        if target not in needs:
            raise scope.template.fault(at, f"there is no resource or parameter {target!r} here; check the name")
    hidden = {key for key, facts in scope.template.body.get("Parameters", {}).items()
              if isinstance(facts, dict) and text(facts.get("NoEcho")) == "true"}  # fmt: skip
    sensitive = {key for key, inner in raw.items() if hidden & {target for target, _ in references(inner)}}
    kept = {"Delete": body.get("DeletionPolicy"), "Replace": body.get("UpdateReplacePolicy")}
    retain = frozenset(when for when, policy in kept.items() if str(policy).startswith("Retain"))
    return Resource(name, body["Type"], values, tuple(needs[name]), frozenset(sensitive), retain)


@dataclass(frozen=True)
class Scope:
    """What the functions of one template may look at: its parameters, mappings and conditions."""

    template: Template
    values: Mapping[str, Any]
    spent: list[int] = field(default_factory=lambda: [0])  # characters made so far: a small file may ask for a lot

    def value(self, raw: Any, at: Path) -> Any:
        """A value of the template with all its functions done."""
        if isinstance(raw, list):
            items = (self.value(item, (*at, n)) for n, item in enumerate(raw))
            return [item for item in items if item is not NOTHING]
        if not isinstance(raw, dict):
            return self.counted(raw, at)
        if len(raw) == 1:
            key, inner = next(iter(raw.items()))
            if key in FUNCTIONS:
                return self.counted(FUNCTIONS[key](self, inner, (*at, key)), at)
            if key.startswith("Fn::") and key != "Fn::Transform":
                raise self.template.fault(at, f"{key} is not known; known are {', '.join(FUNCTIONS)}")
        pairs = {key: self.value(inner, (*at, key)) for key, inner in raw.items()}
        return {key: value for key, value in pairs.items() if value is not NOTHING}

    def holds(self, name: Any, at: Path, depth: int = 0) -> bool:
        """Whether a condition, by its name, is met."""
        conditions = self.template.body.get("Conditions", {})
        if not isinstance(name, str) or name not in conditions:
            raise self.template.fault(at, f"there is no condition {name!r}; known are {', '.join(conditions) or 'none'}")
        return self._met(conditions[name], ("Conditions", name), depth + 1)

    def _met(self, raw: Any, at: Path, depth: int) -> bool:
        if depth > CHAIN:
            raise self.template.fault(at, "this condition asks itself, or is nested too deeply")
        key, inner = next(iter(raw.items())) if isinstance(raw, dict) and len(raw) == 1 else ("", None)
        if key == "Condition":
            return self.holds(inner, at, depth)
        if key == "Fn::Equals":
            left, right = (text(part) for part in self.listed(inner, (*at, key), 2, 2))
            return left == right
        if key in ("Fn::And", "Fn::Or", "Fn::Not") and isinstance(inner, list) and inner:
            met = [self._met(part, (*at, key, n), depth + 1) for n, part in enumerate(inner)]
            return {"Fn::And": all(met), "Fn::Or": any(met), "Fn::Not": not met[0]}[key]
        raise self.template.fault(at, "a condition is made of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition")

    def listed(self, raw: Any, at: Path, least: int, most: int) -> list[Any]:
        """The arguments of a function, their own functions done."""
        if not isinstance(raw, list) or not least <= len(raw) <= most:
            raise self.template.fault(at, f"{at[-1]} takes a list of {least}" + (f" to {most}" if most > least else ""))
        return [self.value(item, (*at, n)) for n, item in enumerate(raw)]

    def counted(self, value: Any, at: Path) -> Any:
        """The same value; a template that makes too much of itself is refused."""
        self.spend(len(value) if isinstance(value, str | list) else 1, at)
        return value

    def spend(self, characters: int, at: Path) -> None:
        """Count what is made."""
        self.spent[0] += characters + 1
        if self.spent[0] > RESULT:
            raise self.template.fault(at, f"the functions make more than {RESULT:,} characters; this is too much")


def ref(scope: Scope, name: Any, at: Path) -> Any:
    """Ref: the value of a parameter, or the id of a resource, not known yet."""
    if not isinstance(name, str):
        raise scope.template.fault(at, "Ref takes the name of a parameter or of a resource")
    return scope.values[name] if name in scope.values else f"⟦{name}⟧"


def get_att(scope: Scope, raw: Any, at: Path) -> Any:
    """Fn::GetAtt: an attribute of a resource, not known yet."""
    parts = raw.split(".", 1) if isinstance(raw, str) else scope.value(raw, at)
    if not isinstance(parts, list) or len(parts) != 2:
        raise scope.template.fault(at, "Fn::GetAtt takes a resource and an attribute, such as Vpc.CidrBlock")
    return f"⟦{parts[0]}.{text(parts[1])}⟧"


def sub(scope: Scope, raw: Any, at: Path) -> str:
    """Fn::Sub: a text with ${Name}, ${Name.Attribute} and names of its own in it."""
    pattern, own = raw if isinstance(raw, list) and len(raw) == 2 else (raw, {})
    if not isinstance(pattern, str) or not isinstance(own, dict):
        raise scope.template.fault(at, "Fn::Sub takes a text, or a list of a text and its own names")
    own = {key: scope.value(value, (*at, 1, key)) for key, value in own.items()}

    def meant(found: re.Match[str]) -> str:
        name = found[1]
        return text(scope.counted(own[name] if name in own else scope.values.get(name, f"⟦{name}⟧"), at))

    return VARIABLE.sub(meant, pattern).replace("${!", "${")


def join(scope: Scope, raw: Any, at: Path) -> str:
    """Fn::Join: a list as one text, with a separator between."""
    separator, parts = scope.listed(raw, at, 2, 2)
    scope.spend(len(text(separator)) * len(text(parts)), at)
    return text(separator).join(map(text, parts)) if isinstance(parts, list) else text(parts)


def split(scope: Scope, raw: Any, at: Path) -> Any:
    """Fn::Split: a text as a list; what is not known yet stays as it is."""
    separator, whole = scope.listed(raw, at, 2, 2)
    return text(whole).split(text(separator)) if text(separator) and not PLACE.search(text(whole)) else [whole]


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
    """Fn::Cidr: a block cut into smaller ones of `bits` host bits; of a block not known yet, numbered parts."""
    block, count, *bits = (text(part) for part in scope.listed(raw, at, 2, 3))
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


def fill(value: Any, ids: Mapping[str, str | None]) -> Any:
    """A value with the ids of the resources that it names; what has no id yet is known only after the apply.

    >>> fill({"VpcId": "⟦Vpc⟧", "Arn": "⟦Role.Arn⟧"}, {"Vpc": "Vpc-1", "Role": None})
    {'VpcId': 'Vpc-1', 'Arn': '(known after apply)'}
    """
    if isinstance(value, dict):
        return {key: fill(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(item, ids) for item in value]
    if not isinstance(value, str) or "⟦" not in value:
        return value
    if any(ids.get(name, "") is None for name, _ in PLACE.findall(value)):
        return UNKNOWN
    return PLACE.sub(lambda found: f"{ids[found[1]]}{found[2]}" if found[1] in ids else found[0], value)
