"""Argo Rollouts' own test tables for canaries and blue-green, held to the arithmetic of the patterns.

The tables are Argo's, not part of this project; without the folder that DEPLOYLAB_TABLES names, these tests
are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploylab.model.errors import KnobError
from deploylab.model.rollout import Counts
from deploylab.patterns.argo.basic_canary import (
    approximate_weighted_canary_stable_replica_counts,
    calculate_replica_counts_for_basic_canary,
    get_replicas_for_scale_down,
)
from deploylab.patterns.argo.blue_green_rollout import new_rs_new_replicas
from deploylab.patterns.argo.canary_steps import (
    CanaryStep,
    SetCanaryScale,
    SetWeight,
    get_canary_replicas_or_weight,
)
from deploylab.patterns.argo.progress import (
    RolloutStatus,
    replica_progress_threshold_met,
    rollout_progressing,
    rollout_timed_out,
    should_full_promote,
)
from deploylab.patterns.argo.routed_canary import (
    calculate_replica_counts_for_traffic_routed_canary,
    get_desired_canary_weight,
    traffic_weight_to_replicas,
)
from deploylab.patterns.kubernetes.deployment_controller import resolve_fenceposts

Row = dict[str, Any]
TABLES = ("argo_canary_replicas.json", "argo_bluegreen_and_conditions.json")

NOT_APPLICABLE = {
    "isRollbackWithinWindow": "a scenario has no history of revisions: the way back is to the stable version",
}


def counts(row: Row | None) -> Counts | None:
    if row is None:
        return None
    return Counts(desired=row.get("specReplicas") or 0, available=row.get("availableReplicas") or 0)


def set_canary_scale(row: Row) -> tuple[SetCanaryScale, ...]:
    """Argo's kind may say nothing at all; ours may not, so that is left out."""
    ways = {name: row[key] for name, key in (("replicas", "replicas"), ("weight", "weight"))}
    if row["matchTrafficWeight"]:
        return (SetCanaryScale(match_traffic_weight=True),)
    name = next((name for name, value in ways.items() if value is not None), None)
    return (SetCanaryScale(**{name: ways[name]}),) if name else ()


def counts_for_canary(row: Row) -> None:
    """Argo's one step both sets the weight and the scale; here they are two, one after the other."""
    steps: tuple[CanaryStep, ...] = (
        *(set_canary_scale(row["setCanaryScale"]) if row["setCanaryScale"] else ()),
        SetWeight(row["setWeight"]),
    )
    delay = row["abortScaleDownDelaySeconds"]
    explicit, weight = get_canary_replicas_or_weight(
        steps, len(steps) - 1, bool(row["trafficRouting"]), row["promoteFull"], row["statusAbort"],
        30 if delay is None else delay,
    )  # fmt: skip
    replicas = row["rolloutSpecReplicas"]
    if row["trafficRouting"]:
        found = calculate_replica_counts_for_traffic_routed_canary(
            replicas, weight, explicit, row["minPodsPerReplicaSet"] or 1
        )
    else:
        surge, unavailable = resolve_fenceposts(row["maxSurge"], row["maxUnavailable"], replicas)
        older = counts(row["olderRS"])
        found = calculate_replica_counts_for_basic_canary(
            replicas, weight, surge, unavailable,
            canary=Counts(row["canarySpecReplica"], available=row["canaryAvailableReplica"]),
            stable=Counts(row["stableSpecReplica"], available=row["stableAvailableReplica"]),
            older=older.desired if older else 0,
        )  # fmt: skip
    assert found == (row["expectedCanaryReplicaCount"], row["expectedStableReplicaCount"])


def approximate(row: Row) -> None:
    found = approximate_weighted_canary_stable_replica_counts(
        row["replicas"], row["weight"], row["maxSurge"], row["maxWeight"]
    )
    assert found == (row["expCanary"], row["expStable"])


def dynamic_stable_scale(row: Row) -> None:
    replicas, abort = row["rolloutReplicas"], row["rolloutAbort"]
    ladder = (row["setWeight"], *row["extra_steps_setWeight"])
    weight: float = row["setWeight"]
    if abort and row["canaryRSReplicas"] and row["stableRSReplicas"]:  # without replicas Argo has no such set
        stable, canary = row["availableStableReplicas"], row["canaryRSReplicas"]
        weight = get_desired_canary_weight(ladder, replicas, stable, canary)
    elif abort:
        weight = 0
    known = row["canaryWeight"] is not None
    found = calculate_replica_counts_for_traffic_routed_canary(
        replicas, weight, dynamic_stable_scale=True, abort=abort,
        weights=(row["canaryWeight"], row["stableWeight"]) if known else None,
    )  # fmt: skip
    assert found == (row["expectedCanaryReplicas"], row["expectedStableReplicas"])


def to_replicas(row: Row) -> None:
    assert traffic_weight_to_replicas(row["replicas"], row["weight"], row["maxWeight"]) == row["expected"]


def threshold_of(row: Row | None) -> int | str | None:
    """A threshold of either table: {"type": …, "value": …} or as Go's own fields."""
    if row is None:
        return None
    kind = row.get("type") or row["Type"]["$id"]
    value: int = row["value"] if "value" in row else row["Value"]
    return f"{value}%" if "Percentage" in kind else value


def threshold_met(row: Row) -> None:
    threshold = threshold_of(row["threshold"])
    assert replica_progress_threshold_met(threshold, counts(row["rs"]), row["desired"]) is row["expected"]


def for_scale_down(row: Row) -> None:
    assert get_replicas_for_scale_down(counts(row["rs"]), row["ignoreAvailability"]) == row["expected"]


def weight_on_abort(row: Row) -> None:
    assert row["dynamicStableScale"]
    assert row["abort"]
    ladder = [step["setWeight"] for step in row["steps"]]
    canary = 0 if row["abortDelay"] else row["canary"]["available"]
    found = get_desired_canary_weight(ladder, row["replicas"], row["stableAvailable"], canary)
    assert found == row["expectedWeight"]


def single(row: Row) -> None:
    new, stable = row["newRS"], row["stableRS"]
    replicas = row["replicas"]
    apart = stable is not None and (new is None or new["name"] != stable["name"])
    if row["kind"] == "basic":
        surge, unavailable = resolve_fenceposts(row["maxSurge"], row["maxUnavailable"], replicas)
        found = calculate_replica_counts_for_basic_canary(
            replicas, row["setWeight"], surge, unavailable,
            canary=Counts(new["spec"], available=new["available"]) if new else None,
            stable=Counts(stable["spec"], available=stable["available"]) if apart else None,
        )  # fmt: skip
    else:
        found = calculate_replica_counts_for_traffic_routed_canary(replicas, row["setWeight"])
    assert found == (row["expectedCanary"], row["expectedStable"])


def preview(row: Row) -> None:
    new, current = row["newRS_hash"], row["overrideCurrentPodHash"] or row["newRS_hash"]
    found = new_rs_new_replicas(
        row["replicas"], row["previewReplicaCount"], row["activeSelector"], new, current,
        row["scaleUpPreviewCheckpoint"], row["promoteFull"],
    )  # fmt: skip
    assert found == row["expectReplicaCount"]


def fenceposts(row: Row) -> None:
    surge, unavailable = row["maxSurge"] or 0, row["maxUnavailable"] or 0  # nil is 0
    if row["expectError"]:
        with pytest.raises(KnobError):
            resolve_fenceposts(surge, unavailable, row["desired"])
    else:
        expected = row["expectSurge"], row["expectUnavailable"]
        assert resolve_fenceposts(surge, unavailable, row["desired"]) == expected


PLACES = ("activeSelector", "previewSelector", "stableRS", "stepIndex", "stepHash")


def status(row: Row) -> RolloutStatus:
    return RolloutStatus(
        row["replicas"], row["updatedReplicas"], row["readyReplicas"], row["availableReplicas"],
        place=tuple(row.get(name) for name in PLACES),
    )  # fmt: skip


def progressing(row: Row) -> None:
    """The table's "new" is the rollout as it is recorded, its "old" the status just calculated."""
    assert rollout_progressing(before=status(row["new"]), after=status(row["old"])) is row["expected"]


def timed_out(row: Row) -> None:
    age = row["lastUpdate_age_s"] or 0
    assert rollout_timed_out(row["conditionReason"], age, row["progressDeadlineSeconds"]) is row["expected"]


def full_promote(row: Row) -> None:
    """One step, done; ten replicas unless the row says otherwise."""
    replicas = row.get("rolloutReplicas", 10)
    available = row["availableReplicas"] if "availableReplicas" in row else row["canaryAvailableReplicas"]
    threshold = threshold_of(row.get("threshold"))
    message = should_full_promote(1, 1, Counts(replicas, available=available), replicas, threshold)
    assert message == row["expectedPromotionMessage"]


CHECKS: dict[str, Callable[[Row], None]] = {
    "CalculateReplicaCountsForBasicCanary": counts_for_canary,
    "approximateWeightedCanaryStableReplicaCounts": approximate,
    "CalculateReplicaCountsForTrafficRoutedCanary": dynamic_stable_scale,
    "trafficWeightToReplicas": to_replicas,
    "ReplicaProgressThresholdMet": threshold_met,
    "GetReplicasForScaleDown": for_scale_down,
    "GetDesiredCanaryWeight": weight_on_abort,
    "single": single,
    "NewRSNewReplicas": preview,
    "resolveFenceposts": fenceposts,
    "RolloutProgressing": progressing,
    "RolloutTimedOut": timed_out,
    "shouldFullPromote": full_promote,
}


def name_of(suite: Row) -> str:
    """The function that a suite is about: its first word."""
    return str(suite["function"]).replace("(", " ").replace(",", " ").split()[0]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_that_argo_tests_itself_by_holds_here(tables: Path, name: str) -> None:
    table = json.loads((tables / name).read_text(encoding="utf-8"))
    seen = 0
    for suite in table["suites"]:
        function = name_of(suite)
        for number, row in enumerate(suite["cases"], start=1):
            seen += 1
            if function in NOT_APPLICABLE:
                continue
            try:
                CHECKS[function]({**suite.get("fixed_inputs", {}), **row})
            except Exception as problem:
                problem.add_note(f"{name}, {function}, {row.get('name', number)}: {row}")
                raise
    assert seen == table["case_count"]


def test_every_function_that_cannot_apply_is_in_the_tables(tables: Path) -> None:
    read = [json.loads((tables / name).read_text(encoding="utf-8")) for name in TABLES]
    functions = {name_of(suite) for table in read for suite in table["suites"]}
    assert set(NOT_APPLICABLE) <= functions <= {*NOT_APPLICABLE, *CHECKS}
