"""Flags of every kind, good and bad ones."""

from __future__ import annotations

from typing import Any

from deploylab.patterns.toggles.flags import fractional_flag

ON_OFF = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off"}
FLAGS: dict[str, Any] = {
    "shown": {**ON_OFF, "defaultVariant": "on"},
    "colour": {"state": "ENABLED", "variants": {"a": "blue", "b": "green"}, "defaultVariant": "b"},
    "limit": {"state": "ENABLED", "variants": {"low": 10, "high": 2.5}, "defaultVariant": "low"},
    "rate": {"state": "ENABLED", "variants": {"low": 10, "high": 2.5}, "defaultVariant": "high"},
    "theme": {"state": "ENABLED", "variants": {"x": {"size": 3}}, "defaultVariant": "x"},
    "list": {"state": "ENABLED", "variants": {"x": [1, 2]}, "defaultVariant": "x"},
    "off": {**ON_OFF, "state": "DISABLED", "defaultVariant": "on"},
    "beta": {
        **ON_OFF,
        "targeting": {"if": [{"ends_with": [{"var": "email"}, "@example.org"]}, "on", None]},
    },
    "half": fractional_flag(50),
    "no variant": {**ON_OFF, "defaultVariant": "onn"},
    "odd rule": {**ON_OFF, "targeting": {"somtimes": [1]}},
    "by zero": {**ON_OFF, "targeting": {"/": [1, 0]}},
    "bad state": {**ON_OFF, "state": "on"},
    "no variants": {"state": "ENABLED"},
    "odd field": {**ON_OFF, "variant": "on"},
    "no flag": "on",
}
