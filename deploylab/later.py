"""A package whose public names are loaded at their first use, so that its import costs next to nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


class Package(ModuleType):
    """A package in which a public name wins over the submodule of that name."""

    def __setattr__(self, name: str, value: object) -> None:
        # Python sets every submodule on its package, once it is imported.
        if not (isinstance(value, ModuleType) and name in self.__all__):
            super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Any, ...]:  # a function of a notebook that uses `dl` may go to a cluster
        return import_module, (self.__name__,)


def load_later(package: str, homes: Mapping[str, str]) -> None:
    """Let a package that has an `__all__` find its names in its modules: {".module": "one name another"}."""
    module = sys.modules[package]
    home_of = {name: home for home, names in homes.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(home_of[name], package), name)
        setattr(module, name, value)
        return value

    # In the module and not in its class: IPython completes nothing behind a class of its own `__getattr__`.
    module.__dict__.update(__getattr__=find, __dir__=lambda: list(module.__all__), _homes=home_of)
    module.__class__ = Package
