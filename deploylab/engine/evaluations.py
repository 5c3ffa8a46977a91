"""What a flag says to every request: who stands below its weight, as far as the instance has heard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..model.bucketing import places
from ..model.flag import Flag, FlagChange
from ..model.flag_rollout import Evaluations
from ..model.record import AccessLog, Status
from ..model.scenario import Scenario
from .clock import ns
from .workload import LUCK, draw

Bools = NDArray[np.bool_]
Rulers = tuple[NDArray[np.float64], ...]
Changes = Sequence[FlagChange]


def evaluations(
    flag: Flag, scenario: Scenario, log: AccessLog, changes: Changes
) -> tuple[NDArray[np.uint32], Rulers, Evaluations]:
    """Who asked, where they stand from each change on, and what every request of this log met."""
    users, who = np.unique(log.user, return_inverse=True)
    rulers = _rulers(flag, changes, users)
    on = _on(flag, scenario, log, changes, [ruler[who] for ruler in rulers])
    luck = draw(scenario.traffic, scenario.seed, scenario.duration).luck[: len(log)]
    share = np.where(on, *(round(v.error_rate * LUCK) for v in (scenario.candidate, scenario.stable)))
    failed = log.failed | ((log.status == Status.OK) & (luck < share))
    return users, rulers, Evaluations(log.time, log.user, on, failed, log.latency)


def _rulers(flag: Flag, changes: Changes, users: NDArray[np.uint32]) -> Rulers:
    """Where the users stand from each change on; a key or a bucketing holds until the next one."""
    key, bucketing, rulers = flag.key, flag.bucketing, []
    for change in changes:
        key, bucketing = change.key or key, change.bucketing or bucketing
        rulers.append(_ruler(key, bucketing, users.tobytes()))
    return tuple(rulers)


@lru_cache(maxsize=8)
def _ruler(key: str, bucketing: int, users: bytes) -> NDArray[np.float64]:
    names = [f"user-{user}" for user in np.frombuffer(users, np.uint32).tolist()]
    ruler = places(key, names, bucketing)
    ruler.flags.writeable = False
    return ruler


def _on(
    flag: Flag,
    scenario: Scenario,
    log: AccessLog,
    changes: Changes,
    stands: Sequence[NDArray[np.float64]],
) -> Bools:
    """Which requests meet the feature: those that the last change chooses of which their instance has heard.

    The instances ask for news in turn, so that the last one has heard of a change `propagation` later.
    """
    n = scenario.replicas
    lag = np.array([ns(flag.propagation) * (number + 1) // n for number in range(n)])
    heard = log.time - lag[log.instance % n]
    on = np.zeros(len(log), np.bool_)
    for change, ruler in zip(changes, stands, strict=True):
        on = np.where(heard >= ns(change.at), ruler < change.weight, on)
    feature: Bools = on & (log.version == 0)  # the stable build does not have it
    return feature
