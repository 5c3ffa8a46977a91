"""No naive answer passes the exercises of the chapter on rolling deployment."""

from __future__ import annotations

import pytest

import deploylab as dl
from deploylab.exercises.rolling_deployment import EXERCISES

NAIVE = [dl.Rolling(), dl.Rolling(batch_size=1), dl.Rolling(batch_size=6), dl.Rolling(batch_size=2, hold=0)]


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("strategy", NAIVE, ids=str)
def test_a_naive_answer_does_not_pass(name: str, strategy: dl.Rolling) -> None:
    checked = dl.check(name, strategy)
    assert checked.verdict == "not yet"
    assert [row for row in checked.rows if row.met is False]
