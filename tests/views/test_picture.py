"""Every record has its picture and its words, and nothing else has."""

from __future__ import annotations

from typing import Any

import pytest

import deploylab as dl
from deploylab.views.picture import RECORDS, function
from tests.views.runs import rolled_back


@pytest.mark.parametrize("name", RECORDS)
def test_the_table_names_functions_that_are_there(name: str) -> None:
    record = type(name, (), {})()
    assert callable(function(record, "picture", "shown"))
    assert callable(function(record, "words", "told"))
    assert callable(getattr(dl, RECORDS[name].verb))


@pytest.mark.parametrize("thing", [None, "run.npz", 3, dl.Rolling(), dl.Scenario(), dl.roll_out])
@pytest.mark.parametrize("verb", ["animate", "describe"])
def test_what_is_no_record_is_refused_with_what_can_be_shown(verb: str, thing: Any) -> None:
    with pytest.raises(dl.DeploylabError, match="; what can: a Run, as roll_out gives it"):
        getattr(dl, verb)(thing)


def test_the_words_are_those_beside_the_picture() -> None:
    assert dl.describe(rolled_back()) == dl.animate(rolled_back()).frames.description
