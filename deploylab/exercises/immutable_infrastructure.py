"""The exercises of the chapter on immutable infrastructure: three forces, and an image that travels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from types import FunctionType
from typing import Any

from ..model.evolution import NOBODY, Evolution
from ..model.image import Image
from ..model.server_fleet import ServerFleet
from ..model.summary import duration, number
from ..patterns.immutable_infrastructure import evolve
from .exercise import EachSeed, Exercise, returned
from .requirement import Limit, servers

MINUTE = 60e9  # ns
FLEET = ServerFleet(servers=40, days=180)


def _half_a_year(answer: ServerFleet, seed: int) -> Evolution:
    """Only the way and the two limits are the answer's; the fleet and its bad luck are given."""
    chosen = {name: getattr(answer, name) for name in ("way", "max_surge", "max_unavailable")}
    return evolve(replace(FLEET, **chosen, seed=seed))


def _missing(record: Evolution) -> float:
    """Server-minutes for each change in which a place of the fleet was empty."""
    empty = record.lengths[record.turns.configuration == NOBODY].sum()
    return float(empty) / MINUTE / max(1, len(record.changes))


THREE_FORCES = Exercise(
    {"fleet": EachSeed(_half_a_year)},
    (
        Limit("fleet", "drifted servers", attrgetter("drifted_servers"), "at most", 0, servers),
        Limit("fleet", "the way back takes", attrgetter("roll_back_time"), "at most", 600, duration),
        Limit("fleet", "spare servers", attrgetter("fleet.max_surge"), "at most", 6, servers),
        Limit("fleet", "missing for each change", _missing, "at most", 30, "{:.0f} server-minutes".format),
    ),
    hints=(
        "One knob decides whether servers drift at all. The other two share the work of a replacement: one "
        "costs spare servers, the other costs capacity.",
        "The way back is a replacement too. 40 servers, each batch 120 s: how many batches fit into 10 "
        "minutes, and how large is a batch then?",
        "Take all the spare servers that you are given, and let only as many be missing as the batch still "
        "needs.",
    ),
    solution='mine = dl.ServerFleet(way="immutable", servers=40, max_surge=6, max_unavailable=2)',
    kind=ServerFleet,
)

Files = Mapping[str, bytes]
TODAY: Files = {
    "app/prices.json": b"p" * 3_000,
    "app/shop.py": b"s" * 2_000,
    "lib/framework.py": b"f" * 100_000,
    "usr/bin/python": b"y" * 400_000,
    "usr/lib/ssl.so": b"l" * 200_000,
}
TOMORROW: Files = {**TODAY, "app/shop.py": b"S" * 2_000, "app/prices.json": b"P" * 3_000}
PATCHED: Files = {**TODAY, "usr/lib/ssl.so": b"L" * 200_000}


@dataclass(frozen=True)
class Packed:
    """What a way of packing makes of the files of today, and of those after a change."""

    today: Image
    later: Image
    files: Files  # those that `later` should hold

    @property
    def sent(self) -> float:
        """Bytes that a registry which has today's image has not got yet."""
        there = self.today.blobs
        return sum(len(blob) for name, blob in self.later.blobs.items() if name not in there)

    @property
    def wrong(self) -> float:
        """Files that are missing, too many, or of other content."""
        found = {path: content for layer in self.later.layers for path, content in layer.files}
        return sum(found.get(path) != self.files.get(path) for path in found.keys() | self.files.keys())


def _packed(files: Files) -> Callable[[Callable[[Any], Any]], list[Packed]]:
    def tried(pack: Callable[[Any], Any]) -> list[Packed]:
        today, later = (pack(dict(given)) for given in (TODAY, files))
        for image in (today, later):
            if not isinstance(image, Image):
                raise returned(pack, image, "is no image; return dl.Image((...,))")
        return [Packed(today, later, files)]

    return tried


def _kilobytes(size: float) -> str:
    return f"{size / 1_000:,.1f} kB"


SENT, WRONG = attrgetter("sent"), attrgetter("wrong")

LIGHT = Exercise(
    {"shop": _packed(TOMORROW), "patch": _packed(PATCHED)},
    (
        Limit("shop", "layers", lambda packed: len(packed.later.layers), "at most", 3, number),
        Limit("shop", "wrong files, new shop", WRONG, "at most", 0, number),
        Limit("patch", "wrong files, patched ssl", WRONG, "at most", 0, number),
        Limit("shop", "a new shop sends", SENT, "at most", 15_000, _kilobytes),
        Limit("patch", "a patched ssl sends", SENT, "at most", 650_000, _kilobytes),
    ),
    hints=(
        "A layer is sent again as a whole when one byte of it changes. Which files change together, and "
        "which hardly ever?",
        "Three layers are enough: one for what changes daily, one for the framework, one for the rest.",
        "The first part of a path tells where a file belongs: path.split('/')[0]. A layer is "
        "dl.Layer(tuple of pairs of a path and its content).",
    ),
    solution="""\
def mine(files):
    layers = []
    for folder in ("usr", "lib", "app"):
        inside = [(path, content) for path, content in files.items() if path.startswith(folder + "/")]
        layers.append(dl.Layer(tuple(inside)))
    return dl.Image(tuple(layers))""",
    kind=FunctionType,
)

EXERCISES = {"05-immutable/1": THREE_FORCES, "05-immutable/2": LIGHT}
