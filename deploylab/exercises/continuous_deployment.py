"""The exercises of the chapter on continuous deployment: a size, a queue, and three knobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter

from ..engine.delivery import deliver
from ..model.delivery import Delivery
from ..model.dora import HOUR
from ..model.errors import KnobError
from ..model.pipeline import STAGES, Deploy, Monitor, Pipeline, Stage
from ..model.summary import lasting, number, share
from .exercise import EachSeed, Exercise, Try
from .requirement import Exactly, Limit

TEAM = Pipeline()
SHARED = Pipeline(
    rate=60,
    days=30,
    build=Stage(duration=5, workers=2),
    unit=Stage(duration=10, workers=2),
    integration=Stage(duration=40, flakiness=0.2, workers=2),
    acceptance=Stage(duration=60, workers=2),
)
TROUBLE = Pipeline(
    batch_size=20,
    integration=Stage(duration=30, workers=1, flakiness=0.4),
    monitor=Monitor(catches=0.5, detection=30),
    deploy=Deploy(approval=24),
)
WORKERS = {f"{stage}.workers": (1.0, 1_000.0) for stage in STAGES}
REACH = {  # how far each knob of the team in trouble can be turned
    "batch_size": (1.0, 10_000.0),
    "integration.workers": (1.0, 4.0),
    "integration.flakiness": (0.05, 0.9),
    "monitor.catches": (0.0, 0.95),
    "monitor.detection": (5.0, 10_080.0),
    "rollback": (1.0, 10_080.0),
    "deploy.approval": (0.0, 2_000.0),
}


def turned(pipeline: Pipeline, start: Pipeline) -> list[str]:
    """The knobs that two pipelines do not share.

    >>> turned(replace(TEAM, batch_size=5, rollback=1), TEAM)
    ['batch_size', 'rollback']
    """
    return sorted({words.partition("=")[0] for words in {*pipeline.settings} ^ {*start.settings}} - {"seed"})


def delivered(start: Pipeline, reach: Mapping[str, tuple[float, float]]) -> Try:
    """Deliver with every seed; only these knobs may differ from the start, and only within their reach."""

    def give(pipeline: Pipeline, seed: int) -> Delivery:
        for name in turned(pipeline, start):
            value, (low, high) = attrgetter(name)(pipeline), reach.get(name, (1.0, 0.0))
            if name not in reach:
                raise KnobError("Pipeline", name, value, f"stays as it is; you may turn {', '.join(reach)}")
            if not low <= value <= high:
                raise KnobError("Pipeline", name, value, f"is out of reach here; use {low:g} to {high:g}")
        return deliver(replace(pipeline, seed=seed))

    return EachSeed(give)


def _turned(record: Delivery) -> str:
    names = turned(record.pipeline, TROUBLE)
    return FEW if len(names) <= 3 else f"{len(names)}: {', '.join(names)}"


def _workers(record: Delivery) -> float:
    return sum(stage.workers for stage in record.pipeline.stages.values())


RISK = Limit("team", "change failure rate", attrgetter("change_failure_rate"), "at most", 0.12, share)
COST = Limit("team", "cost a day", attrgetter("cost"), "at most", 7.0, "{:.1f} h of work".format)
FEW = "at most 3"


def lead_time(limit: float) -> Limit:
    """The lead time may not be longer than that (s)."""
    return Limit("team", "lead time", attrgetter("lead_time"), "at most", limit, lasting)


EXERCISES: Mapping[str, Exercise] = {
    "01-continuous/1": Exercise(
        {"team": delivered(TEAM, {"batch_size": (1.0, 10_000.0)})},
        (RISK, COST, lead_time(5 * HOUR)),
        hints=(
            "One row wants larger releases, two want smaller ones. Find the one that wants larger ones.",
            "The formula says which n keeps 1 - (1 - p) ** n below 12 %; p is team.chance_of_escape.",
            "With 3 commits a release the releases cost too much work; with 8 too many of them hurt.",
        ),
        solution="mine = dl.Pipeline(batch_size=5)",
        kind=Pipeline,
    ),
    "01-continuous/2": Exercise(
        {"team": delivered(SHARED, WORKERS)},
        (
            Limit("team", "workers in all", _workers, "at most", 9, number),
            lead_time(3 * HOUR),
        ),
        hints=(
            "Which stage has more work than its workers can do? There the queue grows without end.",
            "60 commits a day times stage.mean_duration minutes, over the 1,440 minutes of a day: so many "
            "workers are busy all the time. Each stage needs more than that.",
            "The busy workers are 0.2, 0.4, 2.1 and 2.5. Round up first; the last worker goes where the "
            "others are the busiest.",
        ),
        solution="""\
mine = dl.Pipeline(
    rate=60, days=30, build=dl.Stage(duration=5, workers=1), unit=dl.Stage(duration=10, workers=1),
    integration=dl.Stage(duration=40, flakiness=0.2, workers=3), acceptance=dl.Stage(duration=60, workers=4),
)""",
        kind=Pipeline,
    ),
    "01-continuous/3": Exercise(
        {"team": delivered(TROUBLE, REACH)},
        (
            Exactly("team", "knobs turned", _turned, FEW),
            RISK,
            COST,
            lead_time(8 * HOUR),
            Limit("team", "time failing", attrgetter("failing"), "at most", 0.15, share),
        ),
        hints=(
            "Three of the rows have one knob each that moves them most. Try the knobs one by one.",
            "Where do the commits wait: for a worker, for their batch, or for somebody's signature? And "
            "which defects last longest: those that monitoring sees late, or those that it does not see?",
            "Smaller releases lower the failure rate, and nothing else on the list does. A signature takes a "
            "day. What monitoring misses, users report a day later.",
        ),
        solution="""\
mine = dl.Pipeline(
    batch_size=5, integration=dl.Stage(duration=30, workers=1, flakiness=0.4),
    monitor=dl.Monitor(catches=0.95, detection=30),
)""",
        kind=Pipeline,
    ),
}  # fmt: skip
