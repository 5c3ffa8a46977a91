"""The moments that one speaks of come in the order of time."""

from __future__ import annotations

import deploylab as dl
from deploylab.views.moments import moments


def test_what_is_said_after_the_end_is_told_after_the_end() -> None:
    orders = (dl.Order(40, "undo"), dl.Order(80, "retry"))
    told = moments(dl.roll_out(dl.BlueGreen(preview_hold=20), dl.Scenario(duration=120, orders=orders)))
    assert [time for time, _ in told] == sorted(time for time, _ in told)
    assert [words for _, words in told[-2:]] == ["rolled back", "a person says: retry"]
