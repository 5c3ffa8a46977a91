"""Flags by their percentage, those that decide nothing any more, and how many programs they make of one."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import Any

from ...model.errors import FlagFileError, KnobError, short
from ...model.knob import is_number
from .flag_file import MOST_WEIGHT, Definitions


def fractional_flag(weight: float) -> dict[str, Any]:
    """The definition of a boolean flag that is on for this percentage of the users, by their targeting keys.

    >>> fractional_flag(12.5)["targeting"]
    {'fractional': [['on', 1], ['off', 7]]}
    """
    if not is_number(weight) or not 0 <= weight <= 100:
        raise KnobError("fractional_flag", "weight", weight, "is not a percentage; use 0 to 100")
    share = Fraction(str(weight)) / 100
    if share.denominator > MOST_WEIGHT:
        problem = (
            f"has too many decimals for flagd, whose weights are whole and sum to {MOST_WEIGHT:,} at most"
        )
        raise KnobError("fractional_flag", "weight", weight, f"{problem}; for example {weight:.3f}")
    weights = [["on", share.numerator], ["off", share.denominator - share.numerator]]
    return {
        "state": "ENABLED",
        "variants": {"on": True, "off": False},
        "defaultVariant": "off",
        "targeting": {"fractional": weights},
    }


def stale_toggles(definitions: Definitions, today: str | None = None) -> dict[str, str]:
    """The flags that decide nothing any more, or are past the `expires` of their metadata, and why.

    A flag whose metadata says `permanent` (a switch for operations, say) is never stale; `today` is a date
    like 2026-05-31, and without one no flag is past its own. A flag that cannot be understood is left out.
    Raises `FlagFileError`.

    >>> stale_toggles({"old": fractional_flag(100), "new": fractional_flag(10)})
    {'old': 'everyone gets on'}
    """
    found = {}
    for key, flag in _flags(definitions).items():
        about = flag.get("metadata")
        about = about if isinstance(about, dict) else {}
        if about.get("permanent"):
            continue
        if only := _only_outcome(flag):
            found[key] = f"everyone gets {only}"
        elif today and "expires" in about and str(about["expires"]) < str(today):
            found[key] = f"expired on {about['expires']}"
    return found


def _only_outcome(flag: Definitions) -> str:
    if flag.get("state") == "DISABLED":
        return "the default of the code"
    targeting = flag.get("targeting")
    if not targeting:
        return str(flag.get("defaultVariant") or "the default of the code")
    rule = targeting.get("fractional") if isinstance(targeting, dict) else None
    shares = [share for share in rule if isinstance(share, list) and share] if isinstance(rule, list) else []
    if not all(len(share) == 1 or is_number(share[1]) for share in shares):
        return ""
    reached = {str(share[0]) for share in shares if len(share) == 1 or share[1] > 0}
    return reached.pop() if len(reached) == 1 else ""


def combinations(definitions: Definitions) -> int:
    """How many programs these flags make of one: the product of their variants, 2 to the n for n switches.

    >>> combinations({f"flag-{n}": fractional_flag(50) for n in range(10)})
    1024
    """
    return prod(len(flag["variants"]) for flag in _flags(definitions).values())


def _flags(definitions: Definitions) -> dict[str, dict[str, Any]]:
    """The flags among these definitions, or in the content of a whole file, that can be understood."""
    inner = definitions.get("flags") if isinstance(definitions, Mapping) else None
    flags = inner if isinstance(inner, Mapping) and "state" not in inner else definitions
    if not isinstance(flags, Mapping):
        wanted = "give the definitions of a flag file, such as Toggles(path).definitions"
        raise FlagFileError(f"{short(definitions)} holds no flags; {wanted}")
    return {
        key: flag
        for key, flag in flags.items()
        if isinstance(flag, dict) and isinstance(flag.get("variants"), dict) and flag["variants"]
    }
