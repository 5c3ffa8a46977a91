"""The performance clusters that DORA published, and where a team's four keys fall among them.

Source: DORA, Accelerate State of DevOps Report 2024 (the last with clusters; that of 2025 names no low,
medium, high and elite any more, and counts rework as a fifth key). A month is 30 days here.
"""

from __future__ import annotations

from dataclasses import dataclass

YEAR = 2024
CLUSTERS = ("elite", "high", "medium", "low")
HOUR, DAY = 3_600.0, 86_400.0
WEEK, MONTH = 7 * DAY, 30 * DAY
FAILURE_RATES = {"elite": 0.05, "high": 0.2, "medium": 0.1, "low": 0.4}  # typical ones, not limits


@dataclass(frozen=True)
class Placement:
    """The clusters that each key falls in; `cluster` is the one that most of them name.

    DORA finds its clusters in the answers of many teams and publishes no rule for a single team. The rule
    here: each key has one vote for every cluster that it fits; the slower cluster wins a tie.
    """

    deployment_frequency: tuple[str, ...]
    lead_time: tuple[str, ...]
    change_failure_rate: tuple[str, ...]
    recovery_time: tuple[str, ...]

    @property
    def cluster(self) -> str:
        """The cluster that most keys name; "unknown" without any key.

        >>> Placement(("elite",), ("elite",), ("medium",), ("high", "medium")).cluster
        'medium'
        """
        votes = [name for key in vars(self).values() for name in key]
        return max(reversed(CLUSTERS), key=votes.count) if votes else "unknown"

    @property
    def tally(self) -> str:
        """How many of the keys name the cluster, if not all of them do.

        >>> Placement(("elite",), ("elite",), ("low",), ("elite",)).tally
        'in 3 of 4 keys'
        """
        keys = [names for names in vars(self).values() if names]
        fit = sum(self.cluster in names for names in keys)
        return f"in {fit} of {len(keys)} keys" if fit < len(keys) else ""

    @property
    def likeness(self) -> str:
        """The cluster in a sentence, with the keys that name it if the others do not."""
        keys = f" ({self.tally})" if self.tally else ""
        return f"most like the {self.cluster} cluster of DORA {YEAR}{keys}"


def dora_cluster(
    deployments_a_day: float | None,
    lead_time: float | None,
    change_failure_rate: float | None,
    recovery_time: float | None = None,
) -> Placement:
    """Place four keys among the clusters of 2024: deployments a day, seconds, a share, seconds.

    A key without a value has no vote. The clusters are not a ladder: medium fails less often than high, and
    both recover within a day. Nobody was published between a day and a week of recovery: it counts as low.

    >>> dora_cluster(3, lead_time=5 * HOUR, change_failure_rate=0.04, recovery_time=1_800).cluster
    'elite'
    >>> dora_cluster(0.5, 2 * DAY, 0.22, 5 * HOUR).recovery_time
    ('high', 'medium')
    """
    between = DAY / deployments_a_day if deployments_a_day else float("inf")
    return Placement(
        () if deployments_a_day is None else _within(between),
        () if lead_time is None else _within(lead_time),
        () if change_failure_rate is None else _nearest(change_failure_rate),
        () if recovery_time is None else _recovered(recovery_time),
    )


def _within(time: float) -> tuple[str, ...]:
    """The cluster of a time, by the bounds that lead time and the time between deployments share."""
    if time < DAY:
        return ("elite",)
    return ("high",) if time <= WEEK else ("medium",) if time <= MONTH else ("low",)


def _nearest(rate: float) -> tuple[str, ...]:
    return (min(CLUSTERS, key=lambda name: abs(FAILURE_RATES[name] - rate)),)


def _recovered(time: float) -> tuple[str, ...]:
    return ("elite",) if time < HOUR else ("high", "medium") if time < DAY else ("low",)
