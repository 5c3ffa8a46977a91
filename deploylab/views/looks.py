"""A picture at a moment as points, all that is drawn alike together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from . import theme
from .frames import Frames
from .motion import motes, posed
from .outline import SHARP, discs, path, rectangle
from .style import pixels, rgba, step, style

CLIPPED, COVER, STILL, MOVING, WORDS, MOTES = range(0, 60, 10)  # what is drawn first, and what over it
SYMBOLS = {"disc": "circle", "ring": "circle-open", "square": "square", "cross": "x-thin"}
LINES = {"ring": 1.3, "cross": 1.8}  # of motes (px)
ANCHORS = {"start": "middle right", "middle": "middle center", "end": "middle left"}
BASELINE = 0.35  # how far the middle of letters is above the line that they stand on, in their size
Points = dict[str, list[Any]]  # x, y and, of texts, the words


class Look(NamedTuple):
    """How something is drawn: `kind` is "path", "text" or the symbol of a marker, "" is no colour."""

    level: int
    kind: str
    fill: str = ""
    line: str = ""
    width: float = 0
    dash: str = "solid"
    size: float = 0
    anchor: str = ""


class Spot(NamedTuple):
    """The way to a part of the drawing, its corner (px), and on which level it is drawn."""

    way: str
    x: float
    y: float
    level: int

    def at(self, points: Any) -> Points:
        """These points of the part as points of the picture."""
        return {"x": [_px(self.x, x) for x, _ in points], "y": [_px(self.y, y) for _, y in points]}


def drawn(frames: Frames, t: float, name: str) -> dict[Look, Points]:
    """All that is seen at `t` in the "light" or the "dark" theme; between two lines is a None."""
    found: dict[Look, Points] = {}
    start = Spot("", 0, 0, STILL)
    for look, points in (*_parts(posed(frames, t), start, name), *_motes(frames, t, name)):
        mine = found.setdefault(look, {key: [] for key in points})
        for key, more in points.items():
            mine[key] += [None, *more] if mine[key] and look.kind == "path" else more
    return found


def _motes(frames: Frames, t: float, name: str) -> Iterator[tuple[Look, Points]]:
    for kind, at in zip(frames.meta.get("kinds", ()), motes(frames, t), strict=True):
        colour, shape = theme.colour(kind["colour"], name), kind["shape"]
        x, y = at.round().astype(int).T.tolist()
        yield (
            Look(MOTES, SYMBOLS[shape], colour, colour, LINES.get(shape, 0), size=2 * kind["size"]),
            {"x": x, "y": y},
        )


def _parts(node: Element, spot: Spot, name: str) -> Iterator[tuple[Look, Points]]:
    """A part of the drawing and all that is in it."""
    own = step(node.tag, *(node.get(key, "") for key in ("class", "data-state", "style")))
    way, level = f"{spot.way} {own}".strip(), spot.level
    if style(way, name).get("display") == "none":
        return
    if node.get("clip-path"):
        level = CLIPPED
    elif level == STILL and (node.get("data-state-of") or node.get("data-move")):
        level = MOVING
    dx, dy = map(float, node.get("transform", "translate(0 0)")[len("translate(") : -1].split())
    here = Spot(way, spot.x + dx, spot.y + dy, level)
    if node.tag == "clipPath":
        size = _sizes(node[0])  # what lies right of the cursor is hidden
        corners = rectangle(size["width"], size["y"], 2000, size["height"])
        yield Look(COVER, "path", theme.colour("paper", name)), spot.at(corners)
    elif node.tag == "text":
        yield _text(node, here, name)
    elif node.tag in ("rect", "circle", "path"):
        yield from _shape(node, here, name)
    elif node.tag in ("g", "svg"):
        for place, child in enumerate(node):
            yield from _parts(child, here._replace(level=level + place * (level == MOVING)), name)


def _text(node: Element, spot: Spot, name: str) -> tuple[Look, Points]:
    """Words in Plotly's markup, which knows bold ones and colours."""
    found = style(spot.way, name)
    size, said = pixels(found["font-size"]), ""
    level = spot.level if spot.level == CLIPPED else WORDS + bool(node.get("data-text"))
    for piece in (node, *node):
        own = found if piece is node else style(f"{spot.way} {step('tspan', piece.get('class', ''))}", name)
        words = escape(piece.text or "")
        if words and own.get("font-weight") == "700":
            words = f"<b>{words}</b>"
        said += words if own["fill"] == found["fill"] else f'<span style="color:{own["fill"]}">{words}</span>'
    look = Look(level, "text", found["fill"], size=size, anchor=ANCHORS[node.get("text-anchor", "start")])
    at = (float(node.get("x", 0)), float(node.get("y", 0)) - BASELINE * size)
    return look, {**spot.at([at]), "text": [said or " "]}  # Plotly would forget a text that is empty


def _shape(node: Element, spot: Spot, name: str) -> Iterator[tuple[Look, Points]]:
    found, words, size = style(spot.way, name), node.get("d", ""), _sizes(node)
    fill, line = _colour(found, "fill", "#000"), _colour(found, "stroke", "none")
    width = pixels(found.get("stroke-width") or "1") if line else 0
    look = Look(
        spot.level, "path", fill, line, width, found.get("stroke-dasharray", "solid").replace(" ", ",")
    )
    centres, radius = discs(words)
    x, y, wide, high = size["x"], size["y"], size["width"], size["height"]
    if not fill and not line:
        return
    if node.tag == "circle":
        yield look._replace(kind="circle", size=2 * size["r"]), spot.at([(size["cx"], size["cy"])])
    elif centres:
        yield look._replace(kind="circle", size=2 * radius), spot.at(centres)
    elif node.tag == "path":
        yield look, spot.at(path(words))
    elif wide == high and size["rx"] < SHARP:  # of hundreds, and markers take the least room
        yield look._replace(kind="square", size=wide, dash="solid"), spot.at([(x + wide / 2, y + high / 2)])
    else:
        yield look, spot.at(rectangle(x, y, wide, high, size["rx"]))


def _sizes(node: Element) -> dict[str, float]:
    return {key: float(node.get(key, 0)) for key in ("x", "y", "width", "height", "rx", "cx", "cy", "r")}


def _colour(found: Mapping[str, str], key: str, otherwise: str) -> str:
    """The colour of the fill or the stroke, with all that makes it transparent."""
    red, green, blue, alpha = rgba(found.get(key, otherwise))
    alpha *= float(found.get(f"{key}-opacity", 1)) * float(found.get("opacity", 1))
    return f"rgba({red:.0f},{green:.0f},{blue:.0f},{alpha:.2g})" if alpha else ""


def _px(corner: float, value: float | None) -> float | None:
    px = None if value is None else round(corner + value, 1)
    return px if px is None or px != int(px) else int(px)
