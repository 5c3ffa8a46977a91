"""Let a stream of commits through a pipeline, event by event, and keep the record."""

from __future__ import annotations

from heapq import heapreplace
from typing import Any

import numpy as np

from ..model.delivery import Delivery
from ..model.delivery_log import ChangeFailure, Commits, Deployments, Jobs
from ..model.dora import DAY
from ..model.errors import KnobError
from ..model.pipeline import STAGES, Pipeline
from ..model.record import SECOND
from ..model.rollout import Strategy
from ..model.scenario import Scenario
from .clock import Clock, ns
from .commits import Luck, draw
from .production import Production
from .rehearsal import Rehearsal, rehearse

LAST = len(STAGES) - 1


def deliver(
    pipeline: Pipeline, strategy: Strategy | None = None, scenario: Scenario | None = None
) -> Delivery:
    """Let commits through a pipeline for its `days`, and return the record of what happened.

    With a `strategy` a deployment takes as long as `roll_out` measures for a good candidate, and a bad
    release lasts as long and hurts as many users as it measures for the candidate of `scenario`; if the
    strategy does not take it back by itself, until monitoring or a user notices.
    Raises `KnobError` for what is no pipeline, `StrategyError` for a strategy that cannot be rolled out.

    >>> record = deliver(Pipeline(days=10, batch_size=5))
    >>> record.title, len(record.commits), len(record.deployments)
    ('Batches of 5', 212, 50)
    """
    if not isinstance(pipeline, Pipeline):
        problem = "is no pipeline; write deliver(dl.Pipeline(...))"
        raise KnobError("deliver", "pipeline", pipeline, problem)
    luck, rehearsal, clock = draw(pipeline), rehearse(strategy, scenario), Clock()
    stages = _Stages(pipeline, luck, rehearsal, clock)
    end = ns(pipeline.days * DAY)
    clock.advance(end - 1)  # what happens at the end itself is not seen any more
    return _record(pipeline, luck, rehearsal, stages, end)


class _Stages:
    """The queues before the stages, and the workers in them."""

    def __init__(self, pipeline: Pipeline, luck: Luck, rehearsal: Rehearsal | None, clock: Clock) -> None:
        self.clock = clock
        self.found, self.fix, self.work = luck.found.tolist(), luck.fix.tolist(), luck.work.tolist()
        self.free = [[0] * stage.workers for stage in pipeline.stages.values()]  # a heap each
        self.jobs: list[int] = []  # the columns of `Jobs`, row after row: quicker than rows in a list
        self.production = Production(pipeline, luck, rehearsal, clock, self.enter)
        for commit, time in enumerate(luck.time.tolist()):
            clock.at(time, self.enter, commit, False, 0)

    def enter(self, commit: int, repaired: bool, stage: int) -> None:
        """A commit joins the queue of a stage: first come, first served by whoever is free first."""
        now, free = self.clock.now, self.free[stage]
        start = free[0] if free[0] > now else now
        done = start + self.work[repaired][stage][commit]
        heapreplace(free, done)
        found = not repaired and self.found[commit] == stage
        self.jobs += (commit, repaired, stage, now, start, done, found)
        if found:
            self.clock.at(done + self.fix[commit], self.enter, commit, True, 0)
        elif stage < LAST:
            self.clock.at(done, self.enter, commit, repaired, stage + 1)
        else:
            self.clock.at(done, self.production.passed, commit, repaired)


def _record(
    pipeline: Pipeline, luck: Luck, rehearsal: Rehearsal | None, stages: _Stages, end: int
) -> Delivery:
    """What happened, in columns."""
    made = stages.production
    ready, repaired, live = (np.array(column, np.int64) for column in (made.ready, made.repaired, made.live))
    deployment = np.array(made.deployment, np.int32)
    return Delivery(
        pipeline=pipeline,
        commits=Commits(luck.time, luck.size, luck.found, ready, repaired, live, deployment),
        jobs=Jobs(*_columns(stages.jobs, Jobs)),
        deployments=Deployments(*_columns(made.deployments, Deployments)),
        shipped=np.array(made.shipped, np.int32),
        incidents=tuple(_incident(rehearsal, end, **facts) for facts in made.incidents),
        strategy=rehearsal.good.strategy if rehearsal else "",
    )


def _columns(rows: list[int], kind: type[Jobs] | type[Deployments]) -> list[Any]:
    """Rows that lie one after the other, as the columns of this kind."""
    table = np.array(rows, np.int64).reshape(-1, len(kind.TYPES))
    return [column.astype(type_) for column, type_ in zip(table.T, kind.TYPES, strict=True)]


def _incident(
    rehearsal: Rehearsal | None,
    end: int,
    deployment: int,
    culprit: int,
    began: int,
    detected: int | None = None,
    recovered: int | None = None,
    **facts: Any,
) -> ChangeFailure:
    ended = end if recovered is None else recovered
    hurt = rehearsal.users_hurt((ended - began) / SECOND) if rehearsal else None
    seen, over = (None if time is None else time / SECOND for time in (detected, recovered))
    return ChangeFailure(deployment, culprit, began / SECOND, seen, over, users_hurt=hurt, **facts)
