"""Plain text and HTML as Markdown, with a note of every tag that Markdown of a quiz has no word for."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

_AROUND = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "tt": "`", "kbd": "`"}
_BLOCKS = {"p", "div", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_HIDDEN = ("script", "style")
_OPENS = dict.fromkeys(_BLOCKS, "\n\n") | {"pre": "\n\n```\n", "br": "\n"}
_CLOSES = dict.fromkeys(_BLOCKS, "\n\n") | {"pre": "\n```\n\n"}
_EMPTY = {"span", "html", "body", "font", "u"}  # what they say is only a look
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.S)


def escaped(text: str) -> str:
    r"""A plain text as Markdown that shows it as it is.

    >>> print(escaped("1. _x_ < `y`"))
    1\. \_x\_ \< \`y\`
    """
    inner = re.sub(r"([\\`*_\[\]<>$|~])|&(?=#?\w+;)", lambda one: "\\" + one[0], text)
    return re.sub(r"(?m)^(\s*)(?:([-+#=])|(\d{1,9})([.)])(?=\s|$))", _at_start, inner)


def _at_start(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}"


def from_html(html: str, note: Callable[[str], None], escape: bool = True) -> str:
    """HTML as Markdown; texts between tags are Markdown already where `escape` is false.

    >>> from_html("<p>The <b>old</b> pods &amp; <code>kubectl</code></p>", print)
    'The **old** pods & `kubectl`'
    >>> from_html('<img src="roll.svg" alt="a roll">', print)
    a picture becomes a link; show it with figure
    '[a roll](roll.svg)'
    """
    reader = _Reader(note, escape)
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.parts)).strip()


def pictures(markdown: str, note: Callable[[str], None]) -> str:
    """Markdown in which pictures are links, as a quiz shows one picture, by figure."""

    def link(found: re.Match[str]) -> str:
        note(_PICTURE)
        return f"[{found[1] or 'picture'}]({found[2]})"

    return re.sub(r"!\[([^\]]*)\]\(([^)\s]*)[^)]*\)", link, markdown)


_PICTURE = "a picture becomes a link; show it with figure"


class _Reader(HTMLParser):
    def __init__(self, note: Callable[[str], None], escape: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.note, self.escape = note, escape
        self.parts: list[str] = []
        self.links: list[str] = []
        self.counts: list[int] = []  # of the items of each open list; -1 where they are not numbered
        self.verbatim = self.code = self.hidden = 0  # how many are open of <pre>, <code>, <script>

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _HIDDEN:
            self.note(f"<{tag}> is left out")
        elif tag in _OPENS:
            self.parts.append(_OPENS[tag])
        elif tag in _AROUND:
            self.parts.append("" if self.verbatim else _AROUND[tag])
        elif tag == "a":
            self.parts.append("[")
            self.links.append(given.get("href", ""))
        elif tag == "img":
            self.note(_PICTURE)
            self.parts.append(f"[{given.get('alt') or 'picture'}]({given.get('src', '')})")
        elif tag == "li":
            self.parts.append(self._bullet())
        elif tag not in _EMPTY:
            self.note(f"<{tag}> is left out, and its text kept")
        if tag in ("ul", "ol"):
            self.counts.append(0 if tag == "ol" else -1)
        self._count(tag, 1)

    def handle_endtag(self, tag: str) -> None:
        if tag in _CLOSES:
            self.parts.append(_CLOSES[tag])
        elif tag in _AROUND:
            self.parts.append("" if self.verbatim else _AROUND[tag])
        elif tag == "a" and self.links:
            self.parts.append(f"]({self.links.pop()})")
        if tag in ("ul", "ol") and self.counts:
            self.counts.pop()
        self._count(tag, -1)

    def _bullet(self) -> str:
        if not self.counts or self.counts[-1] < 0:
            return "\n- "
        self.counts[-1] += 1
        return f"\n{self.counts[-1]}. "

    def _count(self, tag: str, step: int) -> None:
        """How many are open of those in which a text is another one; what was never opened closes nothing."""
        self.verbatim = max(0, self.verbatim + step * (tag == "pre"))
        self.code = max(0, self.code + step * (_AROUND.get(tag) == "`"))
        self.hidden = max(0, self.hidden + step * (tag in _HIDDEN))

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            as_is = self.verbatim or self.code or not self.escape
            plain = data if as_is else escaped(re.sub(r"\s+", " ", data))
            self.parts.append(plain)
