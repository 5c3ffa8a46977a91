"""Who changed their minds: two columns of answers, and bands from the first to the second.

Drawn here as plain SVG, a few rectangles and curves: a plotting library would send megabytes to each screen
and needs inline styles, which the pages' content policy forbids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from deploylab.quiz.classroom.room import Room

_WIDTH, _HEIGHT, _BAR, _GAP, _EDGE = 640, 420, 26, 14, 165
NONE = "–"  # did not answer in this round

Stop = tuple[str, bool]  # a name, and whether it is right


def stops(room: Room, question: str, number: int) -> dict[str, Stop]:
    """Where each student stood: at an option, by its letter, or at right or not right.

    After the second vote those who did not vote again stand where they stood.
    """
    item = room.items[question]
    single, key = item.ask.single, item.question.kind.key
    given = room.answers(question, 1) if number == 1 else room.final(question)
    if single and single.how == "one":
        letters = {one.id: chr(65 + place) for place, one in enumerate(single.choices)}
        return {student: (letters[words[0]], words == key) for student, words in given.items()}
    right = {student: room.grade(question, words).correct for student, words in given.items()}
    return {student: ("right" if good else "not right", good) for student, good in right.items()}


def moves(first: Mapping[str, Stop], second: Mapping[str, Stop]) -> Counter[tuple[Stop, Stop]]:
    """How many went from where to where.

    >>> moves({"ada": ("A", False)}, {"ada": ("B", True), "bob": ("B", True)}).total()
    2
    """
    nobody: Stop = (NONE, False)
    return Counter((first.get(one, nobody), second.get(one, nobody)) for one in {**first, **second})


def told(went: Counter[tuple[Stop, Stop]]) -> str:
    """The same in words.

    >>> told(Counter({(("A", False), ("B", True)): 3, (("B", True), ("B", True)): 2}))
    'Right in the first vote: 2, in the second: 5. From not right to right: 3; from right to not right: 0.'
    """
    both: Counter[tuple[bool, bool]] = Counter()
    for (old, new), number in went.items():
        both[old[1], new[1]] += number
    before, after = both[True, True] + both[True, False], both[True, True] + both[False, True]
    return (
        f"Right in the first vote: {before}, in the second: {after}. "
        f"From not right to right: {both[False, True]}; from right to not right: {both[True, False]}."
    )


def flow(went: Counter[tuple[Stop, Stop]]) -> str:
    """The picture, as SVG; nothing when nobody voted."""
    if not went.total():
        return ""
    names = sorted({stop for pair in went for stop in pair}, key=lambda stop: (stop[0] == NONE, stop[0]))
    scale = (_HEIGHT - 30 - _GAP * (len(names) - 1)) / went.total()
    sides: list[dict[Stop, float]] = []
    parts: list[str] = []
    for side, x in enumerate((_EDGE, _WIDTH - _EDGE - _BAR)):
        totals = Counter(dict.fromkeys(names, 0))
        for pair, number in went.items():
            totals[pair[side]] += number
        tops = _tops([totals[stop] * scale for stop in names])
        sides.append(dict(zip(names, tops, strict=True)))
        parts += [
            part
            for stop in names
            for part in _bar(x, sides[side][stop], totals[stop], scale, stop, side)
            if totals[stop]
        ]
    bands, used = [], [dict(side) for side in sides]
    for before in names:
        for after in names:
            if number := went[before, after]:
                start, end = used[0][before], used[1][after]
                bands.append(_band(start, end, number * scale, before, after))
                used[0][before], used[1][after] = start + number * scale, end + number * scale
    frame = (
        f'<svg class="flow" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(told(went))}">'
    )
    heads = (
        f'<text class="head" x="{_EDGE + _BAR}" y="18" text-anchor="end">first vote</text>'
        f'<text class="head" x="{_WIDTH - _EDGE - _BAR}" y="18">second vote</text>'
    )
    return "".join((frame, heads, *bands, *parts, "</svg>"))


def _tops(heights: Sequence[float]) -> list[float]:
    tops = [30.0]
    for height in heights[:-1]:
        tops.append(tops[-1] + height + _GAP)
    return tops


def _bar(x: int, top: float, number: int, scale: float, stop: Stop, side: int) -> list[str]:
    kind, height = "right" if stop[1] else "none" if stop[0] == NONE else "wrong", number * scale
    at, anchor = (x - 10, "end") if side == 0 else (x + _BAR + 10, "start")
    words = f"{stop[0]}{' ✓' if stop[1] else ''} · {number}"
    return [
        f'<rect class="{kind}" x="{x}" y="{top:.1f}" width="{_BAR}" height="{height:.1f}" rx="2"/>',
        f'<text x="{at}" y="{top + height / 2 + 8:.1f}" text-anchor="{anchor}">{words}</text>',
    ]


def _band(start: float, end: float, height: float, before: Stop, after: Stop) -> str:
    x0, x1 = _EDGE + _BAR, _WIDTH - _EDGE - _BAR
    middle = (x0 + x1) / 2
    kind = "same" if before == after else "gained" if after[1] else "lost" if before[1] else "moved"
    low, deep = start + height, end + height
    there = f"M{x0} {start:.1f}C{middle} {start:.1f} {middle} {end:.1f} {x1} {end:.1f}"
    back = f"V{deep:.1f}C{middle} {deep:.1f} {middle} {low:.1f} {x0} {low:.1f}Z"
    return f'<path class="band {kind}" d="{there}{back}"/>'
