"""Feature toggles: switch a feature at run time, without a deployment.

The standard interface is OpenFeature, the definitions are flagd's, and flagd's own evaluator evaluates them;
what is here reads and watches a file, and says what is wrong with it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from math import prod
from os import PathLike, stat
from pathlib import Path
from time import time_ns
from typing import Any, TypeVar

import yaml
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEventDetails
from openfeature.exception import (
    FlagNotFoundError,
    GeneralError,
    OpenFeatureError,
    ParseError,
    TypeMismatchError,
)
from openfeature.flag_evaluation import FlagResolutionDetails, FlagValueType
from openfeature.provider import AbstractProvider, Metadata

from ..model.errors import FlagFileError, KnobError, short
from ..model.knob import is_number

T = TypeVar("T")
Definitions = Mapping[str, Any]
Context = EvaluationContext | None
Many = Sequence[FlagValueType] | Mapping[str, FlagValueType]
LIMIT = 1_000_000  # bytes
LOG = logging.getLogger("deploylab")
SETTLED = 2_000_000_000  # ns: a file that was written longer ago than that shows a change by its times
EXAMPLE = """{"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}"""


class Toggles(AbstractProvider):
    """The flags of a file, as a provider of OpenFeature: JSON or YAML in flagd's format.

    Every evaluation looks whether the file has changed, so an edit counts from the next request on. A flag
    that cannot be understood is in `problems`; whoever asks for it gets the default value and PARSE_ERROR. So
    is one whose defaultVariant does not exist: it works where its rules decide, and else gives GENERAL.
    If the file itself becomes unreadable, the flags stay as they were; `stale`, a warning in the log of
    `deploylab` and OpenFeature's event PROVIDER_STALE say why.

    Raises `FlagFileError` when there is nothing to begin with.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        if not isinstance(path, str | PathLike) or not str(path):
            raise FlagFileError(f"Toggles: {path!r} is no path; give that of a flag file in JSON or YAML")
        self.path = Path(path)
        self.definitions: Definitions = {}
        self.problems: Mapping[str, str] = {}
        self.stale = ""
        self._core, self._seen = FlagdCore(), (0, 0, 0)
        self._content: bytes | None = None
        self._unread: frozenset[str] = frozenset()
        self.reload()

    def client(self, domain: str = "deploylab") -> OpenFeatureClient:
        """Make this the provider of an OpenFeature domain, and return the client that asks it."""
        api.set_provider_and_wait(self, domain)
        return api.get_client(domain)

    def reload(self) -> list[str]:
        """Read the file if it has changed; the keys of the flags that are new, different or gone.

        Raises `FlagFileError` when it cannot be read; the flags then stay as they were.
        """
        content, seen = _read(self.path)
        if content == self._content:
            self._now(seen)
            return []
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            problem = f"byte {error.start:,} is not UTF-8; save the file as UTF-8"
            raise FlagFileError(f"{self.path.name}: {problem}") from error
        told = parse(text, self.path)
        shared = {name: value for name, value in told.items() if name != "flags"}
        unread = {key: words for key, flag in told["flags"].items() if (words := _problem(key, flag, shared))}
        good = {key: flag for key, flag in told["flags"].items() if key not in unread}
        found = unread | {key: words for key, flag in good.items() if (words := _no_default(flag))}
        problems = {key: f"{self.path.name}: flag {key!r}: {words}" for key, words in found.items()}
        try:
            changed = self._core.set_flags_and_get_changed_keys(json.dumps({**shared, "flags": good}))
        except Exception as error:
            raise FlagFileError(f"{self.path.name}: {_words(error)}; flagd's format asks for it") from error
        changed = sorted({*changed, *(problems.keys() ^ self.problems.keys())})
        self.definitions, self.problems, self._content = told["flags"], problems, content
        self._unread = frozenset(unread)
        self._now(seen)
        self.emit_provider_configuration_changed(ProviderEventDetails(flags_changed=changed))
        return changed

    def _now(self, seen: tuple[int, int, int]) -> None:
        """The flags are those of the file as it was `seen`."""
        self._seen, was_stale, self.stale = seen, bool(self.stale), ""
        if was_stale:
            self.emit_provider_ready(ProviderEventDetails())

    def _watch(self) -> None:
        """Reload if the file looks different; a trouble with it is told, and the flags stay as they were."""
        try:
            if self._seen != _signature(self.path):
                self.reload()
        except FlagFileError as error:
            if self.stale != str(error):  # once for each trouble, not for each question
                self.stale = str(error)
                LOG.warning("%s; the flags stay as they were", error)
                self.emit_provider_stale(ProviderEventDetails(message=self.stale))

    # OpenFeature's interface of a provider ------------------------------------------------------------------

    def get_metadata(self) -> Metadata:
        """Its name."""
        return Metadata(name=f"deploylab: {self.path.name}")

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: Context = None
    ) -> FlagResolutionDetails[bool]:
        """True or false; raises an `OpenFeatureError`, which a client turns into the default and its code."""
        return self._resolve(self._core.resolve_boolean_value, flag_key, default_value, evaluation_context)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: Context = None
    ) -> FlagResolutionDetails[str]:
        """A text."""
        return self._resolve(self._core.resolve_string_value, flag_key, default_value, evaluation_context)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: Context = None
    ) -> FlagResolutionDetails[int]:
        """A whole number."""
        return self._resolve(self._core.resolve_integer_value, flag_key, default_value, evaluation_context)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: Context = None
    ) -> FlagResolutionDetails[float]:
        """A number."""
        return self._resolve(self._core.resolve_float_value, flag_key, default_value, evaluation_context)

    def resolve_object_details(
        self, flag_key: str, default_value: Many, evaluation_context: Context = None
    ) -> FlagResolutionDetails[Many]:
        """A list, or values by name."""
        return self._resolve(self._core.resolve_object_value, flag_key, default_value, evaluation_context)

    def _resolve(
        self, ask: Callable[[str, T, Context], FlagResolutionDetails[T]], key: str, default: T, who: Context
    ) -> FlagResolutionDetails[T]:
        self._watch()
        if key in self._unread:
            raise ParseError(self.problems[key])
        try:
            return ask(key, default, who)
        except FlagNotFoundError as error:
            near = get_close_matches(key, self.definitions, 1)
            there = (
                f"did you mean {near[0]!r}?" if near else f"there are {', '.join(self.definitions) or 'none'}"
            )
            raise FlagNotFoundError(f"{self.path.name} has no flag {key!r}; {there}") from error
        except TypeMismatchError as error:
            variants = ", ".join(f"{name} = {json.dumps(v)}" for name, v in self.variants(key).items())
            advice = f"ask for the type of its variants: {variants}"
            raise TypeMismatchError(f"flag {key!r}: {_words(error)}; {advice}") from error
        except OpenFeatureError as error:
            words = f"flag {key!r}: {_words(error)}; its variants are {', '.join(self.variants(key))}"
            error.error_message = words  # its code stays what it is
            raise
        except Exception as error:  # what the rules do with odd values is theirs
            raise GeneralError(f"flag {key!r}: its targeting failed ({_words(error)})") from error

    def variants(self, key: str) -> Mapping[str, Any]:
        """The values that a flag may have, by the name of the variant."""
        found: Mapping[str, Any] = self.definitions[key]["variants"]
        return found


# The file -------------------------------------------------------------------------------------------------


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
        raise FlagFileError(
            f"{path.name}: {place}: {error.problem}; look at the colons and the indentation"
        ) from error
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


def _read(path: Path) -> tuple[bytes, tuple[int, int, int]]:
    seen = _signature(path)
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


def _signature(path: Path) -> tuple[int, int, int]:
    """What changes with a file; one just written may be written again in the same tick, so it differs."""
    try:
        facts = stat(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    unsettled = time_ns() if time_ns() - facts.st_mtime_ns < SETTLED else 0
    return facts.st_mtime_ns, facts.st_size, unsettled


def _problem(key: str, flag: Any, shared: Definitions) -> str:
    """What flagd's evaluator has against this flag, and what to try; nothing if it takes it."""
    if not isinstance(flag, dict):
        return f"{short(flag)} is no definition; for example {EXAMPLE}"
    try:
        FlagdCore().set_flags(json.dumps({**shared, "flags": {key: flag}}))
    except Exception as error:
        return f"{_words(error)}; {_advice(flag)}"
    return ""


def _no_default(flag: Definitions) -> str:
    default = flag.get("defaultVariant") or ""
    name = str(default).lower() if isinstance(default, bool) else default
    known = ", ".join(flag["variants"])
    return f"there is no variant {default!r} for its defaultVariant; there are {known}" * (
        bool(name) and name not in flag["variants"]
    )


def _advice(flag: Definitions) -> str:
    if flag.get("state") not in ("ENABLED", "DISABLED"):
        return f"state is {flag.get('state')!r}; use ENABLED or DISABLED"
    if not isinstance(flag.get("variants"), dict) or not flag["variants"]:
        return f'variants is {flag.get("variants")!r}; use values by name, {{"on": true, "off": false}}'
    return "known are state, variants, defaultVariant, targeting and metadata"


def _words(error: BaseException) -> str:
    """The error's own words, or those of what caused it."""
    told = getattr(error, "error_message", None) or (
        str(error) if not isinstance(error, OpenFeatureError) else ""
    )
    return str(told) or (_words(error.__cause__) if error.__cause__ else type(error).__name__)


# Rollouts and old flags -----------------------------------------------------------------------------------


def fractional_flag(weight: float) -> dict[str, Any]:
    """The definition of a boolean flag that is on for this percentage of the users, by their targeting keys.

    >>> fractional_flag(12.5)["targeting"]
    {'fractional': [['on', 1], ['off', 7]]}
    """
    if not is_number(weight) or not 0 <= weight <= 100:
        raise KnobError("fractional_flag", "weight", weight, "is not a percentage; use 0 to 100")
    share = Fraction(str(weight)) / 100
    weights = [["on", share.numerator], ["off", share.denominator - share.numerator]]
    return {
        "state": "ENABLED",
        "variants": {"on": True, "off": False},
        "defaultVariant": "off",
        "targeting": {"fractional": weights},
    }


def stale_toggles(definitions: Definitions, today: str = "9999-12-31") -> dict[str, str]:
    """The flags that decide nothing any more, or are past the `expires` of their metadata, and why.

    A flag whose metadata says `permanent` (a switch for operations, say) is never stale; `today` is a date
    like 2026-05-31. A flag that cannot be understood is left out. Raises `FlagFileError`.

    >>> stale_toggles({"old": fractional_flag(100), "new": fractional_flag(10)})
    {'old': 'everyone gets on'}
    """
    found = {}
    for key, flag in _flags(definitions).items():
        about = flag.get("metadata") or {}
        if about.get("permanent"):
            continue
        if only := _only_outcome(flag):
            found[key] = f"everyone gets {only}"
        elif str(about.get("expires", "9999-12-31")) < today:
            found[key] = f"expired on {about['expires']}"
    return found


def _only_outcome(flag: Definitions) -> str:
    if flag.get("state") == "DISABLED":
        return "the default of the code"
    targeting = flag.get("targeting")
    if not targeting:
        return str(flag.get("defaultVariant") or "the default of the code")
    shares = targeting.get("fractional") if isinstance(targeting, dict) else None
    reached = {str(s[0]) for s in shares or () if isinstance(s, list) and (len(s) == 1 or s[1] > 0)}
    return reached.pop() if len(reached) == 1 else ""


def combinations(definitions: Definitions) -> int:
    """How many programs these flags make of one: the product of their variants, 2 to the n for n switches.

    >>> combinations({f"flag-{n}": fractional_flag(50) for n in range(10)})
    1024
    """
    return prod(len(flag["variants"]) for flag in _flags(definitions).values())


def _flags(definitions: Definitions) -> dict[str, dict[str, Any]]:
    """The flags among these definitions, or in the content of a whole file, that can be understood."""
    inner = definitions.get("flags") if isinstance(definitions, Mapping) else None
    flags = inner if isinstance(inner, Mapping) and "state" not in inner else definitions
    if not isinstance(flags, Mapping):
        wanted = "give the definitions of a flag file, such as Toggles(path).definitions"
        raise FlagFileError(f"{short(definitions)} holds no flags; {wanted}")
    return {
        key: flag
        for key, flag in flags.items()
        if isinstance(flag, dict) and isinstance(flag.get("variants"), dict) and flag["variants"]
    }
