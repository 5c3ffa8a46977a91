"""What a playground offers first: the few knobs that matter most, and situations with a name.

All of it is data. A pattern adds its lines by the name of its type (a template, by its own name, some of its
own); a path has dots for the objects inside. Knobs and paths that an owner does not have are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Situation = Mapping[str, Any]  # the values that controls get, by their paths

AS_GIVEN = "as given"
YOUR_OWN = "your own"  # of who has turned a knob
FEW = 4  # of the knobs of a type that is not listed here

MAIN: dict[str, str] = {
    "Rolling": "max_surge max_unavailable batch_size hold",
    "Canary": "weights hold router analysis.max_error_rate",
    "BlueGreen": "preview_hold scale_down_delay auto_promotion analysis.max_error_rate",
    "Shadow": "share hold analysis.max_error_rate",
    "Flagger": "interval threshold step_weight max_weight",
    "Flag": "weights hold kill_switch max_error_rate",
    "Scenario": "candidate.error_rate traffic.rate",
    "Pipeline": "rate defect_chance batch_size release_every monitor.catches recovery",
    "ServerFleet": "way servers changes_per_month skip_rate failure_rate hand_fixes_per_month",
    "Template": "walk.parallelism walk.rollback walk.fails",
}

GOOD: Situation = {
    "candidate.error_rate": 0.0,
    "candidate.service_time": 0.015,
    "candidate.faults.CrashOnStart": False,
    "candidate.faults.Leak": False,
    "candidate.faults.Overload": False,
    "candidate.faults.IncompatibleData": False,
    "traffic.profile": "",
}
BURST = {**GOOD, "traffic.profile": "0:1, 40:1, 41:2.5, 100:2.5, 101:1"}
LEAK = {**GOOD, "candidate.faults.Leak": True, "candidate.faults.Leak.after": 300.0, "duration": 600.0}
ROLLOUT: dict[str, Situation] = {
    "a good release": GOOD,
    "a bad release": {**GOOD, "candidate.error_rate": 0.1},
    "a subtle regression": {**GOOD, "candidate.error_rate": 0.01},
    "slower than before": {**GOOD, "candidate.service_time": 0.05},
    "a leak after five minutes": LEAK,
    "a crash on start": {**GOOD, "candidate.faults.CrashOnStart": True},
    "data that only the new version reads": {**GOOD, "candidate.faults.IncompatibleData": True},
    "a burst of traffic": BURST,
}

SITUATIONS: dict[str, dict[str, Situation]] = {
    "Scenario": ROLLOUT,
    "Flag": {
        "a good feature": GOOD,
        "a bad feature": {**GOOD, "candidate.error_rate": 0.1},
        "a subtle regression": {**GOOD, "candidate.error_rate": 0.02},
        "bad, and no kill switch": {**GOOD, "candidate.error_rate": 0.1, "kill_switch": False},
        "a burst of traffic": BURST,
    },
    "Pipeline": {
        "every commit at once": {"batch_size": 1, "release_every": 0.0},
        "releases of fifty commits": {"batch_size": 50, "release_every": 0.0},
        "a release every two weeks": {"release_every": 14.0},
        "tests that are flaky": {"integration.flakiness": 0.4},
        "somebody has to approve": {"deploy.approval": 24.0},
        "nobody watches production": {"monitor.catches": 0.0},
    },
    "ServerFleet": {
        "nothing goes wrong": {
            "skip_rate": 0.0, "failure_rate": 0.0, "reorder_rate": 0.0, "hand_fixes_per_month": 0.0,
        },
        "repairs at night": {"hand_fixes_per_month": 0.5},
        "many hotfixes": {"changes_per_month": 8.0},
        "immutable servers": {"way": "immutable"},
    },
    "Template": {
        "one at a time": {"walk.parallelism": 1},
        "another region": {"region": "eu-central-1"},
    },
    "web-service": {
        "production": {"Environment": "production"},
        "the service cannot start": {"walk.fails": "Service"},
        "it cannot start, and nothing is undone": {"walk.fails": "Service", "walk.rollback": False},
    },
}  # fmt: skip


def main_knobs(owner: object, paths: Iterable[str]) -> list[str]:
    """Those paths of an owner's knobs that stand in the open.

    >>> main_knobs("a text", ["a", "b", "c", "d", "e"])
    ['a', 'b', 'c', 'd']
    """
    there, named = list(paths), MAIN.get(type(owner).__name__)
    return there[:FEW] if named is None else [path for path in named.split() if path in there]


def situations(owners: tuple[Any, ...], now: Situation) -> dict[str, Situation]:
    """The situations for these owners by name: first what was given, then what changes something.

    >>> list(situations((None,), {}))
    ['as given']
    """
    found: dict[str, Situation] = {AS_GIVEN: {}}
    kinds = [type(owner).__name__ for owner in owners]
    for kind in kinds[:1] if kinds[0] in SITUATIONS else kinds:
        found |= SITUATIONS.get(kind, {})
    found |= SITUATIONS.get(getattr(owners[0], "name", ""), {})
    return {
        name: values
        for name, values in found.items()
        if now.keys() >= values.keys() and (not values or any(now[path] != values[path] for path in values))
    }
