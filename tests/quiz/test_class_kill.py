"""A class whose process is killed in the middle of answers, and taken up again."""

from __future__ import annotations

from pathlib import Path

from benchmarks.class_load import kills


def test_no_acknowledged_answer_is_lost_when_the_class_is_killed(tmp_path: Path) -> None:
    assert kills(tmp_path, rounds=3) == 0
