"""Pictures that stand still: drawings in the look of the player, for a notebook, a page and paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from string import Template

from ..model.errors import RecordError
from ..model.whole import write_whole
from . import theme
from .svg import element

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Still:
    """A picture that stands still; show it by leaving it at the end of a cell, or keep it with `save`.

    `svg` is the drawing, and `description` says the same in words for those who cannot see it.
    """

    title: str
    svg: str
    description: str

    def __repr__(self) -> str:
        return f"Picture of {self.description}"

    def _repr_html_(self) -> str:
        attributes = {"role": "img", "aria_label": self.description, "tabindex": 0}
        words = ("<summary>The same in words</summary>", f"<p>{escape(self.description)}</p>")
        return styled(element("div", self.svg, class_="dl-still", **attributes), element("details", *words))

    def save(self, path: str | Path) -> Path:
        """Write a page of its own that needs no network and prints well; returns its path."""
        return save(path, self.title, self._repr_html_())


def drawing(width: float, height: float, *parts: str) -> str:
    """The parts as a picture of this size (px)."""
    frame = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {width:g} {height:g}"}
    return element("svg", *parts, class_="dl-stage", **frame)


def styled(*parts: str) -> str:
    """Markup with the look of the pictures, light and dark; it needs nothing else."""
    return element("style", look()) + element("div", *parts, class_="deploylab", style=theme.css_variables())


def look(file: Path = HERE / "look.css") -> str:
    """The style of all pictures without line breaks and comments, for every picture carries it."""
    return re.sub(r"/\*.*?\*/|\n\s*", "", file.read_text("utf-8"), flags=re.DOTALL)


def save(path: str | Path, title: str, content: str) -> Path:
    """Write this markup as a page of its own; returns its path, or raises `RecordError` when it cannot."""
    if not isinstance(path, str | PathLike):
        raise RecordError(f"save: {path!r} is no path; for example 'run.html'")
    target = Path(path)
    try:
        write_whole(target, page(title, content))
    except OSError as error:
        reason = error.strerror or error
        raise RecordError(f"{str(path)!r} cannot be written ({reason}); try another folder") from None
    return target


def page(title: str, content: str) -> str:
    """This markup as a page of its own."""
    return Template((HERE / "page.html").read_text("utf-8")).substitute(title=escape(title), content=content)
