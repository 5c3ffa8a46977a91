"""Every pattern's picture wherever people meet it: in JupyterLab, without a kernel, in a page, in Voilà."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.sign import NotebookNotary
from playwright.sync_api import Locator, Page, expect

import deploylab as dl
from tests.browser.jupyter import (
    MINUTE,
    Lab,
    free_port,
    open_notebook,
    output_of,
    private_environment,
    run,
    running,
    turn_to,
    write,
)
from tests.browser.patterns import ANIMATIONS, PLAYGROUNDS

# What is drawn now, and how many shapes and words of it can be seen.
DRAWN = "picture => picture.querySelector('svg').outerHTML + picture.querySelector('canvas').toDataURL()"
SEEN = """picture => [...picture.querySelectorAll('svg :is(rect, path, circle, text)')].filter(
    node => node.checkVisibility() && node.getBoundingClientRect().height > 0).length"""
EXPLAINED_ELSEWHERE = """root => [...root.querySelectorAll('[aria-describedby]')]
    .filter(node => !root.contains(document.getElementById(node.getAttribute('aria-describedby'))))
    .map(node => node.outerHTML)"""
HAS_FRAMES = """number => {
    const plot = document.querySelector('.js-plotly-plot');
    return plot?._transitionData?._frames.length === number;
}"""
# The outlines and the words of a Plotly figure at each of these frames, one after the other.
MOMENTS = """async (frames) => {
    const seen = [], now = { mode: 'immediate', frame: { duration: 0 }, transition: { duration: 0 } };
    const plot = document.querySelector('.js-plotly-plot');
    for (const frame of frames) {
        await Plotly.animate(plot, [String(frame)], now);
        const parts = [...plot.querySelectorAll('.scatterlayer path, .scatterlayer text')];
        const shape = part => ['d', 'transform'].map(name => part.getAttribute(name));
        seen.push(parts.map(part => shape(part) + part.textContent));
    }
    return seen;
}"""
ALL = [*PLAYGROUNDS.values(), *ANIMATIONS.values()]
SERIOUS = ("serious", "critical")


@pytest.fixture
def gallery(desk: Page, lab: Lab) -> Page:
    """A notebook that has run, with every pattern's playground and animation in it."""
    turn_to(desk, lab, "gallery.ipynb", "import deploylab as dl", *ALL)
    return desk


def moves(player: Locator) -> None:
    """It shows something, and in the end something else than at the start."""
    picture, scrubber = player.locator(".dl-picture"), player.locator(".dl-controls input")
    expect(picture.locator("svg.dl-stage")).to_be_visible()
    scrubber.press("Home")
    start = picture.evaluate(DRAWN)
    assert picture.evaluate(SEEN) > 20
    scrubber.press("End")
    assert picture.evaluate(DRAWN) != start


def plays(player: Locator) -> None:
    """The button lets the time of the scrubber go on."""
    scrubber = player.locator(".dl-controls input")
    expect(scrubber).to_be_visible()
    scrubber.press("Home")
    player.get_by_role("button", name="Play").click()
    player.page.wait_for_function(
        "node => Number(node.value) > 0",
        arg=scrubber.element_handle(),
    )
    player.get_by_role("button", name="Pause").click()


@pytest.mark.usefixtures("nothing_goes_wrong")
@pytest.mark.parametrize("code", ALL)
def test_a_picture_shows_and_moves_in_jupyterlab(gallery: Page, code: str) -> None:
    moves(output_of(gallery, code, ".deploylab"))


@pytest.mark.parametrize("code", PLAYGROUNDS.values())
def test_what_explains_a_knob_stands_in_the_same_playground(gallery: Page, code: str) -> None:
    playground = output_of(gallery, code, ".dl-playground")
    expect(playground.locator("[aria-describedby]").first).to_be_visible()
    assert playground.evaluate(EXPLAINED_ELSEWHERE) == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_no_serious_barrier(gallery: Page, theme: str) -> None:
    page, light = gallery, str(theme.endswith("Light")).lower()
    page.evaluate(
        "theme => void window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme
    )
    page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
    barriers = {}
    for code in ALL:
        output_of(page, code, ".deploylab")
        output_of(page, code, ".jp-OutputArea-output").evaluate("node => node.setAttribute('data-axe', '')")
        found = Axe().run(page, context="[data-axe]").response["violations"]
        page.evaluate(
            "document.querySelectorAll('[data-axe]').forEach(node => node.removeAttribute('data-axe'))"
        )
        barriers[code] = [barrier(one) for one in found if one["impact"] in SERIOUS]
    assert {code: found for code, found in barriers.items() if found} == {}


def barrier(found: dict) -> str:
    first = found["nodes"][0]
    return f"{found['id']}, {len(found['nodes'])} times: {first['html'][:200]}"


@pytest.mark.usefixtures("nothing_goes_wrong")
@pytest.mark.parametrize("code", ANIMATIONS.values())
def test_a_saved_page_plays_without_a_network(page: Page, tmp_path: Path, code: str) -> None:
    page.goto(eval(code, {"dl": dl}).save(tmp_path / "page.html").as_uri())
    moves(page.locator(".deploylab"))
    plays(page.locator(".deploylab"))


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_the_frame_of_a_player_in_focus_strikes_through_no_title(page: Page, tmp_path: Path) -> None:
    page.goto(eval(ANIMATIONS["rollout"], {"dl": dl}).save(tmp_path / "page.html").as_uri())
    page.keyboard.press("Tab")
    frame = page.locator(".deploylab").evaluate("""one => {
        const { outlineOffset, outlineWidth } = getComputedStyle(one);
        return one.getBoundingClientRect().top - parseFloat(outlineOffset) - parseFloat(outlineWidth);
    }""")
    assert frame >= page.locator("h1").evaluate("one => one.getBoundingClientRect().bottom")


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_a_step_to_an_event_is_told_to_who_does_not_see_it(page: Page, tmp_path: Path) -> None:
    page.goto(eval(ANIMATIONS["rollout"], {"dl": dl}).save(tmp_path / "page.html").as_uri())
    page.get_by_role("button", name="Previous event").press("Enter")
    page.get_by_role("button", name="Next event").press("Enter")
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"t = .* of .*; .*v2"))


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_a_player_that_loops_begins_anew_after_its_end(page: Page, tmp_path: Path) -> None:
    page.goto(eval(ANIMATIONS["rollout"], {"dl": dl}).save(tmp_path / "page.html").as_uri())
    scrubber, loop = page.locator(".dl-controls input"), page.get_by_role("button", name="Loop")
    loop.press("Enter")
    expect(loop).to_have_attribute("aria-pressed", "true")
    scrubber.press("End")
    end = float(scrubber.input_value())
    scrubber.press("ArrowLeft")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "([node, half]) => Number(node.value) < half",
        arg=[scrubber.element_handle(), end / 2],
    )
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.usefixtures("nothing_goes_wrong")
@pytest.mark.parametrize("code", ANIMATIONS.values())
def test_a_plotly_figure_comes_back_to_its_beginning(page: Page, tmp_path: Path, code: str) -> None:
    figure = eval(code, {"dl": dl}).figure("dark")
    figure.write_html(tmp_path / "figure.html", include_plotlyjs="directory", auto_play=False)
    page.goto((tmp_path / "figure.html").as_uri())
    page.wait_for_function(HAS_FRAMES, arg=len(figure.frames))  # they are added once the first one is drawn
    begun, ended, again = page.evaluate(MOMENTS, [0, len(figure.frames) - 1, 0])
    assert begun == again != ended


def test_a_trusted_notebook_plays_without_a_kernel(page: Page, lab: Lab) -> None:
    markup = eval(ANIMATIONS["rollout"], {"dl": dl})._repr_html_()
    shown = nbformat.v4.new_output("execute_result", {"text/html": markup}, execution_count=1)
    cell = nbformat.v4.new_code_cell("dl.animate(run)", execution_count=1, outputs=[shown])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(notebook, lab.folder / "kept.ipynb")
    data = private_environment(lab.log.parent)["JUPYTER_DATA_DIR"]
    NotebookNotary(data_dir=data).sign(nbformat.read(lab.folder / "kept.ipynb", as_version=4))

    page.goto(f"{lab.url}/lab/tree/kept.ipynb?reset")
    page.get_by_role("dialog").get_by_role("button", name="No Kernel").click()
    player = output_of(page, "dl.animate(run)", ".deploylab")
    assert page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session") is None
    moves(player)
    plays(player)


def test_who_comes_back_is_told_what_a_widget_without_its_kernel_needs(page: Page, lab: Lab) -> None:
    cells = ["dl.predict('How many?')", "dl.quiz('canary')", PLAYGROUNDS["rollout"]]
    write(lab.folder / "again.ipynb", "import deploylab as dl", *cells)
    run(page, lab, "again.ipynb")
    for cell in cells:
        output_of(page, cell, ".dl-prediction, .dl-quiz, .dl-board .deploylab")
    for last in page.locator(".dl-last").all():
        expect(last).to_be_hidden()
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    for form in ("prediction", "quiz"):
        output = page.locator(".jp-OutputArea-output", has=page.locator(f".dl-{form}"))
        expect(output).to_contain_text("The kernel behind this was stopped or restarted")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    open_notebook(page, lab.url, "again.ipynb")
    output_of(page, cells[0], ".dl-last:has-text('How many?')")
    output_of(page, cells[1], ".dl-last:has-text('run this cell again')")
    player = output_of(page, cells[2], ".dl-last .deploylab")
    moves(player)
    plays(player)
    expect(page.get_by_text("model not found").locator("visible=true")).to_have_count(0)


def test_voila_shows_a_notebook_as_a_page_with_knobs(page: Page, tmp_path: Path) -> None:
    write(tmp_path / "app.ipynb", "import deploylab as dl", PLAYGROUNDS["rollout"])
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    line = [sys.executable, "-m", "voila", "app.ipynb", "--no-browser", "--Voila.ip=127.0.0.1"]
    static = f"{url}/voila/static/favicon.ico"  # the page itself would run the notebook once more
    with running([*line, f"--port={port}"], static, tmp_path / "voila.log", cwd=tmp_path):
        page.goto(url, timeout=MINUTE)
        player = page.locator(".dl-board .deploylab")
        moves(player)
        figures = player.locator(".dl-figures").text_content() or ""
        page.locator(".widget-hslider", has_text="hold").locator(".noUi-handle").first.press("ArrowRight")
        expect(player.locator(".dl-figures")).not_to_have_text(figures)
