"""Why a text is not YAML, told at the place where its author has to change it.

PyYAML tells where it gave up, which is often far below: at the next quote after one that was never closed, at
the colon of a line that is indented wrongly.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import yaml

from deploylab.quiz.causes import cause
from deploylab.quiz.faults import NO_DASH, Fault, fault_at

_MISPLACED = re.compile(r"found '(<block (mapping|sequence) start>|-)'|expected '<document start>'")
_KEY = re.compile(r"\s*(?:- +)*[\w-]+(?=:)")
_START = re.compile(r"( *)(- +)?(?=[\w{\"'-])")


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
    if "\t" in lines[mark.line][: _indent(lines[mark.line])]:
        return tab(lines, mark.line)
    words = " ".join(f"{error.context or ''} {error.problem}".split())
    why = f"{words}; look for a missing quote, colon or space here or just above"
    if "mapping values" in words:
        why = "a colon too many; put the text in quotes"
    return (
        _quote(error, text)
        or _bracket(error, lines)
        or cause(words, lines, _suspects(error, lines))
        or _indentation(error, mark, lines)
        or fault_at(mark, f"this is not YAML: {why}")
    )


def tab(lines: list[str], place: int) -> Fault:
    """A tab that indents a line, and how many spaces can stand there."""
    keys, dashes, _ = _columns(lines[:place], 0)
    columns = sorted((dashes if lines[place].lstrip().startswith("-") else keys) - {0})
    spaces = " or ".join(map(str, columns)) if columns else "as many"
    why = f"begin this line with {spaces} spaces, as the lines around it do"
    found = f"a tab in the indentation; YAML indents with spaces only; {why}"
    return Fault(place + 1, lines[place].index("\t") + 1, found)


def _suspects(error: yaml.MarkedYAMLError, lines: list[str]) -> list[int]:
    """The line where the parser was in the middle of something, the one where it gave up, the one above."""
    mark: Any = error.problem_mark or error.context_mark
    begun = [error.context_mark.line] if error.context_mark and "simple key" in str(error.context) else []
    above = next((place for place in range(mark.line - 1, -1, -1) if lines[place].strip()), mark.line)
    return [*begun, mark.line, above]


def _bracket(error: yaml.MarkedYAMLError, lines: list[str]) -> Fault | None:
    """A { or [ that is not closed before the next line of the list, or a text inside of it with a colon."""
    begun: Any = error.context_mark
    mark: Any = error.problem_mark
    opened = lines[begun.line][begun.column : begun.column + 1] if begun else ""
    if opened not in ("{", "[") or "while parsing a flow" not in str(error.context):
        return None
    closing = {"{": "}", "[": "]"}[opened]
    ended = "stream end" in str(error.problem)
    if ended or (begun.line < mark.line and _indent(lines[mark.line]) <= _indent(lines[begun.line])):
        return fault_at(begun, f"this is not YAML: this {opened} is never closed; write {closing} at its end")
    why = f"inside of {opened} {closing} a text with a colon or a comma needs quotes; commas part the rest"
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
        why += "\\\", or put all of it in '…'" if token.style == '"' else "'', or put all of it in \"…\""
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
    """A line that begins where none can, or the - that is missing so that it could."""
    line = lines[mark.line]
    indent = _indent(line)
    above = next((_indent(one) for one in lines[: mark.line][::-1] if one.strip()), 0)
    first = mark.column == indent and "expected <block end>" in str(error.problem)
    key = _KEY.match(line)
    deeper = key and key.end() == mark.column and indent > above and "mapping values" in str(error.problem)
    if not (first or deeper or _MISPLACED.search(str(error.problem))):
        return None
    keys, dashes, parent = _columns(lines[: mark.line], indent)
    listed = line.lstrip().startswith("-")
    start = next((place for place in range(parent + 1, mark.line) if lines[place].strip()), mark.line)
    if listed and parent >= 0 and re.match(r" *id:", lines[start]):  # the first of this list
        return Fault(start + 1, _indent(lines[start]) + 1, f"this is not YAML: {NO_DASH}")
    if indent in dashes and re.match(r" *id:", line):
        return Fault(mark.line + 1, indent + 1, f"this is not YAML: {NO_DASH}")
    columns = " or ".join(str(column + 1) for column in sorted(dashes if listed else keys)) or "1"
    where = f"{'a -' if listed else 'a key'} can begin in column {columns} here"
    told = f"the indentation is wrong: this line begins in column {indent + 1}; {where}"
    return Fault(mark.line + 1, indent + 1, f"this is not YAML: {told}")


def _columns(lines: list[str], indent: int) -> tuple[set[int], set[int], int]:
    """Where a key can begin below these lines, where a -, and which line has what is indented so much."""
    keys, dashes, parent, floor = set[int](), set[int](), -1, 1000
    for place in range(len(lines) - 1, -1, -1):
        if not (found := _START.match(lines[place])) or len(found[1]) >= floor:
            continue
        if found.end() < floor:
            keys.add(found.end())
        if found[2] and len(found[1]) < floor:
            dashes.add(len(found[1]))
        if parent < 0 and len(found[1]) < indent:
            parent = place
        floor = min(floor, len(found[1]))
    return keys, dashes, parent


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
