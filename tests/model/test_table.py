"""A table shows its first rows, names its columns, and has a fingerprint."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from deploylab.engine.sweep import sweep
from deploylab.model.errors import ContentError, DeploylabError
from deploylab.model.scenario import Scenario, Traffic
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.recreate import Recreate

SCENARIOS = [Scenario(traffic=Traffic(rate=20), duration=30)]


def test_a_long_table_shows_its_first_rows_and_says_so() -> None:
    table = sweep(BlueGreen(), replace(SCENARIOS[0], duration=120), range(12))
    lines = repr(table).splitlines()
    assert len(lines) == 1 + 10 + 2
    assert lines[0].split()[:3] == ["strategy", "seed", "outcome"]
    assert lines[-2] == "10 of 12 rows"
    assert table._repr_html_().count("<tr>") == 11


def test_a_column_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(ContentError, match="no column 'users'; the table has strategy, seed, outcome"):
        sweep(Recreate(), SCENARIOS[0])["users"]


def test_the_table_becomes_a_data_frame_where_pandas_is_present(monkeypatch: pytest.MonkeyPatch) -> None:
    table = sweep(Recreate(), SCENARIOS[0])
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=dict))
    assert list(table.to_pandas()) == list(table.columns)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(DeploylabError, match="pip install pandas"):
        table.to_pandas()


def test_equal_tables_have_one_digest_and_others_another() -> None:
    one, same, other = (sweep(Recreate(), SCENARIOS[0], [seed]) for seed in (1, 1, 2))
    assert one.digest == same.digest != other.digest
