"""Measure, print the table, and keep it in RESULTS.md: python -m benchmarks."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from . import engine, heap_loop, idiomatic_simpy, whole_rollout
from .workload import INSTANCES, REQUESTS, requests

RESULTS = Path(__file__).with_name("RESULTS.md")


def best_of(times: int, work: Callable[[], object]) -> float:
    """The shortest time (s): what the work takes when nothing else disturbs it."""

    def once() -> float:
        start = perf_counter()
        work()
        return perf_counter() - start

    return min(once() for _ in range(times))


def cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores"


def main() -> None:
    load = requests()
    answers = engine.serve(load)
    assert answers == heap_loop.serve(load), "the heap loop gives other answers"
    assert answers == idiomatic_simpy.serve(load), "SimPy gives other answers"
    contestants = [
        ("deploylab's data plane, routing included", best_of(50, lambda: engine.decide(load))),
        ("a heap loop in plain Python", best_of(5, lambda: heap_loop.serve(load))),
        (f"idiomatic SimPy {version('simpy')}", best_of(2, lambda: idiomatic_simpy.serve(load))),
    ]
    ours = contestants[0][1]
    run = whole_rollout.run()
    rollout = best_of(30, whole_rollout.run)

    report = [
        "# Benchmarks",
        "",
        "Written by `python -m benchmarks`. All contestants serve the identical requests in one run, and",
        "give identical answers to the nanosecond. The times are the best of several; compare the ratios.",
        "",
        f"## {REQUESTS:,} requests at {INSTANCES} instances",
        "",
        "| | ns a request | times as long |",
        "|---|---:|---:|",
        *(f"| {name} | {s / REQUESTS * 1e9:,.0f} | {s / ours:,.0f} |" for name, s in contestants),
        "",
        "## A whole rolling update",
        "",
        f"20 instances, 200 requests a second, 600 s: {len(run.log):,} requests, {len(run.steps)} steps,",
        f"{rollout * 1e3:.1f} ms with the requests drawn before.",
        "",
        f"Python {platform.python_version()}, numpy {version('numpy')}, {cpu()}, "
        f"{datetime.now(UTC):%Y-%m-%d}.",
    ]
    text = "\n".join(report) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


main()
