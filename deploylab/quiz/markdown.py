r"""Markdown of a quiz as HTML that can neither run a script nor load anything from a network.

LaTeX between dollars becomes MathML, which every browser draws by itself and screen readers read: no script,
no font, no network, and the same in JupyterLab, Voilà and VS Code.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

_LIMIT = 1000  # characters of one formula
_DEPTH = 30  # of its braces


def html(text: str) -> str:
    """A text of several paragraphs.

    >>> html("**Bold** and <b>plain</b>")
    '<p><strong>Bold</strong> and &lt;b&gt;plain&lt;/b&gt;</p>\\n'
    """
    return str(_PARSER.render(text))


def inline(text: str) -> str:
    """A text of one line."""
    return str(_PARSER.renderInline(text))


def tokens(text: str) -> list[Token]:
    """The text for a terminal: formulas are shown as they are written, as code."""
    parsed = _PARSER.parse(text)
    for token in parsed:
        for one in (token, *(token.children or ())):
            if one.type.startswith("math_inline"):
                one.type, one.tag = "code_inline", "code"
            elif one.type.startswith("math_block"):
                one.type, one.tag = "code_block", "code"
    return parsed


def _math(latex: str, options: dict[str, Any]) -> str:
    """MathML, or the formula as it is written when it is beyond the converter."""
    if len(latex) <= _LIMIT and latex.count("{") <= _DEPTH:
        try:
            made = str(convert(latex, display="block" if options["display_mode"] else "inline"))
        except Exception:  # the converter has no tree of its own: it raises whatever its parser meets
            made = ""
        if made and _TAG.fullmatch(made):
            return made
    return f"<code>{escape(latex)}</code>"


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
_PARSER.use(
    dollarmath_plugin,
    allow_labels=False,
    allow_space=False,
    allow_digits=False,
    double_inline=True,
    renderer=_math,
)
_PARSER.add_render_rule("link_open", _link)
