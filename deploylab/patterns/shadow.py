"""Shadow: the new version works on copies of the traffic, and nobody sees its answers."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import ClassVar

from ..model.errors import KnobError
from ..model.knob import check_knobs, known_fields
from ..model.knob_shapes import percent_knob, progress_deadline, time_knob
from ..model.order import Action
from ..model.rollout import Observation, Outcome, Rollout, Step, Strategy, Verdict
from ..model.scenario import Scenario
from ..model.version import Version
from .analysis import Analysis, check_analysis
from .analysis.measuring import AnalysisRun
from .heed import told_in_vain
from .said import newest, said


@known_fields
@dataclass(frozen=True)
class Shadow:
    """Send copies of the requests to the new version, throw its answers away, and judge it by them.

    The users are served by the stable version alone, so a bad candidate hurts nobody. The copies are real
    work, though: they cost instances, and what a version writes is written twice. Nothing is learned of what
    people do with the answers.

    The instances of the shadow were never meant to serve, and are stopped. If they were good, `then`, any
    other strategy, promotes the version; without it that is the end: the outcome is ROLLED_BACK, as planned,
    because the stable version is alone again, and the last note says what was found. A
    shadow that was bad, or that saw too little, is rolled back. A person may abort it; another release takes
    its place in the shadow.

    Source: Flagger and Istio, traffic mirroring; "dark launch".

    >>> from deploylab import Canary
    >>> Shadow(share=10, then=Canary()).share
    10
    """

    heeds: ClassVar[tuple[Action, ...]] = ("abort", "undo")

    share: float = percent_knob(100.0, "requests that are copied", (5, 100, 5), above=0)
    hold: float = time_knob(60.0, "how long the copies are watched", (10, 300, 5), above=0)
    progress_deadline: float = progress_deadline()
    analysis: Analysis = Analysis()
    then: Strategy | None = None

    def __post_init__(self) -> None:
        check_knobs(self)
        check_analysis(self, "analysis")
        if self.then is not None and (not callable(self.then) or isinstance(self.then, type)):
            problem = "is no strategy; use for example Rolling(), or None"
            raise KnobError("Shadow", "then", self.then, problem)

    def __call__(self, scenario: Scenario) -> Rollout:
        (old, latest), n, new = scenario.versions, scenario.replicas, ""
        while new != latest:
            new = latest
            analysis, seen = yield from told_in_vain(self._watch(old, new, n), self.heeds)
            if newest(seen) == new:
                found = _found(analysis, seen)
                seen = yield Step({old: n}, {old: 100}, note=f"end the shadow: {found}", found=found)
            latest = newest(seen)
        good = analysis.verdict is Verdict.SUCCESSFUL
        if good and self.then is not None and not seen.deadline_exceeded:
            return (yield from self.then(replace(scenario, candidate=Version(new))))
        return seen.ends(Outcome.ROLLED_BACK)

    def _watch(
        self, old: str, new: str, n: int
    ) -> Generator[Step, Observation, tuple[AnalysisRun, Observation]]:
        """Prepare the shadow and copy to it; no verdict when a person or another release ended it."""
        prepare = Step(
            {old: n, new: n}, {old: 100}, progress_deadline=self.progress_deadline,
            note=f"prepare {new} in the shadow of {old}",
        )  # fmt: skip
        analysis, seen = self.analysis.begin(new, old), (yield prepare)
        end, note = seen.end + self.hold, f"copy {self.share:g} % of the requests to {new}"
        copy = replace(prepare, mirror=self.share, heeds=True, note=note)
        while analysis.verdict is None and not _stops(seen, new):
            seen = yield from analysis.watch(replace(copy, hold=max(0, end - seen.end)))
        return analysis, seen


def _found(analysis: AnalysisRun, seen: Observation) -> str:
    """What is known of the version when its shadow ends."""
    new, verdict = analysis.version, analysis.verdict
    if verdict is Verdict.SUCCESSFUL:
        return f"{new} is good"
    if verdict is Verdict.FAILED:
        return f"{new} is not good, {analysis.reason}"
    if seen.deadline_exceeded:
        return f"{new} did not get ready"
    return f"a person stopped it, {new} is not judged" if verdict is None else f"too little was seen of {new}"


def _stops(seen: Observation, new: str) -> bool:
    return seen.deadline_exceeded or newest(seen) != new or said(seen, *Shadow.heeds) != ""
