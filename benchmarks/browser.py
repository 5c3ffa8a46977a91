"""What a student waits for and sees: pictures in a real Chromium with a real JupyterLab.

Plotly's own ways stand beside ours in the same run: the same rollouts, the same slider, the same picture.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from gzip import compress
from importlib.metadata import version
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

import deploylab as dl
from tests.browser.chromium import launched, new_page
from tests.browser.jupyter import (
    MINUTE,
    SOON,
    Lab,
    open_notebook,
    output_of,
    run,
    running_lab,
    wait_idle,
    write,
)

from .measure import machine

HERE = Path(__file__).parent
TURNS = {"player": 100, "widget": 15, "figure": 15}
THERE = 10  # turns to the right, and then back
STARTS = 3
PLAYING = 5  # s
SCENARIO = "dl.Scenario(replicas=20, traffic=dl.Traffic(rate=200), duration=600)"
ROLLING = "dl.Rolling(batch_size=2, hold=10)"

# Plotly refuses frames in a FigureWidget, so its picture is that of the first moment.
PLOTLY = f"""
import ipywidgets as w
import plotly.graph_objects as go
hold = w.IntSlider(10, 0, 300)
def figure(hold):
    return dl.animate(dl.roll_out(dl.Rolling(batch_size=2, hold=hold), {SCENARIO})).figure()
"""
STILL = """
from importlib import import_module
import_module("deploylab.views.figure").MOMENTS = 0
"""
WIDGET = """
shown = go.FigureWidget(go.Figure(figure(10).data, figure(10).layout))
shown.layout.sliders = shown.layout.updatemenus = ()
def update(change):
    new = figure(change["new"])
    with shown.batch_update():
        for trace, other in zip(shown.data, new.data):
            trace.update({"x": other.x, "y": other.y} | ({"text": other.text} if other.text else {}))
hold.observe(update, "value")
w.VBox([hold, shown])
"""
REDISPLAY = """
from IPython.display import display
output = w.Output()
def redisplay(change):
    new = figure(change["new"])
    with output:
        output.clear_output(wait=True)
        display(new)
hold.observe(redisplay, "value")
redisplay({"new": 10})
w.VBox([hold, output])
"""
WAYS = {
    "deploylab's playground": ("player", f"dl.playground({ROLLING}, {SCENARIO})"),
    "Plotly: a FigureWidget updated in one batch": ("widget", STILL + PLOTLY + WIDGET),
    "Plotly: a figure displayed anew": ("figure", STILL + PLOTLY + REDISPLAY),
    "Plotly: a figure with frames, so that it plays, displayed anew": (
        "figure",
        PLOTLY + REDISPLAY,
    ),
}
DEFAULTS = {
    "rollout": lambda: dl.roll_out(dl.Rolling(), dl.Scenario()),
    "feature toggle": lambda: dl.toggle(dl.Flag(), dl.Scenario()),
    "continuous deployment": lambda: dl.deliver(dl.Pipeline()),
    "servers": lambda: dl.evolve(dl.ServerFleet()),
    "infrastructure as code": lambda: dl.apply(dl.template("web-service")),
}


def table() -> Iterator[str]:
    with launched() as browser, tempfile.TemporaryDirectory() as folder:
        if browser is None:
            raise SystemExit("no Chromium found: install it, or name one in DEPLOYLAB_CHROMIUM")
        home = Path(folder)
        command = [sys.executable, "-m", "deploylab"]
        expose = ["--expose-app-in-browser"]
        with running_lab(
            command, home / "notebooks", home / "lab.log", cwd=HERE.parent, arguments=expose
        ) as lab:
            yield from heading(browser.version)
            with new_page(browser, [], []) as page:
                page.add_init_script(path=HERE / "stopwatch.js")
                yield from turning(page, lab)
                yield from playing(page, lab)
                yield from starting(page, lab)
    yield from sizes()


def heading(chromium: str) -> Iterator[str]:
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("jupyterlab", "ipywidgets", "plotly", "numpy")
    )
    yield from (
        "# In the browser",
        "",
        "Written by `make bench-browser`, in one run. A real JupyterLab in a real Chromium without a screen,",
        "which draws with the processor. Times differ from one machine and hour to the next; compare the",
        "ratios.",
        "",
        f"Python {platform.python_version()}, Chromium {chromium}, {versions}, {machine()}, "
        f"{datetime.now(UTC):%Y-%m-%d}.",
        "",
    )


def turning(page: Page, lab: Lab) -> Iterator[str]:
    yield from (
        "## From the slider to the new picture",
        "",
        f"20 instances, 120,000 requests, {TURNS['player']} turns of `hold`, {TURNS['figure']} of Plotly's,",
        "from the key to the painted picture: the way to the kernel and back, simulation and picture are",
        "included; the goal is a p95 below 100 ms. Plotly shows the same rollout as `Animation.figure` draws",
        "it, at its first moment only except in the last row, and has no figures, ghost or words to show.",
        "",
        "| | p50 ms | p95 ms | p50, times as long |",
        "|---|---:|---:|---:|",
    )
    ours = 0.0
    for number, (name, (way, code)) in enumerate(WAYS.items()):
        p50, p95 = np.percentile(turns(page, lab, f"turn-{number}.ipynb", way, code), [50, 95])
        ours = ours or p50
        yield f"| {name} | {p50:.0f} | {p95:.0f} | {p50 / ours:.1f} |"
    yield ""


def turns(page: Page, lab: Lab, notebook: str, way: str, code: str) -> list[float]:
    write(lab.folder / notebook, f"import deploylab as dl\n{code}")
    run(page, lab, notebook)
    output_of(page, "import deploylab", ".dl-picture svg, .js-plotly-plot .scatterlayer .trace")
    slider = page.locator(".jp-OutputArea .widget-hslider", has_text="hold" if way == "player" else "")
    page.evaluate("way => stopwatch.turns(0, way)", way)
    slider.locator(".noUi-handle").first.focus()
    for turn in range(TURNS[way] + 2):
        wait_idle(page)
        page.keyboard.press("ArrowRight" if turn // THERE % 2 == 0 else "ArrowLeft")
        page.wait_for_function("turn => stopwatch.count() > turn", arg=turn, timeout=SOON)
    times: list[float] = page.evaluate("stopwatch.take()")
    return times[2:]  # the first ones warm up


def playing(page: Page, lab: Lab) -> Iterator[str]:
    yield from (
        "## Frames a second while it plays",
        "",
        f"Over {PLAYING} s; 60 is the most that the browser asks for. The goals are 50 and 30.",
        "",
        "| instances | frames a second |",
        "|---:|---:|",
    )
    for replicas in (100, 1_000):
        scenario = f"dl.Scenario(replicas={replicas}, traffic=dl.Traffic(rate=1000), duration=120)"
        write(
            lab.folder / "play.ipynb",
            f"import deploylab as dl\ndl.animate(dl.roll_out(dl.Rolling(max_surge='10%'), {scenario}))",
        )
        run(page, lab, "play.ipynb")
        player = output_of(page, "import deploylab", ".deploylab")
        scrubber = player.locator(".dl-controls input")
        player.get_by_role("button", name="Play").click()
        page.wait_for_function("node => Number(node.value) > 5", arg=scrubber.element_handle(), timeout=SOON)
        page.evaluate("time => stopwatch.frames(time)", PLAYING * 1000)
        page.wait_for_function("() => stopwatch.count()", timeout=MINUTE)
        (frames,) = page.evaluate("stopwatch.take()")
        assert player.get_by_role("button", name="Pause").is_visible()
        yield f"| {replicas:,} | {frames:.0f} |"
    yield ""


def starting(page: Page, lab: Lab) -> Iterator[str]:
    animation = f"dl.animate(dl.roll_out({ROLLING}, {SCENARIO}))"
    cells = {
        "`animate`, with the import, in a new kernel": f"import deploylab as dl\n{animation}",
        "`playground`, after that": f"dl.playground({ROLLING}, {SCENARIO})",
    }
    times: list[list[float]] = []
    for start in range(STARTS):
        write(lab.folder / f"start-{start}.ipynb", *cells.values())
        open_notebook(page, lab.url, f"start-{start}.ipynb")
        taken = []
        for number in range(len(cells)):
            page.evaluate("number => stopwatch.cell(number)", number)
            page.wait_for_function("() => stopwatch.count()", timeout=SOON)
            taken += page.evaluate("stopwatch.take()")
            wait_idle(page)
        times.append(taken)
    yield from (
        "## From running a cell to its first picture",
        "",
        f"The same 120,000 requests, drawn too; {STARTS} new kernels, pages loaded anew. The goal is 1 s.",
        "",
        "| | median ms | longest ms |",
        "|---|---:|---:|",
    )
    for name, each in zip(cells, np.transpose(times), strict=True):
        yield f"| {name} | {np.median(each):.0f} | {each.max():.0f} |"
    yield ""


def sizes() -> Iterator[str]:
    yield from (
        "## Sizes",
        "",
        "Each pattern as it comes without a setting: what one turn of a knob sends, and the page that",
        "`save` writes, style and script included.",
        "",
        "| | kB a turn | kB a page | kB, gzipped |",
        "|---|---:|---:|---:|",
    )
    for name, make in DEFAULTS.items():
        picture = dl.animate(make())
        meta, data = picture.frames.pack()
        with tempfile.TemporaryDirectory() as folder:
            page = picture.save(Path(folder) / "page.html").read_bytes()
        turn = len(json.dumps(meta, separators=(",", ":"))) + len(data)
        yield f"| {name} | {turn / 1e3:.0f} | {len(page) / 1e3:.0f} | {len(compress(page)) / 1e3:.0f} |"
    plotly = len(dl.animate(DEFAULTS["rollout"]()).figure().to_json().encode())
    yield f"| rollout, as a Plotly figure with frames, without plotly.js | {plotly / 1e3:.0f} | | |"
