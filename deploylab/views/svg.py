"""Write SVG: elements, texts and paths, with numbers rounded so that every machine writes the same."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np
from numpy.typing import NDArray


def element(name: str, *children: str, **attributes: object) -> str:
    """One element; a trailing underscore of an attribute's name is dropped, the others become hyphens.

    >>> element("rect", x=1.04, class_="dl-pod")
    '<rect x="1" class="dl-pod"/>'
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{pairs}>{''.join(children)}</{name}>" if children else f"<{name}{pairs}/>"


def text(x: float, y: float, words: str, class_: str = "", **attributes: object) -> str:
    """A piece of text; `class_` says its colour and size.

    >>> text(1, 2, "a < b", "dl-quiet")
    '<text x="1" y="2" class="dl-quiet">a &lt; b</text>'
    """
    return element(
        "text", escape(words) or " ", x=x, y=y, **({"class_": class_} if class_ else {}), **attributes
    )


def steps(xs: NDArray[np.float64], ys: NDArray[np.float64], end: float) -> str:
    """The path of a curve that keeps each value until the next x, and the last one until `end`.

    >>> steps(np.array([0.0, 1, 2]), np.array([5.0, 5, 9]), 3)
    'M0 5H2V9H3'
    """
    turns = np.flatnonzero(np.diff(ys, prepend=np.inf))
    corners = np.stack([xs[turns], ys[turns]], axis=1).ravel().tolist()
    return _path("M%.1f %.1f" + "H%.1fV%.1f" * (len(turns) - 1) + "H%.1f", [*corners, end])


def curve(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> str:
    """The path of straight lines between points, interrupted where y is not a number.

    >>> curve(np.array([0.0, 1, 2, 3]), np.array([5.0, np.nan, 7, 8]))
    'M0 5M2 7L3 8'
    """
    known = ys == ys  # only what is not a number is another than itself
    goes_on = known & np.roll(known, 1)
    goes_on[:1] = False
    form = "".join("L%.1f %.1f" if on else "M%.1f %.1f" for on in goes_on[known].tolist())
    return _path(form, np.stack([xs[known], ys[known]], axis=1).ravel().tolist())


def cross(x: float, y: float, r: float) -> str:
    """The path of a cross around a point.

    >>> cross(5, 5, 3)
    'M2 2L8 8M8 2L2 8'
    """
    left, right, top, low = (_number(each) for each in (x - r, x + r, y - r, y + r))
    return f"M{left} {top}L{right} {low}M{right} {top}L{left} {low}"


def discs(centres: Iterable[tuple[float, float]], radius: float) -> str:
    """The path of many discs in one element.

    >>> discs([(5, 5)], 2)
    'M3 5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0'
    """
    r, d = _number(radius), _number(2 * radius)
    return "".join(
        f"M{_number(x - radius)} {_number(y)}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0" for x, y in centres
    )


def _value(value: object) -> str:
    if isinstance(value, int | float | np.number):
        return _number(float(value))
    return escape(str(value), quote=True)


def _path(form: str, numbers: list[float]) -> str:
    """A path with all its numbers written at once, which takes a third of the time of one after the other."""
    return (form % tuple(numbers)).replace(".0", "")  # there is one digit behind each point


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
