"""A playground on a small screen: all that matters in sight, in reach of the keyboard, and in words."""

from __future__ import annotations

import re

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

from tests.browser.jupyter import Lab, turn_to, wait_idle

NAME = "board.ipynb"
SOURCE = "import deploylab as dl\ndl.playground(dl.Rolling())"


@pytest.fixture
def board(desk: Page, lab: Lab) -> Page:
    """A notebook with one playground, in a window of 1280 x 800; turned knobs stay turned."""
    turn_to(desk, lab, NAME, SOURCE)
    desk.locator(".dl-board").scroll_into_view_if_needed()
    expect(desk.locator(".dl-board svg.dl-stage")).to_be_visible()
    return desk


SIZES = """() => {
    const svg = document.querySelector('.dl-board svg.dl-stage');
    const scale = svg.getBoundingClientRect().width / 960;
    const letters = [...svg.querySelectorAll('text')].filter(node => node.textContent.trim());
    return letters.map(node => scale * parseFloat(getComputedStyle(node).fontSize));
}"""


@pytest.mark.parametrize("files", ["collapseLeft", "expandLeft"])
def test_no_letter_is_smaller_than_one_can_read(board: Page, files: str) -> None:
    board.evaluate(f"() => window.jupyterapp.shell.{files}()")
    board.locator(".dl-board .dl-picture").scroll_into_view_if_needed()
    board.wait_for_function(f"() => Math.min(...({SIZES})()) > 10.9")


@pytest.mark.parametrize("files", ["collapseLeft", "expandLeft"])
def test_the_main_knobs_and_the_picture_fit_on_the_screen(board: Page, files: str) -> None:
    board.evaluate(f"() => window.jupyterapp.shell.{files}()")
    board.locator(".dl-main").evaluate("node => node.scrollIntoView()")
    for part in (".dl-main", ".dl-board .dl-figures", ".dl-board .dl-picture", ".dl-board .dl-controls"):
        expect(board.locator(part)).to_be_in_viewport(ratio=0.95)


@pytest.mark.parametrize("files", ["collapseLeft", "expandLeft"])
def test_no_word_of_the_picture_is_cut_at_its_edge(board: Page, files: str) -> None:
    board.evaluate(f"() => window.jupyterapp.shell.{files}()")
    board.wait_for_function(f"() => Math.min(...({SIZES})()) > 10.9")
    edges = "nodes => nodes.map(node => node.getBoundingClientRect().right)"
    picture = board.locator(".dl-board svg.dl-stage")
    assert max(picture.locator("text").evaluate_all(edges)) <= max(picture.evaluate_all(edges))


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_no_letter_is_smaller_in_another_theme(board: Page, theme: str) -> None:
    board.evaluate(
        f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme}'}})"
    )
    light = str(theme == "Light").lower()
    expect(board.locator("body")).to_have_attribute("data-jp-theme-light", light)
    board.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert min(board.evaluate(SIZES)) > 10.9


ROOMS = """list => {
    const { height } = list.getBoundingClientRect(), values = [...list.querySelectorAll('.dl-value')];
    const edges = values.map(value => value.getBoundingClientRect().left);
    const gaps = edges.slice(1).map((left, n) => left - edges[n] - values[n].scrollWidth);
    return [height, Math.min(...gaps)];
}"""


@pytest.mark.parametrize("files", ["collapseLeft", "expandLeft"])
def test_every_figure_has_room_and_the_picture_never_jumps(board: Page, files: str) -> None:
    board.evaluate(f"() => window.jupyterapp.shell.{files}()")
    figures = board.locator(".dl-board .dl-figures")
    before, gap = figures.evaluate(ROOMS)
    assert gap >= 8
    board.get_by_role("slider", name="traffic rate (req/s)").press("PageUp")
    expect(figures).to_contain_text("was")
    after, gap = figures.evaluate(ROOMS)
    assert (after, gap >= 8) == (before, True)
    board.get_by_role("button", name="Reset").click()
    expect(board.get_by_role("combobox", name="situation")).to_have_value("as given")


def test_a_slider_says_its_name_and_its_meaning(board: Page) -> None:
    slider = board.get_by_role("slider", name="traffic rate (req/s)")
    expect(slider).to_have_accessible_description(re.compile("requests each second; .* above 0"))
    slider.focus()
    expect(board.locator(".dl-hint")).to_contain_text(re.compile("requests each second; .* above 0"))


def test_a_slider_is_read_aloud_as_it_is_written(board: Page) -> None:
    """noUiSlider counts in shares of the whole, in which 190 becomes 189.99999999999997."""
    row = board.locator(".dl-main .dl-row", has=board.get_by_role("slider", name="traffic rate (req/s)"))
    slider = row.get_by_role("slider")
    for key in 14 * ["ArrowRight"] + 4 * ["ArrowLeft"]:
        slider.press(key)
        said = float(row.locator(".widget-readout").inner_text())
        expect(slider).to_have_attribute("aria-valuetext", f"{said:g}")


def test_the_meaning_of_a_knob_covers_no_other(board: Page) -> None:
    board.get_by_role("slider", name="traffic rate (req/s)").hover()
    expect(board.locator(".dl-hint")).to_contain_text("requests each second")
    edges = "(node) => { const box = node.getBoundingClientRect(); return [box.top, box.bottom]; }"
    (_, above), (top, bottom), (below, _) = (
        board.locator(f".dl-board > {part}").evaluate(edges) for part in (".dl-main", ".dl-hint", ".dl-folds")
    )
    assert above <= top < bottom <= below


@pytest.mark.parametrize(("typed", "why"), [
    ("-5", "is not between"), ("1e9", "is not between"), ("abc", "is no number"),
])  # fmt: skip
def test_what_is_typed_beside_a_slider_is_refused_aloud(board: Page, typed: str, why: str) -> None:
    row = board.locator(".dl-main .dl-row", has=board.get_by_role("slider", name="traffic rate (req/s)"))
    readout = row.locator(".widget-readout")
    readout.fill("130")
    readout.press("Enter")
    expect(board.locator(".dl-code")).to_contain_text("rate=130")  # the slider has been told as well
    readout.fill(typed)
    readout.press("Enter")
    expect(row.get_by_role("alert")).to_contain_text(f"“{typed}” {why}")
    expect(row.get_by_role("alert")).to_contain_text("it stays at 130")
    expect(readout).to_have_text("130")
    readout.fill("130")
    expect(row.get_by_role("alert")).to_have_count(0)


def test_what_is_typed_between_two_steps_of_a_slider_is_told_where_it_went(board: Page) -> None:
    row = board.locator(".dl-main .dl-row", has=board.get_by_role("slider", name="traffic rate (req/s)"))
    row.locator(".widget-readout").fill("142")
    row.locator(".widget-readout").press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("“142” lies between two steps of this slider; it is 140")
    expect(board.locator(".dl-code")).to_contain_text("rate=140")


def test_what_was_turned_shows_all_that_it_did_at_once(board: Page) -> None:
    expect(board.locator(".dl-board clipPath rect")).to_have_attribute("width", "960")
    expect(board.locator(".dl-board .dl-clock")).to_have_text("t = 240 s")
    board.get_by_role("slider", name="traffic rate (req/s)").press("ArrowRight")
    expect(board.get_by_role("combobox", name="situation")).to_have_value("your own")
    expect(board.locator(".dl-board .dl-clock")).to_have_text("t = 240 s")
    said = board.get_by_role("status").filter(has_text="outcome")
    expect(said).to_have_text(re.compile("^outcome promoted; .+ was .+"))


def test_what_an_unfolded_knob_does_is_said_where_it_was_unfolded(board: Page) -> None:
    board.evaluate("() => window.jupyterapp.shell.expandLeft()")  # the picture is above the folds then
    fold = board.get_by_role("button", name="Traffic (3)")
    fold.press("Space")
    group = board.locator(".dl-open", has=board.get_by_role("textbox", name="profile"))
    board.get_by_role("textbox", name="profile").focus()
    expect(group.locator(".dl-hint")).to_contain_text("factor of the rate")
    expect(board.locator(".dl-board > .dl-hint")).not_to_contain_text("factor of the rate")
    fold.press("Space")
    expect(group).to_have_count(0)


def test_by_keyboard_alone_a_fold_opens_and_a_bad_value_is_refused_and_mended(board: Page) -> None:
    board.get_by_role("button", name="Traffic (3)").press("Space")
    profile = board.get_by_role("textbox", name="profile")
    profile.fill("20")
    profile.press("Enter")
    beside = board.locator(".dl-row", has=profile).get_by_role("alert")  # on its way it is in two places
    expect(beside).to_contain_text("is no row of pairs")
    expect(profile).to_have_attribute("aria-invalid", "true")
    profile.fill("0: 1, 20: 2")
    profile.press("Enter")
    expect(profile).to_have_attribute("aria-invalid", "false")
    wait_idle(board)
    expect(board.locator(".dl-code")).to_contain_text("profile=((0, 1), (20, 2))")


def test_an_exported_page_on_a_phone_plays_the_picture(board: Page, lab: Lab) -> None:
    board.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    words, _ = HTMLExporter().from_filename(str(lab.folder / NAME))
    words = re.sub(r'<script[^>]*src="[^"]*"[^>]*>', "<script>", words)  # nbconvert's own, from the network
    page = board.context.new_page()
    page.set_viewport_size({"width": 420, "height": 800})
    page.set_content(words)
    picture = page.locator(".dl-picture")
    expect(page.locator(".dl-clock")).to_be_visible()
    assert picture.evaluate("node => [node.scrollWidth, node.clientWidth < 420]") == [760, True]
    assert page.evaluate("() => document.documentElement.scrollWidth") == 420
    for button in page.locator(".dl-controls button").all():
        assert (button.bounding_box() or {"height": 0})["height"] >= 44
    page.locator(".dl-controls input").press("End")
    expect(page.locator(".dl-clock")).to_have_text("t = 240 s")
    page.close()
