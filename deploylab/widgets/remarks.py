"""What a playground says beside its controls: which of them have no effect and why, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from html import escape
from typing import Any

import ipywidgets as w

from ..model.errors import DeploylabError, KnobError
from .board import Board
from .controls import Control, Path, idle


def said(words: str) -> str:
    """Words as a message that is read aloud; nothing for none."""
    return f'<p role="status" class="dl-alert">{escape(words)}</p>' if words else ""


class Remarks:
    """The notes in the rows of a board, and one message: in the row of a control, or in `place`."""

    def __init__(self, controls: Mapping[Path, Control], board: Board) -> None:
        self._controls, self._board = controls, board
        self._notes: dict[str, Any] = {}
        self.message = w.HTML()
        self.place = w.VBox([self.message])  # of a message that belongs to no control

    def say(self, words: str) -> None:
        """Tell this, or nothing any more if it is empty."""
        self.message.value = said(words)

    def refuse(self, error: Exception, turned: Path | None, owners: Sequence[Any]) -> None:
        """Tell what is wrong beside the control that caused it."""
        what = str(error) if isinstance(error, DeploylabError) else f"{type(error).__name__}: {error}"
        told = f"{what}. The picture is still that of before."
        self.message.value = f'<p role="alert" class="dl-alert">⚠ {escape(told)}</p>'
        wrong = self._culprit(error, turned)
        if wrong:
            self._board.reveal(wrong)
        self.tidy(owners, wrong)

    def _culprit(self, error: Exception, turned: Path | None) -> Path | None:
        """The control that the error names: of several the one that was turned, or of the same owner."""
        if not isinstance(error, KnobError):
            return turned
        named = [p for p, c in self._controls.items() if (c.owner, p[-1]) == (error.owner, error.field)]
        same = [path for path in named if turned and path[:2] == turned[:2]]
        return turned if turned in named or not named else (same or named)[0]

    def tidy(self, owners: Sequence[Any], wrong: Path | None = None) -> None:
        """Mark the control that cannot be, and those that have no effect as these owners are set."""
        idles = {
            (str(number), *path): reason
            for number, owner in enumerate(owners)
            for path, reason in (idle(owner) if is_dataclass(owner) else {}).items()
        }
        told = set()
        for path, row in self._board.rows.items():
            cause = next((path[:n] for n in range(2, len(path) + 1) if path[:n] in idles), None)
            notes = []
            if cause and cause not in told and idles[cause]:  # once for all the fields of an object
                notes = [self._note(idles[cause])]
                told.add(cause)
            off = cause is not None and path != wrong
            self._controls[path].widget.disabled = off
            row.layout.display = "none" if off and cause and not idles[cause] else None  # no such fault
            row.children = (*row.children[:2], *notes, *([self.message] if path == wrong else []))
            (row.add_class if path == wrong else row.remove_class)("dl-wrong")
        self.place.children = (self.message,) if wrong is None else ()

    def _note(self, reason: str) -> Any:
        if reason not in self._notes:  # a widget made for nothing would still be sent to the browser
            self._notes[reason] = w.HTML(f'<p class="dl-note">{escape(reason)}</p>')
        return self._notes[reason]
