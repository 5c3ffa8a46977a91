"""Every colour, font and duration of the pictures, once for light and once for dark.

The hues are those of Okabe and Ito, which people with any colour vision can tell apart; text uses darker
or lighter relatives of them, so that it can be read (contrast of at least 4.5 on its background).
"""

from __future__ import annotations

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

# name: (light, dark)
COLOURS = {
    "paper": ("#ffffff", "#111318"),
    "ink": ("#1b1f24", "#eceef1"),
    "quiet": ("#5f6670", "#a0a7b1"),
    "line": ("#d9dce1", "#363b44"),
    "user": ("#b9bec6", "#5a616c"),
    "stable": ("#0072b2", "#56b4e9"),
    "stable-text": ("#00639b", "#56b4e9"),
    "candidate": ("#e69f00", "#f0b429"),
    "candidate-text": ("#8a5a00", "#f0b429"),
    "next": ("#cc79a7", "#dd96bd"),
    "next-text": ("#9a3f74", "#dd96bd"),
    "green": ("#009e73", "#3cc29b"),
    "yellow": ("#f0e442", "#f3ea72"),
    "failure": ("#d55e00", "#ff7a45"),
    "failure-text": ("#b34700", "#ff8f61"),
    "heat": ("#338ec1", "#38718f"),  # the most of a scale: ink can be read on it, and on all between
    "create": ("#009e73", "#2cc295"),
    "create-text": ("#00694b", "#4fd1a5"),
    "replace": ("#cc79a7", "#d98fb8"),
    "replace-text": ("#94406f", "#e69ec4"),
}

ROLES = ("stable", "candidate", "next")  # each has a colour; further versions share that of the last

# Screen seconds that a dot takes for each leg: real requests are too fast to see.
TO_BALANCER, TO_INSTANCE, BACK_TO_USER = 0.6, 0.6, 0.9


def colour(name: str, theme: str = "light") -> str:
    """The value of a colour in the "light" or the "dark" theme.

    >>> colour("stable"), colour("stable", "dark")
    ('#0072b2', '#56b4e9')
    """
    return COLOURS[name][theme == "dark"]


def roles(versions: int) -> tuple[str, ...]:
    """The role of each of so many versions.

    >>> roles(3)
    ('stable', 'candidate', 'next')
    """
    return tuple(ROLES[min(number, len(ROLES) - 1)] for number in range(versions))


def css_variables() -> str:
    """The colours as CSS custom properties that follow `color-scheme`.

    >>> css_variables().split(";")[0]
    '--dl-paper:light-dark(#ffffff,#111318)'
    """
    pairs = (f"--dl-{name}:light-dark({light},{dark})" for name, (light, dark) in COLOURS.items())
    return ";".join((*pairs, f"--dl-font:{FONT}"))
