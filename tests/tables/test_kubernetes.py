"""Kubernetes' own test tables for the Deployment controller, held to the arithmetic of Rolling.

The tables are Kubernetes', not part of this project; without the folder that DEPLOYLAB_TABLES names, these
tests are skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import ceil, floor, inf
from pathlib import Path
from typing import Any

import pytest

from deploylab.model.errors import KnobError
from deploylab.model.rollout import Counts, Observation
from deploylab.model.scenario import Scenario
from deploylab.patterns.kubernetes.deployment_controller import (
    ReplicaSet,
    cleanup_unhealthy_replicas,
    get_scaled_value_from_int_or_percent,
    min_available,
    new_rs_new_replicas,
    reconcile,
    reconcile_new_replica_set,
    reconcile_old_replica_sets,
    resolve_fenceposts,
    rollout_rolling,
    scale_down_old_replica_sets_for_rolling_update,
)
from deploylab.patterns.kubernetes.progress import (
    DeploymentStatus,
    deployment_complete,
    deployment_progressing,
    deployment_timed_out,
)
from deploylab.patterns.kubernetes.scaling import scale
from deploylab.patterns.recreate import Recreate

Row = dict[str, Any]

NOT_APPLICABLE = {
    "MaxUnavailable: maxUnavailable with Recreate deployment strategy": "Recreate has no such number here",
    "argoproj/argo-rollouts utils/replicaset/canary.go doc comment": "of Argo Rollouts; goes with its tables",
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


def recreated(replicas: int) -> list[dict[str, int]]:
    """The instances that the pattern Recreate wants, step by step."""
    gone = Observation(0, 0, {"v1": Counts(), "v2": Counts()}, {}, {}, {})
    flow = Recreate()(Scenario(replicas=replicas))
    steps = [next(flow), flow.send(gone)]
    with pytest.raises(StopIteration):
        flow.send(gone)
    return [dict(step.replicas) for step in steps]


def new_rs(row: Row) -> None:
    if row["strategyType"] == "Recreate":
        assert recreated(row["depReplicas"])[-1] == {"v2": row["expected"]}
        return
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
    old = ReplicaSet(row["oldReplicas"], row["readyPodsFromOldRS"])
    new = ReplicaSet(row["newReplicas"], row["readyPodsFromNewRS"])
    left = reconcile_old_replica_sets([old], new, row["deploymentReplicas"], unavailable_of(row, surge=0))
    assert (left != [row["oldReplicas"]]) is row["scaleExpected"]
    if row["scaleExpected"]:
        assert left == [row["expectedOldReplicas"]]


def clean_up(row: Row) -> None:
    (left,) = cleanup_unhealthy_replicas(
        [ReplicaSet(row["oldReplicas"], row["readyPods"])], row["maxCleanupCount"]
    )
    assert row["oldReplicas"] - left.replicas == row["cleanupCountExpected"]


def scale_down(row: Row) -> None:
    unavailable = unavailable_of(row, surge=0)
    old = ReplicaSet(row["oldReplicas"], row["readyPods"])
    (left,) = scale_down_old_replica_sets_for_rolling_update([old], 0, row["deploymentReplicas"], unavailable)
    assert (left < row["oldReplicas"]) is row["scaleExpected"]
    if row["scaleExpected"]:
        assert left == row["expectedOldReplicas"]


def status(row: Row) -> DeploymentStatus:
    kinds = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    return DeploymentStatus(*(row[kind] for kind in kinds))


def progressing(row: Row) -> None:
    assert deployment_progressing(status(row["old"]), status(row["new"])) is row["expected"]


def timed_out(row: Row) -> None:
    deadline = inf if row["progressDeadlineSeconds"] is None else row["progressDeadlineSeconds"]
    last, now = row["lastUpdateTime_s"] or 0, row["now_s"] or 0
    assert deployment_timed_out(last, now, deadline, row["conditionReason"]) is row["expected"]


def complete(row: Row) -> None:
    counts = (row[k] for k in ("desired", "current", "updated", "available"))
    assert deployment_complete(*counts) is row["expected"]


def max_unavailable(row: Row) -> None:
    unavailable = row["replicas"] - min_available(row["replicas"], unavailable_of(row, surge=1))
    assert unavailable == row["expected"]


def least_available(row: Row) -> None:
    if row["strategy"] == "Recreate":
        assert sum(recreated(row["replicas"])[0].values()) == row["expected"]
        return
    assert min_available(row["replicas"], unavailable_of(row, surge=1)) == row["expected"]


def scaled(row: Row) -> None:
    rounding = ceil if row.get("roundUp") else floor
    if row["expectErr"]:
        with pytest.raises(KnobError):
            get_scaled_value_from_int_or_percent(row["input"], row.get("total", 100), rounding=rounding)
    else:
        got = get_scaled_value_from_int_or_percent(row["input"], row.get("total", 100), rounding=rounding)
        assert got == row["expectVal"]


CHECKS: dict[str, Callable[[Row], None]] = {
    "reconcileNewReplicaSet": reconcile_new,
    "reconcileOldReplicaSets": reconcile_old,
    "cleanupUnhealthyReplicas": clean_up,
    "scaleDownOldReplicaSetsForRollingUpdate": scale_down,
    "ResolveFenceposts": fenceposts,
    "NewRSNewReplicas": new_rs,
    "DeploymentComplete": complete,
    "DeploymentProgressing": progressing,
    "DeploymentTimedOut": timed_out,
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


# Scenes from a rollout


def trace(row: Row) -> None:
    """Sync after sync, while nothing new gets available."""
    old, new = ReplicaSet(row["replicas"], row["replicas"]), ReplicaSet(0)
    for wanted in row["spec_trace"]:
        (olds,), news = rollout_rolling([old], new, row["replicas"], row["maxSurge"], row["maxUnavailable"])
        assert {"new": news, "old": olds} == wanted
        old, new = ReplicaSet(olds, olds), ReplicaSet(news)
    if "then" not in row:
        return
    # One old one fails and nothing follows; undone, the crashing ones go as far as availability allows.
    failed = ReplicaSet(old.replicas, old.available - 1)
    fenceposts = row["replicas"], row["maxSurge"], row["maxUnavailable"]
    assert reconcile([failed], new, *fenceposts) == ([old.replicas], new.replicas)
    least, total = min_available(row["replicas"], row["maxUnavailable"]), old.replicas + new.replicas
    may_go = total - least - 1
    assert f"{total}-{least}-1={may_go} crashlooping pods removed" in row["then"]
    (left,), _ = rollout_rolling([new], failed, *fenceposts)
    assert left == new.replicas - may_go
    _, back = rollout_rolling([ReplicaSet(left)], failed, *fenceposts)
    assert f"total {left + failed.replicas}, then scaled to {back}" in row["then"]


def rollover(row: Row) -> None:
    first, second = row["given"]["rs1"], row["given"]["rs2"]
    olds = [ReplicaSet(first, first), ReplicaSet(second, row["given"]["rs2_available"])]
    fenceposts = row["replicas"], row["maxSurge"], row["maxUnavailable"]
    left, new = rollout_rolling(olds, ReplicaSet(0), *fenceposts)
    gone = first + second - sum(left)
    assert new == 0
    assert f"={gone};" in row["third_template"]
    assert left == [first, second - gone]  # the sick ones, though they are younger
    left, new = reconcile(olds, ReplicaSet(0), *fenceposts)
    assert f"scales to {new}" in row["third_template"]


def first_burst(row: Row) -> None:
    n, (surge, unavailable) = row["replicas"], fenceposts_of(row)
    (old,), new = reconcile([ReplicaSet(n, n)], ReplicaSet(0), n, surge, unavailable)
    words = f"{n - old} pods Terminating and {new} new pods .* = {n + new} > {n + surge} "
    assert re.search(words, row["observed"])


def at_all_times(row: Row) -> None:
    """The new ones get available one by one."""
    n, (surge, unavailable) = row["replicas"], fenceposts_of(row)
    least, most = map(int, re.findall(r"at (?:least|most) (\d+)", row["invariant"]))
    old, new = ReplicaSet(n, n), ReplicaSet(0)
    while new.available < n:
        (olds,), news = reconcile([old], new, n, surge, unavailable)
        assert least <= olds + new.available
        assert olds + news <= most
        assert news > new.available, "it is stuck"
        old, new = ReplicaSet(olds, olds), ReplicaSet(news, new.available + 1)


def fenceposts_of(row: Row) -> tuple[int, int]:
    resolved = row["resolved"]
    surge, unavailable = row.get("maxSurge", "25%"), row.get("maxUnavailable", "25%")
    assert resolve_fenceposts(surge, unavailable, row["replicas"]) == (
        resolved["maxSurge"], resolved["maxUnavailable"],
    )  # fmt: skip
    return resolved["maxSurge"], resolved["maxUnavailable"]


def proportional(row: Row) -> None:
    old, new = ReplicaSet(row["state"]["old"]), ReplicaSet(row["state"]["new"])
    was = row["replicas"] + row["maxSurge"]
    assert scale([old], new, was, row["scale_to"], row["maxSurge"]) == [
        row["expected"]["old"], row["expected"]["new"],
    ]  # fmt: skip


SCENES: dict[str, Callable[[Row], None]] = {
    "spec_trace": trace,
    "third_template": rollover,
    "observed": first_burst,
    "invariant": at_all_times,
    "scale_to": proportional,
}


def test_every_scene_that_kubernetes_describes_happens_here(tables: Path) -> None:
    for row in json.loads((tables / "trace_scenarios.json").read_text(encoding="utf-8"))["cases"]:
        checks = [check for key, check in SCENES.items() if key in row]
        assert bool(checks) is (row["source"] not in NOT_APPLICABLE), row["source"]
        for check in checks:
            check(row)


def test_every_row_that_cannot_apply_exists(tables: Path) -> None:
    scenes = json.loads((tables / "trace_scenarios.json").read_text(encoding="utf-8"))["cases"]
    titles = {row["source"] for row in scenes}
    for name in ("k8s_rolling.json", "k8s_deployment_util.json"):
        for suite in json.loads((tables / name).read_text(encoding="utf-8"))["suites"]:
            rows = (row.get("name") or row.get("Name") for row in suite["cases"])
            titles |= {suite["function"], *(f"{suite['function']}: {row}" for row in rows)}
    assert set(NOT_APPLICABLE) <= titles
