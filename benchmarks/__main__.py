"""Measure, print the tables, and keep them in RESULTS.md: python -m benchmarks [browser]."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version

from . import contest, growth, rollouts, startup, theory
from .measure import machine
from .results import store


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
    for chapter in (contest, growth, rollouts, startup, theory):
        yield ""
        yield from chapter.table()


def main() -> None:
    if sys.argv[1:] == ["browser"]:
        from . import browser  # needs what the others do not

        store(browser.table())
    else:
        store(report())


# Worker processes import this file again, and must not measure.
if __name__ == "__main__":
    main()
