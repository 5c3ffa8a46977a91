"""Flagger's own test cases, held to the phases of the pattern Flagger.

The table is Flagger's, not part of this project; without the folder that DEPLOYLAB_TABLES names, these tests
are skipped.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from deploylab.patterns.flagger import Flagger
from deploylab.patterns.flagger_scheduler import (
    CanaryStatus,
    advance_canary,
    deployment_strategy,
)

Row = dict[str, Any]
KNOBS = {
    "stepWeight": "step_weight", "maxWeight": "max_weight", "stepWeights": "step_weights",
    "stepWeightPromotion": "step_weight_promotion", "iterations": "iterations", "threshold": "threshold",
    "interval_s": "interval",
}  # fmt: skip


def flagger(row: Row) -> Flagger:
    """The row's analysis; what it leaves out has Flagger's own default."""
    analysis = row.get("analysis") or {}
    own = {KNOBS[key]: value for key, value in analysis.items() if key in KNOBS}
    if "step_weights" in own:
        own["step_weights"] = tuple(own["step_weights"])
    return Flagger(
        **({"max_weight": 100, "threshold": 1} | own),
        mirror=100 if analysis.get("mirror") else 0,
        match=50 if analysis.get("match") else 0,
        skip_analysis=row.get("skipAnalysis", False),
    )


def advances(row: Row, **seen: Any) -> Iterator[CanaryStatus]:
    """The statuses from the tick that notices the new revision on."""
    status = advance_canary(flagger(row), CanaryStatus(), changed=True)
    while True:
        yield status
        status = advance_canary(flagger(row), status, **seen)


def given(row: Row) -> CanaryStatus:
    """The status with which a row begins, in the middle of things."""
    weight = row["given"].get("routes", [100, 0])[1]
    return CanaryStatus(row["given"]["phase"], weight, failed_checks=row["given"].get("failedChecks", 0))


def primary_weights(row: Row) -> None:
    expected = row["expected_primary_weights"]
    statuses = list(islice(advances(row), len(expected) + 3))
    assert [100 - status.weight for status in statuses[: len(expected)]] == expected
    promoting, finalising, succeeded = statuses[len(expected) :]
    assert promoting.phase == "Promoting"
    assert (finalising.phase, finalising.weight) == ("Finalising", 0)
    assert succeeded.phase == "Succeeded"


def ladder(row: Row) -> None:
    progressing = [s for s in islice(advances(row), 1000) if s.phase == "Progressing"]
    if "expected_canary_weights" in row:
        assert [s.weight for s in progressing if s.weight] == row["expected_canary_weights"]
        return
    if "threshold" in row["analysis"]:
        counted = [s for s in islice(advances(row, passed=False), 1000) if s.phase == "Progressing"]
        intervals = max(s.failed_checks for s in counted)
    elif "iterations" in row["analysis"]:
        intervals = sum(1 <= s.iterations <= row["analysis"]["iterations"] for s in progressing)
    else:
        intervals = sum(s.weight > 0 for s in progressing)
    assert math.isclose(60 * row["expected_minutes"], intervals * flagger(row).interval)


def phases(row: Row) -> None:
    if "expected" in row:
        late = advance_canary(flagger(row), given(row), primary="stuck")
        expected = row["expected"]
        assert late.phase == expected["phase"]
        assert [100 - late.weight, late.weight] == expected["routes"]
        assert late.weight == expected["statusCanaryWeight"]
        assert (late.weight > 0) is not expected["canaryScaledToZero"]
    elif "trace_routes" in row:
        routes(row)
    else:
        trace = row["trace"]
        if "given" in row:
            statuses = [advance_canary(flagger(row), given(row))]
        else:
            statuses = [CanaryStatus(), *islice(advances(row), len(trace) - 1)]
        assert [status.phase for status in statuses] == [phase for phase, _ in trace]
        for status, (_, weight) in zip(statuses, trace, strict=True):
            assert weight is None or status.weight == weight


def routes(row: Row) -> None:
    wanted = row["trace_routes"]
    statuses = list(islice(advances(row), 1, len(wanted) + 1))  # after the one that scales up
    if "NewRevision" in row["name"]:
        statuses[-1] = advance_canary(flagger(row), statuses[-2], changed=True)
        assert statuses[-1] == CanaryStatus("Progressing")
    for status, (primary, canary, *mirroring) in zip(statuses, wanted, strict=True):
        assert (100 - status.weight, status.weight) == (primary, canary)
        if mirroring:
            assert status.mirrored is (mirroring == ["mirrored"])


def kind(row: Row) -> None:
    analysis = row["analysis"] or {}
    match = 50 if analysis.get("match") else 0
    assert deployment_strategy(analysis.get("iterations", 0), match) == row["expected"]


CHECKS: dict[str, Callable[[Row], None]] = {
    "traffic weights per advanceCanary": primary_weights,
    "documented weight ladders": ladder,
    "phase machine": phases,
    "DeploymentStrategy": kind,
}


def test_every_case_that_flagger_tests_itself_by_holds_here(tables: Path) -> None:
    table = json.loads((tables / "flagger_cases.json").read_text(encoding="utf-8"))
    seen = 0
    for suite in table["suites"]:
        for number, row in enumerate(suite["cases"], start=1):
            seen += 1
            try:
                CHECKS[suite["function"]](row)
            except Exception as problem:
                problem.add_note(f"{suite['function']}: {row.get('name') or number}: {row}")
                raise
    assert seen == table["case_count"]


def test_the_constants_are_those_of_flagger(tables: Path) -> None:
    constants = json.loads((tables / "flagger_cases.json").read_text(encoding="utf-8"))["constants"]
    assert Flagger().interval == constants["analysisInterval_s"]
    assert Flagger(interval=constants["min_interval_s"]).interval == constants["min_interval_s"]
    assert Flagger().progress_deadline == constants["progressDeadlineSeconds"]
