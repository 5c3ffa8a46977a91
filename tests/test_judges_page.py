"""docs/judges.md: its code runs, and its numbers are those that are measured."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import deploylab as dl
from deploylab.model.summary import percent
from deploylab.patterns.analysis.judges import RateJudge

PAGE = (Path(__file__).parent.parent / "docs" / "judges.md").read_text(encoding="utf-8")
JUDGES: list[RateJudge] = [dl.Threshold(), dl.FixedSample(0.05), dl.Sequential(0.05)]


def cells(row: str) -> list[str]:
    """The numbers of the table's row that begins like this."""
    return re.findall(rf"^\| {re.escape(row)}[^|]*\|(.*)\|$", PAGE, re.M)[0].replace(" ", "").split("|")


def test_the_code_runs_and_does_what_its_comments_say() -> None:
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.S):
        exec(block.replace("range(200)", "range(1)"), names)
        if "requests=0" in block:
            assert names["run"].phase.value == "Error"
    assert names["run"].reason == "error rate failed 3 of 5 times"
    assert names["run"].verdict is dl.Verdict.FAILED
    for rate, outcome in ((0, dl.Outcome.PROMOTED), (0.1, dl.Outcome.ROLLED_BACK)):
        scenario = dl.Scenario(candidate=dl.Version("v2", error_rate=rate))
        assert dl.roll_out(names["careful"], scenario).outcome is outcome


@pytest.mark.parametrize("column", range(3))
def test_the_table_holds_what_is_measured(column: int) -> None:
    judge = JUDGES[column]
    measured = dl.operating_characteristic(judge)

    def share(value: float) -> str:
        return percent(round(value, 3)).replace(" ", "")

    told = {
        "false alarms at 0.5 %": share(measured.alarms(0)),
        "false alarms at 1 %": share(measured.alarms(1)),
        "… in the last look alone": share(measured.once[1][-1]),
        "missed at 1.5 %": share(1 - measured.alarms(2)),
        "missed at 2 %": share(1 - measured.alarms(3)),
        "requests until 2 %": f"{measured.requests_to_alarm(3):,.0f}",
        "requests until 5 %": f"{measured.requests_to_alarm(5):,.0f}",
    }
    assert {row: cells(row)[column] for row in told} == told
