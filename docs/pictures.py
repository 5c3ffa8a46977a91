"""Take the README's pictures anew: python docs/pictures.py (needs Chromium, see CONTRIBUTING.md)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import deploylab as dl

MOMENT = 0.39  # of the run
HERE = Path(__file__).parent


def main() -> None:
    """One moment of a canary release, in the light and in the dark theme."""
    scenario = dl.Scenario(
        candidate=dl.Version("v2", error_rate=0.02),
        traffic=dl.Traffic(rate=200),
        platform=dl.Platform(pre_stop=2),
        duration=120,
    )
    canary = dl.Canary(weights=(5, 25, 50), hold=25, analysis=dl.Analysis(max_error_rate=0.05))
    page = dl.animate(dl.roll_out(canary, scenario)).save(Path(tempfile.mkdtemp()) / "canary.html")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for theme in ("light", "dark"):
            view = browser.new_page(
                viewport={"width": 980, "height": 650}, color_scheme=theme, reduced_motion="reduce"
            )
            view.goto(page.as_uri())
            scrubber = view.locator(".dl-controls input")
            scrubber.evaluate("(node, part) => { node.value = part * node.max; node.oninput(); }", MOMENT)
            picture = view.locator(".dl-picture")
            picture.screenshot(path=HERE / f"stage-{theme}.png", animations="disabled")
        browser.close()


if __name__ == "__main__":
    main()
