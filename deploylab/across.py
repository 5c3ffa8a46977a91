"""The two verbs that join several rooms; each loads them when it is called, for few need both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .model.flag import Flag
    from .model.flag_rollout import FlagRollout
    from .model.rollout import Strategy
    from .model.scenario import Scenario
    from .quiz.notebook import QuizWidget


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
      time to take it back              3.5 s
      users hurt                        2
      users hurt by the other way back  174
      ...
    """
    from .engine import toggles
    from .model.scenario import Scenario
    from .patterns.rolling import Rolling

    return toggles.toggle(flag, scenario or Scenario(), redeploy or Rolling())
