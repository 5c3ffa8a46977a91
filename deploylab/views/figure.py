"""Any picture as a plain Plotly figure with frames, for whoever wants Plotly: an export, a dashboard.

Plotly knows neither classes nor states; it moves points. So all that is drawn alike is one trace, and a frame
holds the points of those traces that are not what they were a moment before. Everything is built from plain
dicts: the validating classes of Plotly would take many times as long.
"""

from __future__ import annotations

from itertools import pairwise
from json import dumps
from typing import TYPE_CHECKING, Any

import numpy as np

from . import theme
from .frames import Frames
from .looks import Look, Points, drawn

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOMENTS, LEAST = 60, 12  # frames; a rich picture has fewer of them:
MOST = 150_000  # bytes of all frames, for a saved notebook has to stay small
NONE = "rgba(0,0,0,0)"
BELOW = 80  # px for the controls
Frame = dict[str, Any]


def figure(frames: Frames, name: str = "light") -> go.Figure:
    """A Plotly figure in the "light" or the "dark" theme that plays wherever one can be shown."""
    import plotly.graph_objects as go

    number = MOMENTS if "cursor" in frames.meta else 0
    data, moments = _played(frames, number, name)
    while number > LEAST and (size := len(dumps(moments))) > MOST:
        number = max(LEAST, 9 * number * MOST // (10 * size))
        data, moments = _played(frames, number, name)
    layout = _layout(frames, name) | (_controls(frames, number, name) if number else {})
    return go.Figure({"data": data, "layout": layout, "frames": moments}, _validate=False)


def _played(frames: Frames, number: int, name: str) -> tuple[list[Frame], list[Frame]]:
    """The traces as they begin, and for each moment those that have changed; the first has all these."""
    times = np.linspace(0, frames.meta["end"], number + 1).tolist()
    shown = [drawn(frames, t, name) for t in times]
    looks = sorted({look: None for moment in shown for look in moment}, key=lambda look: look.level)
    nothing: Points = {"x": [], "y": [], "text": []}
    changes = [{look for look in looks if a.get(look) != b.get(look)} for a, b in pairwise(shown)]
    moments = [
        {
            "name": str(place),
            "data": [moment.get(look, nothing) for look in looks if look in changed],
            "traces": [number for number, look in enumerate(looks) if look in changed],
            **({"baseframe": str(place - 1)} if place else {}),
        }
        for place, (moment, changed) in enumerate(zip(shown, [set().union(*changes), *changes], strict=True))
    ]
    return [{**_trace(look), **shown[0].get(look, nothing)} for look in looks], moments


def _trace(look: Look) -> Frame:
    """How Plotly draws what looks so."""
    fill, stroke = look.fill or NONE, look.line or NONE
    line = {"color": stroke, "width": look.width}
    if look.kind == "text":
        own = {"mode": "text", "textposition": look.anchor, "textfont": {"size": look.size, "color": fill}}
    elif look.kind == "path":
        own = {"mode": "lines", "line": {**line, "dash": look.dash}, "fill": "toself", "fillcolor": fill}
    else:
        marker = {"symbol": look.kind, "size": look.size, "color": fill, "line": line}
        own = {"mode": "markers", "marker": marker}
    return {"type": "scatter", "hoverinfo": "skip", **own}


def _layout(frames: Frames, name: str) -> Frame:
    (wide, high), paper = frames.meta["size"], theme.colour("paper", name)
    hidden = {"visible": False, "fixedrange": True}
    return {
        "width": wide, "height": high, "margin": dict.fromkeys("lrtb", 0), "showlegend": False,
        "template": None, "paper_bgcolor": paper, "plot_bgcolor": paper,
        "font": {"family": theme.FONT, "color": theme.colour("ink", name)},
        "xaxis": {**hidden, "range": [0, wide]}, "yaxis": {**hidden, "range": [high, 0]},
    }  # fmt: skip


def _controls(frames: Frames, number: int, name: str) -> Frame:
    """Play, pause and a scrubber below the picture, and how much of it is in these frames."""
    meta = frames.meta
    each = round(1000 * meta["end"] / meta["speed"] / number)  # ms
    play = {"frame": {"duration": each, "redraw": True}, "transition": {"duration": 0}, "fromcurrent": True}
    jump = {"frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}, "mode": "immediate"}
    steps = [{"label": str(n), "method": "animate", "args": [[str(n)], jump]} for n in range(number + 1)]
    buttons = [
        {"label": label, "method": "animate", "args": args}
        for label, args in (("▶", [None, play]), ("❚❚", [[None], jump]))
    ]
    menu = {
        "type": "buttons", "direction": "left", "showactive": False, "buttons": buttons,
        "x": 0.02, "y": -0.02, "xanchor": "left", "yanchor": "top",
    }  # fmt: skip
    slider = {
        "x": 0.14, "y": -0.02, "len": 0.82, "currentvalue": {"visible": False}, "steps": steps,
        "ticklen": 0, "minorticklen": 0, "font": {"color": NONE},
    }  # fmt: skip
    caption = {
        "text": f"{number + 1} moments, equally far apart; animate(record) shows what is between them",
        "x": 0.96, "y": 0, "yshift": 6 - BELOW, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "right", "yanchor": "bottom", "font": {"color": theme.colour("quiet", name), "size": 11},
    }  # fmt: skip
    room = {"height": meta["size"][1] + BELOW, "margin": {"l": 0, "r": 0, "t": 0, "b": BELOW}}
    return {**room, "annotations": [caption], "updatemenus": [menu], "sliders": [slider]}
