"""Measure, print the tables, and keep them in RESULTS.md: python -m benchmarks."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from . import contest, growth, rollouts, theory
from .measure import machine

RESULTS = Path(__file__).with_name("RESULTS.md")


def report() -> Iterator[str]:
    yield from (
        "# Benchmarks",
        "",
        "Written by `make bench`. All is measured in one run. Times differ from one machine and hour to the",
        "next; compare the ratios.",
        "",
        f"Python {platform.python_version()}, numpy {version('numpy')}, {machine()}, "
        f"{datetime.now(UTC):%Y-%m-%d}.",
    )
    for chapter in (contest, growth, rollouts, theory):
        yield ""
        yield from chapter.table()


def main() -> None:
    lines = []
    for line in report():
        print(line, flush=True)
        lines.append(line)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


# Worker processes import this file again, and must not measure.
if __name__ == "__main__":
    main()
