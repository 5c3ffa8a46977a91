"""The notebooks as a student works through them: run, play, turn a knob, answer, all without a network."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from deploylab import content
from tests.browser.jupyter import (
    COLOURED_PIXELS,
    Lab,
    await_notebook,
    open_notebook,
    output_of,
    turn_to,
)

ROLLING = "04-rolling-deployment.ipynb"

PICTURE = ".dl-picture svg.dl-stage"
SHOWN = {
    "predict": ".dl-prediction legend",
    "animate": PICTURE,
    "playground": f".dl-playground {PICTURE}",
    "quiz": ".dl-quiz",
}
LATER = "([clock, before]) => parseFloat(clock.textContent.slice(4)) > parseFloat(before.slice(4))"
SHAPES = "svg => svg.querySelectorAll(':is(rect, path, circle, text)').length"

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong")


@pytest.fixture
def rolling(desk: Page, lab: Lab) -> Page:
    """The chapter on rolling deployments after it has run, for all that students do in it."""
    turn_to(desk, lab, ROLLING)
    return desk


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
    await_notebook(page, ROLLING)  # a kernel that is still starting cannot be stopped


def test_the_launcher_leads_to_every_chapter(page: Page, lab: Lab) -> None:
    page.goto(f"{lab.url}/lab?reset")
    cards = page.locator(".jp-LauncherCard")
    expect(cards.filter(has_text="Start here")).to_be_visible()
    expect(cards.filter(has_text=" · ")).to_have_count(len(content.notebooks()) - 1)
    cards.filter(has_text="4 · Rolling deployment").press("Enter")
    await_notebook(page, ROLLING)


def test_the_picture_plays_by_mouse_and_by_keyboard(rolling: Page) -> None:
    player = output_of(rolling, "dl.animate(run)", ".deploylab")
    clock, play = player.locator(".dl-clock"), player.get_by_role("button", name="Play")
    expect(clock).to_have_text("t = 0 s")
    play.click()
    rolling.wait_for_function(LATER, arg=[clock.element_handle(), "t = 2 s"])

    player.press("Space")
    expect(play).to_be_visible()
    paused = clock.text_content()
    player.press("ArrowRight")
    rolling.wait_for_function(LATER, arg=[clock.element_handle(), paused])
    # The second batch begins at 22 s.
    for key, seconds in (("End", 120), ("Home", 0), ("ArrowDown", 22), ("ArrowUp", 0)):
        player.press(key)
        expect(clock).to_have_text(f"t = {seconds} s")


def test_a_knob_turned_by_keyboard_gives_another_run(rolling: Page) -> None:
    playground = output_of(rolling, "dl.playground(", ".jp-OutputArea-output")
    figures, canvas = playground.locator(".dl-figures"), playground.locator("canvas")
    expect(figures).to_contain_text("users hurt23")
    drawn = playground.locator("svg.dl-stage").evaluate("svg => svg.outerHTML")

    playground.locator(".widget-hslider", has_text="batch size").locator(".noUi-handle").press("ArrowRight")
    expect(figures).to_contain_text("users hurt48")
    expect(figures).to_contain_text("was 23")
    assert playground.locator("svg.dl-stage").evaluate("svg => svg.outerHTML") != drawn
    playground.locator(".dl-controls input").press("End")
    rolling.wait_for_function(COLOURED_PIXELS, arg=canvas.element_handle())


def test_a_question_is_answered_and_explained(rolling: Page) -> None:
    output_of(rolling, "dl.quiz(", ".jp-OutputArea-output")
    question = rolling.locator(".dl-question", has_text="Question 2 of 13")
    question.get_by_label("One pod more is allowed, and no pod may be missing.").check()
    question.get_by_role("button", name="Check").click()
    outcome = question.locator(".dl-outcome")
    expect(outcome).to_be_visible()
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
    expect(playground.get_by_role("button", name="Take back: promote at 30 s")).to_be_visible()
    expect(promote).to_be_focused()
    expect(playground.locator(".dl-code")).to_contain_text("orders=(dl.Order(at=30),)")
    playground.locator(".dl-controls input").press("End")
    expect(story).to_contain_text("promoted")
