"""A real Chromium whose pages reach nothing but this machine."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

QUIET = ["--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync", "--no-first-run"]
# Not by a route: that passes every file through Python, and has no cache.
ALONE = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
HERE = re.compile(r"(http|ws)://127\.0\.0\.1[:/]|data:|blob:|file:|about:")


@contextlib.contextmanager
def launched() -> Iterator[Browser | None]:
    """The browser, or None where there is none."""
    with sync_playwright() as playwright:
        program = find_chromium(playwright.chromium.executable_path)
        if program is None:
            yield None
            return
        sandbox = not hasattr(os, "geteuid") or os.geteuid() != 0  # Chromium has none for root
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=sandbox, args=QUIET + ALONE
        )
        yield browser
        browser.close()


def find_chromium(own: str) -> str | None:
    """The browser that was named, else the system's, else the one that playwright brought itself."""
    if named := os.environ.get("DEPLOYLAB_CHROMIUM"):
        return shutil.which(named)
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, [*names, own])), None)


@contextlib.contextmanager
def new_page(chromium: Browser, outside_requests: list[str], console_errors: list[str]) -> Iterator[Page]:
    """A page that reaches only this machine and writes down what else it asks for and complains about."""

    # Reduced motion: pictures wait for the play button.
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.on("request", lambda asked: None if HERE.match(asked.url) else outside_requests.append(asked.url))
    page = context.new_page()
    page.on(
        "console", lambda message: console_errors.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    yield page
    context.close()
