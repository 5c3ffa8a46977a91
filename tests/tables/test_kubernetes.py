"""Kubernetes' own test tables for the Deployment controller, held to the arithmetic of Rolling.

The tables are Kubernetes', not part of this project; without the folder that DEPLOYLAB_TABLES names, these
tests are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import ceil, floor
from pathlib import Path
from typing import Any

import pytest

from deploylab.model.errors import KnobError
from deploylab.patterns.rolling import (
    cleanup_unhealthy_replicas,
    deployment_complete,
    min_available,
    new_rs_new_replicas,
    reconcile_new_replica_set,
    reconcile_old_replica_sets,
    resolve_fenceposts,
    scale_down_old_replica_sets,
    share,
)

Row = dict[str, Any]

NOT_APPLICABLE = {
    "NewRSNewReplicas: recreate - to depReplicas": "the pattern Recreate asks for all replicas itself",
    "MaxUnavailable: maxUnavailable with Recreate deployment strategy": "Recreate has no fenceposts here",
    "MinAvailable: minAvailable with Recreate deployment strategy": "Recreate has no fenceposts here",
    "DeploymentProgressing": "the fleet, not the pattern, says what progress is: any change of its counts",
    "DeploymentTimedOut": "the fleet keeps the deadline; tests/engine holds it to strictly later",
}


def fenceposts(row: Row) -> None:
    surge, unavailable = row["maxSurge"] or 0, row["maxUnavailable"] or 0  # nil is 0
    if row["expectError"]:
        with pytest.raises(KnobError):
            resolve_fenceposts(surge, unavailable, row["desired"])
    else:
        expected = row["expectSurge"], row["expectUnavailable"]
        assert resolve_fenceposts(surge, unavailable, row["desired"]) == expected


def unavailable_of(row: Row, surge: int) -> int:
    desired = row["replicas"] if "replicas" in row else row["deploymentReplicas"]
    return resolve_fenceposts(surge, row["maxUnavailable"], desired)[1]


def new_rs(row: Row) -> None:
    new = new_rs_new_replicas(row["depReplicas"], row["maxSurge"], total=5, new=row["newRSReplicas"])
    assert new == row["expected"]


def reconcile_new(row: Row) -> None:
    new = reconcile_new_replica_set(
        row["oldReplicas"], row["newReplicas"], row["deploymentReplicas"], row["maxSurge"]
    )
    assert (new != row["newReplicas"]) is row["scaleExpected"]
    if row["scaleExpected"]:
        assert new == row["expectedNewReplicas"]


def reconcile_old(row: Row) -> None:
    old = reconcile_old_replica_sets(
        row["oldReplicas"], row["newReplicas"], row["readyPodsFromOldRS"], row["readyPodsFromNewRS"],
        row["deploymentReplicas"], unavailable_of(row, surge=0),
    )  # fmt: skip
    assert (old != row["oldReplicas"]) is row["scaleExpected"]
    if row["scaleExpected"]:
        assert old == row["expectedOldReplicas"]


def clean_up(row: Row) -> None:
    gone = cleanup_unhealthy_replicas(row["oldReplicas"], row["readyPods"], row["maxCleanupCount"])
    assert gone == row["cleanupCountExpected"]


def scale_down(row: Row) -> None:
    unavailable = unavailable_of(row, surge=0)
    old = row["oldReplicas"]
    gone = scale_down_old_replica_sets(old, row["readyPods"], row["deploymentReplicas"], unavailable)
    assert (gone > 0) is row["scaleExpected"]
    if row["scaleExpected"]:
        assert old - gone == row["expectedOldReplicas"]


def complete(row: Row) -> None:
    counts = (row[k] for k in ("desired", "current", "updated", "available"))
    assert deployment_complete(*counts) is row["expected"]


def max_unavailable(row: Row) -> None:
    unavailable = row["replicas"] - min_available(row["replicas"], unavailable_of(row, surge=1))
    assert unavailable == row["expected"]


def least_available(row: Row) -> None:
    assert min_available(row["replicas"], unavailable_of(row, surge=1)) == row["expected"]


def scaled(row: Row) -> None:
    rounding = ceil if row.get("roundUp") else floor
    if row["expectErr"]:
        with pytest.raises(KnobError):
            share(row["input"], row.get("total", 100), rounding=rounding)
    else:
        assert share(row["input"], row.get("total", 100), rounding=rounding) == row["expectVal"]


CHECKS: dict[str, Callable[[Row], None]] = {
    "reconcileNewReplicaSet": reconcile_new,
    "reconcileOldReplicaSets": reconcile_old,
    "cleanupUnhealthyReplicas": clean_up,
    "scaleDownOldReplicaSetsForRollingUpdate": scale_down,
    "ResolveFenceposts": fenceposts,
    "NewRSNewReplicas": new_rs,
    "DeploymentComplete": complete,
    "MaxUnavailable": max_unavailable,
    "MinAvailable": least_available,
    "GetScaledValueFromIntOrPercent": scaled,
    "getIntOrPercentValueSafely": scaled,
}


@pytest.mark.parametrize("name", ["k8s_rolling.json", "k8s_deployment_util.json"])
def test_every_row_that_kubernetes_tests_itself_by_holds_here(tables: Path, name: str) -> None:
    table = json.loads((tables / name).read_text(encoding="utf-8"))
    seen = 0
    for suite in table["suites"]:
        function = suite["function"]
        for number, row in enumerate(suite["cases"], start=1):
            seen += 1
            title = f"{function}: {row.get('name') or row.get('Name') or number}"
            if title in NOT_APPLICABLE or function in NOT_APPLICABLE:
                continue
            try:
                CHECKS[function](row)
            except Exception as problem:
                problem.add_note(f"{name}, {title}: {row}")
                raise
    assert seen == table["case_count"]


def test_every_row_that_cannot_apply_exists(tables: Path) -> None:
    titles = set()
    for name in ("k8s_rolling.json", "k8s_deployment_util.json"):
        for suite in json.loads((tables / name).read_text(encoding="utf-8"))["suites"]:
            rows = (row.get("name") or row.get("Name") for row in suite["cases"])
            titles |= {suite["function"], *(f"{suite['function']}: {row}" for row in rows)}
    assert set(NOT_APPLICABLE) <= titles
