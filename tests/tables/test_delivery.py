"""Published oracles of delivery: DORA's clusters, and the formulas of queues and batches.

The table is not part of this project; without the folder that DEPLOYLAB_TABLES names, these tests are
skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from deploylab.model.dora import CLUSTERS, DAY, HOUR, MONTH, WEEK, YEAR, dora_cluster
from deploylab.patterns.continuous_deployment import (
    chance_of_bad_release,
    economic_release_interval,
    expected_requests_to_first_failure,
    littles_law,
    mm1_time_in_system,
    rule_of_three,
)
from tests.release_theory import batch_size_penalty, economic_batch_size, mm1_time_in_queue, release_cost_rate

Row = dict[str, Any]
UNITS = {"hour": HOUR, "day": DAY, "week": WEEK, "month": MONTH}
MONTHS = re.compile(r"(\d+)(?:-(\d+))? months")


def mm1(row: Row) -> None:
    rate, service = row["lambda"], row["mu"]
    expected = {
        "W": mm1_time_in_system(rate, service),
        "Wq": mm1_time_in_queue(rate, service),
        "L": littles_law(rate, mm1_time_in_system(rate, service)),
    }
    assert {name: pytest.approx(row[name]) for name in expected} == expected


def batches(row: Row) -> None:
    k, c, rate = row["K"], row["c"], row["lambda"]
    interval = economic_release_interval(k, rate, c)
    assert interval == pytest.approx(row["T_star"])
    assert release_cost_rate(interval, k, rate, c) == pytest.approx(row["min_cost"])
    assert economic_batch_size(k, rate, c) == pytest.approx(row["mean_batch"])


def flatness(row: Row) -> None:
    assert batch_size_penalty(row["x"]) == pytest.approx(row["ratio"])


def bad_releases(row: Row) -> None:
    chances = [chance_of_bad_release(row["p"], size) for size in row["b"]]
    assert chances == pytest.approx(row["P"])


def little(row: Row) -> None:
    assert littles_law(row["lambda"], row["W"]) == pytest.approx(row["L"])


def exposure(row: Row) -> None:
    assert expected_requests_to_first_failure(row["w"], row["p"]) == pytest.approx(1 / (row["w"] * row["p"]))
    assert rule_of_three(row["n"]) == pytest.approx(3 / row["n"])


# By the beginning of its name; a row without an example of its own gets one of ours.
CHECKS: dict[str, tuple[Callable[[Row], None], Row]] = {
    "Little": (little, {"lambda": 3, "W": 4, "L": 12}),
    "M/M/1": (mm1, {}),
    "Poisson arrivals, deploy every T": (batches, {}),
    "U-curve": (flatness, {}),
    "batch failure": (bad_releases, {}),
    "canary exposure": (exposure, {"w": 0.05, "p": 0.1, "n": 300}),
}


def read(tables: Path) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((tables / "delivery_oracles.json").read_text(encoding="utf-8"))
    return table


def test_every_oracle_holds(tables: Path) -> None:
    rows = read(tables)["queueing_oracles"]
    assert rows
    for row in rows:
        check, own = next(pair for name, pair in CHECKS.items() if row["name"].startswith(name))
        try:
            check(row.get("example", own))
        except Exception as problem:
            problem.add_note(f"{row}")
            raise


def span(words: str) -> tuple[float, float]:
    """The times (s) that the words of a cluster allow, from and to; frequencies as the time between two."""
    if words.startswith("on demand"):
        return 0.0, DAY
    if months := MONTHS.search(words):
        return int(months[1]) * MONTH, int(months[2] or months[1]) * MONTH
    ends = [
        int(number or 1) / int(times or 1) * UNITS[unit]
        for times, number, unit in re.findall(r"(?:(\d+)/)?(\d+)? ?(hour|day|week|month)", words)
    ]
    return (0.0, ends[0]) if words.startswith("<") else (min(ends), max(ends))


def inside(words: str) -> list[float]:
    """Some times well within what the words allow."""
    low, high = span(words)
    return [low + part * (high - low) for part in (0.1, 0.5, 0.9)]


def test_what_lies_in_a_published_cluster_is_placed_in_it(tables: Path) -> None:
    clusters = read(tables)[f"dora_{YEAR}"]["clusters"]
    assert [row["level"] for row in clusters] == list(CLUSTERS)
    for row in clusters:
        level = row["level"]
        for time in inside(row["lead_time"]):
            assert level in dora_cluster(1, time, None).lead_time, row
        for time in inside(row["deploy_frequency"]):
            assert level in dora_cluster(DAY / time, None, None).deployment_frequency, row
        recovery = (
            [span(row["recovery"])[1] * 0.9] if row["recovery"].startswith("<") else inside(row["recovery"])
        )
        for time in recovery:
            assert level in dora_cluster(1, None, None, time).recovery_time, row
        assert level in dora_cluster(1, None, row["change_fail_rate"]).change_failure_rate, row


def test_the_clusters_are_no_ladder(tables: Path) -> None:
    rates = [row["change_fail_rate"] for row in read(tables)[f"dora_{YEAR}"]["clusters"]]
    assert any(later < earlier for earlier, later in pairwise(rates))
