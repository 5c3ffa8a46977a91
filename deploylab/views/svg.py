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
    first, *later = turns
    path = [f"M{_number(xs[first])} {_number(ys[first])}"]
    path += [f"H{_number(xs[turn])}V{_number(ys[turn])}" for turn in later]
    return "".join((*path, f"H{_number(end)}"))


def curve(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> str:
    """The path of straight lines between points, interrupted where y is not a number.

    >>> curve(np.array([0.0, 1, 2, 3]), np.array([5.0, np.nan, 7, 8]))
    'M0 5M2 7L3 8'
    """
    path, pen = [], "M"
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if y != y:  # not a number
            pen = "M"
        else:
            path.append(f"{pen}{_number(x)} {_number(y)}")
            pen = "L"
    return "".join(path)


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


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
