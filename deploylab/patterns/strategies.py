"""The strategies that come with the lab: a new one adds its name here, and every door is open to it.

The command line, the quizzes and the tests of all strategies go by this list; each strategy is loaded from
the file of its name when it is asked for.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

NAMES = ("Recreate", "Rolling", "BlueGreen", "Canary", "Flagger", "Shadow")


def strategy(name: str) -> Any:
    """The class of the strategy of this name.

    >>> strategy("BlueGreen").__module__
    'deploylab.patterns.blue_green'
    """
    return getattr(import_module(f".{hyphened(name).replace('-', '_')}", __package__), name)


def hyphened(name: str) -> str:
    """The name as it is written on the command line.

    >>> hyphened("BlueGreen")
    'blue-green'
    """
    return re.sub("(?<=[a-z])(?=[A-Z])", "-", name).lower()
