"""Texts that YAML cuts short: behind a space, a # begins a comment, and what follows is in no quiz."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from deploylab.quiz.faults import short
from deploylab.quiz.lint import Advice
from deploylab.quiz.nodes import compose
from deploylab.quiz.source import read_bytes

_TEXTS = {
    "title", "prompt", "text", "objective", "explanation", "source", "hints", "feedback", "otherwise",
    "misconception", "alt", "accept", "if_true", "if_false",
}  # fmt: skip
_COMMENT = re.compile(r"[ \t]+#")


def cut_texts(path: Path) -> list[Advice]:
    """A text without quotes that a comment follows on its line: was that meant to be a part of it?"""
    text = read_bytes(path).decode("utf-8-sig")
    return list(_cut(compose(text, str(path)), "", text))


def _cut(node: yaml.Node, key: str, text: str) -> Iterator[Advice]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _cut(value, name.value if isinstance(name, yaml.ScalarNode) else "", text)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _cut(one, key, text)
    elif key in _TEXTS and isinstance(node, yaml.ScalarNode) and node.style is None:
        mark: Any = node.end_mark
        if _COMMENT.match(text, mark.index):
            said = f"{key}: {short(node)!r} ends where a comment begins, at ' #'; put a text with # in quotes"
            yield Advice((mark.line + 1, mark.column + 1), said)
