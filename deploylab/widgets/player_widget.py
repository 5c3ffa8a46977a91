"""The player as a widget, so that its run can be swapped without a flicker."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

from ..views.frames import Frames

HERE = Path(__file__).parent


class Player(anywidget.AnyWidget):
    """Plays Frames in the browser; `load` swaps them, and the moment and the speed stay."""

    _esm = HERE / "player.js"
    _css = HERE / "player.css"
    meta = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)

    def __init__(self, frames: Frames) -> None:
        meta, data = frames.pack()
        super().__init__(meta=meta, data=data)
        self._words = frames.description

    def load(self, frames: Frames) -> None:
        """Show other frames."""
        meta, data = frames.pack()
        with self.hold_sync():
            self.meta, self.data = {**meta, "loads": self.meta.get("loads", 0) + 1}, data
        self._words = frames.description

    def __repr__(self) -> str:
        return f"Player of {self._words}"
