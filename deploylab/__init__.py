"""A lab in which people learn how software reaches its users without hurting them.

>>> import deploylab as dl
>>> run = dl.roll_out(dl.Rolling(batch_size=2), dl.Scenario(candidate=dl.Version("v2", error_rate=0.1)))
>>> run.outcome.value
'rolled back'
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import quiz as _quiz_room  # noqa: F401  first, or it would later hide the function of that name
from .content import quiz_path
from .engine.delivery import deliver
from .engine.rollout import roll_out
from .engine.simulated import SimulatedFleet
from .engine.storyboard import Storyboard, storyboard
from .model.delivery import Delivery
from .model.errors import DeploylabError
from .model.evolution import Evolution
from .model.fault import CrashOnStart, IncompatibleData, Leak, Overload
from .model.flag import Flag, FlagChange, FlagRollout
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
from .patterns.recreate import Recreate
from .patterns.rolling import Rolling
from .patterns.shadow import Shadow
from .views.comparison import compare
from .views.describe import describe

if TYPE_CHECKING:
    from .engine.sweep import sweep
    from .exercises import check, hint, solution
    from .exercises.capstone import incident
    from .patterns.feature_toggles import Toggles, combinations, fractional_flag, stale_toggles
    from .patterns.infrastructure.apply import apply
    from .patterns.infrastructure.plan import plan
    from .patterns.infrastructure.template import template
    from .patterns.infrastructure.terraform import terraform_plan
    from .quiz.notebook import QuizWidget
    from .views.heatmap import heatmap
    from .views.timeline import timeline
    from .widgets.player import animate
    from .widgets.playground import playground
    from .widgets.prediction import predict

# Loaded at their first use, because they bring widgets or a progress bar along.
_LATER = {
    "Toggles": ".patterns.feature_toggles",
    "animate": ".widgets.player",
    "apply": ".patterns.infrastructure.apply",
    "check": ".exercises",
    "combinations": ".patterns.feature_toggles",
    "fractional_flag": ".patterns.feature_toggles",
    "heatmap": ".views.heatmap",
    "hint": ".exercises",
    "incident": ".exercises.capstone",
    "plan": ".patterns.infrastructure.plan",
    "playground": ".widgets.playground",
    "predict": ".widgets.prediction",
    "solution": ".exercises",
    "stale_toggles": ".patterns.feature_toggles",
    "sweep": ".engine.sweep",
    "template": ".patterns.infrastructure.template",
    "terraform_plan": ".patterns.infrastructure.terraform",
    "timeline": ".views.timeline",
}

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
    from .quiz import QuizWidget, kept_attempt, load_any

    found = load_any(quiz_path(name))
    return QuizWidget(found, kept_attempt(found, student))


def toggle(flag: Flag, scenario: Scenario | None = None, redeploy: Strategy | None = None) -> FlagRollout:
    """Release the candidate's feature behind a flag, over the very same requests as `roll_out` would meet.

    After an alarm the feature is taken back by a kill switch, or by `redeploy` of the stable build, which is
    `Rolling()` if you name none; the record holds the same incident taken back in the other way too.

    >>> toggle(Flag(), Scenario(candidate=Version("v2", error_rate=0.05))).summary
    Kill switch: feature taken back in 3.5 s
      time to take it back     3.5 s
      users hurt               2
      hurt, the other way      174
      ...
    """
    from .engine.toggles import toggle

    return toggle(flag, scenario or Scenario(), redeploy or Rolling())


def __getattr__(name: str) -> Any:
    if name in _LATER:
        value = getattr(import_module(_LATER[name], __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
