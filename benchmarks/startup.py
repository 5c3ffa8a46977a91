"""From nothing to the first name, and to a help text: what each new interpreter pays."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from .measure import in_turns

ROUNDS = 21
# What is started, its arguments for Python, and the most milliseconds that it should take.
STARTS: dict[str, tuple[list[str], int | None]] = {
    "Python alone": (["-c", "pass"], None),
    "`import numpy`": (["-c", "import numpy"], None),
    "`import deploylab`": (["-c", "import deploylab"], 150),
    "the same, and `dl.Scenario()`": (["-c", "import deploylab as dl; dl.Scenario()"], None),
    "the same, and `dl.roll_out`, `dl.Rolling`": (["-c", "from deploylab import Rolling, roll_out"], None),
    "`deploylab --help`": (["-m", "deploylab", "--help"], 300),
    "`deploylab quiz --help`": (["-m", "deploylab", "quiz", "--help"], 300),
    "`deploylab play --help`": (["-m", "deploylab", "play", "--help"], 300),
}


def table() -> Iterator[str]:
    works = {name: partial(start, words) for name, (words, _) in STARTS.items()}
    times = in_turns(works, ROUNDS, of_children)
    yield from (
        "## Starting",
        "",
        f"Processor time, the system's included, of a new interpreter each; medians of {ROUNDS} rounds.",
        "",
        "| | ms | of `import numpy` | aim |",
        "|---|---:|---:|---|",
    )
    for name, (_, aim) in STARTS.items():
        ms, ratio = times[name] * 1e3, times[name] / times["`import numpy`"]
        kept = "" if aim is None else f"{aim} ms: {'met' if ms <= aim else 'missed'}"
        yield f"| {name} | {ms:.0f} | {ratio:.2f} | {kept} |"


def start(words: list[str]) -> None:
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)


def of_children() -> float:
    """Processor seconds of all processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
