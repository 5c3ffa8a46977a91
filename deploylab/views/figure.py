"""The stage as a plain Plotly figure with frames, for whoever wants Plotly: hover, export, a dashboard.

Everything is built from plain dicts: the validating classes of Plotly would take many times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..model.run import Run
from . import lanes, theme
from .floor import LEFT, TOPS
from .frames import Frames
from .motion import KINDS, positions
from .series import BINS, Numbers, Series, series
from .stage import BAR, HEIGHT, WIDTH, people

if TYPE_CHECKING:
    import plotly.graph_objects as go

Trace = dict[str, Any]
MOMENTS, DURATION = 80, 300  # frames, and how long each shows (ms)
STATES = {"starting": "square-open-dot", "ready": "square", "draining": "square-open"}


def figure(run: Run, frames: Frames, name: str = "light") -> go.Figure:
    """A Plotly figure in the "light" or the "dark" theme that plays wherever one can be shown."""
    import plotly.graph_objects as go

    moments = [_frame(frames, t, name) for t in np.linspace(0, run.end, MOMENTS + 1)]
    crowd = {**_markers(np.array(people()), theme.colour("user", name), "circle", 6), "opacity": 0.6}
    data = [*moments[0]["data"], crowd, *_curves(run, series(run), name)]
    layout = _layout(run, [moment["name"] for moment in moments], name)
    return go.Figure({"data": data, "layout": layout, "frames": moments}, _validate=False)


def _frame(frames: Frames, t: float, name: str) -> Trace:
    """The traces that change: dots of four kinds, instances, the balancer's bar, the cursor and the story."""
    flying = positions(frames, t)
    dots = [
        _markers(flying[kind], theme.colour(kind, name), "x" if kind == "failure" else "circle", 6)
        for kind in KINDS
    ]
    data = [*dots, _pods(frames, t, name), _bar(frames, t, name), _cursor(frames, t, name), _story(frames, t)]
    return {"name": f"{t:.1f}", "data": data, "traces": list(range(len(data)))}


def _markers(at: NDArray[np.float64], colour: str | list[str], symbol: str | list[str], size: float) -> Trace:
    x, y = at.round().astype(np.int64).T.tolist()
    marker = {"color": colour, "symbol": symbol, "size": size, "line": {"width": 0}}
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marker, "hoverinfo": "skip"}


def _pods(frames: Frames, t: float, name: str) -> Trace:
    half, queues = frames.meta["pod_size"] / 2, frames.columns["queue"].reshape(-1, BINS)
    bin_ = min(BINS - 1, int(t / frames.meta["end"] * BINS))
    shown = [
        ((x + half, y + half), _role(y), state, f"{state}, {queue[bin_]} waiting")
        for (x, y, *life), queue in zip(frames.meta["pods"], queues, strict=True)
        if (state := _state(life, t))
    ]
    at, roles, states, words = zip(*shown, strict=True) if shown else ((), (), (), ())
    colours, symbols = [theme.colour(role, name) for role in roles], [STATES[state] for state in states]
    pods = _markers(np.array(at, np.float64).reshape(-1, 2), colours, symbols, frames.meta["pod_size"])
    return {**pods, "text": words, "hoverinfo": "text"}


def _role(y: float) -> str:
    return lanes.ROLES[y >= TOPS[1]]


def _state(life: list[Any], t: float) -> str:
    started, draining, stopped, _, served = life
    if t < started or (stopped is not None and t >= stopped):
        return ""
    if draining is not None and t >= draining:
        return "draining"
    return "ready" if any(up <= t and (down is None or t < down) for up, down in served) else "starting"


def _bar(frames: Frames, t: float, name: str) -> Trace:
    bar = frames.meta["bar"]
    shares = np.array(bar["shares"][max(0, int(np.searchsorted(bar["times"], t, "right")) - 1)])
    roles = ("stable", "candidate", "nobody")
    return {
        "type": "bar",
        "x": [BAR["x"] + BAR["width"] / 2] * 3,
        "width": BAR["width"],
        "y": (shares * BAR["height"]).round(1).tolist(),
        "base": (BAR["y"] + (shares.cumsum() - shares) * BAR["height"]).round(1).tolist(),
        "marker": {"color": [theme.colour(role, name) for role in ("stable", "candidate", "line")]},
        "hovertext": [f"{100 * share:.1f} % to {role}" for share, role in zip(shares, roles, strict=True)],
        "hoverinfo": "text",
    }


def _cursor(frames: Frames, t: float, name: str) -> Trace:
    x = round(float(lanes.x(t, frames.meta["end"])), 1)
    line = {"width": 1.2, "color": theme.colour("ink", name)}
    ends = [lanes.TOPS[0] - 6, lanes.AXIS - 10]
    return {"type": "scatter", "mode": "lines", "x": [x, x], "y": ends, "line": line, "hoverinfo": "skip"}


def _story(frames: Frames, t: float) -> Trace:
    said = [words for time, words in frames.meta["texts"]["story"] if time <= t][-1]
    words = f"t = {t:.0f} s   {''.join(piece for piece, _ in said)}"
    font = {"size": 18}
    return {
        "type": "scatter", "mode": "text", "x": [24], "y": [24], "text": [words], "textfont": font,
        "textposition": "middle right", "hoverinfo": "skip",
    }  # fmt: skip


def _curves(run: Run, curves: Series, name: str) -> list[Trace]:
    instances, failures, latency = lanes.scales(run, curves)
    xs = lanes.x(curves.edges[1:], run.end)
    traces = [_line(xs, failures, curves.failures, theme.colour("failure", name), "%{text} failures / s")]
    for row, (role, version) in enumerate(zip(lanes.ROLES, run.scenario.versions, strict=True)):
        colour = theme.colour(role, name)
        traces.append(_line(xs, instances, curves.ready[row], colour, f"{version}: %{{text}} ready"))
        traces.append(_line(xs, latency, curves.p99[row], colour, f"{version}: p99 %{{text}} s"))
    return traces


def _line(xs: Numbers, scale: lanes.Scale, values: Numbers, colour: str, hover: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs.round(1).tolist(),
        "y": [None if np.isnan(y) else float(y) for y in scale.y(values).round(1)],
        "text": [f"{value:.3g}" for value in values],
        "line": {"width": 1.6, "color": colour, "shape": "hv"},
        "hovertemplate": hover + "<extra></extra>",
    }


def _layout(run: Run, moments: list[str], name: str) -> Trace:
    hidden = {"visible": False, "fixedrange": True}
    paper = theme.colour("paper", name)
    return {
        "width": WIDTH,
        "height": HEIGHT + 70,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 70},
        "showlegend": False,
        "barmode": "overlay",
        "template": None,
        "xaxis": {**hidden, "range": [0, WIDTH]},
        "yaxis": {**hidden, "range": [HEIGHT, 0]},
        "paper_bgcolor": paper,
        "plot_bgcolor": paper,
        "font": {"family": theme.FONT, "color": theme.colour("ink", name), "size": 12},
        "annotations": [
            {"text": words, "x": x, "y": y, "showarrow": False, "xanchor": "left", "yanchor": "middle"}
            for words, x, y in _labels(run)
        ],
        "updatemenus": [_buttons()],
        "sliders": [_scrubber(moments)],
    }


def _labels(run: Run) -> list[tuple[str, float, float]]:
    axis = lanes.AXIS + 8
    return [
        ("users", 24, 62),
        ("load balancer", BAR["x"] - 36, 62),
        *((f"{run.scenario.versions[i]} {lanes.ROLES[i]}", LEFT, TOPS[i] - 16) for i in (0, 1)),
        *((words, 24, top + 16) for words, top in zip(lanes.NAMES, lanes.TOPS, strict=True)),
        ("0 s", lanes.LEFT, axis),
        (f"{run.end:.0f} s", lanes.RIGHT - 20, axis),
    ]


def _buttons() -> Trace:
    play = {
        "frame": {"duration": DURATION, "redraw": True},
        "transition": {"duration": 0},
        "fromcurrent": True,
    }
    stop = {"frame": {"duration": 0, "redraw": True}, "mode": "immediate"}
    return {
        "type": "buttons", "direction": "left", "showactive": False,
        "x": 0.02, "y": -0.02, "xanchor": "left", "yanchor": "top",
        "buttons": [
            {"label": "▶", "method": "animate", "args": [None, play]},
            {"label": "❚❚", "method": "animate", "args": [[None], stop]},
        ],
    }  # fmt: skip


def _scrubber(moments: list[str]) -> Trace:
    jump = {"frame": {"duration": 0, "redraw": True}, "mode": "immediate"}
    steps = [{"label": moment, "method": "animate", "args": [[moment], jump]} for moment in moments]
    return {
        "x": 0.14, "y": -0.02, "len": 0.82, "steps": steps, "currentvalue": {"visible": False},
        "ticklen": 0, "minorticklen": 0, "font": {"color": "rgba(0,0,0,0)"},
    }  # fmt: skip
