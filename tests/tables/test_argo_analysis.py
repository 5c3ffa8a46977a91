"""Argo Rollouts' own test table for analyses, held to the arithmetic of AnalysisRun.

The table is Argo Rollouts', not part of this project; without the folder that DEPLOYLAB_TABLES names, these
tests are skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isinf, isnan
from pathlib import Path
from typing import Any

from deploylab.patterns.analysis import Analysis
from deploylab.patterns.analysis.analysis_run import (
    MetricResult,
    Phase,
    assess_metric_status,
    evaluate_result,
)

Row = dict[str, Any]
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
NAMES = {
    "true": True,
    "false": False,
    "nil": None,
    "asInt": int,
    "asFloat": float,
    "isNaN": isnan,
    "isInf": isinf,
}


def snake(name: str) -> str:
    return re.sub("([A-Z])", lambda capital: f"_{capital[0].lower()}", name)


def seconds(duration: str) -> float:
    return sum(float(n) * SECONDS[unit] for n, unit in re.findall(r"([\d.]+)(ms|s|m|h)", duration))


def analysis_of(metric: Row) -> Analysis:
    """Without an interval the real one measures `count` times, or once; here several need an interval."""
    limits = {snake(name): value for name, value in metric.items() if value is not None and name != "name"}
    if not limits.get("interval"):
        limits |= {"interval": "1s", "count": limits.get("count") or 1}
    return Analysis(
        **{k: seconds(v) if isinstance(v, str) and k == "interval" else int(v) for k, v in limits.items()}
    )


def result_of(row: Row) -> MetricResult:
    counts = {snake(name): n for name, n in row.items() if name != "measurementPhases"}
    phases = row.get("measurementPhases") or []
    return MetricResult(**counts, last=Phase(phases[-1]) if phases else None)


def assess(row: Row) -> None:
    phase = assess_metric_status(analysis_of(row["metric"]), result_of(row["result"]), row["terminating"])
    assert phase is Phase(row["expected"])


def is_worse(current: Phase, new: Phase) -> bool:
    """The order that the phases are declared in, as Argo has it."""
    order = list(Phase)
    return order.index(new) > order.index(current)


def worse(row: Row) -> None:
    assert is_worse(Phase(row["current"]), Phase(row["new"])) is row["expected"]


def condition(text: str | None) -> Callable[[Any], bool] | None:
    """Argo's expressions are those of Go's expr; what the table uses of them is nearly Python."""
    if not text:
        return None
    python = re.sub("!(?!=)", " not ", text.replace("&&", " and ").replace("||", " or ")).strip()

    def holds(result: Any) -> bool:
        value = eval(python, {"__builtins__": {"len": len}}, {**NAMES, "result": result})
        if not isinstance(value, bool):
            raise TypeError(f"{text} is {value!r}, which is no answer")
        return value

    return holds


def evaluate(row: Row) -> None:
    success, failure = condition(row.get("successCondition")), condition(row.get("failureCondition"))
    assert evaluate_result(row["result"], success, failure) is Phase(row["expected"])


CHECKS: dict[str, Callable[[Row], None]] = {
    "assessMetricStatus": assess,
    "IsWorse": worse,
    "EvaluateResult": evaluate,
}


def test_every_row_that_argo_rollouts_tests_itself_by_holds_here(tables: Path) -> None:
    table = json.loads((tables / "argo_analysis.json").read_text(encoding="utf-8"))
    seen = 0
    for suite in table["suites"]:
        check = CHECKS[suite["function"].partition("(")[0]]
        for number, row in enumerate(suite["cases"], start=1):
            seen += 1
            try:
                check(row)
            except Exception as problem:
                problem.add_note(f"{suite['function']}, row {number}: {row}")
                raise
    assert seen == table["case_count"]
