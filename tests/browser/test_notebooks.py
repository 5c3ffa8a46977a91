"""The notebooks as a student works through them: run, play, turn a knob, answer, all without a network."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from deploylab import content
from tests.browser.jupyter import (
    COLOURED_PIXELS,
    KERNEL_ANSWERS,
    MINUTE,
    SOON,
    Lab,
    open_notebook,
    output_of,
    turn_to,
    wait_idle,
)

ROLLING = "04-rolling-deployment.ipynb"

PICTURE = ".dl-picture svg.dl-stage"
SHOWN = {
    "predict": ".dl-prediction legend",
    "animate": PICTURE,
    "playground": f".dl-playground {PICTURE}",
    "quiz": ".dl-quiz",
}
SHAPES = "svg => svg.querySelectorAll(':is(rect, path, circle, text)').length"

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong")


@pytest.fixture
def rolling(desk: Page, lab: Lab) -> Page:
    """The chapter on rolling deployments after it has run, for all that students do in it."""
    turn_to(desk, lab, ROLLING)
    return desk


def seconds(player: Locator) -> float:
    """What the clock of a picture says."""
    words = player.locator(".dl-clock").text_content() or ""
    return float(words.removeprefix("t = ").removesuffix(" s"))


# That on rolling deployments comes last: it is open when the tests below ask for it.
CHAPTERS = sorted(content.notebooks(), key=lambda path: path.name == ROLLING)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_all_that_it_made(desk: Page, lab: Lab, path: Path) -> None:
    turn_to(desk, lab, path.name)
    code = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    made = [(cell, inside) for cell in code for verb, inside in SHOWN.items() if called(verb, cell)]
    assert made
    for cell, inside in made:
        shown = output_of(desk, cell, inside)
        if inside.endswith("svg.dl-stage"):
            assert shown.evaluate(SHAPES) >= 20, cell
    expect(desk.get_by_text("Error displaying widget")).to_have_count(0)


def called(verb: str, cell: str) -> bool:
    """Whether the cell calls it; what is left to the student stands behind a #."""
    return any(f"dl.{verb}(" in line.partition("#")[0] for line in cell.splitlines())


def test_the_tour_leads_to_the_chapters(page: Page, lab: Lab) -> None:
    open_notebook(page, lab.url, "00-start-here.ipynb")
    output_of(page, "dl.hint(", ".jp-InputArea-editor")
    page.get_by_role("link", name="4 · Rolling deployment").click()
    expect(page.get_by_role("tab", name=ROLLING)).to_be_visible(timeout=SOON)


def test_the_launcher_leads_to_every_chapter(page: Page, lab: Lab) -> None:
    page.goto(f"{lab.url}/lab?reset")
    cards = page.locator(".jp-LauncherCard")
    expect(cards.filter(has_text="Start here")).to_be_visible(timeout=SOON)
    expect(cards.filter(has_text=" · ")).to_have_count(len(content.notebooks()) - 1)
    cards.filter(has_text="4 · Rolling deployment").press("Enter")
    expect(page.get_by_role("tab", name=ROLLING)).to_be_visible(timeout=SOON)
    page.wait_for_function(
        KERNEL_ANSWERS, timeout=MINUTE
    )  # a kernel that is still starting cannot be stopped


def test_the_picture_plays_by_mouse_and_by_keyboard(rolling: Page) -> None:
    page, player = rolling, output_of(rolling, "dl.animate(run)", ".deploylab")
    assert seconds(player) == 0
    player.get_by_role("button", name="Play").click()
    page.wait_for_function("clock => parseFloat(clock.textContent.slice(4)) >= 3",
                           arg=player.locator(".dl-clock").element_handle(), timeout=SOON)  # fmt: skip

    player.focus()
    page.keyboard.press("Space")
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    paused = seconds(player)
    page.keyboard.press("ArrowRight")
    assert seconds(player) > paused
    page.keyboard.press("End")
    assert seconds(player) == 120
    page.keyboard.press("Home")
    assert seconds(player) == 0
    page.keyboard.press("ArrowDown")
    assert seconds(player) == 22  # the second batch
    page.keyboard.press("ArrowUp")
    assert seconds(player) == 0


def test_a_knob_turned_by_keyboard_gives_another_run(rolling: Page) -> None:
    page, playground = rolling, output_of(rolling, "dl.playground(", ".jp-OutputArea-output")
    figures, canvas = playground.locator(".dl-figures"), playground.locator("canvas")
    expect(figures).to_contain_text("users hurt23")
    drawn = playground.locator("svg.dl-stage").evaluate("svg => svg.outerHTML")

    playground.locator(".widget-hslider", has_text="batch size").locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    expect(figures).to_contain_text("users hurt48", timeout=SOON)
    expect(figures).to_contain_text("was 23")
    wait_idle(page)
    assert playground.locator("svg.dl-stage").evaluate("svg => svg.outerHTML") != drawn
    playground.locator(".dl-controls input").press("End")
    assert canvas.evaluate(COLOURED_PIXELS) > 0


def test_a_question_is_answered_and_explained(rolling: Page) -> None:
    page = rolling
    output_of(page, "dl.quiz(", ".jp-OutputArea-output")
    question = page.locator(".dl-question", has_text="Question 2 of 13")
    question.get_by_label("One pod more is allowed, and no pod may be missing.").check()
    question.get_by_role("button", name="Check").click()
    outcome = question.locator(".dl-outcome")
    expect(outcome).to_be_visible(timeout=SOON)
    expect(outcome).to_contain_text("Right")


BY_HAND = """import math
import deploylab as dl
def by_hand(scenario):
    old, new = scenario.versions
    seen = yield dl.Step({old: 3, new: 3}, hold=math.inf, heeds=True, note="wait for a person")
    if any(order.action == "promote" for order in seen.orders):
        yield dl.Step({new: 6}, note="go on")
        return dl.Outcome.PROMOTED
    yield dl.Step({old: 6}, note="go back")
    return dl.Outcome.ROLLED_BACK
dl.playground(by_hand, dl.Scenario(duration=60))"""


def test_a_person_promotes_by_keyboard_at_the_moment_that_is_shown(desk: Page, lab: Lab) -> None:
    turn_to(desk, lab, "by-hand.ipynb", BY_HAND)
    playground = output_of(desk, "dl.playground(", ".jp-OutputArea-output")
    story = playground.locator(".dl-story")
    playground.locator(".dl-controls input").press("End")
    expect(story).to_contain_text("rolled back")
    playground.locator(".dl-controls input").evaluate("node => { node.value = 30; node.oninput(); }")
    promote = playground.get_by_role("button", name="Promote", exact=True)
    promote.press("Enter")
    expect(playground.get_by_role("button", name="Take back: promote at 30 s")).to_be_visible(timeout=SOON)
    expect(promote).to_be_focused()
    expect(playground.locator(".dl-code")).to_contain_text("orders=(dl.Order(at=30),)")
    playground.locator(".dl-controls input").press("End")
    expect(story).to_contain_text("promoted")
