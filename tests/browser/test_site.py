"""The chapters as pages: they play from a file, and pass the same accessibility check as all else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from deploylab import content

BUILD = Path(__file__).parent.parent.parent / "docs" / "site" / "build.py"
SERIOUS = ("serious", "critical")

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong")


def test_a_chapter_plays_as_a_page_without_a_network(page: Page, tmp_path: Path) -> None:
    tour, rolling = (path for path in content.notebooks() if path.name[:2] in ("00", "04"))
    subprocess.run([sys.executable, BUILD, tmp_path, tour, rolling], check=True)
    page.goto((tmp_path / "index.html").as_uri())
    page.get_by_role("navigation").get_by_role("link", name="4 · Rolling deployment").click()
    player = page.locator(".deploylab").first
    player.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "node => Number(node.value) > 0", arg=player.locator(".dl-controls input").element_handle()
    )
    expect(page.get_by_role("navigation").locator("[aria-current]")).to_have_text("4 · Rolling deployment")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        found = Axe().run(page).response["violations"]
        assert [
            (fault["id"], fault["nodes"][0]["html"][:200]) for fault in found if fault["impact"] in SERIOUS
        ] == []
