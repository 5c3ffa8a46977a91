"""How a playground lies on the screen: its main knobs beside the picture, the others folded away."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path as File
from typing import Any

import anywidget
import ipywidgets as w
from traitlets import Unicode

from .controls import Control, Path
from .situations import main_knobs

HINT = '<p aria-hidden="true">Point at a knob, or move to it: here stands what it does.</p>'
TITLES = {"stable": "Stable version", "candidate": "Candidate", "Scenario": "The run", "slo": "Promise (SLO)"}


def dotted(path: Path) -> str:
    """A path within its owner, in one word.

    >>> dotted(("1", "traffic", "rate"))
    'traffic.rate'
    """
    return ".".join(path[1:])


def grouped(owners: Sequence[Any], paths: Sequence[Path]) -> tuple[list[Path], dict[str, list[Path]]]:
    """The paths of the main knobs, and the others under the headings that they are folded under."""
    main: list[Path] = []
    folds: dict[str, list[Path]] = {}
    for number, owner in enumerate(owners):
        own = {dotted(path): path for path in paths if path[0] == str(number)}
        first = [own[name] for name in main_knobs(owner, own)]
        main += first
        for path in own.values():
            if path not in first:
                title = path[1] if len(path) > 2 else type(owner).__name__
                folds.setdefault(title, []).append(path)
    return main, folds


def row(control: Control) -> Any:
    """A control, and what it means, which is shown in one place while somebody is at the control."""
    knob = control.knob
    allowed = f"{'each ' * control.several}{knob.bounds()}{knob.in_unit}"
    if knob.whole and isinstance(control.widget, w.Text) and not control.several:
        allowed = "a number of them, or a share such as 25%"
    allowed = f"; {allowed}" if knob.slider or knob.maximum < math.inf else ""
    allowed += f", or 0: {knob.nothing}" if knob.nothing else ""
    said = escape(knob.help + allowed + _shown(control))
    meaning = w.HTML(f'<p role="note">{said}</p>').add_class("dl-help")
    return w.VBox([control.widget, meaning]).add_class("dl-row")


def _shown(control: Control) -> str:
    """Where a slider ends that does not show all that code may set."""
    knob, slider = control.knob, control.widget
    if not isinstance(slider, w.FloatSlider | w.IntSlider):
        return ""
    if slider.min <= max(knob.minimum, knob.above) and slider.max >= knob.maximum:
        return ""
    return f"; this slider goes from {slider.min:,.9g} to {slider.max:,.9g}"


def fold(title: str, rows: Sequence[Any]) -> tuple[Any, Any]:
    """A button, and the box in which it shows these rows or hides them."""
    words = f"{TITLES.get(title, title[0].upper() + title[1:].replace('_', ' '))} ({len(rows)})"
    button = w.ToggleButton(description=f"▸ {words}").add_class("dl-fold")
    page = w.VBox().add_class("dl-open")
    shown = (_hint(), *rows)  # the picture may stand between it and the explanations of the main knobs

    def turned(change: Any) -> None:
        button.description = f"{'▾' if change['new'] else '▸'} {words}"
        page.children = shown if change["new"] else ()

    button.observe(turned, "value")
    return button, w.VBox([button, page])


def _hint() -> Any:
    """The place where it is said what a knob does."""
    return w.HTML(HINT).add_class("dl-hint")


class Names(anywidget.AnyWidget):
    """Shows nothing; names and explains the controls to those who have them read aloud, and tells `said`."""

    said = Unicode().tag(sync=True)
    _esm = File(__file__).parent / "names.js"


class Board:
    """The rows of all controls, in their places: `box` is the widget that shows them beside the picture."""

    def __init__(
        self, owners: Sequence[Any], controls: Mapping[Path, Control], above: Sequence[Any], picture: Any
    ) -> None:
        self.rows = {path: row(control) for path, control in controls.items()}
        self.main, groups = grouped(owners, list(controls))
        ends = Counter(path[-1] for path in controls)
        for path in self.main:
            if len(path) > 2 and (ends[path[-1]] > 1 or "_" not in path[-1]):
                control = controls[path].widget  # away from its heading it has to say whose it is
                control.description = f"{path[-2]} {control.description}"
        self._folds: dict[Path, Any] = {}
        boxes = []
        for title, paths in groups.items():
            button, box = fold(title, [self.rows[path] for path in paths])
            boxes.append(box)
            self._folds |= dict.fromkeys(paths, button)
        shown = w.Box([*above, *(self.rows[path] for path in self.main)]).add_class("dl-main")
        folded = w.Box(boxes).add_class("dl-folds")
        self.box = w.Box([shown, _hint(), picture, folded]).add_class("dl-board")

    def reveal(self, path: Path) -> None:
        """Unfold the group of this control."""
        if path in self._folds:
            self._folds[path].value = True
