"""Where the boxes of a graph stand and how the lines between them run, in px."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .layers import Place, layers

LEFT, RIGHT, TOP = 24.0, 936.0, 70.0  # the room for the graph
LEAST, MOST, ROW = 330.0, 430.0, 22.0  # how high it may be, and what a row of it wants
WIDEST, TALLEST = 200.0, 54.0  # what one box takes at most, with the gaps around it


@dataclass(frozen=True)
class Boxes:
    """All boxes have one size; `lines` are paths with the name of the box where they begin."""

    places: Mapping[str, Place]
    width: float
    height: float
    lines: tuple[tuple[str, str], ...]
    bottom: float


def boxes(needs: Mapping[str, Sequence[str]]) -> Boxes:
    """A box for every name, to the right of all that it needs."""
    plan = layers(_sorted(needs), most=10 if len(needs) <= 40 else 16 if len(needs) <= 150 else 30)
    step = min(WIDEST, (RIGHT - LEFT) / plan.columns)
    room = min(MOST, max(LEAST, ROW * plan.rows))
    tall = min(TALLEST, room / plan.rows)
    width, height = step * (0.84 if step > 60 else 0.6), min(42.0, tall * 0.8)
    left = (LEFT + RIGHT - step * plan.columns + step - width) / 2
    top = TOP + (room - tall * plan.rows + tall - height) / 2

    def corner(place: Place) -> Place:
        return left + place[0] * step, top + place[1] * tall

    def path(line: tuple[Place, ...]) -> str:
        ends = [(x, y + height / 2) for x, y in map(corner, line)]
        return _smooth([end for x, y in ends for end in ((x, y), (x + width, y))][1:-1])

    places = {name: corner(place) for name, place in plan.places.items()}
    lines = tuple((target, path(line)) for (target, _), line in plan.lines.items())
    return Boxes(places, width, height, lines, TOP + room)


def _sorted(needs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Each after all that it needs; a plan has no circles."""
    done: dict[str, list[str]] = {}
    left = {name: [target for target in targets if target in needs] for name, targets in needs.items()}
    while left:
        ready = [name for name, targets in left.items() if all(target in done for target in targets)]
        done |= {name: left.pop(name) for name in ready}
    return done


def _smooth(points: list[Place]) -> str:
    """A line that bends between columns and runs level through them."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for number, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        bend = f"C{(x0 + x1) / 2:.1f} {y0:.1f} {(x0 + x1) / 2:.1f} {y1:.1f} "
        path.append(f"{'L' if number % 2 else bend}{x1:.1f} {y1:.1f}")
    return "".join(path)
