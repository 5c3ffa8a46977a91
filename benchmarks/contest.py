"""The data plane beside its peers: the identical requests, and identical answers, or no row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec

from . import engine, heap_loop, idiomatic_simpy, lean_simpy
from .measure import Work, in_turns
from .workload import Requests, requests

REQUESTS, INSTANCES = 1_000_000, 100
FEW = 10_000  # for those who would take minutes
ROUNDS = 3
SLOW = {"ciw": "in_ciw", "salabim": "in_salabim"}


def table() -> Iterator[str]:
    load = requests(REQUESTS, INSTANCES)
    few = load.first(FEW)
    answers = engine.serve(load)
    peers = {
        "a heap loop in plain Python": heap_loop.serve,
        f"lean SimPy {version('simpy')}, a process an instance": lean_simpy.serve,
        f"idiomatic SimPy {version('simpy')}, a process a request": idiomatic_simpy.serve,
    }
    slow = {
        f"{name} {version(name)}, the first {FEW:,} requests": import_module(f".{file}", __package__).serve
        for name, file in SLOW.items()
        if find_spec(name)
    }
    for name, serve in peers.items():
        assert serve(load) == answers, f"{name} gives other answers"
    for name, serve in slow.items():
        assert serve(few) == answers[:FEW], f"{name} gives other answers"
    ours = "deploylab's data plane, routing included"
    works: dict[str, Work] = {ours: partial(engine.decide, load.scenario, load.until)}
    works |= {name: partial(serve, load) for name, serve in peers.items()}
    works |= {name: partial(serve, few) for name, serve in slow.items()}
    times = in_turns(works, ROUNDS)
    each = {name: time / (FEW if name in slow else REQUESTS) for name, time in times.items()}
    yield from heading(load)
    yield from (f"| {name} | {s * 1e9:,.0f} | {s / each[ours]:,.0f} |" for name, s in each.items())
    yield from (f"| {name}: not installed, not measured | | |" for name in SLOW if not find_spec(name))


def heading(load: Requests) -> list[str]:
    return [
        f"## {len(load.arrival):,} requests at {load.instances} instances",
        "",
        "Every contestant gave the identical answers, to the nanosecond. Medians of several rounds in which",
        "all take their turn. The peers get the requests routed; deploylab routes them within the time. It",
        "also keeps a status and an instance for each, which the peers do not. Ciw and salabim serve only",
        "the first ones, whose answers do not depend on the rest. Both keep records and statistics that",
        "nobody asked for here, and Ciw looks at each of its nodes at every event, so its time grows with",
        "the instances: read their ratios with that in mind.",
        "",
        "| | ns a request | times as long |",
        "|---|---:|---:|",
    ]
