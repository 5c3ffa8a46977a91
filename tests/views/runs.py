"""Runs that the tests of the pictures look at: small, and each with something special in it."""

from __future__ import annotations

from functools import cache

import deploylab as dl

SCENARIO = dl.Scenario(candidate=dl.Version("v2", error_rate=0.05), duration=60)


@cache
def rolled_back() -> dl.Run:
    """A batch release that is undone: both versions, both outcomes of a request."""
    return dl.roll_out(dl.Rolling(batch_size=2, hold=5), SCENARIO)


@cache
def recreated() -> dl.Run:
    """For a while nobody is served at all."""
    return dl.roll_out(dl.Recreate(), SCENARIO)


@cache
def quiet() -> dl.Run:
    """A run without a single failure."""
    calm = dl.Scenario(platform=dl.Platform(pre_stop=3), traffic=dl.Traffic(rate=5), duration=60)
    return dl.roll_out(dl.Rolling(), calm)


@cache
def outlasting() -> dl.Run:
    """A strategy that is at it for longer than the window of the figures."""
    return dl.roll_out(dl.BlueGreen(preview_hold=30), dl.Scenario(duration=20))


def all_runs() -> tuple[dl.Run, ...]:
    """Every run above."""
    return rolled_back(), recreated(), quiet(), outlasting()
