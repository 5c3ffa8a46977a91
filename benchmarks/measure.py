"""Fair times on a machine that others use too: in turns, and the median of several."""

from __future__ import annotations

import os
import platform
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

Work = Callable[[], object]
Clock = Callable[[], float]


def seconds(work: Work, clock: Clock = perf_counter) -> float:
    """How long it takes once."""
    start = clock()
    work()
    return clock() - start


def in_turns(works: Mapping[str, Work], rounds: int, clock: Clock = perf_counter) -> dict[str, float]:
    """The median time (s) of each; every round asks all of them, so that a busy minute meets them all."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(seconds(work, clock))
    return {name: median(taken) for name, taken in times.items()}


def memory(work: Work) -> tuple[int, int]:
    """Bytes that are still held when the work is done, and the most that were held at one time."""
    tracemalloc.start()
    result = work()
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return held, peak


def machine() -> str:
    """The processor, and how busy others keep it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    busy = f", load average {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores{busy}"
