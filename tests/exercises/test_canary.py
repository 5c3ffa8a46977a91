"""Too bold, too careful and too quick to judge: no naive answer passes the exercises on canaries."""

from __future__ import annotations

from typing import Any

import pytest

import deploylab as dl


def missed(name: str, answer: Any) -> list[str]:
    """The requirements that an answer does not meet."""
    checked = dl.check(name, answer)
    assert checked.verdict == "not yet", checked
    return [row.name for row in checked.rows if row.met is False]


@pytest.mark.parametrize(("answer", "row"), [
    (dl.Canary(), "the healthy release takes"),
    (dl.Canary(weights=(50,), hold=10), "users hurt by it"),
    (dl.Canary(weights=(5,), hold=10), "v2 that breaks under load ends"),
    (dl.Canary(weights=(5, 10), hold=12), "v2 that breaks under load ends"),
    (dl.Canary(weights=(10, 100), hold=10), "users hurt under load"),
    (dl.Canary(weights=(10, 100), hold=5), "users hurt under load"),
    (dl.Canary(weights=(5, 50), hold=12), "users hurt under load"),
    (dl.Canary(weights=(1, 16), hold=10), "v2 with 8 % errors ends"),
    (dl.Canary(weights=(5, 16), hold=12, router=False), "users hurt by it"),
    (dl.Canary(weights=(5, 16), hold=0), "v2 with 8 % errors ends"),
])  # fmt: skip
def test_steps_that_are_too_bold_or_too_careful_do_not_pass(answer: dl.Canary, row: str) -> None:
    assert row in missed("03-canary/1", answer)


@pytest.mark.parametrize(("answer", "row"), [
    (dl.Analysis(), "users hurt at 20 %"),
    (dl.Analysis(interval=10), "v2 with 0.5 % errors ends"),
    (dl.Analysis(interval=5, failure_limit=1), "v2 with 0.5 % errors ends"),
    (dl.Analysis(interval=10, failure_limit=2), "users hurt at 20 %"),
    (dl.Analysis(max_error_rate=0.05, interval=5), "v2 with 2 % errors ends"),
    (dl.Analysis(judge=dl.Sequential()), "users hurt at 2 %"),
    (dl.Analysis(interval=1, judge=dl.Sequential()), "v2 with 0.5 % errors ends"),
])  # fmt: skip
def test_a_judge_that_is_nervous_blind_or_slow_does_not_pass(answer: dl.Analysis, row: str) -> None:
    assert row in missed("03-canary/2", answer)


@pytest.mark.parametrize(("answer", "row"), [
    (dl.Flagger(), "its release takes"),
    (dl.Flagger(interval=10), "users hurt by it"),
    (dl.Flagger(interval=10, step_weight=1), "users hurt by it"),
    (dl.Flagger(interval=10, iterations=3), "v2 with 0.5 % errors ends"),
    (dl.Flagger(interval=10, iterations=3, threshold=2, mirror=10), "v2 with 0.5 % errors ends"),
    (dl.Flagger(interval=10, iterations=3, mirror=10), "users hurt by it"),
    (dl.Flagger(interval=30, iterations=3, mirror=100), "its release takes"),
    (dl.Flagger(interval=10, skip_analysis=True), "v2 with 2 % errors ends"),
])  # fmt: skip
def test_who_sends_users_first_or_tests_nothing_does_not_pass(answer: dl.Flagger, row: str) -> None:
    assert row in missed("03-canary/3", answer)


def test_each_exercise_asks_for_its_own_kind() -> None:
    for name, kind in (("03-canary/1", "Canary"), ("03-canary/2", "Analysis"), ("03-canary/3", "Flagger")):
        assert f"It asks for a{'n' * (kind[0] == 'A')} {kind}(...)" in dl.check(name, dl.Rolling()).sentence
