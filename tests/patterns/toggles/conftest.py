"""A file of flags, and the provider that reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openfeature import api

import deploylab as dl

from .definitions import FLAGS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "flags.json"
    path.write_text(json.dumps({"flags": FLAGS}))
    return path


@pytest.fixture
def toggles(file: Path) -> Iterator[dl.Toggles]:
    yield dl.Toggles(file)
    api.shutdown()
