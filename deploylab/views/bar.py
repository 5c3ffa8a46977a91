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
GAP, LINE = 2.0, 14.0  # px between two parts, and between two percentages at the least


@dataclass(frozen=True)
class Bar:
    """Its drawing, the moves of its parts and of their percentages, and what these say."""

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
    labels = [_labels(*row) for row in zip(tops.tolist(), shares.tolist(), strict=True)]
    drawing = [text(X + WIDTH / 2, 66, "load balancer", "dl-label", text_anchor="middle")]
    moves: dict[str, dict[str, Any]] = {}
    texts: dict[str, Track] = {}
    for number, role in enumerate(roles):
        part, label = f"share{number}", f"percent{number}"
        top, height = (column[:, number].round(1).tolist() for column in (tops, heights))
        moves[part] = {**held, "y": top, "height": height}
        moves[label] = {**held, "y": [row[number] for row in labels]}
        words = ([[_percent(share, role), ""]] for share in shares[:, number])
        texts[label] = list(zip(held["times"], words, strict=True))
        beside = {"x": X + WIDTH + 10} if role == "nobody" else {"x": X - 10, "text_anchor": "end"}
        drawing += [
            element("rect", x=X, width=WIDTH, rx=5, class_=f"dl-share dl-{role}", data_move=part),
            element("text", class_=f"dl-percent dl-{role}-text", data_text=label, data_move=label, **beside),
        ]
    return Bar(tuple(drawing), moves, texts)


def _percent(share: float, role: str) -> str:
    words = f"{round(100 * share, 1):g} %" if share > 0 else ""
    return f"{words} to nobody" if words and role == "nobody" else words


def _labels(tops: list[float], shares: list[float]) -> list[float]:
    """Where each percentage stands: in the middle of its part, but never upon another one."""
    rows, free = [], TOP + 11
    for top, share in zip(tops, shares, strict=True):
        rows.append(round(max(free, top + HEIGHT * share / 2 + 5), 1))
        free = rows[-1] + LINE if share > 0 else free
    return rows
