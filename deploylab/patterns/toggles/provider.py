"""Feature toggles: switch a feature at run time, without a deployment.

The standard interface is OpenFeature, the definitions are flagd's, and flagd's own evaluator evaluates them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

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
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider import AbstractProvider, Metadata

from ...model.errors import FlagFileError
from .flag_file import (
    Definitions,
    default_problem,
    flag_problem,
    parse,
    read_flags,
    signature,
    weights_problem,
    words_of,
)

T = TypeVar("T")
Context = EvaluationContext | None
LOG = logging.getLogger("deploylab")


def _asking(kind: str) -> Any:
    """A question for a value of this kind, as OpenFeature asks it.

    It raises an `OpenFeatureError`, which a client turns into the default and its code.
    """

    def resolve(
        toggles: Toggles, flag_key: str, default_value: Any, evaluation_context: Context = None
    ) -> Any:
        ask = getattr(toggles._core, f"resolve_{kind}_value")
        return toggles._resolve(ask, flag_key, default_value, evaluation_context)

    return resolve


class Toggles(AbstractProvider):
    """The flags of a file, as a provider of OpenFeature: JSON or YAML in flagd's format.

    Every evaluation looks whether the file has changed, so an edit counts from the next request on. A flag
    that cannot be understood is in `problems`; whoever asks for it gets the default value and PARSE_ERROR. So
    is one whose defaultVariant does not exist: it works where its rules decide, and else gives GENERAL. And
    one whose weights sum to more than flagd counts: whom they should divide get the default, as in flagd.
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
        content, seen = read_flags(self.path)
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
        flags = told["flags"]
        unread = {key: words for key, flag in flags.items() if (words := flag_problem(key, flag, shared))}
        good = {key: flag for key, flag in flags.items() if key not in unread}
        told_of = {key: default_problem(flag) or weights_problem(flag, shared) for key, flag in good.items()}
        found = unread | {key: words for key, words in told_of.items() if words}
        problems = {key: f"{self.path.name}: flag {key!r}: {words}" for key, words in found.items()}
        try:
            changed = self._core.set_flags_and_get_changed_keys(json.dumps({**shared, "flags": good}))
        except Exception as error:
            problem = f"{words_of(error)}; flagd's format asks for it"
            raise FlagFileError(f"{self.path.name}: {problem}") from error
        changed = sorted({*changed, *(problems.keys() ^ self.problems.keys())})
        self.definitions, self.problems, self._content = flags, problems, content
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
            if self._seen != signature(self.path):
                self.reload()
        except FlagFileError as error:
            if self.stale != str(error):  # once for each trouble, not for each question
                self.stale = str(error)
                LOG.warning("%s; the flags stay as they were", error)
                self.emit_provider_stale(ProviderEventDetails(message=self.stale))

    def get_metadata(self) -> Metadata:
        """Its name."""
        return Metadata(name=f"deploylab: {self.path.name}")

    resolve_boolean_details = _asking("boolean")
    resolve_string_details = _asking("string")
    resolve_integer_details = _asking("integer")
    resolve_float_details = _asking("float")
    resolve_object_details = _asking("object")

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
            known = ", ".join(self.definitions) or "none"
            there = f"did you mean {near[0]!r}?" if near else f"there are {known}"
            raise FlagNotFoundError(f"{self.path.name} has no flag {key!r}; {there}") from error
        except TypeMismatchError as error:
            variants = ", ".join(f"{name} = {json.dumps(v)}" for name, v in self.variants(key).items())
            advice = f"ask for the type of its variants: {variants}"
            raise TypeMismatchError(f"flag {key!r}: {words_of(error)}; {advice}") from error
        except OpenFeatureError as error:
            words = f"flag {key!r}: {words_of(error)}; its variants are {', '.join(self.variants(key))}"
            error.error_message = words  # its code stays what it is
            raise
        except Exception as error:  # what the rules do with odd values is theirs
            raise GeneralError(f"flag {key!r}: its targeting failed ({words_of(error)})") from error

    def variants(self, key: str) -> Mapping[str, Any]:
        """The values that a flag may have, by the name of the variant."""
        found: Mapping[str, Any] = self.definitions[key]["variants"]
        return found
