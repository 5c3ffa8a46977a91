"""A JupyterLab on copies of the notebooks, and a Chromium that can reach nothing else.

Environment: DEPLOYLAB_CHROMIUM names the browser, DEPLOYLAB_REQUIRE_BROWSER=1 makes its absence a failure,
DEPLOYLAB_ARTIFACTS is where screenshots and logs go.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import launched, new_page
from tests.browser.jupyter import MINUTE, SOON, Lab, running_lab

HERE = Path(__file__).parent

expect.set_options(timeout=SOON)  # a busy machine is no bug


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots and logs go."""
    named = os.environ.get("DEPLOYLAB_ARTIFACTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("artifacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, artifacts: Path) -> Iterator[Lab]:
    """`deploylab lab` itself, without a token, on copies of the notebooks."""
    home = tmp_path_factory.mktemp("lab")
    command = [sys.executable, "-m", "deploylab"]
    with running_lab(
        command, home / "notebooks", home / "lab.log", cwd=home, arguments=["--expose-app-in-browser"]
    ) as running:
        yield running
    shutil.copy(home / "lab.log", artifacts / "jupyterlab.log")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        if browser is None:
            message = "no Chromium found: install it, or name one in DEPLOYLAB_CHROMIUM"
            if os.environ.get("DEPLOYLAB_REQUIRE_BROWSER") == "1":
                pytest.fail(message)
            pytest.skip(message)
        yield browser


@pytest.fixture(scope="session")
def outside_requests() -> list[str]:
    """Addresses beyond this machine that a page asked for; none of them got an answer."""
    return []


@pytest.fixture(scope="session")
def console_errors() -> list[str]:
    """What a page complained about."""
    return []


@pytest.fixture(autouse=True)
def _each_test_begins_without_complaints(
    outside_requests: list[str], console_errors: list[str]
) -> Iterator[None]:
    yield
    outside_requests.clear()
    console_errors.clear()


@pytest.fixture
def screenshot(artifacts: Path, request: pytest.FixtureRequest) -> Path:
    """Where the picture of what a test has led to is kept, under the name of the test."""
    return artifacts / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', request.node.name)}.png"


@pytest.fixture
def page(
    chromium: Browser, outside_requests: list[str], console_errors: list[str], screenshot: Path
) -> Iterator[Page]:
    """An empty page."""
    with new_page(chromium, outside_requests, console_errors) as page:
        yield page
        page.screenshot(path=screenshot)


@pytest.fixture(scope="session")
def window(
    chromium: Browser, lab: Lab, outside_requests: list[str], console_errors: list[str]
) -> Iterator[Page]:
    """The JupyterLab of one student, open all day."""
    with new_page(chromium, outside_requests, console_errors) as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{lab.url}/lab?reset")
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget", timeout=MINUTE)
        yield page


@pytest.fixture
def desk(window: Page, screenshot: Path) -> Iterator[Page]:
    """Where a student opens one notebook after the other."""
    yield window
    window.screenshot(path=screenshot)


@pytest.fixture
def nothing_goes_wrong(console_errors: list[str], outside_requests: list[str]) -> Iterator[None]:
    """Whatever a student does on the page: the console stays clean, and nobody else is asked."""
    yield
    assert console_errors == []
    assert outside_requests == []
