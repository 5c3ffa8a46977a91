"""Frozen nouns as plain JSON values and back, by the types that their fields declare.

A dataclass becomes an object with its class's name under "kind"; arrays are handed to somebody else, and what
that one makes of them stands in their place. Reading trusts nothing: every value must be of its field's type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from .errors import short

Keep = Callable[[NDArray[Any]], Any]
Fetch = Callable[[Any, type[np.generic]], NDArray[Any]]  # what `keep` left, and the dtype that is declared
SIMPLE = {str: str, bool: bool, int: int | float, float: int | float}  # what JSON may say for each


ENDLESS = "endless"  # JSON knows no infinity; a pause may have one


class UnreadableError(Exception):
    """A value is not what its field declares; the message says where and why."""


def to_plain(value: Any, keep: Keep) -> Any:
    """A noun, or a value of its fields, as JSON knows it.

    >>> from deploylab.model.record import Event
    >>> to_plain((Event(1.0, "Ready", "v1-1 is ready"),), keep=list)
    [{'kind': 'Event', 'time': 1.0, 'reason': 'Ready', 'message': 'v1-1 is ready'}]
    """
    if is_dataclass(value):
        own = {f.name: to_plain(getattr(value, f.name), keep) for f in fields(value)}
        return {"kind": type(value).__name__, **own}
    if isinstance(value, np.ndarray):
        return keep(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {name: to_plain(each, keep) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(each, keep) for each in value]
    if value is None or isinstance(value, str | bool):
        return value
    return _number(value)


def _number(value: Any) -> int | float | str:
    """A number of any kind, numpy's too, as Python's own."""
    if isinstance(value, np.bool_ | Integral):
        return value.item() if isinstance(value, np.generic) else int(value)
    if isinstance(value, Real):
        return float(value) if value != math.inf else ENDLESS
    raise TypeError(f"{value!r} has no place in a saved run; use numbers, words, tuples and dataclasses")


def from_plain(kind: Any, value: Any, fetch: Fetch, where: str) -> Any:
    """The value that a field of this type holds; raises `UnreadableError`.

    >>> from_plain(tuple[float, ...], [1.5, 2], np.array, where="weights")
    (1.5, 2)
    >>> from_plain(int, "six", np.array, where="replicas")
    Traceback (most recent call last):
    deploylab.model.plain.UnreadableError: replicas is 'six', which is no int
    """
    origin, inside = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _noun(kind, value, fetch, where)
    if origin in (Union, UnionType):
        return _one_of(inside, value, fetch, where)
    if origin is np.ndarray or origin is NDArray:  # from numpy 2.5 on it is an alias of its own
        return fetch(value, inside[0] if origin is NDArray else get_args(inside[1])[0])
    if origin is tuple and isinstance(value, list):
        each = [inside[0]] * len(value) if inside[1:] == (...,) else inside
        if len(each) == len(value):
            parts = zip(each, value, range(len(value)), strict=True)
            return tuple(from_plain(k, v, fetch, f"{where}[{i}]") for k, v, i in parts)
    elif origin is Mapping and isinstance(value, dict):
        return {name: from_plain(inside[1], v, fetch, f"{where}[{name!r}]") for name, v in value.items()}
    elif kind is float and value == ENDLESS:
        return math.inf
    elif _allowed(kind, origin, inside, value):
        return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value
    raise UnreadableError(f"{where} is {short(value)}, which is no {_name(kind)}")


def _allowed(kind: Any, origin: Any, inside: tuple[Any, ...], value: Any) -> bool:
    if origin is Literal:
        return isinstance(value, str) and value in inside
    if kind in SIMPLE:
        whole = kind is not int or isinstance(value, str | bool | int) or value == int(value)
        return isinstance(value, SIMPLE[kind]) and isinstance(value, bool) == (kind is bool) and whole
    if isinstance(kind, type) and issubclass(kind, Enum):
        return isinstance(value, str) and value in [member.value for member in kind]
    return kind is NoneType and value is None


def _noun(kind: Any, value: Any, fetch: Fetch, where: str) -> Any:
    if not isinstance(value, dict) or value.get("kind") != kind.__name__:
        raise UnreadableError(f"{where} is {short(value)}, which is no {kind.__name__}")
    types, known = _types(kind), {f.name: f for f in fields(kind)}
    if unknown := [name for name in value if name != "kind" and name not in known]:
        raise UnreadableError(f"{where} has {short(unknown[0])}, a field that this deploylab does not know")
    if lacking := [name for name, f in known.items() if name not in value and not _has_default(f)]:
        raise UnreadableError(f"{where} lacks {lacking[0]!r}")
    own = {n: from_plain(types[n], value[n], fetch, f"{where}.{n}") for n in known if n in value}
    return kind(**own)


def _one_of(kinds: tuple[Any, ...], value: Any, fetch: Fetch, where: str) -> Any:
    for kind in kinds:
        try:
            return from_plain(kind, value, fetch, where)
        except UnreadableError as problem:
            # Of several nouns the right one is known by its name, and its own problem is the one to tell.
            if is_dataclass(kind) and isinstance(value, dict) and value.get("kind") == _name(kind):
                raise problem
    raise UnreadableError(f"{where} is {short(value)}, which is no {' or '.join(map(_name, kinds))}")


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))
