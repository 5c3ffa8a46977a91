"""A file of flags in flagd's format, JSON or YAML: read it, and say what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from os import stat
from pathlib import Path
from time import time_ns
from typing import Any

import yaml
from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.exception import OpenFeatureError

from ...model.errors import FlagFileError, short

Definitions = Mapping[str, Any]
LIMIT = 1_000_000  # bytes
MOST_WEIGHT = 2**31 - 1  # what the weights of a fractional may sum to; with more, flagd gives the default
SETTLED = 2_000_000_000  # ns: a file that was written longer ago than that shows a change by its times
EXAMPLE = """{"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}"""


def parse(text: str, path: Path) -> dict[str, Any]:
    """The content of a flag file; raises `FlagFileError` with the place of what is wrong."""
    try:
        told = json.loads(text) if path.suffix == ".json" else yaml.load(text, _Yaml)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FlagFileError(f"{path.name}: {place}: {error.msg}; is a comma or a quote missing?") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        problem = f"{error.problem}; look at the colons and the indentation"
        raise FlagFileError(f"{path.name}: {place}: {problem}") from error
    except RecursionError as error:
        raise FlagFileError(f"{path.name}: nested too deeply for any flag") from error
    except (yaml.YAMLError, ValueError, AttributeError) as error:  # PyYAML's own for odd tags
        raise FlagFileError(f"{path.name}: {str(error)[:200].splitlines()[0]}") from error
    if not isinstance(told, dict) or not isinstance(told.get("flags"), dict):
        wanted = f'{{"flags": {{"new-checkout": {EXAMPLE}}}}}'
        raise FlagFileError(f"{path.name}: there is no object of flags by their keys; for example {wanted}")
    return {**told, "flags": {str(key): flag for key, flag in told["flags"].items()}}


class _Yaml(yaml.SafeLoader):
    """YAML 1.2: `on` and `off` are words, as the names of variants should be, and a date is a text.

    Aliases are refused: a few lines of them, written out for flagd's evaluator, are more than any memory.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            peek: Callable[[], Any] = self.peek_event  # which PyYAML's stubs leave without types
            line = peek().start_mark.line + 1
            raise yaml.YAMLError(f"line {line}: aliases are not read here; write the text out")
        return super().compose_node(parent, index)


_Yaml.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if not tag.endswith((":bool", ":timestamp")) or (tag.endswith(":bool") and first in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_flags(path: Path) -> tuple[bytes, tuple[int, int, int]]:
    """The content of a flag file, and what tells whether it changes."""
    seen = signature(path)
    try:
        with path.open("rb") as file:  # a device would never end
            content = file.read(LIMIT + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(content) > LIMIT:
        raise FlagFileError(f"{path.name}: more than {LIMIT:,} bytes; split it")
    return content, seen


def _unreadable(path: Path, error: OSError) -> FlagFileError:
    problem = error.strerror or error
    return FlagFileError(f"{path} cannot be read ({problem}); does it exist, and may you read it?")


def signature(path: Path) -> tuple[int, int, int]:
    """What changes with a file; one just written may be written again in the same tick, so it differs."""
    try:
        facts = stat(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    unsettled = time_ns() if time_ns() - facts.st_mtime_ns < SETTLED else 0
    return facts.st_mtime_ns, facts.st_size, unsettled


def flag_problem(key: str, flag: Any, shared: Definitions) -> str:
    """What flagd's evaluator has against this flag, and what to try; nothing if it takes it."""
    if not isinstance(flag, dict):
        return f"{short(flag)} is no definition; for example {EXAMPLE}"
    try:
        FlagdCore().set_flags(json.dumps({**shared, "flags": {key: flag}}))
    except Exception as error:
        return f"{words_of(error)}; {_advice(flag)}"
    return ""


def default_problem(flag: Definitions) -> str:
    """What is wrong with the default of a flag whose variants are known."""
    default = flag.get("defaultVariant") or ""
    name = str(default).lower() if isinstance(default, bool) else default
    known = ", ".join(flag["variants"])
    if not name or name in flag["variants"]:
        return ""
    return f"there is no variant {default!r} for its defaultVariant; there are {known}"


def weights_problem(flag: Definitions, shared: Definitions) -> str:
    """What is wrong with the weights of a flag that flagd takes; it says so only in its log."""
    for rule in _rules(flag.get("targeting"), shared.get("$evaluators")):
        shares = rule.get("fractional")
        pairs = [share for share in shares if isinstance(share, list)] if isinstance(shares, list) else []
        weights = [share[1] if len(share) > 1 else 1 for share in pairs]
        total = sum(max(0, weight) for weight in weights if isinstance(weight, int))
        if total > MOST_WEIGHT:
            problem = f"the weights of a fractional sum to {total:,}, and flagd counts to {MOST_WEIGHT:,}"
            advice = "use smaller weights, for example 1 and 7"
            return f"{problem}, so all whom it should divide get the default; {advice}"
    return ""


def _rules(targeting: Any, evaluators: Any) -> Iterator[dict[str, Any]]:
    """Every rule inside this one, and inside of those of the file that it refers to."""
    ahead, named = [targeting], dict(evaluators) if isinstance(evaluators, dict) else {}
    while ahead:
        node = ahead.pop()
        if isinstance(node, dict):
            yield node
            name = node.get("$ref")
            ahead += [*node.values(), named.pop(name, None) if isinstance(name, str) else None]
        elif isinstance(node, list):
            ahead += node


def _advice(flag: Definitions) -> str:
    if flag.get("state") not in ("ENABLED", "DISABLED"):
        return f"state is {flag.get('state')!r}; use ENABLED or DISABLED"
    if not isinstance(flag.get("variants"), dict) or not flag["variants"]:
        return f'variants is {flag.get("variants")!r}; use values by name, {{"on": true, "off": false}}'
    return "known are state, variants, defaultVariant, targeting and metadata"


def words_of(error: BaseException) -> str:
    """The error's own words, or those of what caused it."""
    own = "" if isinstance(error, OpenFeatureError) else str(error)
    told = getattr(error, "error_message", None) or own
    return str(told) or (words_of(error.__cause__) if error.__cause__ else type(error).__name__)
