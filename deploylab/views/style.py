"""What look.css says of a part of a drawing, for pictures that no browser draws."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from math import prod

from . import theme
from .still import look

NESTED = re.compile(r"@[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")  # what counts on paper or on a phone
RULE, DECLARATION = re.compile(r"([^{}]+)\{([^{}]*)\}"), re.compile(r"([\w-]+):\s*([^;]+)")
COMMA, CALL = re.compile(r",\s*(?![^(]*\))"), re.compile(r"([\w-]+)\(([^()]*)\)")
SIMPLE = re.compile(r'(?:\[data-state="|:not\(\[data-state)(\w*)[^.]*\]|(\.[\w-]+)|(\w+)')
OWN = ("display", "opacity")  # what is not handed down to the parts of a part


def step(tag: str, classes: str = "", state: str = "", style: str = "") -> str:
    """One step of the way to a part of a drawing; the steps of a way have spaces between them."""
    own = f"{{{style.replace(' ', '')}}}" if style else ""
    return ".".join((tag, *classes.split())) + f"@{state}{own}"


@cache
def style(way: str, name: str) -> Mapping[str, str]:
    """All that is said of what is drawn at the end of this way, in the "light" or the "dark" theme.

    >>> style("svg.dl-stage@ g.dl-pod.dl-candidate@ready rect@", "light")["fill"]
    '#e69f00'
    """
    above, _, last = way.rpartition(" ")
    base = style(above, name) if above else {f"--dl-{hue}": theme.colour(hue, name) for hue in theme.COLOURS}
    found = {key: words for key, words in base.items() if key not in OWN}
    for pattern, said in _rules():
        if pattern.search(way):
            found |= {key: base[key] if words == "inherit" else words for key, words in said.items()}
    found |= dict(DECLARATION.findall(last.partition("{")[2].rstrip("}")))
    return {key: _value(words, found) for key, words in found.items()}


@cache
def _rules() -> list[tuple[re.Pattern[str], dict[str, str]]]:
    """What each selector of a picture matches, and what it says; one that weighs more comes later."""
    found = []
    for selectors, body in RULE.findall(NESTED.sub("", look())):
        for selector in (plain for one in COMMA.split(selectors) for plain in _plain(one.strip())):
            if selector.startswith((".dl-stage", ".dl-graph")):
                weight = len(re.findall(r"[.\[]", selector)), len(selector.split())
                found.append((weight, _pattern(selector), dict(DECLARATION.findall(body))))
    return [(pattern, said) for _, pattern, said in sorted(found, key=lambda rule: rule[0])]


def _plain(selector: str) -> Iterator[str]:
    """The selector once for each of the alternatives in it."""
    before, found, rest = selector.partition(":is(")
    if not found:
        yield selector
        return
    inside, _, after = rest.partition(")")
    for one in COMMA.split(inside):
        yield from _plain(f"{before}{one}{after}")


def _pattern(selector: str) -> re.Pattern[str]:
    """Finds the ways that end at what is selected."""
    steps = []
    for compound in selector.split():
        wanted = [
            f"(?={tag}[.@])" if tag else rf"(?=\S*{name}[.@])" if name else rf"(?=\S*@{state}(?:[{{\s]|$))"
            for state, name, tag in SIMPLE.findall(compound)
        ]
        steps.append("".join(wanted) + r"\S+")
    return re.compile(r"(?:^|\s)" + r"\s(?:\S+\s)*".join(steps) + "$")


def _value(words: str, found: Mapping[str, str]) -> str:
    """What a value comes to: its innermost call first, then the one around it."""
    calls: dict[str, Callable[..., str]] = {
        "var": lambda name, otherwise="": found.get(name, otherwise),
        "min": lambda *lengths: f"{min(map(pixels, lengths)):g}px",
        "max": lambda *lengths: f"{max(map(pixels, lengths)):g}px",
        "calc": lambda product: f"{prod(map(pixels, product.split('*'))):g}px",
        "color-mix": _mixed,
    }
    while (call := CALL.search(words)) and call[1] in calls:
        words = words[: call.start()] + calls[call[1]](*COMMA.split(call[2])) + words[call.end() :]
    return words


def pixels(length: str) -> float:
    """A length in px; none is 0."""
    return float(length.strip().removesuffix("px") or 0)


def _mixed(_: str, colour: str, other: str) -> str:
    """So much of one colour and the rest of another, which may be none."""
    one, share = colour.rsplit(" ", 1)
    part = float(share.rstrip("%")) / 100
    (*first, a), (*second, b) = rgba(one), rgba(other.split()[0])
    alpha = a * part + b * (1 - part)
    mixed = [(x * a * part + y * b * (1 - part)) / alpha for x, y in zip(first, second, strict=True)]
    return "#" + "".join(f"{round(level):02x}" for level in (*mixed, 255 * alpha))


def rgba(colour: str) -> tuple[float, float, float, float]:
    """Red, green and blue from 0 to 255, and how opaque a colour is, from 0 to 1."""
    digits = {"none": "00000000", "transparent": "00000000"}.get(colour, colour.lstrip("#"))
    digits = digits if len(digits) > 3 else "".join(2 * digit for digit in digits)
    red, green, blue, alpha = (int(f"{digits}ff"[at : at + 2], 16) for at in (0, 2, 4, 6))
    return red, green, blue, alpha / 255
