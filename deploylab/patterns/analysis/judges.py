"""Judges: what the measurements so far say, metric by metric.

A judge is called with the analysis, all that was seen (the last observation is the newest), the version and
its baseline. Those of an error rate also say with `too_many` from how many errors on they call it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from ...model.knob import knob, known_fields
from ...model.knob_shapes import count_knob, share_knob
from ...model.rollout import Observation
from . import fixed_sample, sequential
from .analysis_run import Phase
from .kayenta import Label, MannWhitneyClassifier
from .mann_whitney import Sample

if TYPE_CHECKING:
    from .analysis import Analysis

Phases = Mapping[str, Phase]
Judge = Callable[["Analysis", Sequence[Observation], str, "str | None"], Phases]


class RateJudge(Protocol):
    """A judge of error rates: of all requests since the analysis began, or of the last measurement's."""

    @property
    def cumulative(self) -> bool:
        """Whether it remembers."""

    def too_many(self, requests: int, limit: float) -> int:
        """The smallest number of errors that it calls failed."""


@dataclass(frozen=True)
class Threshold:
    """Compare every metric of the last measurement with its limit, and remember nothing.

    Source: Argo Rollouts, the conditions of an AnalysisTemplate.
    """

    cumulative: ClassVar[bool] = False

    def __call__(
        self, analysis: Analysis, seen: Sequence[Observation], version: str, _: str | None
    ) -> Phases:
        return analysis.against_limits(seen[-1], version)

    def too_many(self, requests: int, limit: float) -> int:
        """The smallest number of errors whose rate is above the limit; it may be more than all.

        >>> Threshold().too_many(100, limit=0.29)
        30
        """
        errors = round(limit * requests)
        return errors + 1 if errors / max(1, requests) <= limit else errors


def _alpha() -> Any:
    return share_knob(0.05, "chance of a false alarm", (0.01, 0.2, 0.01), most=0.5, above=0)


def _since_the_beginning(
    judge: RateJudge, analysis: Analysis, seen: Sequence[Observation], version: str, _: str | None
) -> Phases:
    """Every metric against its limit, but the error rate by the test of all requests so far."""
    requests = sum(one.requests.get(version, 0) for one in seen)
    errors = sum(one.errors.get(version, 0) for one in seen)
    failed = errors >= judge.too_many(requests, analysis.max_error_rate)
    phase = Phase.FAILED if failed else Phase.SUCCESSFUL
    enough = requests >= analysis.min_requests
    return {
        **analysis.against_limits(seen[-1], version),
        "error rate": phase if enough else Phase.INCONCLUSIVE,
    }


@known_fields
@dataclass(frozen=True)
class FixedSample:
    """Test whether the error rate since the analysis began is above its limit; right only for a single look.

    With an interval it is looked at again and again, and each look is another chance of a false alarm.
    Source: the exact binomial test, one-sided.
    """

    alpha: float = _alpha()
    cumulative: ClassVar[bool] = True

    __call__ = _since_the_beginning

    def too_many(self, requests: int, limit: float) -> int:
        """The smallest number of errors that the test rejects; more than all where it never would."""
        return fixed_sample.too_many_errors(requests, limit, self.alpha)


@known_fields
@dataclass(frozen=True)
class Sequential:
    """Test whether the error rate since the analysis began is above its limit; look as often as you like.

    Source: patterns/analysis/sequential.py, and the papers that it names.
    """

    alpha: float = _alpha()
    cumulative: ClassVar[bool] = True

    __call__ = _since_the_beginning

    def too_many(self, requests: int, limit: float) -> int:
        """The smallest number of errors that is evidence enough; more than all where none would be."""
        return sequential.too_many_errors(requests, limit, self.alpha)


@known_fields
@dataclass(frozen=True)
class MannWhitney:
    """Compare the latencies of the last measurement with those of the baseline at the same time.

    The baseline is the other version, unless the analysis names one; it needs requests, too.
    Source: Spinnaker, Kayenta's NetflixACAJudge, which compares the values of a metric over time.
    """

    tolerance: float = share_knob(
        0.25, "share of the shift by which its confidence interval must keep away from 0", (0, 1, 0.05)
    )
    confidence: float = share_knob(
        0.98, "confidence of the interval", (0.8, 0.99, 0.01), most=0.9999, above=0
    )
    allowed_increase: float = knob(
        1.0, "times the mean latency of the baseline that is too much", minimum=1, maximum=100,
        slider=(1, 3, 0.05),
    )  # fmt: skip
    sample: int = count_knob(
        500,
        "latencies compared of each version, spread evenly over all of them",
        (10, 100_000),
        (100, 2000, 100),
    )

    def __call__(
        self, analysis: Analysis, seen: Sequence[Observation], version: str, baseline: str | None
    ) -> Phases:
        last = seen[-1]
        others = [name for name, asked in last.requests.items() if asked and name != version]
        base = baseline or (others[0] if others else version)
        phase = Phase.INCONCLUSIVE
        if base not in others:
            phase = Phase.ERROR
        elif min(last.requests[version], last.requests[base]) >= analysis.min_requests:
            phase = self._compare(self._sample(last, base), self._sample(last, version))
        return {**analysis.against_limits(last, version), "latency": phase}

    def _compare(self, control: Sample, experiment: Sample) -> Phase:
        classifier = MannWhitneyClassifier(
            tolerance=self.tolerance, conf_level=self.confidence, direction="Increase",
            effect_size_thresholds=(1.0, self.allowed_increase),
        )  # fmt: skip
        label = classifier.classify(control, experiment).label
        return {Label.HIGH: Phase.FAILED, Label.NODATA: Phase.ERROR}.get(label, Phase.SUCCESSFUL)

    def _sample(self, seen: Observation, version: str) -> Sample:
        """Milliseconds, of which the test tells those apart that differ by a ten-thousandth."""
        latencies = seen.latencies[version]
        places = np.linspace(0, len(latencies) - 1, min(len(latencies), self.sample)).astype(np.int64)
        return latencies[places] / 1e6
