"""The shapes of knobs that come again and again: a time, a share, a percentage, a number, a seed.

Each takes its default, what it means, its bounds where these are not the usual ones, and its slider.
"""

from __future__ import annotations

from typing import Any

from .knob import knob

DAY = 86_400  # s
Slider = tuple[float, float, float] | None  # from, to, step


def time_knob(default: float, meaning: str, slider: Slider = None, most: float = DAY, **facts: Any) -> Any:
    """Seconds, from 0 on unless it says `above` or `minimum`."""
    return knob(default, meaning, slider=slider, **{"unit": "s", "maximum": most, **_from_zero(facts)})


def minutes_knob(default: float, meaning: str, slider: Slider) -> Any:
    """Minutes, up to a week."""
    return time_knob(default, meaning, slider, 10_080, unit="min")


def hours_knob(default: float, meaning: str, slider: Slider, most: float = 2_000) -> Any:
    """Hours, of people's work or of waiting for them."""
    return time_knob(default, meaning, slider, most, unit="h")


def share_knob(default: float, meaning: str, slider: Slider, most: float = 1, **facts: Any) -> Any:
    """A share or a chance, from 0 to 1."""
    return knob(default, meaning, slider=slider, maximum=most, **_from_zero(facts))


def percent_knob(default: float, meaning: str, slider: Slider = None, **facts: Any) -> Any:
    """A percentage, from 0 to 100."""
    return knob(default, meaning, slider=slider, unit="%", maximum=100, **_from_zero(facts))


def weights_knob(
    default: tuple[float, ...], meaning: str, row: tuple[float, ...] = (), rising: bool = True, **facts: Any
) -> Any:
    """A row of percentages, one a step; `row` is an example, where the default is none."""
    given = {"unit": "%", "maximum": 100, **_from_zero(facts)}
    return knob(default, meaning, row=row or default, rising=rising, **given)


def count_knob(
    default: int | str | None, meaning: str, within: tuple[int, int], slider: Slider = None, **facts: Any
) -> Any:
    """A whole number of things `within` these bounds."""
    least, most = within
    return knob(default, meaning, minimum=least, maximum=most, slider=slider, whole=True, **facts)


def instances_knob(
    default: int | str | None, meaning: str, slider: Slider = None, least: int = 0, **facts: Any
) -> Any:
    """A number of instances."""
    return count_knob(default, meaning, (least, 10_000), slider, unit="instances", **facts)


def seed_knob() -> Any:
    """What fixes all chance."""
    return count_knob(7, "the seed of all chance", (0, 2**63 - 1), (0, 100, 1))


def progress_deadline() -> Any:
    """As long as in Kubernetes; what follows then is the strategy's to say."""
    return time_knob(600.0, "how long it may make no progress", (10, 900, 10), above=0)


def _from_zero(facts: dict[str, Any]) -> dict[str, Any]:
    return facts if facts.keys() & {"above", "minimum"} else {"minimum": 0, **facts}
