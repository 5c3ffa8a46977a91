"""Measure how often a judge is wrong, and how soon it is right."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...model.chance import stream
from ...model.errors import KnobError
from ...model.knob import turned
from ...model.operating import OperatingCharacteristic, Trial
from .fixed_sample import binomial_chances
from .judges import RateJudge


def operating_characteristic(judge: RateJudge, trial: Trial | None = None) -> OperatingCharacteristic:
    """Let a judge look again and again at versions whose true error rate is known, in thousands of runs.

    All judges meet the same requests, and in a run with a higher rate the same ones fail, and more.
    Source: the operating characteristic of a test, A. Wald, Sequential Analysis, 1947.

    >>> from deploylab.patterns.analysis.judges import FixedSample, Sequential
    >>> for judge in (FixedSample(alpha=0.05), Sequential(alpha=0.05)):
    ...     print(operating_characteristic(judge).headline)
    FixedSample: 20.9 % false alarms in 60 looks, 4.1 % in a single one
    Sequential: 1.3 % false alarms in 60 looks, 0.1 % in a single one
    """
    if isinstance(judge, type) or not hasattr(judge, "too_many"):
        problem = "judges no error rate; use Threshold(), FixedSample() or Sequential(), with brackets"
        raise KnobError("operating_characteristic", "judge", judge, problem)
    trial = Trial() if trial is None else trial
    asked = np.full(trial.looks, trial.requests)
    if judge.cumulative:
        asked = asked.cumsum()
    too_many = np.array([judge.too_many(int(n), trial.limit) for n in asked])
    luck = stream(trial.seed).random((trial.runs, trial.looks))
    every, once = [], []
    for rate in trial.rates:
        errors = _errors(luck, trial.requests, rate)
        failed = (errors.cumsum(axis=1) if judge.cumulative else errors) >= too_many
        alarmed = failed.cumsum(axis=1) > trial.failure_limit
        every.append(_shares(alarmed))
        once.append(_shares(failed))
    alpha = getattr(judge, "alpha", None)
    return OperatingCharacteristic(_name(judge), trial, alpha, tuple(every), tuple(once))


def _errors(luck: NDArray[np.float64], requests: int, rate: float) -> NDArray[np.int64]:
    """The errors among the requests of each look: the same luck means more of them at a higher rate."""
    up_to = binomial_chances(requests, rate).cumsum()
    return np.minimum(up_to.searchsorted(luck, "right"), requests)


def _shares(said: NDArray[np.bool_]) -> tuple[float, ...]:
    return tuple((said.sum(axis=0) / len(said)).tolist())


def _name(judge: Any) -> str:
    """The judge as one would write it, without what is at its default."""
    knobs = turned(judge)
    return type(judge).__name__ + (f"({', '.join(knobs)})" if knobs else "")
