"""The stage as a plain Plotly figure with frames, for whoever wants Plotly: hover, export, a dashboard.

Everything is built from plain dicts: the validating classes of Plotly would take many times as long.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.run import Run
from . import bar, lanes, theme
from .division import division
from .floor import LEFT, Floor, floor
from .frames import Frames
from .lives import Life, life
from .motion import positions
from .series import BINS, Numbers, Series, series, waiting
from .stage import HEIGHT, WIDTH, people

if TYPE_CHECKING:
    import plotly.graph_objects as go

Trace = dict[str, Any]
MOMENTS, DURATION = 80, 300  # frames, and how long each shows (ms)
SYMBOLS = {"disc": "circle", "ring": "circle-open", "square": "square", "cross": "x"}
STATES = {"starting": "square-open-dot", "ready": "square", "draining": "square-open"}


def figure(run: Run, frames: Frames, name: str = "light") -> go.Figure:
    """A Plotly figure in the "light" or the "dark" theme that plays wherever one can be shown."""
    import plotly.graph_objects as go

    place, lives, shares = floor(run), [life(instance) for instance in run.instances], division(run)
    queues = waiting(run).reshape(-1, BINS)
    moments: list[Trace] = []
    for t in np.linspace(0, run.end, MOMENTS + 1):
        queue = queues[:, min(BINS - 1, int(t / run.end * BINS))].tolist()
        data = [*_motes(frames, t, name), _pods(run, place, lives, queue, t, name)]
        data += [_bar(run, shares, t, name), _cursor(frames, t, name), _story(frames, t)]
        moments.append({"name": f"{t:.1f}", "data": data, "traces": list(range(len(data)))})
    crowd = {**_markers(np.array(people()), theme.colour("user", name), "circle", 6), "opacity": 0.6}
    data = [*moments[0]["data"], crowd, *_curves(run, series(run), name)]
    layout = _layout(run, place, [moment["name"] for moment in moments], name)
    return go.Figure({"data": data, "layout": layout, "frames": moments}, _validate=False)


def _motes(frames: Frames, t: float, name: str) -> list[Trace]:
    """A trace for each kind of mote."""
    seen = zip(frames.meta["kinds"], positions(frames, t), strict=True)
    return [
        _markers(at, theme.colour(kind["colour"], name), SYMBOLS[kind["shape"]], 2.4 * kind["size"])
        for kind, at in seen
    ]


def _markers(at: Numbers, colour: str | list[str], symbol: str | list[str], size: float) -> Trace:
    x, y = at.round().astype(np.int64).T.tolist()
    marker = {"color": colour, "symbol": symbol, "size": size, "line": {"width": 0}}
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marker, "hoverinfo": "skip"}


def _pods(run: Run, place: Floor, lives: list[Life], queues: list[int], t: float, name: str) -> Trace:
    half, roles = place.size / 2, theme.roles(len(run.scenario.versions))
    at, colours, symbols, words = [], [], [], []
    for instance, where, (times, states), queue in zip(
        run.instances, place.places, lives, queues, strict=True
    ):
        state = states[max(0, bisect_right(times, t) - 1)]
        if state in STATES:
            at.append((where.x + half, where.y + half))
            colours.append(theme.colour(roles[run.scenario.versions.index(instance.version)], name))
            symbols.append(STATES[state])
            words.append(f"{instance.name}: {state}, {queue} waiting")
    pods = _markers(np.array(at, np.float64).reshape(-1, 2), colours, symbols, place.size)
    return {**pods, "text": words, "hoverinfo": "text"}


def _bar(run: Run, division: tuple[Numbers, Numbers], t: float, name: str) -> Trace:
    times, shares = division
    now = shares[max(0, int(np.searchsorted(times, t, "right")) - 1)]
    roles, versions = theme.roles(len(now) - 1), (*run.scenario.versions, "nobody")
    return {
        "type": "bar",
        "x": [bar.X + bar.WIDTH / 2] * len(now),
        "width": bar.WIDTH,
        "y": (now * bar.HEIGHT).round(1).tolist(),
        "base": (bar.TOP + (now.cumsum() - now) * bar.HEIGHT).round(1).tolist(),
        "marker": {"color": [theme.colour(role, name) for role in (*roles, "line")]},
        "hovertext": [f"{100 * share:.1f} % to {to}" for share, to in zip(now, versions, strict=True)],
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
    roles = theme.roles(len(run.scenario.versions))
    for row, (role, version) in enumerate(zip(roles, run.scenario.versions, strict=True)):
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


def _layout(run: Run, place: Floor, moments: list[str], name: str) -> Trace:
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
            for words, x, y in _labels(run, place)
        ],
        "updatemenus": [_buttons()],
        "sliders": [_scrubber(moments)],
    }


def _labels(run: Run, place: Floor) -> list[tuple[str, float, float]]:
    axis, versions = lanes.AXIS + 8, run.scenario.versions
    heads = zip(versions, theme.roles(len(versions)), place.tops, strict=True)
    return [
        ("users", 24, 62),
        ("load balancer", bar.X - 36, 62),
        *((f"{version} {role}", LEFT, top - 16) for version, role, top in heads),
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
