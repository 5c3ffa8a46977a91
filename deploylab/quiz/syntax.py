"""Why a text is not YAML, told at the place where its author has to change it.

PyYAML tells where it gave up, which is often far below: at the next quote after one that was never closed, at
the colon of a line that is indented wrongly.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import yaml

from deploylab.quiz.faults import Fault, fault_at

TAB = "a tab in the indentation; YAML indents with spaces only; replace it by two spaces"
_MISPLACED = re.compile(r"found '(<block (mapping|sequence) start>|-)'|expected '<document start>'")
_KEY = re.compile(r"\s*(?:- +)*[\w-]+(?=:)")


def explain(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """The fault behind an error of PyYAML.

    >>> text = "id: a\\n  title: b"
    >>> try:
    ...     yaml.compose(text)
    ... except yaml.MarkedYAMLError as error:
    ...     print(explain(error, text).text[:42])
    this is not YAML: the indentation is wrong
    """
    mark: Any = error.problem_mark or error.context_mark
    lines = [*text.splitlines(), "", ""]
    line, indent = lines[mark.line], _indent(lines[mark.line])
    if "\t" in line[:indent]:
        return Fault(mark.line + 1, line.index("\t") + 1, TAB)
    if told := _quote(error, text) or _indentation(error, mark, lines):
        return told
    if "mapping values" in str(error.problem):
        why = "a colon too many; put the text in quotes, or add a space after the colon of the line above"
    else:
        words = " ".join(f"{error.context or ''} {error.problem}".split())
        why = f"{words}; look for a missing quote, colon or space here or just above"
    return fault_at(mark, f"this is not YAML: {why}")


def _quote(error: yaml.MarkedYAMLError, text: str) -> Fault | None:
    """A quote that was not closed, at the place where it was opened; or one that was closed too soon."""
    mark: Any = error.problem_mark or error.context_mark
    if error.context_mark and "quoted scalar" in str(error.context) and "unexpected" in str(error.problem):
        return fault_at(error.context_mark, "this is not YAML: this quote is never closed; close it")
    token = _quoted_before(text, mark.index)
    if token is None:
        return None
    start, end = token.start_mark, token.end_mark
    if start.line == end.line:
        why = f"the text in quotes ends at {token.style}; a {token.style} inside it is written "
        why += '\\"' if token.style == '"' else "''"
        return fault_at(mark, f"this is not YAML: {why}")
    why = f"this quote is closed only in line {end.line + 1}; close it where its text ends"
    return fault_at(start, f"this is not YAML: {why}")


def _quoted_before(text: str, index: int) -> Any:
    """The text in quotes that ends on the line of a place, before it."""
    last: Any = None
    with suppress(yaml.YAMLError, ValueError, OverflowError):
        for token in yaml.scan(text):
            if token.end_mark.index > index:
                break
            if isinstance(token, yaml.ScalarToken):
                last = token
    quoted = last is not None and last.style in ("'", '"')
    return last if quoted and "\n" not in text[last.end_mark.index : index] else None


def _indentation(error: yaml.MarkedYAMLError, mark: Any, lines: list[str]) -> Fault | None:
    """A line that begins where none can."""
    line = lines[mark.line]
    indent = _indent(line)
    above = next((_indent(one) for one in lines[: mark.line][::-1] if one.strip()), 0)
    first = mark.column == indent and "expected <block end>" in str(error.problem)
    key = _KEY.match(line)
    deeper = key and key.end() == mark.column and indent > above and "mapping values" in str(error.problem)
    if not (first or deeper or _MISPLACED.search(str(error.problem))):
        return None
    why = f"the indentation is wrong: this line begins in column {indent + 1}, the one above in {above + 1}"
    told = f"this is not YAML: {why}; let the keys that belong together begin in one column"
    return Fault(mark.line + 1, indent + 1, told)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
