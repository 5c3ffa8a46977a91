"""The player as a widget, so that its run can be swapped without a flicker."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..views.frames import Frames
from ..views.still import look

HERE = Path(__file__).parent


class Player(anywidget.AnyWidget):
    """Plays Frames in the browser; `load` swaps them, and the moment and the speed stay."""

    _esm = HERE / "player.js"
    _css = look() + look(HERE / "board.css")  # which only a playground needs, and no saved page
    # As bytes, both: a dictionary would be searched for buffers and compared, entry by entry, at every turn.
    words = traitlets.Bytes().tag(sync=True)  # the meta of the frames in JSON
    data = traitlets.Bytes().tag(sync=True)

    def __init__(self, frames: Frames) -> None:
        super().__init__()
        self._loads = 0
        self.load(frames)

    def on_press(self, pressed: Callable[[Any, float], None]) -> None:
        """Call this with the name of a button of `meta["buttons"]` that is pressed, and the moment (s)."""

        def heard(_: object, message: dict[str, Any], __: object) -> None:
            if "press" in message:
                pressed(message["press"], float(message["time"]))

        self.on_msg(heard)

    def load(self, frames: Frames) -> None:
        """Show other frames."""
        self.frames = frames
        meta, data = frames.pack()
        self._loads += 1  # the same frames once more are news, too
        with self.hold_sync():
            self.words = json.dumps({**meta, "loads": self._loads}).encode()
            self.data = data

    def __repr__(self) -> str:
        return f"Player of {self.frames.description}"
