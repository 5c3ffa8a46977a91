"""A lab in which people learn how software reaches its users without hurting them.

>>> import deploylab as dl
>>> run = dl.roll_out(dl.Rolling(batch_size=2), dl.Scenario(candidate=dl.Version("v2", error_rate=0.1)))
>>> run.outcome.value
'rolled back'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .later import load_later

if TYPE_CHECKING:
    from pathlib import Path

    from .engine.delivery import deliver
    from .engine.rollout import roll_out
    from .engine.simulated import SimulatedFleet
    from .engine.storyboard import Storyboard, storyboard
    from .engine.sweep import sweep
    from .exercises import check, hint, solution
    from .exercises.capstone import incident
    from .model.delivery import Delivery
    from .model.errors import DeploylabError
    from .model.evolution import Evolution
    from .model.fault import CrashOnStart, IncompatibleData, Leak, Overload
    from .model.flag import Flag, FlagChange
    from .model.flag_rollout import FlagRollout
    from .model.image import Image, Layer
    from .model.operating import OperatingCharacteristic, Trial
    from .model.order import Order, Release
    from .model.pipeline import Deploy, Monitor, Pipeline, Stage
    from .model.record import AccessLog, Event, Instance, Status
    from .model.rollout import Counts, Observation, Outcome, Step, Strategy, Verdict
    from .model.run import Run
    from .model.scenario import SLO, Platform, Scenario, Traffic
    from .model.server_fleet import ServerFleet
    from .model.table import Table
    from .model.version import Version
    from .patterns.ab_test import ab_test, sample_size
    from .patterns.analysis import Analysis
    from .patterns.analysis.judges import FixedSample, MannWhitney, Sequential, Threshold
    from .patterns.analysis.operating import operating_characteristic
    from .patterns.argo.canary_steps import AnalysisStep, Pause, SetCanaryScale, SetWeight
    from .patterns.blue_green import BlueGreen
    from .patterns.canary import Canary
    from .patterns.flagger import Flagger
    from .patterns.immutable_infrastructure import evolve
    from .patterns.infrastructure.apply import apply
    from .patterns.infrastructure.plan import plan
    from .patterns.infrastructure.template import template
    from .patterns.infrastructure.terraform import terraform_plan
    from .patterns.recreate import Recreate
    from .patterns.rolling import Rolling
    from .patterns.shadow import Shadow
    from .patterns.toggles.flags import combinations, fractional_flag, stale_toggles
    from .patterns.toggles.provider import Toggles
    from .quiz.notebook import QuizWidget
    from .views.comparison import compare
    from .views.describe import describe
    from .views.heatmap import heatmap
    from .views.timeline import timeline
    from .widgets.player import animate
    from .widgets.playground import playground
    from .widgets.prediction import predict

__all__ = [
    "SLO",
    "AccessLog",
    "Analysis",
    "AnalysisStep",
    "BlueGreen",
    "Canary",
    "Counts",
    "CrashOnStart",
    "Delivery",
    "Deploy",
    "DeploylabError",
    "Event",
    "Evolution",
    "FixedSample",
    "Flag",
    "FlagChange",
    "FlagRollout",
    "Flagger",
    "Image",
    "IncompatibleData",
    "Instance",
    "Layer",
    "Leak",
    "MannWhitney",
    "Monitor",
    "Observation",
    "OperatingCharacteristic",
    "Order",
    "Outcome",
    "Overload",
    "Pause",
    "Pipeline",
    "Platform",
    "Recreate",
    "Release",
    "Rolling",
    "Run",
    "Scenario",
    "Sequential",
    "ServerFleet",
    "SetCanaryScale",
    "SetWeight",
    "Shadow",
    "SimulatedFleet",
    "Stage",
    "Status",
    "Step",
    "Storyboard",
    "Table",
    "Threshold",
    "Toggles",
    "Traffic",
    "Trial",
    "Verdict",
    "Version",
    "ab_test",
    "animate",
    "apply",
    "check",
    "combinations",
    "compare",
    "deliver",
    "describe",
    "evolve",
    "fractional_flag",
    "heatmap",
    "hint",
    "incident",
    "operating_characteristic",
    "plan",
    "playground",
    "predict",
    "quiz",
    "roll_out",
    "sample_size",
    "solution",
    "stale_toggles",
    "storyboard",
    "sweep",
    "template",
    "terraform_plan",
    "timeline",
    "toggle",
]


def quiz(name: str | Path, student: str | None = None) -> QuizWidget:
    """A quiz to answer in the notebook, by the name of its chapter or by the path of a YAML file or bundle.

    Answers are kept as they are given, and taken up again after the kernel was restarted. `student` is the
    user of this machine unless it is given.

    >>> quiz("rolling-deployment")
    Quiz 'rolling-deployment': 13 questions, 19 points
    """
    from .content import quiz_path
    from .quiz import QuizWidget, kept_attempt, load_any

    found = load_any(quiz_path(name))
    return QuizWidget(found, kept_attempt(found, student))


def toggle(flag: Flag, scenario: Scenario | None = None, redeploy: Strategy | None = None) -> FlagRollout:
    """Release the candidate's feature behind a flag, over the very same requests as `roll_out` would meet.

    After an alarm the feature is taken back by a kill switch, or by `redeploy` of the stable build, which is
    `Rolling()` if you name none; the record holds the same incident taken back in the other way too.

    >>> import deploylab as dl
    >>> dl.toggle(dl.Flag(), dl.Scenario(candidate=dl.Version("v2", error_rate=0.05))).summary
    Kill switch: feature taken back in 3.5 s
      time to take it back     3.5 s
      users hurt               2
      hurt, the other way      174
      ...
    """
    from . import Rolling, Scenario
    from .engine.toggles import toggle

    return toggle(flag, scenario or Scenario(), redeploy or Rolling())


load_later(
    __name__,
    {
        ".engine.delivery": "deliver",
        ".engine.rollout": "roll_out",
        ".engine.simulated": "SimulatedFleet",
        ".engine.storyboard": "Storyboard storyboard",
        ".engine.sweep": "sweep",
        ".exercises": "check hint solution",
        ".exercises.capstone": "incident",
        ".model.delivery": "Delivery",
        ".model.errors": "DeploylabError",
        ".model.evolution": "Evolution",
        ".model.fault": "CrashOnStart IncompatibleData Leak Overload",
        ".model.flag": "Flag FlagChange",
        ".model.flag_rollout": "FlagRollout",
        ".model.image": "Image Layer",
        ".model.operating": "OperatingCharacteristic Trial",
        ".model.order": "Order Release",
        ".model.pipeline": "Deploy Monitor Pipeline Stage",
        ".model.record": "AccessLog Event Instance Status",
        ".model.rollout": "Counts Observation Outcome Step Strategy Verdict",
        ".model.run": "Run",
        ".model.scenario": "SLO Platform Scenario Traffic",
        ".model.server_fleet": "ServerFleet",
        ".model.table": "Table",
        ".model.version": "Version",
        ".patterns.ab_test": "ab_test sample_size",
        ".patterns.analysis": "Analysis",
        ".patterns.analysis.judges": "FixedSample MannWhitney Sequential Threshold",
        ".patterns.analysis.operating": "operating_characteristic",
        ".patterns.argo.canary_steps": "AnalysisStep Pause SetCanaryScale SetWeight",
        ".patterns.blue_green": "BlueGreen",
        ".patterns.canary": "Canary",
        ".patterns.flagger": "Flagger",
        ".patterns.immutable_infrastructure": "evolve",
        ".patterns.infrastructure.apply": "apply",
        ".patterns.infrastructure.plan": "plan",
        ".patterns.infrastructure.template": "template",
        ".patterns.infrastructure.terraform": "terraform_plan",
        ".patterns.recreate": "Recreate",
        ".patterns.rolling": "Rolling",
        ".patterns.shadow": "Shadow",
        ".patterns.toggles.flags": "combinations fractional_flag stale_toggles",
        ".patterns.toggles.provider": "Toggles",
        ".views.comparison": "compare",
        ".views.describe": "describe",
        ".views.heatmap": "heatmap",
        ".views.timeline": "timeline",
        ".widgets.player": "animate",
        ".widgets.playground": "playground",
        ".widgets.prediction": "predict",
    },
)
