"""The player as a widget, so that its run can be swapped without a flicker."""

from __future__ import annotations

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
    _css = look()
    meta = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)

    def __init__(self, frames: Frames) -> None:
        meta, data = frames.pack()
        super().__init__(meta=meta, data=data)
        self._words = frames.description

    def on_press(self, pressed: Callable[[str, float], None]) -> None:
        """Call this with the name of a button of `meta["buttons"]` that is pressed, and the moment (s)."""

        def heard(_: object, message: dict[str, Any], __: object) -> None:
            if "press" in message:
                pressed(message["press"], float(message["time"]))

        self.on_msg(heard)

    def load(self, frames: Frames) -> None:
        """Show other frames."""
        meta, data = frames.pack()
        with self.hold_sync():
            self.meta, self.data = {**meta, "loads": self.meta.get("loads", 0) + 1}, data
        self._words = frames.description

    def __repr__(self) -> str:
        return f"Player of {self._words}"
