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
from .engine.rollout import roll_out
from .engine.simulated import SimulatedFleet
from .engine.storyboard import Storyboard, storyboard
from .model.errors import DeploylabError
from .model.fault import CrashOnStart, IncompatibleData, Leak, Overload
from .model.operating import OperatingCharacteristic, Trial
from .model.order import Order, Release
from .model.record import AccessLog, Event, Instance, Status
from .model.rollout import Counts, Observation, Outcome, Step, Verdict
from .model.run import Run
from .model.scenario import SLO, Platform, Scenario, Traffic
from .model.table import Table
from .model.version import Version
from .patterns.analysis import Analysis
from .patterns.blue_green import BlueGreen
from .patterns.canary import Canary
from .patterns.judges import FixedSample, MannWhitney, Sequential, Threshold
from .patterns.operating import operating_characteristic
from .patterns.recreate import Recreate
from .patterns.rolling import Rolling
from .views.comparison import compare
from .views.describe import describe

if TYPE_CHECKING:
    from .engine.sweep import sweep
    from .exercises import check, hint, solution
    from .quiz.notebook import QuizWidget
    from .widgets.player import animate
    from .widgets.playground import playground

# Loaded at their first use, because they bring widgets or a progress bar along.
_LATER = {
    "animate": ".widgets.player",
    "check": ".exercises",
    "hint": ".exercises",
    "playground": ".widgets.playground",
    "solution": ".exercises",
    "sweep": ".engine.sweep",
}

__all__ = [
    "SLO",
    "AccessLog",
    "Analysis",
    "BlueGreen",
    "Canary",
    "Counts",
    "CrashOnStart",
    "DeploylabError",
    "Event",
    "FixedSample",
    "IncompatibleData",
    "Instance",
    "Leak",
    "MannWhitney",
    "Observation",
    "OperatingCharacteristic",
    "Order",
    "Outcome",
    "Overload",
    "Platform",
    "Recreate",
    "Release",
    "Rolling",
    "Run",
    "Scenario",
    "Sequential",
    "SimulatedFleet",
    "Status",
    "Step",
    "Storyboard",
    "Table",
    "Threshold",
    "Traffic",
    "Trial",
    "Verdict",
    "Version",
    "animate",
    "check",
    "compare",
    "describe",
    "hint",
    "operating_characteristic",
    "playground",
    "quiz",
    "roll_out",
    "solution",
    "storyboard",
    "sweep",
]


def quiz(name: str | Path, student: str | None = None) -> QuizWidget:
    """A quiz to answer in the notebook, by the name of its chapter or by the path of a YAML file or bundle.

    Answers are kept as they are given, and taken up again after the kernel was restarted. `student` is the
    user of this machine unless it is given.

    >>> quiz("rolling-deployment")
    Quiz 'rolling-deployment': 10 questions, 12 points
    """
    from .quiz import QuizWidget, kept_attempt, load_any

    found = load_any(quiz_path(name))
    return QuizWidget(found, kept_attempt(found, student))


def __getattr__(name: str) -> Any:
    if name in _LATER:
        value = getattr(import_module(_LATER[name], __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
