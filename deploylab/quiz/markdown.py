r"""Markdown of a quiz as HTML that can neither run a script nor load anything from a network.

LaTeX between dollars becomes MathML, which every browser draws by itself and screen readers read: no script,
no font, no network, and the same in JupyterLab, Voilà and VS Code.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

_LIMIT = 1000  # characters of one formula
_DEPTH = 30  # of its braces


@lru_cache(maxsize=1024)  # a class shows the same question to everybody
def html(text: str) -> str:
    """A text of several paragraphs.

    >>> html("**Bold** and <b>plain</b>")
    '<p><strong>Bold</strong> and &lt;b&gt;plain&lt;/b&gt;</p>\\n'
    """
    return str(_PARSER.render(text))


@lru_cache(maxsize=4096)
def inline(text: str) -> str:
    """A text of one line."""
    return str(_PARSER.renderInline(text))


def tokens(text: str) -> list[Token]:
    """The text for a terminal: formulas are shown as they are written, as code."""
    parsed = _PARSER.parse(text)
    for token in parsed:
        for one in (token, *(token.children or ())):
            if one.type.startswith("math_"):
                one.type = "code_inline" if one.type.startswith("math_inline") else "code_block"
                one.tag, one.content = "code", spoken(one.content)
    return parsed


def spoken(latex: str) -> str:
    r"""A formula on one line of text, or as it is written when it is beyond the converter.

    >>> spoken(r"\lceil n \cdot \frac{s}{100} \rceil \le \sqrt{x_1 + 2}")
    '⌈n·s/100⌉≤√(x_1+2)'
    """
    made = _mathml(latex, "inline")
    try:
        return _line(ElementTree.fromstring(made)) if made else latex
    except ElementTree.ParseError:
        return latex


def _line(node: ElementTree.Element) -> str:
    parts = [_line(one) for one in node]
    match node.tag.rpartition("}")[2]:
        case "mfrac":
            return "/".join(part if len(part) == 1 or part.isalnum() else f"({part})" for part in parts)
        case "msup" | "msub" as tag:
            return f"{parts[0]}{'^' if tag == 'msup' else '_'}{parts[1]}"
        case "msqrt":
            return f"√({''.join(parts)})"
    return (node.text or "") + "".join(parts)


def _math(latex: str, options: dict[str, Any]) -> str:
    """A formula in a text."""
    made = _mathml(latex, "block" if options["display_mode"] else "inline")
    return made or f"<code>{escape(latex)}</code>"


def _mathml(latex: str, display: str) -> str:
    """MathML that can neither run nor load anything; nothing when there is none."""
    if len(latex) > _LIMIT or latex.count("{") > _DEPTH:
        return ""
    try:
        made = str(convert(latex, display=display))
    except Exception:  # the converter has no tree of its own: it raises whatever its parser meets
        return ""
    return made if _TAG.fullmatch(made) else ""


def _link(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """A link opens beside the notebook: in the same tab it would close JupyterLab."""
    tokens[index].attrSet("target", "_blank")
    tokens[index].attrSet("rel", "noopener noreferrer")
    return str(self.renderToken(tokens, index, options, env))


# What the converter may give; it would let \\text{<script>} and \\href through.
_ELEMENT = (
    "math|m(?:row|i|o|n|text|space|frac|sqrt|root|sup|sub|subsup|under|over|underover|table|tr|td|style)"
)
_ATTRIBUTE = (
    r'\s(?:xmlns="http://www\.w3\.org/1998/Math/MathML"|(?:display|displaystyle|scriptlevel|stretchy|fence|form|accent'
    r"|lspace|rspace|width|height|depth|linethickness|minsize|maxsize|movablelimits|mathvariant|columnalign|rowspacing"
    r'|columnspacing|separator|symmetric)="[^"<>&]*")'
)
_TAG = re.compile(rf"(?:</?(?:{_ELEMENT})(?:{_ATTRIBUTE})*\s*/?>|[^<>])*")
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_STRICT = {"allow_labels": False, "allow_space": False, "allow_digits": False, "double_inline": True}
_PARSER.use(dollarmath_plugin, renderer=_math, **_STRICT)
_PARSER.add_render_rule("link_open", _link)
