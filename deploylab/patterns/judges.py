"""Judges: what a measurement says, metric by metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.rollout import Observation
from .analysis_run import Phase

if TYPE_CHECKING:
    from .analysis import Analysis


@dataclass(frozen=True)
class Threshold:
    """Compare every metric of the last measurement with its limit, and remember nothing.

    Source: Argo Rollouts, the conditions of an AnalysisTemplate.
    """

    def __call__(
        self, analysis: Analysis, seen: Sequence[Observation], version: str, _: str | None
    ) -> Mapping[str, Phase]:
        return analysis.against_limits(seen[-1], version)
