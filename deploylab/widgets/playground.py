"""The playground: turn a knob, see another deployment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import is_dataclass, replace
from html import escape
from time import monotonic
from typing import Any

import ipywidgets as w

from ..model.errors import DeploylabError, KnobError, RecordError
from ..model.order import ACTIONS, Order
from ..model.run import Run
from ..model.scenario import Scenario
from ..views.comparison import Record, changes
from ..views.frames import Frames
from ..views.picture import picture
from .code import code
from .controls import Control, Path, controls, idle, rebuilt
from .player_widget import Player
from .verbs import verb

REST = 1.0  # a knob that was not moved for so long (s) has come to rest
ROW = {"flex_flow": "row wrap", "width": "100%"}
CELL = {"width": "27.5em"}
SMALL = {"width": "5em", "flex": "0 0 auto"}
TAKE_BACK = "take back"


class Playground(w.VBox):  # type: ignore[misc]
    """Controls for all that a record is made of, above its picture.

    `owners` are the objects with the knobs, such as a strategy and its scenario, and `record` is what they
    give: always those of the picture. Its grey ghost is the record from before the knob was turned; those
    that a slider passes on its way do not count. `controls` has those of all owners, each by the number of
    its owner and the path of its field.
    """

    def __init__(self, *owners: Any) -> None:
        self._verb = verb(owners[0])
        self._began = self.owners = owners
        self.record: Record = self._verb.make(*owners)
        self._at_rest, self._turned_at, self._resetting = self.record, 0.0, False
        self.controls: dict[Path, Control] = {
            (str(number), *control.path): control
            for number, owner in enumerate(owners)
            for control in (controls(owner) if is_dataclass(owner) else ())
        }
        self._starts = {path: control.widget.value for path, control in self.controls.items()}
        self._rows = {path: w.VBox([c.widget], layout=w.Layout(**CELL)) for path, c in self.controls.items()}
        self._notes: dict[str, Any] = {}
        self.message, self.code = w.HTML(), w.HTML()
        self._place = w.VBox([self.message])  # of messages that belong to no control
        self.player = Player(self._frames())
        self.player.on_press(self._pressed)
        reset = w.Button(
            description="Reset", tooltip="all knobs as they were at first", layout=w.Layout(**SMALL)
        )
        reset.on_click(self._reset)
        for control in self.controls.values():
            control.widget.observe(self._turned, "value")
        self._tidy(None)
        below = w.HBox([reset, self.code], layout=w.Layout(align_items="center"))
        super().__init__([*self._boxes(), self._place, below, self.player])
        self.add_class("dl-playground")

    def __repr__(self) -> str:
        return f"Playground of {self.record.title}"

    @property
    def run(self) -> Any:
        """The record, by the name that a rollout's has."""
        return self.record

    def _turned(self, change: Any) -> None:
        """A control was moved: make another record, or say why that is not possible and keep the picture."""
        if not self._resetting:
            turned = next(path for path, c in self.controls.items() if c.widget is change["owner"])
            self._make(self.owners, turned)

    def _make(self, owners: tuple[Any, ...], turned: Path | None = None) -> None:
        values = {path: control.value() for path, control in self.controls.items()}
        try:
            owners = tuple(
                rebuilt(owner, values, (str(number),)) if is_dataclass(owner) else owner
                for number, owner in enumerate(owners)
            )
            record = self.record if owners == self.owners else self._verb.make(*owners)
        except DeploylabError as error:
            self.message.value = f'<p role="alert" class="dl-alert">⚠ {escape(str(error))}</p>'
            self._tidy(self._culprit(error, turned))
            return
        self.message.value = ""
        if owners != self.owners:
            now = monotonic()
            if now - self._turned_at > REST:
                self._at_rest = self.record
            self._turned_at, self.owners, self.record = now, owners, record
            self.player.load(self._frames(self._at_rest))
        self._tidy(None)

    def _culprit(self, error: DeploylabError, turned: Path | None) -> Path | None:
        """The control that the error names: of several the one that was turned, or of the same owner."""
        if not isinstance(error, KnobError):
            return turned
        named = [p for p, c in self.controls.items() if (c.owner, p[-1]) == (error.owner, error.field)]
        same = [path for path in named if turned and path[:2] == turned[:2]]
        return turned if turned in named or not named else (same or named)[0]

    def _tidy(self, wrong: Path | None) -> None:
        """Mark the control that cannot be, and those that have no effect; write the line of code anew."""
        idles = {
            (str(number), *path): reason
            for number, owner in enumerate(self.owners)
            for path, reason in (idle(owner) if is_dataclass(owner) else {}).items()
        }
        told = set()
        for path, row in self._rows.items():
            cause = next((path[:n] for n in range(2, len(path) + 1) if path[:n] in idles), None)
            control, notes = self.controls[path].widget, []
            if cause and cause not in told and idles[cause]:  # once for all the fields of an object
                notes = [self._note(idles[cause])]
                told.add(cause)
            control.disabled = cause is not None and path != wrong
            row.children = (control, *notes, *([self.message] if path == wrong else []))
            (row.add_class if path == wrong else row.remove_class)("dl-wrong")
        self._place.children = (self.message,) if wrong is None else ()
        line = [code(owner) for owner in self.owners]
        words = f"dl.playground({', '.join(filter(None, line))})"
        self.code.value = "" if None in line else f'<pre class="dl-code" tabindex="0">{escape(words)}</pre>'

    def _note(self, reason: str) -> Any:
        if reason not in self._notes:  # a widget made for nothing would still be sent to the browser
            self._notes[reason] = w.HTML(f'<p class="dl-note">{escape(reason)}</p>')
        return self._notes[reason]

    def _reset(self, _: object) -> None:
        self._resetting = True
        for path, control in self.controls.items():
            control.widget.value = self._starts[path]
        self._resetting = False
        self._make(self._began)

    def _pressed(self, action: str, time: float) -> None:
        """A person tells the rollout something at the moment that the player shows, and it runs again."""
        *others, scenario = self.owners
        orders = [order for order in scenario.orders if isinstance(order, Order)]
        if action == TAKE_BACK:
            now = [order for order in scenario.orders if order is not orders[-1]]
        else:
            now = [*scenario.orders, Order(round(time, 1), action)]  # type: ignore[arg-type]
        self._make((*others, replace(scenario, orders=tuple(now))))

    def _frames(self, before: Record | None = None) -> Frames:
        frames = picture(self.record, before)
        own = {"figures": changes(self.record, before), "buttons": self._buttons()}
        return replace(frames, meta={**frames.meta, **own})

    def _buttons(self) -> list[tuple[str, str]]:
        """What a person may tell a rollout that listens, and a way to take the last of it back."""
        run = self.record
        if not isinstance(run, Run):
            return []
        listens = any(step.heeds for step, _ in run.steps)
        actions: Iterable[str] = getattr(self.owners[0], "heeds", ACTIONS if listens else ())
        given = [order for order in run.scenario.orders if isinstance(order, Order)]
        back = [(TAKE_BACK, f"Take back: {given[-1].action} at {given[-1].at:g} s")] if given else []
        return [(action, action.capitalize()) for action in actions] + back

    def _boxes(self) -> list[Any]:
        """The first owner's controls in the open, the others folded away until somebody asks for them."""
        first = [row for path, row in self._rows.items() if path[0] == "0"]
        boxes: list[Any] = [w.Box(first, layout=w.Layout(**ROW))] if first else []
        for number, owner in list(enumerate(self.owners))[1:]:
            tabs: dict[str, dict[Path, list[Any]]] = {"general": {}}
            for path, row in self._rows.items():
                if path[0] == str(number):
                    group = tabs.setdefault(path[1] if len(path) > 2 else "general", {})
                    group.setdefault(path[:4] if "faults" in path else (), []).append(row)
            tabs = {name: groups for name, groups in tabs.items() if groups}
            pages = [
                w.VBox([w.Box(r, layout=w.Layout(**ROW)) for r in page.values()]) for page in tabs.values()
            ]
            title = f"{type(owner).__name__}: {', '.join(tabs)}"
            boxes.append(w.Accordion([w.Tab(pages, titles=list(tabs))], titles=[title]))
        return boxes


def playground(knobs: Any, scenario: Scenario | None = None) -> Playground:
    """Sliders for every knob of a strategy and its scenario, or of another pattern, and what comes of them.

    Raises `RecordError` for what has no knobs to turn.

    >>> from deploylab import Recreate
    >>> playground(Recreate())
    Playground of Recreate
    """
    if verb(knobs).scenario:
        return Playground(knobs, scenario or Scenario())
    if scenario is not None:
        raise RecordError(f"playground: a {type(knobs).__name__} meets no scenario; give it alone")
    return Playground(*verb(knobs).parts(knobs))
