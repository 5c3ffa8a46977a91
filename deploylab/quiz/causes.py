"""Why a parser gave up: what it said, what the line looks like, and what to write instead.

A parser gives up at the line after the fault as often as at the fault, so each cause is looked for in
several lines. The first cause that fits is told: a sure one stands above one that is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from deploylab.quiz.faults import Fault

_KEY = r"^\s*(?:- +|\{\s*)*[\w-]+"
_QUOTE = "put a text that begins with {sign} in quotes"
_COLON = "a colon too many; put the text in quotes"
_BLANK = "[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]"


class Cause(NamedTuple):
    """A pattern of what the parser says, one of the line up to the place of the fault, and what to say."""

    problem: str
    line: str
    says: str


_CAUSES = (
    Cause(r"'\\t'", r".*?(?=\t)", "there is a tab here; write a space"),
    Cause("unknown escape", r'.*?(?=\\[^0abtnvfre "/\\N_LPxuU])',
        "inside of \"…\" a backslash begins an escape; put the text in '…'"),
    Cause("", rf"(?:^|{_KEY}: ?|^\s*-)\s*?(?={_BLANK})",
        "there is a no-break space here, as copied text has; delete it, and type a space"),
    Cause("", r"(?:: |- )\s*(?=[“”„‟‘’‚«»].*:(?:\s|$))",
        'a curly quote is a letter of the text and holds nothing together; write the straight quote "'),
    Cause("", r"^\s*(?=[–—•*·]\s+(?:id:|\{))", "a list begins with - and a space; write these"),
    Cause("", r"^\s*-(?=\{|[\w-]+:\s)", "a space is missing behind the -"),
    Cause("", _KEY + "(?=：)", "this is a wide colon; write a plain one, and a space behind it"),
    Cause("simple key", _KEY + r"(?=\s+=\s)", "write a colon and a space behind a key, not ="),
    Cause("simple key|mapping values", _KEY + r":(?=[^\s/])", "a space is missing behind the colon"),
    Cause("simple key", r"^\s*(?=\{\s*id:)", "- is missing before this {"),
    Cause("cannot start any token", r"(?::|-) +(?=(?P<sign>[%@`|>]))", _QUOTE),
    Cause("block scalar", r"(?::|-) +(?=(?P<sign>[|>]))", _QUOTE),
    Cause("entries|keys|content|anchor|alias", r"(?::|-) +(?=(?P<sign>[,&*]|[-?](?=\s)))", _QUOTE),
    Cause("found '<scalar>'", r"(?::|-) +(?=(?P<sign>[\[{]))", _QUOTE),
    Cause("found '<stream end>'", r".*(?=[\[{])", "this bracket is never closed; write } or ] where it ends"),
    Cause("found '[]}]'", r".*(?=[]}]\s*$)", "one bracket too many; delete it, or put the text in quotes"),
    Cause("mapping values", r"^(?=[^{]*}\s*$)", "a { is missing: keys in one line stand between { and }"),
    Cause("mapping values", _KEY + r":\s.*?(?=:(?:\s|$))", _COLON),
    Cause("simple key", r"^\s*(?=\S)",
        "there is no colon here; write key: value, or, where the text above goes on, begin further right"),
    Cause("document", r"^(?=---|\.\.\.)", "a file holds one quiz; delete this line"),
)  # fmt: skip


def cause(problem: str, lines: list[str], places: Iterable[int]) -> Fault | None:
    """The first cause that fits what a parser said and one of these lines, as a fault at its place.

    >>> cause("could not find expected ':' of a simple key", ["type:order"], [0]).text
    'this is not YAML: a space is missing behind the colon'
    """
    suspects = list(dict.fromkeys(places))
    for one in _CAUSES:
        for place in suspects if re.search(one.problem, problem) else ():
            if found := re.search(one.line, lines[place]):
                told = one.says.replace("{sign}", found.groupdict().get("sign", ""))
                return Fault(place + 1, found.end() + 1, f"this is not YAML: {told}")
    return None
