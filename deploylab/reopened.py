"""What a notebook shows of a widget when it is opened again: no kernel holds the widget any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any, Protocol

PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))


class Widget(Protocol):
    """What both ipywidgets and anywidget are."""

    def _repr_mimebundle_(self, **choice: Any) -> Any: ...


def show(widget: Widget, last: str, words: str) -> None:
    """Display a widget, and below it markup that shows in exports, and instead of "model not found".

    Two outputs, for of a trusted one JupyterLab shows nothing but the widget, even where it has none.
    """
    from IPython.display import display  # whoever shows a widget has it loaded

    shown: Callable[..., Any] = display  # it has no types
    bundle = widget._repr_mimebundle_()
    shown(bundle[0] if isinstance(bundle, tuple) else bundle, raw=True)
    shown({"text/html": PAGE.substitute(content=last), "text/plain": words}, raw=True)
