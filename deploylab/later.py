"""A package whose public names are loaded at their first use, so that its import costs next to nothing."""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path
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


def load_later(package: str) -> None:
    """Let a package find each name that its stub imports, the `.pyi` file beside it, in the stub's module.

    One list serves Python and the type checkers alike.
    """
    module = sys.modules[package]
    stub = Path(str(module.__file__)).with_suffix(".pyi").read_text(encoding="utf-8")
    home_of = {
        alias.name: f"{'.' * line.level}{line.module}"
        for line in ast.parse(stub).body
        if isinstance(line, ast.ImportFrom)
        for alias in line.names
    }
    names = sorted(home_of)

    def find(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(home_of[name], package), name)
        setattr(module, name, value)
        return value

    # In the module and not in its class: IPython completes nothing behind a class of its own `__getattr__`.
    module.__dict__.update(__all__=names, __getattr__=find, __dir__=lambda: names)
    module.__class__ = Package
