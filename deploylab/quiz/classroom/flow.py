"""Who changed their minds: two columns of answers, and bands from the first to the second.

Drawn here as plain SVG, a few rectangles and curves: a plotting library would send megabytes to each screen
and needs inline styles, which the pages' content policy forbids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import product
from typing import NamedTuple

from deploylab.quiz.classroom.room import Room

_WIDTH, _HEIGHT, _TOP, _BAR = 640, 420, 34, 26
_GAP = 26  # has room for the words of a bar that is hardly there
_LEFT, _RIGHT = 215, 399  # where the bars stand
NONE = "–"  # did not answer in this round
_NAMED, _SHORT = 4, 12  # answers that are named, and letters of one that was typed

Stop = tuple[str, bool]  # a name, and whether it is right
_OTHERS: Stop = ("others", False)


class Bar(NamedTuple):
    """Of those who stand at one stop: where they begin, how many they are, and how high that is."""

    top: float
    number: int
    height: float


def stops(room: Room, question: str, number: int) -> dict[str, Stop]:
    """Where each student stood: at what many gave, or at the other answers.

    After the second vote those who did not vote again stand where they stood.
    """
    given = room.answers(question, 1) if number == 1 else room.final(question)
    names = {words: _name(room, question, words) for words in given.values()}
    field, kept = room.items[question].ask.single, set(names.values())
    if field is None or field.how != "one":
        kept = _frequent(room, question, alone=field is None or bool(field.choices))
    found = {student: names[words] for student, words in given.items()}
    return {student: stop if stop in kept else _OTHERS for student, stop in found.items()}


def _frequent(room: Room, question: str, alone: bool) -> set[Stop]:
    """What is right, and what else was given most, in both votes; `alone`: also by a single student."""
    given = (*room.answers(question, 1).items(), *room.final(question).items())
    people = {(student, _name(room, question, words)) for student, words in given}
    counts = Counter(stop for _, stop in sorted(people))
    wrong = [stop for stop, number in counts.most_common() if not stop[1] and (alone or number > 1)]
    return {*wrong[:_NAMED], *(stop for stop in counts if stop[1])}


def _name(room: Room, question: str, words: tuple[str, ...]) -> Stop:
    """What an answer is called: letters of options, places of an order, what was typed, how much is right."""
    item, right = room.items[question], room.grade(question, words).correct
    single = item.ask.single
    if single is None:
        good = sum(one.verdict == "right" for one in room.grade(question, words).remarks)
        return f"{good} of {len(item.ask.fields)}", right
    if single.how == "order":
        return " ".join(str(item.question.kind.key.index(word) + 1) for word in words), right
    if single.choices:
        letters = {one.id: chr(65 + place) for place, one in enumerate(single.choices)}
        return ", ".join(sorted(letters[word] for word in words)), right
    short = words[0] if len(words[0]) <= _SHORT else f"{words[0][: _SHORT - 1]}…"
    return "right" if right else short, right


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
    names = sorted(
        {stop for pair in went for stop in pair}, key=lambda stop: (stop[0] == NONE, stop == _OTHERS, stop[0])
    )
    scale = (_HEIGHT - _TOP - _GAP * len(names)) / went.total()
    left, right = (_column(went, side, names, scale) for side in (0, 1))
    parts = [
        f'<svg class="flow" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(told(went))}">',
        f'<text class="head" x="{_LEFT + _BAR}" y="20" text-anchor="end">first vote</text>',
        f'<text class="head" x="{_RIGHT}" y="20">second vote</text>',
        *_bands(went, names, scale, left, right),
        *(_bar(column, stop, side) for side, column in enumerate((left, right)) for stop in names),
        "</svg>",
    ]
    return "".join(parts)


def _column(
    went: Counter[tuple[Stop, Stop]], side: int, names: Sequence[Stop], scale: float
) -> dict[Stop, Bar]:
    """Where the bar of each stop stands, and for how many."""
    column, top = {}, _TOP + _GAP / 4
    for stop in names:
        number = sum(count for pair, count in went.items() if pair[side] == stop)
        column[stop] = Bar(top, number, number * scale)
        top += number * scale + _GAP
    return column


def _bar(column: Mapping[Stop, Bar], stop: Stop, side: int) -> str:
    top, number, height = column[stop]
    if not number:
        return ""
    kind = "right" if stop[1] else "none" if stop[0] == NONE else "wrong"
    x, at, anchor = (_LEFT, _LEFT - 10, "end") if side == 0 else (_RIGHT, _RIGHT + _BAR + 10, "start")
    words = f"{escape(stop[0])}{' ✓' if stop[1] else ''} · {number}"
    return (
        f'<rect class="{kind}" x="{x}" y="{top:.1f}" width="{_BAR}" height="{height:.1f}" rx="2"/>'
        f'<text x="{at}" y="{top + height / 2 + 9:.1f}" text-anchor="{anchor}">{words}</text>'
    )


def _bands(
    went: Counter[tuple[Stop, Stop]], names: Sequence[Stop], scale: float,
    left: Mapping[Stop, Bar], right: Mapping[Stop, Bar],
) -> Iterator[str]:  # fmt: skip
    """One band for all who went the same way; in each bar, the next one begins where the last one ended."""
    starts, ends = ({stop: bar.top for stop, bar in column.items()} for column in (left, right))
    for before, after in product(names, names):
        if height := went[before, after] * scale:
            yield _band(starts[before], ends[after], height, before, after)
            starts[before] += height
            ends[after] += height


def _band(start: float, end: float, height: float, before: Stop, after: Stop) -> str:
    x0, x1 = _LEFT + _BAR, _RIGHT
    middle = (x0 + x1) / 2
    kind = "same" if before == after else "gained" if after[1] else "lost" if before[1] else "moved"
    low, deep = start + height, end + height
    there = f"M{x0} {start:.1f}C{middle} {start:.1f} {middle} {end:.1f} {x1} {end:.1f}"
    back = f"V{deep:.1f}C{middle} {deep:.1f} {middle} {low:.1f} {x0} {low:.1f}Z"
    return f'<path class="band {kind}" d="{there}{back}"/>'
