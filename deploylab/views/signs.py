"""Signs on the time axis: a line and a few words for every moment that one speaks of."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from .lanes import AXIS, FLAGS, LETTER, RIGHT, x
from .lines import clauses
from .svg import element, text
from .track import Track

ROWS = (FLAGS, FLAGS - 17)  # y of the two rows in which the words stand
LETTERS, NEAR = 40, 2.5  # of a sign, and px between the lines of two
END, WIDEST = RIGHT + 100, 10.5  # px: the right edge, and what a letter takes in the smallest picture


@dataclass(frozen=True)
class Sign:
    """From `time` on it stands at `x`, in one of the rows, until the words of a later one cover it (s)."""

    time: float
    x: float
    words: str
    row: int = 0
    covered: float | None = None
    turn: bool = False  # whether people are served by another version from here on

    @property
    def left(self) -> float:
        """Where the words begin (px), in the smallest picture: beside their line, and never outside of it."""
        return min(self.x + 4, END - WIDEST * len(self.words))

    @property
    def end(self) -> float:
        """Where they end at most, with the gap to the next ones (px)."""
        return self.ending(WIDEST)

    def ending(self, letter: float) -> float:
        """Where they end, if a letter takes so much (px)."""
        return self.left + letter * len(self.words) + 8


def signs(moments: Iterable[tuple[float, str]], end: float, turns: Container[float] = ()) -> list[Sign]:
    """A sign for each moment (s) until `end`; of those in one place, as fifty in a second, the last speaks.

    `turns` are the moments at which the traffic changes: no other one covers them, but the last of all.

    >>> [(sign.time, sign.words) for sign in signs([(0, "start v2"), (30.0, "stop v1"), (30.01, "done")], 60)]
    [(0, 'start v2'), (30.0, 'done')]
    """
    found: list[Sign] = []
    shown = [-1, -1]  # which of them stands in each row
    for sign in _apart(moments, end, turns):
        ends = [found[number].end if number >= 0 else 0.0 for number in shown]
        row = next((row for row in (0, 1) if ends[row] < sign.left), None)
        if row is None:
            turned, _, row = min((found[shown[row]].turn, ends[row], row) for row in (0, 1))
            if turned and not sign.turn:
                continue
            # Between turns they may stand close in a small picture, rather than not at all.
            if not turned or found[shown[row]].ending(LETTER) >= sign.left:
                found[shown[row]] = replace(found[shown[row]], covered=sign.time)
        shown[row] = len(found)
        found.append(replace(sign, row=row))
    return found


def _apart(moments: Iterable[tuple[float, str]], end: float, turns: Container[float]) -> list[Sign]:
    kept: list[Sign] = []
    for time, words in moments:
        at = float(x(min(time, end), end))
        short = clauses(words, LETTERS)
        sign = Sign(time, at, short, turn=time in turns)
        if not kept or at - kept[-1].x >= NEAR:
            kept.append(sign)
        elif sign.turn or not kept[-1].turn:
            kept[-1] = replace(sign, time=kept[-1].time, x=kept[-1].x)
    if kept:
        kept[-1] = replace(kept[-1], words=short, turn=True)  # how it ended
    return kept


def lines(shown: list[Sign]) -> str:
    """Their lines through all lanes; those of words that stay begin beside them."""
    tops = [FLAGS + 8 if sign.covered is not None else ROWS[sign.row] - 10 for sign in shown]
    path = "".join(f"M{sign.x:.1f} {top:g}V{AXIS - 10:g}" for sign, top in zip(shown, tops, strict=True))
    return element("path", d=path, class_="dl-flag")


def words(shown: list[Sign], *, named: bool = False) -> list[str]:
    """Their words as they stand in the end; or all of them, empty, with the names of their texts."""
    if named:
        return [_words(sign, "", data_text=f"sign{number}") for number, sign in enumerate(shown)]
    return [_words(sign, sign.words) for sign in shown if sign.covered is None]


def _words(sign: Sign, said: str, **name: str) -> str:
    """Words beside their line; where they may not fit there, they end where the picture does."""
    if sign.left < sign.x + 4:
        return text(END, ROWS[sign.row], said, "dl-small dl-flag-text", text_anchor="end", **name)
    return text(sign.left, ROWS[sign.row], said, "dl-small dl-flag-text", **name)


def tracks(shown: list[Sign]) -> dict[str, Track]:
    """What the named words say, each from its moment on: whole, for the cursor has only just come there."""
    return {f"sign{number}": _track(sign) for number, sign in enumerate(shown)}


def _track(sign: Sign) -> Track:
    track: Track = [(0.0, [["", ""]]), (round(sign.time, 3), [[sign.words, ""]])]
    return track if sign.covered is None else [*track, (round(sign.covered, 3), [["", ""]])]
