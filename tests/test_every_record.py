"""Whoever adds a record to the table of pictures has opened all doors to it: these are the doors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import deploylab as dl
from deploylab.views.multiples import SMALL
from deploylab.views.picture import RECORDS, picture
from tests.views.contract import assert_plays
from tests.views.runs import one_of_each

MOST = 200_000  # bytes of its Plotly form, for a saved notebook has to stay small

every = pytest.mark.parametrize("kind", RECORDS)


@pytest.fixture
def record(kind: str) -> Any:
    made = one_of_each()
    assert kind in made, "make a small one in one_of_each() of tests/views/runs.py"
    return made[kind]


@every
def test_the_player_can_play_it_alone_and_before_another(record: Any) -> None:
    assert_plays(picture(record))
    assert_plays(picture(record, record))


@every
def test_it_is_told_beside_its_picture_in_the_same_words(record: Any) -> None:
    assert dl.describe(record).strip()
    assert dl.animate(record).frames.description == dl.describe(record)


@every
def test_its_headline_begins_with_its_title(record: Any) -> None:
    assert record.title
    assert record.headline.startswith(record.title)


@every
def test_its_plotly_form_stays_small(record: Any) -> None:
    assert len(dl.animate(record).figure().to_json().encode()) <= MOST


@every
def test_it_can_be_compared_and_has_small_pictures_if_any(kind: str, record: Any) -> None:
    both = dl.compare([record, record])
    known = [figure.name for figure in record.figures() if figure.known]
    assert [name for name, _ in both.rows()] == known
    assert isinstance(record.conditions, Mapping)
    assert all(isinstance(word, str) for word in record.settings)
    assert both._repr_html_().count("<figcaption>") == 2 * (kind in SMALL)


@every
def test_it_can_be_kept_in_a_file_if_it_says_so(record: Any, tmp_path: Path) -> None:
    assert hasattr(record, "save") == hasattr(record, "load")
    if hasattr(record, "save"):
        record.save(tmp_path / "record.npz")
        kept = type(record).load(tmp_path / "record.npz")
        assert (kept.headline, kept.figures()) == (record.headline, record.figures())
