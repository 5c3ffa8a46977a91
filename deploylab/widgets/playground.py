"""The playground: turn a knob, see another deployment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass, replace
from html import escape
from time import monotonic
from typing import Any

import ipywidgets as w

from ..model.errors import RecordError
from ..model.scenario import Scenario
from ..reopened import show
from ..views.comparison import Record
from ..views.frames import Frames
from ..views.picture import picture
from .board import Board, Names, dotted
from .code import code
from .controls import Control, Path, controls, rebuilt
from .figures import figures, spoken
from .people import Press, buttons, told
from .player import player_html
from .player_widget import Player
from .remarks import Remarks
from .situations import AS_GIVEN, YOUR_OWN, situations
from .verbs import verb

REST = 1.0  # a knob that was not moved for so long (s) has come to rest
SMALL = {"width": "5em", "flex": "0 0 auto"}


class Playground(w.VBox):  # type: ignore[misc]
    """Controls for all that a record is made of, beside its picture.

    `owners` are the objects with the knobs, such as a strategy and its scenario, and `record` is what they
    give: always those of the picture. Its grey ghost is the record from before the knob was turned; those
    that a slider passes on its way do not count. `controls` has those of all owners, each by the number of
    its owner and the path of its field. `situation` is the choice of a situation that sets some of them.
    """

    def __init__(self, *owners: Any) -> None:
        self._verb = verb(owners[0])
        self._began = self.owners = owners
        self.record: Record = self._verb.make(*owners)
        self._first = self._at_rest = self.record
        self._turned_at, self._setting = 0.0, False
        self.controls: dict[Path, Control] = {
            (str(number), *control.path): control
            for number, owner in enumerate(owners)
            for control in (controls(owner) if is_dataclass(owner) else ())
        }
        self._starts = {path: control.widget.value for path, control in self.controls.items()}
        now = {dotted(path): value for path, value in self._starts.items()}
        self._situations = situations(self.owners, now)
        self._set_by_situations = set().union(*self._situations.values())
        self.situation, reset = _choice(self._situations), _reset()
        self.player, self.code, self._names = Player(self._frames()), w.HTML(), Names()
        self._board = Board(self.owners, self.controls, [w.HBox([self.situation, reset])], self.player)
        self._remarks = Remarks(self.controls, self._board)
        self._remarks.tidy(owners)
        self._remarks.say(_beyond(self.record))
        self.message = self._remarks.message
        self._write_code()
        reset.on_click(lambda _: self._choose(AS_GIVEN))
        self.player.on_press(self._pressed)
        for control in self.controls.values():
            control.widget.observe(self._turned, "value")
        self.situation.observe(self._chosen, "value")
        super().__init__([self._board.box, self._remarks.place, self.code, self._names])
        self.add_class("dl-playground")

    def __repr__(self) -> str:
        return f"Playground of {self.record.title}"

    def _ipython_display_(self) -> None:
        """The widget, or where no kernel runs its picture alone."""
        show(self, player_html(self._frames()), f"Picture of {self.record.title}")

    @property
    def run(self) -> Any:
        """The record, by the name that a rollout's has."""
        return self.record

    def _turned(self, change: Any) -> None:
        """A control was moved: make another record, or say why that is not possible and keep the picture."""
        if not self._setting:
            turned = next(path for path, c in self.controls.items() if c.widget is change["owner"])
            before = self.owners
            self._make(before, turned)
            left = self.situation.value == AS_GIVEN or dotted(turned) in self._set_by_situations
            if left and self.owners is not before:
                with self._unheard():
                    self.situation.value = YOUR_OWN

    def _make(self, owners: tuple[Any, ...], turned: Path | None = None) -> None:
        values = {path: control.value() for path, control in self.controls.items()}
        try:
            owners = tuple(
                rebuilt(owner, values, (str(number),)) if is_dataclass(owner) else owner
                for number, owner in enumerate(owners)
            )
            record = self.record if owners == self.owners else self._verb.make(*owners)
        except Exception as error:  # a strategy of one's own may raise anything
            self._remarks.refuse(error, turned, self.owners)
            self.player.add_class("dl-stale")
            return
        self._remarks.say(_beyond(record))
        self.player.remove_class("dl-stale")
        if owners != self.owners:
            now = monotonic()
            if now - self._turned_at > REST:
                self._at_rest = self.record
            self._turned_at, self.owners, self.record = now, owners, record
            frames = self._frames(self._at_rest)
            self.player.load(frames)
            self._names.said = spoken(frames.meta["figures"])
        self._remarks.tidy(self.owners)
        self._write_code()

    def _write_code(self) -> None:
        """The line of code that makes this playground again; none if an owner has no such line."""
        line = [code(owner) for owner in self.owners]
        words = f"dl.playground({', '.join(filter(None, line))})"
        self.code.value = "" if None in line else f'<pre class="dl-code" tabindex="0">{escape(words)}</pre>'

    @contextmanager
    def _unheard(self) -> Iterator[None]:
        """What is set here turns nothing by itself."""
        self._setting = True
        try:
            yield
        finally:
            self._setting = False

    def _chosen(self, change: Any) -> None:
        if not self._setting and change["new"] != YOUR_OWN:
            self._choose(change["new"])

    def _choose(self, name: str) -> None:
        """Set at once all controls that situations set; as given, all controls there are."""
        with self._unheard():
            self.situation.value = name
            for path, control in self.controls.items():
                if name == AS_GIVEN or dotted(path) in self._set_by_situations:
                    control.widget.value = self._situations[name].get(dotted(path), self._starts[path])
        self._make(self._began)
        if self.owners != self._began and _said(self.record) == _said(self._first):
            self._remarks.say(f"“{name}” makes no difference here: every figure is what it was as given.")

    def _pressed(self, action: Press, time: float) -> None:
        """A person tells the rollout something at the moment that the player shows, and it runs again."""
        *others, scenario = self.owners
        self._make((*others, told(scenario, action, time)))

    def _frames(self, before: Record | None = None) -> Frames:
        frames = picture(self.record, before)
        shown, offered = figures(self.record, before), buttons(self.owners[0], self.record)
        return replace(frames, meta={**frames.meta, "figures": shown, "buttons": offered, "open": True})


def _choice(names: Iterable[str]) -> Any:
    return w.Dropdown(
        description="situation",
        options=[*names, YOUR_OWN],
        style={"description_width": "5em"},
        layout=w.Layout(flex="1 1 0", min_width="0", margin="1px 0"),
    )


def _reset() -> Any:
    return w.Button(description="Reset", tooltip="all knobs as they were at first", layout=w.Layout(**SMALL))


def _beyond(record: Record) -> str:
    """What to know of its figures, if the record says so."""
    return str(getattr(record, "beyond", ""))


def _said(record: Record) -> tuple[Any, ...]:
    return record.headline, record.figures()


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
