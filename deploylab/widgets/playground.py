"""The playground: turn a knob, see another deployment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass, replace
from html import escape
from time import monotonic
from typing import Any

import ipywidgets as w

from ..engine.rollout import roll_out
from ..model.errors import DeploylabError
from ..model.rollout import Strategy
from ..model.run import Run
from ..model.scenario import Scenario
from ..views.comparison import changes
from ..views.frames import Frames
from ..views.stage import stage
from .controls import Control, Path, controls, rebuilt
from .player_widget import Player

REST = 1.0  # a knob that was not moved for so long (s) has come to rest
ROW = {"flex_flow": "row wrap", "width": "100%"}


class Playground(w.VBox):  # type: ignore[misc]
    """Controls for a strategy and its scenario, above the picture of the run that they give.

    `strategy`, `scenario` and `run` are always those of the picture. Its grey ghost is the run from before
    the knob was turned; the runs that a slider passes on its way do not count.
    """

    def __init__(self, strategy: Strategy, scenario: Scenario) -> None:
        self.strategy, self.scenario = strategy, scenario
        self.run: Run = roll_out(strategy, scenario)
        self._at_rest, self._turned_at = self.run, 0.0
        self.player = Player(_frames(self.run, None))
        self.message = w.HTML()
        self.strategy_controls: dict[Path, Control] = (
            _watched(strategy, self._turned) if is_dataclass(strategy) else {}
        )
        self.scenario_controls = _watched(scenario, self._turned)
        knobs = w.Box([control.widget for control in self.strategy_controls.values()], layout=w.Layout(**ROW))
        super().__init__([knobs, _folded(self.scenario_controls), self.message, self.player])

    def __repr__(self) -> str:
        return f"Playground of {self.run.strategy}"

    def _turned(self, _: object) -> None:
        """A control was moved: make another run, or say why that is not possible and keep the picture."""
        try:
            strategy = (
                rebuilt(self.strategy, _values(self.strategy_controls))
                if self.strategy_controls
                else self.strategy
            )
            scenario = rebuilt(self.scenario, _values(self.scenario_controls))
            run = roll_out(strategy, scenario)
        except DeploylabError as error:
            self.message.value = f'<p role="alert">⚠ {escape(str(error))}</p>'
            return
        now = monotonic()
        if now - self._turned_at > REST:
            self._at_rest = self.run
        self._turned_at = now
        self.message.value = ""
        self.player.load(_frames(run, self._at_rest))
        self.strategy, self.scenario, self.run = strategy, scenario, run


def playground(strategy: Strategy, scenario: Scenario | None = None) -> Playground:
    """Sliders for every knob of a strategy and its scenario, and the run that they give, at once.

    >>> from deploylab import Recreate
    >>> playground(Recreate())
    Playground of Recreate
    """
    return Playground(strategy, scenario or Scenario())


def _watched(owner: Any, turned: Callable[[object], None]) -> dict[Path, Control]:
    made = {control.path: control for control in controls(owner)}
    for control in made.values():
        control.widget.observe(turned, "value")
    return made


def _values(made: dict[Path, Control]) -> dict[Path, object]:
    return {path: control.value() for path, control in made.items()}


def _folded(made: dict[Path, Control]) -> Any:
    """The scenario's controls in groups, folded away until somebody asks for them."""
    groups: dict[str, list[Any]] = {}
    for path, control in made.items():
        groups.setdefault(path[0] if len(path) > 1 else "fleet", []).append(control.widget)
    boxes = [w.Box(group, layout=w.Layout(**ROW)) for group in groups.values()]
    tabs = w.Tab(boxes, titles=list(groups))
    return w.Accordion([tabs], titles=["Scenario: versions, traffic, platform, promises"])


def _frames(run: Run, before: Run | None) -> Frames:
    frames = stage(run, before)
    return replace(frames, meta={**frames.meta, "figures": changes(run, before)})
