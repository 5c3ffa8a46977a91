"""A moving picture of a record: in a notebook, in a file, and as a widget whose run can be swapped."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from ..model.errors import RecordError
from ..views.comparison import Comparison, Record
from ..views.frames import Frames
from ..views.picture import picture
from ..views.still import look, save
from ..views.together import together

if TYPE_CHECKING:
    import plotly.graph_objects as go

HERE = Path(__file__).parent


class Animation:
    """The picture of a record; show it by leaving it at the end of a cell, or keep it with `save`."""

    def __init__(self, record: Record | Comparison) -> None:
        several = together(record) if isinstance(record, Comparison) else [picture(record)]
        self.frames, self.others = several[0], several[1:]
        self.record = record

    def __repr__(self) -> str:
        beside = f"; beside it: {self.record.headline}" if self.others else ""
        return f"Animation of {self.frames.description}{beside}"

    def _repr_html_(self) -> str:
        """Markup that plays wherever scripts may run, without a kernel and without a network."""
        return player_html(self.frames, *self.others)

    def save(self, path: str | Path) -> Path:
        """Write a page of its own that plays without a network; returns its path.

        Raises `RecordError` when that cannot be written there.
        """
        return save(path, self.record.title, self._repr_html_())

    def figure(self, theme: str = "light") -> go.Figure:
        """The picture as a plain Plotly figure with frames, a play button and a slider.

        Raises `RecordError` for a comparison, whose records Plotly cannot play by one clock.
        """
        from ..views.figure import figure

        if isinstance(self.record, Comparison):
            raise RecordError(
                "figure: Plotly cannot play several records by one clock; use animate(record).figure() for "
                "each of them, or save(path), which writes a page that plays without a network"
            )
        return figure(self.frames, theme)


def animate(record: Record | Comparison) -> Animation:
    """Show what happened; it plays once it is in full view, and can be dragged through time.

    The records of a comparison, up to four, play side by side by one clock: `animate(compare(runs))`.

    Raises `RecordError` for what is no record.

    >>> from deploylab import Recreate, Scenario, roll_out
    >>> animate(roll_out(Recreate(), Scenario(replicas=2, duration=30)))
    Animation of Recreate replaces v1 by v2 on 2 instances, ...
    """
    return Animation(record)


def player_html(frames: Frames, *others: Frames) -> str:
    """The self-contained markup of a player: style, script and data, and the description in words.

    `others` are shown beside it, and go by its clock.
    """
    (words, data), *more = (_written(each) for each in (frames, *others))
    rest = ",".join(f'[{own},"{packed}"]' for own, packed in more)
    return Template((HERE / "player.html").read_text("utf-8")).substitute(
        css=look(),
        js=_script(),
        key=sha256(f"{words}{data}{rest}".encode()).hexdigest()[:16],
        description=escape("\n".join(each.description for each in (frames, *others))),
        meta=words,
        data=data,
        others=f"[{rest}]",
    )


def _written(frames: Frames) -> tuple[str, str]:
    """The meta of frames as a script may hold it, and their data in base64."""
    meta, data = frames.pack()
    words = json.dumps(meta, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return words, b64encode(data).decode()


def _script() -> str:
    """The player without indents and comments: every picture carries it."""
    lines = map(str.strip, (HERE / "player.js").read_text("utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
