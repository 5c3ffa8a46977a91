"""How cost grows: with the requests, and with the instances; in time and in bytes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from deploylab.engine.workload import draw

from . import engine
from .measure import in_turns, memory, seconds
from .workload import scenario

SIZES = [(10**5, 100), (10**6, 100), (10**7, 100), (10**6, 10), (10**6, 1_000), (10**6, 10_000)]
ROUNDS = 5


def table() -> Iterator[str]:
    yield from (
        "## How it grows",
        "",
        "Medians of several. Drawing, measured once, happens once for all strategies of a scenario and seed.",
        "Bytes are what numpy and Python hold for requests, queues and routing when all is decided, drawn",
        "columns included, and the most at any time on the way there, drawing included.",
        "",
        "| requests | instances | ns a request to draw | ns a request to serve | bytes a request | at most |",
        "|---:|---:|---:|---:|---:|---:|",
    )
    for number, instances in SIZES:
        yield row(number, instances)


def row(number: int, instances: int) -> str:
    world = scenario(number, instances)
    until = round(number / world.traffic.rate * 10**9)
    draw_it = partial(draw, world.traffic, world.seed, world.duration)
    draw.cache_clear()
    drawn = seconds(draw_it)
    n, total = int(draw_it().time.searchsorted(until)), len(draw_it())
    serve = partial(engine.decide, world, until)
    served = in_turns({"serve": serve}, ROUNDS)["serve"]
    draw.cache_clear()
    held, peak = memory(serve)
    draw.cache_clear()
    return (
        f"| {number:,} | {instances:,} | {drawn / total * 1e9:.0f} | {served / n * 1e9:.0f} "
        f"| {held / total:.0f} | {peak / total:.0f} |"
    )
