"""A feature that fails, and a monitor that never minds: what the tests of flags have in common."""

from __future__ import annotations

import deploylab as dl

NEVER = 1.0  # a share of failures that no monitor would mind is not exceeded
BAD = dl.Scenario(
    candidate=dl.Version("v2", error_rate=0.05),
    traffic=dl.Traffic(rate=100, users=500),
    platform=dl.Platform(pre_stop=3),
    duration=150,
)
