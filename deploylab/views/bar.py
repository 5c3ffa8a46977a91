"""The load balancer: a bar that is divided as the traffic is divided right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..model.run import Run
from . import theme
from .division import division
from .svg import element, text
from .track import Track

X, TOP, WIDTH, HEIGHT = 352.0, 78.0, 14.0, 234.0
HEAD, FIRST, NEXT = 66.0, 334.0, 88.0  # y of the head, x of the first percentage in it, px to the next
GAP, SHORT = 2.0, 5  # px between two parts; letters of a name that has room before its percentage


@dataclass(frozen=True)
class Bar:
    """Its drawing, the moves of its parts, and what their percentages say.

    These stand above it, where no request flies through them; only that of nobody is beside its part.
    """

    drawing: tuple[str, ...]
    moves: dict[str, dict[str, Any]]
    texts: dict[str, Track]


def bar(run: Run) -> Bar:
    """A part for each version, the first on top, and one for the requests that meet nobody."""
    times, shares = division(run)
    roles = (*theme.roles(len(run.scenario.versions)), "nobody")
    held = {"times": times.round(3).tolist(), "hold": True}
    tops = TOP + HEIGHT * (shares.cumsum(axis=1) - shares)
    heights = (HEIGHT * shares - GAP * (shares < 1)).clip(0)
    drawing = [text(FIRST - 14, HEAD, "load balancer", "dl-label", text_anchor="end")]
    moves: dict[str, dict[str, Any]] = {}
    texts: dict[str, Track] = {}
    for number, role in enumerate(roles):
        part, label = f"share{number}", f"percent{number}"
        top, height = (column[:, number].round(1).tolist() for column in (tops, heights))
        moves[part] = {**held, "y": top, "height": height}
        name = "" if role == "nobody" else run.scenario.versions[number]
        words = ([[_percent(share, name), ""]] for share in shares[:, number])
        texts[label] = list(zip(held["times"], words, strict=True))
        look = f"dl-percent dl-{role}-text"
        drawing.append(element("rect", x=X, width=WIDTH, rx=5, class_=f"dl-share dl-{role}", data_move=part))
        if name:
            drawing.append(text(FIRST + NEXT * number, HEAD, "", look, data_text=label))
        else:
            middle = (tops + HEIGHT * shares / 2 + 5)[:, number].round(1)
            moves[label] = {**held, "y": middle.clip(TOP + 11).tolist()}
            beside = {"class_": look, "data_text": label, "data_move": label}
            drawing.append(element("text", x=X + WIDTH + 10, **beside))
    return Bar(tuple(drawing), moves, texts)


def _percent(share: float, name: str) -> str:
    """The share in percent: of a version with its name before it, where that is short, or of nobody."""
    words = f"{round(100 * share, 1):g} %" if share > 0 else ""
    before, after = (f"{name} " if len(name) <= SHORT else "", "") if name else ("", " to nobody")
    return f"{before}{words}{after}" if words else ""
