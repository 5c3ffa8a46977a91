"""What the player in the browser relies upon: a picture that breaks it would stand still or be empty."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import numpy as np

from deploylab.views import theme
from deploylab.views.frames import Frames
from deploylab.views.motion import positions

SHAPES = {"disc", "ring", "cross", "square"}


def assert_plays(frames: Frames) -> None:
    """Every track has a node and goes forward in time, and every mote flies between places in the picture."""
    meta, columns = frames.meta, frames.columns
    assert json.loads(json.dumps(meta, allow_nan=False))
    assert meta["size"][0] == 960
    assert meta["end"] > 0
    assert meta["speed"] > 0
    assert list(meta.get("events", [])) == sorted(meta.get("events", []))
    _assert_tracks(frames)
    _assert_motes(frames)
    stacks = meta.get("stacks", [])
    assert len(columns.get("stack", ())) == len(stacks) * meta.get("bins", 0)


def _assert_tracks(frames: Frames) -> None:
    meta, svg = frames.meta, ET.fromstring(frames.svg)
    nodes = {
        attribute: {value for node in svg.iter() if (value := node.get(attribute))}
        for attribute in ("data-text", "data-state-of", "data-move")
    }
    numbers = {stack["text"] for stack in meta.get("stacks", []) if "text" in stack}
    waited = {stack["while"][0] for stack in meta.get("stacks", []) if "while" in stack}
    assert nodes["data-text"] == meta.get("texts", {}).keys() | (numbers & nodes["data-text"])
    assert nodes["data-state-of"] | waited == meta.get("states", {}).keys()
    assert nodes["data-move"] == meta.get("moves", {}).keys()
    rows = [[time for time, _ in entries] for entries in meta.get("texts", {}).values()]
    for times, states in meta.get("states", {}).values():
        assert len(times) == len(states)
        rows.append(times)
    for move in meta.get("moves", {}).values():
        assert {len(move[key]) for key in ("x", "y", "width", "height") if key in move} == {
            len(move["times"])
        }
        assert min([0, *move.get("width", []), *move.get("height", [])]) >= 0
    assert all(times == sorted(times) for times in rows)
    assert all(times[0] == 0 for times, _ in meta.get("states", {}).values())


def _assert_motes(frames: Frames) -> None:
    meta, columns = frames.meta, frames.columns
    kinds, points = meta.get("kinds", []), np.array(meta.get("points", []))
    assert all(kind["shape"] in SHAPES and kind["colour"] in theme.COLOURS for kind in kinds)
    if "mote_time" not in columns:
        return
    assert (np.diff(columns["mote_time"]) >= 0).all()
    assert columns["mote_kind"].max(initial=0) < len(kinds)
    assert max(columns[name].max(initial=0) for name in ("mote_from", "mote_to")) < len(points)
    last = meta["end"] + meta.get("tail", 0)
    for t in np.linspace(0, last, 40):
        for at in positions(frames, t):
            assert ((at >= 0) & (at <= meta["size"])).all()
    forever = np.array([kind["leg"] == "forever" for kind in kinds])[columns["mote_kind"]]
    legs = [0 if kind["leg"] == "forever" else kind["leg"] for kind in kinds]
    leg = np.array(legs)[columns["mote_kind"]]
    assert (columns["mote_time"] + np.where(forever, 0, leg) <= last + 1e-3 * last).all()
