"""The figures of a feature's release can be counted by hand."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

import deploylab as dl
from deploylab.engine.toggles import toggle
from tests.engine.incidents import BAD, NEVER


def test_the_figures_can_be_counted_by_hand() -> None:
    record = toggle(dl.Flag(max_error_rate=NEVER), BAD, dl.Rolling())
    asked = record.evaluations
    said = {figure.name: figure.value for figure in record.figures()}
    assert said["users hurt"] == len(set(asked.user[asked.failed].tolist()))
    assert said["users who met it"] == len(set(asked.user[asked.on].tolist()))
    assert said["failed requests"] == asked.failed.sum()
    assert said["availability"] == pytest.approx(1 - asked.failed.mean())
    (good_without, without), (good_with, with_it) = record.arms()
    assert without + with_it == len(asked)
    assert without + with_it - good_without - good_with == asked.failed.sum()
    assert with_it == asked.on.sum()


def test_who_looks_early_sees_the_requests_until_then() -> None:
    record = toggle(dl.Flag(max_error_rate=NEVER), BAD, dl.Rolling())
    asked = record.evaluations
    early = asked.time < 30e9
    (good_without, without), (good_with, with_it) = record.arms(30)
    assert (without, with_it) == ((early & ~asked.on).sum(), (early & asked.on).sum())
    assert without + with_it - good_without - good_with == asked.failed[early].sum()
    assert record.arms(record.scenario.duration) == record.arms()


def test_the_time_to_notice_begins_with_the_first_failure() -> None:
    record = toggle(dl.Flag(), BAD, dl.Rolling())
    asked = record.evaluations
    first = min(t for t, on, bad in zip(asked.time, asked.on, asked.failed, strict=True) if on and bad)
    assert record.alarm is not None
    assert record.time_to_notice == pytest.approx(record.alarm - first / 1e9)


def test_the_documentation_defines_every_figure_of_a_release() -> None:
    page = Path(__file__, "../../../docs/metrics.md").resolve().read_text(encoding="utf-8")
    section = page.partition("\n# The figures of a feature's release\n")[2].partition("\n# ")[0]
    table = section.split("\n\n")[1]
    told = [name for row in table.splitlines() for name in re.findall(r"`(\w+)", row.split(" | ")[0])]
    words = {"title", "headline", "summary", "conditions", "settings"}
    known = vars(dl.FlagRollout).items()
    figures = {name for name, value in known if isinstance(value, property | cached_property)} - words
    assert len(told) == len(set(told))
    assert set(told) == figures | {"alarm", "back", "arms"}


def test_the_same_seed_gives_the_same_record() -> None:
    first, again = (toggle(dl.Flag(), BAD, dl.Rolling()) for _ in "ab")
    assert first.summary == again.summary
    np.testing.assert_array_equal(first.evaluations.on, again.evaluations.on)


def test_a_schedule_says_which_knobs_it_makes_idle() -> None:
    assert sorted(dl.Flag(schedule=(dl.FlagChange(0, 5),)).idle()) == ["hold", "weights"]
    assert dl.Flag().idle() == {}
