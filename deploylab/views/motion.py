"""What the player shows at a moment: the rules that its script in the browser follows, too."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, fromstring

import numpy as np

from .frames import Frames
from .series import Numbers


def posed(frames: Frames, t: float) -> Element:
    """The drawing at `t`: every text, state and place as it is then; the motes are not in it."""
    meta, root = frames.meta, fromstring(frames.svg)
    texts, states, moves = (meta.get(kind, {}) for kind in ("texts", "states", "moves"))
    numbers = {stack.get("text"): str(high) for stack, high in _stacks(frames, t) if high > stack["most"]}
    cursor = _moved(meta.get("cursor", {"times": [0], "x": [0]}), t)
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
        name, kind = node.get("data-text"), node.get("class")
        if name in texts:
            _say(node, _latest(t, *zip(*texts[name], strict=True)))
        elif name in numbers:
            node.text = numbers[name]
        elif kind == "dl-clock":
            now = meta["clock"]
            node.text = f"{now['before']}{t / now['each']:,.{now['digits']}f}{now['after']}"
        if name := node.get("data-state-of"):
            node.set("data-state", _latest(t, *states[name]))
        if kind == "dl-cursor" or (name := node.get("data-move")):
            _put(node, cursor if kind == "dl-cursor" else _moved(moves[name], t))
        if node.tag == "clipPath":
            node[0].set("width", str(cursor["x"]))
    return root


def _latest(t: float, times: Sequence[float], entries: Sequence[Any]) -> Any:
    """The last entry that is not after `t`."""
    return entries[max(0, bisect_right(times, t) - 1)]


def _say(node: Element, words: Sequence[tuple[str, str]]) -> None:
    node.text = None
    for piece, style in words:
        SubElement(node, "tspan", {"class": style} if style else {}).text = piece


def _moved(move: Mapping[str, Any], t: float) -> dict[str, float]:
    """Each of the attributes that a move gives, at `t`."""
    rows = {key: row for key, row in move.items() if key not in ("times", "hold")}
    if move.get("hold"):
        return {key: _latest(t, move["times"], row) for key, row in rows.items()}
    return {key: float(np.interp(t, move["times"], row)) for key, row in rows.items()}


def _put(node: Element, place: Mapping[str, float]) -> None:
    if node.tag == "g":
        node.set("transform", f"translate({place.get('x', 0)} {place.get('y', 0)})")
    else:
        node.attrib |= {key: str(value) for key, value in place.items()}


def motes(frames: Frames, t: float) -> list[Numbers]:
    """For each kind of `meta["kinds"]`, the motes that are seen at `t`, flying and piled up: px."""
    found = positions(frames, t) if "mote_time" in frames.columns else []
    found = found or [np.zeros((0, 2)) for _ in frames.meta.get("kinds", ())]
    for stack, high in _stacks(frames, t):
        number = np.arange(min(high, stack["most"]))
        steps = np.stack([number % stack["columns"], number // stack["columns"]], axis=1)
        piled = np.array(stack["at"]) + steps * np.array(stack["step"])
        found[stack["kind"]] = np.concatenate([found[stack["kind"]], piled])
    return found


def positions(frames: Frames, t: float) -> list[Numbers]:
    """For each kind of `meta["kinds"]`, the motes that fly or lie at `t`: px, one row (x, y) a mote."""
    columns, kinds = frames.columns, frames.meta["kinds"]
    points, kind = np.array(frames.meta["points"], np.float64), columns["mote_kind"]
    legs = np.array([np.inf if each["leg"] == "forever" else each["leg"] for each in kinds])[kind]
    arcs = np.array([each.get("arc", 0.0) for each in kinds])[kind]
    since = t - columns["mote_time"].astype(np.float64)
    now = (since >= 0) & (since < legs)
    part = np.where(np.isinf(legs), 1.0, since / np.where(legs > 0, legs, 1.0))[now, None]
    start, end = points[columns["mote_from"][now]], points[columns["mote_to"][now]]
    at = start + (end - start) * part
    at[:, 1] += arcs[now] * np.sin(np.pi * part[:, 0])
    return [at[kind[now] == number] for number in range(len(kinds))]


def _stacks(frames: Frames, t: float) -> Iterator[tuple[Mapping[str, Any], int]]:
    """The stacks that are shown at `t`, and how high each of them is then."""
    meta = frames.meta
    for number, stack in enumerate(meta.get("stacks", ())):
        name, states = stack.get("while", (None, ()))
        if name is None or _latest(t, *meta["states"][name]) in states:
            bin_ = min(meta["bins"] - 1, int(t / meta["end"] * meta["bins"]))
            yield stack, int(frames.columns["stack"][number * meta["bins"] + bin_])
