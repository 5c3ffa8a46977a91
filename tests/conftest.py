"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no bug, and a check that gates a change must give the same answer twice.
settings.register_profile("deploylab", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("deploylab")


@pytest.fixture(scope="session")
def tables() -> Path:
    """Published test tables of the systems that deploylab models; they are not part of this project."""
    folder = os.environ.get("DEPLOYLAB_TABLES")
    if not folder:
        pytest.skip("DEPLOYLAB_TABLES names no folder with the published test tables")
    return Path(folder)
