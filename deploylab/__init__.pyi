"""Every public name and its home: one list for Python and for type checkers (see later.py)."""

from .engine.delivery import deliver as deliver
from .engine.rollout import roll_out as roll_out
from .engine.simulated import SimulatedFleet as SimulatedFleet
from .engine.storyboard import Storyboard as Storyboard
from .engine.storyboard import storyboard as storyboard
from .engine.sweep import sweep as sweep
from .exercises import check as check
from .exercises import hint as hint
from .exercises import solution as solution
from .exercises.capstone import incident as incident
from .model.delivery import Delivery as Delivery
from .model.errors import DeploylabError as DeploylabError
from .model.evolution import Evolution as Evolution
from .model.fault import (
    CrashOnStart as CrashOnStart,
)
from .model.fault import (
    IncompatibleData as IncompatibleData,
)
from .model.fault import (
    Leak as Leak,
)
from .model.fault import (
    Overload as Overload,
)
from .model.flag import Flag as Flag
from .model.flag import FlagChange as FlagChange
from .model.flag import FlagRollout as FlagRollout
from .model.image import Image as Image
from .model.image import Layer as Layer
from .model.operating import OperatingCharacteristic as OperatingCharacteristic
from .model.operating import Trial as Trial
from .model.order import Order as Order
from .model.order import Release as Release
from .model.pipeline import Deploy as Deploy
from .model.pipeline import Monitor as Monitor
from .model.pipeline import Pipeline as Pipeline
from .model.pipeline import Stage as Stage
from .model.record import AccessLog as AccessLog
from .model.record import Event as Event
from .model.record import Instance as Instance
from .model.record import Status as Status
from .model.rollout import (
    Counts as Counts,
)
from .model.rollout import (
    Observation as Observation,
)
from .model.rollout import (
    Outcome as Outcome,
)
from .model.rollout import (
    Step as Step,
)
from .model.rollout import (
    Verdict as Verdict,
)
from .model.run import Run as Run
from .model.scenario import SLO as SLO
from .model.scenario import Platform as Platform
from .model.scenario import Scenario as Scenario
from .model.scenario import Traffic as Traffic
from .model.server_fleet import ServerFleet as ServerFleet
from .model.table import Table as Table
from .model.version import Version as Version
from .patterns.ab_test import ab_test as ab_test
from .patterns.ab_test import sample_size as sample_size
from .patterns.analysis import Analysis as Analysis
from .patterns.analysis.judges import (
    FixedSample as FixedSample,
)
from .patterns.analysis.judges import (
    MannWhitney as MannWhitney,
)
from .patterns.analysis.judges import (
    Sequential as Sequential,
)
from .patterns.analysis.judges import (
    Threshold as Threshold,
)
from .patterns.analysis.operating import operating_characteristic as operating_characteristic
from .patterns.argo.canary_steps import (
    AnalysisStep as AnalysisStep,
)
from .patterns.argo.canary_steps import (
    Pause as Pause,
)
from .patterns.argo.canary_steps import (
    SetCanaryScale as SetCanaryScale,
)
from .patterns.argo.canary_steps import (
    SetWeight as SetWeight,
)
from .patterns.blue_green import BlueGreen as BlueGreen
from .patterns.canary import Canary as Canary
from .patterns.feature_toggles import (
    Toggles as Toggles,
)
from .patterns.feature_toggles import (
    combinations as combinations,
)
from .patterns.feature_toggles import (
    fractional_flag as fractional_flag,
)
from .patterns.feature_toggles import (
    stale_toggles as stale_toggles,
)
from .patterns.flagger import Flagger as Flagger
from .patterns.immutable_infrastructure import evolve as evolve
from .patterns.infrastructure.apply import apply as apply
from .patterns.infrastructure.plan import plan as plan
from .patterns.infrastructure.template import template as template
from .patterns.infrastructure.terraform import terraform_plan as terraform_plan
from .patterns.recreate import Recreate as Recreate
from .patterns.rolling import Rolling as Rolling
from .patterns.shadow import Shadow as Shadow
from .verbs import quiz as quiz
from .verbs import toggle as toggle
from .views.comparison import compare as compare
from .views.describe import describe as describe
from .views.heatmap import heatmap as heatmap
from .views.timeline import timeline as timeline
from .widgets.player import animate as animate
from .widgets.playground import playground as playground
from .widgets.prediction import predict as predict
