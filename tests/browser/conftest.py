"""A JupyterLab on copies of the notebooks, and a Chromium that can reach nothing else.

Environment: DEPLOYLAB_CHROMIUM names the browser, DEPLOYLAB_REQUIRE_BROWSER=1 makes its absence a failure,
DEPLOYLAB_ARTIFACTS is where screenshots and logs go.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.browser.jupyter import Lab, running_lab

HERE = Path(__file__).parent
QUIET = ["--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync", "--no-first-run"]


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
    with sync_playwright() as playwright:
        program = find_chromium(playwright.chromium.executable_path)
        if program is None:
            message = "no Chromium found: install it, or name one in DEPLOYLAB_CHROMIUM"
            if os.environ.get("DEPLOYLAB_REQUIRE_BROWSER") == "1":
                pytest.fail(message)
            pytest.skip(message)
        sandbox = not hasattr(os, "geteuid") or os.geteuid() != 0  # Chromium has none for root
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=sandbox, args=QUIET)
        yield browser
        browser.close()


def find_chromium(own: str) -> str | None:
    """The browser that was named, else the system's, else the one that playwright brought itself."""
    if named := os.environ.get("DEPLOYLAB_CHROMIUM"):
        return shutil.which(named)
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, [*names, own])), None)


@pytest.fixture
def outside_requests() -> list[str]:
    """Addresses beyond this machine that the page asked for; none of them got an answer."""
    return []


@pytest.fixture
def console_errors() -> list[str]:
    """What the page complained about."""
    return []


@pytest.fixture
def page(
    chromium: Browser,
    artifacts: Path,
    outside_requests: list[str],
    console_errors: list[str],
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """An empty page; in the end a screenshot of it is stored under the name of the test."""
    with new_page(chromium, outside_requests, console_errors) as page:
        yield page
        page.screenshot(path=artifacts / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', request.node.name)}.png")


@contextlib.contextmanager
def new_page(chromium: Browser, outside_requests: list[str], console_errors: list[str]) -> Iterator[Page]:
    """A page that reaches only this machine and writes down what else it asks for and complains about."""

    def stay_home(route: Route) -> None:
        if re.match(r"(http|ws)://127\.0\.0\.1[:/]|data:|blob:|file:", route.request.url):
            route.continue_()
        else:
            outside_requests.append(route.request.url)
            route.abort()

    # Reduced motion: pictures wait for the play button.
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.route("**/*", stay_home)
    page = context.new_page()
    page.on(
        "console", lambda message: console_errors.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def nothing_goes_wrong(page: Page, console_errors: list[str], outside_requests: list[str]) -> Iterator[None]:
    """Whatever a student does on the page: the console stays clean, and nobody else is asked."""
    yield
    assert console_errors == []
    assert outside_requests == []
