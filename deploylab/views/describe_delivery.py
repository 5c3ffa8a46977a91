"""A delivery in words: the text alternative of its picture."""

from __future__ import annotations

from ..model.delivery import Delivery
from ..model.delivery_log import Kind
from ..model.dora import YEAR
from ..model.pipeline import STAGES
from ..model.summary import counted, frequency, lasting, share
from .lines import lines


def describe_delivery(record: Delivery) -> str:
    """Tell in plain sentences what became of the commits.

    >>> from deploylab.engine.delivery import deliver
    >>> from deploylab.model.pipeline import Pipeline
    >>> print(describe_delivery(deliver(Pipeline(days=30, batch_size=10))))
    611 commits in 30 days pass build, unit, integration, acceptance and are released: in batches of 10
    (seed 7).
    66 commits had a defect; build found 4, unit found 21, integration found 19, acceptance found 10. What
    was found went back to its author and passed again.
    610 commits run in production, after 61 planned deployments, 12 because of an incident, and 12
    rollbacks.
    Production failed 12 times, for 24.5 % of the time.
    Deployment frequency 2.4 a day, lead time 7.1 h, change failure rate 16.4 %, recovery 18 min: most like
    the elite cluster of DORA 2024 (in 3 of 4 keys), while production failed 24.5 % of the time.
    """
    return lines((_opening(record), _stages(record), _releases(record), _failures(record), _keys(record)))


def _opening(record: Delivery) -> str:
    p = record.pipeline
    way = f" by {record.strategy}" if record.strategy else ""
    policy = {True: f"in {p.policy}", False: p.policy}[p.policy.startswith("batches")]
    came = f"{counted(len(record.commits), 'commit')} in {counted(p.days, 'day')}"
    return f"{came} pass {', '.join(STAGES)} and are released{way}: {policy} (seed {p.seed})."


def _stages(record: Delivery) -> str:
    found, jobs = record.commits.found, record.jobs
    counts = [int((jobs.found & (jobs.stage == number)).sum()) for number in range(len(STAGES))]
    told = [f"{name} found {n:,}" for name, n in zip(STAGES, counts, strict=True) if n]
    bad = counted(int((found >= 0).sum()), "commit")
    words = f"{bad} had a defect; {', '.join(told) or 'no stage found any'}"
    return f"{words}. What was found went back to its author and passed again."


def _releases(record: Delivery) -> str:
    kinds = record.deployments.kind
    planned, urgent, back = (
        int((kinds == kind).sum()) for kind in (Kind.PLANNED, Kind.HOTFIX, Kind.ROLLBACK)
    )
    few = (
        f"Only {record.delivered:,} of {counted(len(record.commits), 'commit')} got there, and the queue was"
    )
    return (
        f"{counted(record.delivered, 'commit')} run{'s' * (record.delivered == 1)} in production, after "
        f"{counted(planned, 'planned deployment')}, {urgent:,} because of an incident, and "
        f"{counted(back, 'rollback')}.{f' {few} still growing at the end.' if record.growing else ''}"
    )


def _failures(record: Delivery) -> str:
    if not record.incidents:
        return "Production never failed."
    hurt = "" if record.users_hurt is None else f", and {record.users_hurt:,} users were hurt"
    times = "once" if len(record.incidents) == 1 else f"{len(record.incidents):,} times"
    return f"Production failed {times}, for {share(record.failing)} of the time{hurt}."


def _keys(record: Delivery) -> str:
    lead = "unknown" if record.lead_time is None else lasting(record.lead_time)
    rate = "unknown" if record.change_failure_rate is None else share(record.change_failure_rate)
    back = "nothing to recover from" if record.recovery_time is None else lasting(record.recovery_time)
    failing = f", while production failed {share(record.failing)} of the time" if record.incidents else ""
    like = f"{record.placement.likeness}{failing}"
    none = f"too little to name a cluster of DORA {YEAR}"
    return (
        f"Deployment frequency {frequency(record.deployments_a_day)}, lead time {lead}, change failure rate "
        f"{rate}, recovery {back}: {like if len(record.commits) else none}."
    )
