"""JupyterLab as a student meets it: a real server, driven in a real browser, with no network behind it.

Everything waits for a condition with a deadline; nothing sleeps and hopes.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NoAnswer

MINUTE = 60_000  # what playwright counts in: milliseconds
SOON = 20_000  # a busy machine is no bug

CELLS = "window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model)"

# Run All is dropped without a word while the kernel is not connected, so first it has to answer.
KERNEL_ANSWERS = """async () => {
    const context = window.jupyterapp.shell.currentWidget.sessionContext;
    await context.ready;
    await context.session.kernel.info;
    return true;
}"""
KERNEL_IS_IDLE = """() => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
    return kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
RUN_ALL = """() => {
    window.ranAll = false;
    window.jupyterapp.commands.execute('notebook:run-all-cells').finally(() => { window.ranAll = true; });
}"""

# What lies open beside it would be found by a test that looks for something on the page.
TURN_TO = """async (path) => {
    const { commands, shell } = window.jupyterapp;
    if (shell.currentWidget?.context?.path === path) return false;
    const others = [...shell.widgets('main')];
    const opened = await commands.execute('docmanager:open', { path });
    for (const other of others) {
        await other.sessionContext?.shutdown();
        other.dispose();
    }
    shell.activateById(opened.id);
    return true;
}"""
ONE_HAS_RUN = f"() => {CELLS}.some(cell => cell.executionCount)"

IS_OPEN = """(name) => {
    const { context, sessionContext } = window.jupyterapp?.shell.currentWidget ?? {};
    return sessionContext?.isReady && context.path === name;
}"""

# Not awaited: a scroll that is overtaken by another one never ends.
SCROLL_TO = """(fragment) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const index = notebook.widgets.findIndex(
        cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().includes(fragment));
    if (index < 0) return false;
    notebook.activeCellIndex = index;
    void notebook.scrollToItem(index, 'start');
    return [index];
}"""
COLOURED_PIXELS = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs: its address, the folder that it serves and its log."""

    url: str
    folder: Path
    log: Path


@contextlib.contextmanager
def running_lab(
    command: Sequence[str], folder: Path, log: Path, *, cwd: Path, arguments: Sequence[str] = ()
) -> Iterator[Lab]:
    """Run `COMMAND lab FOLDER` on a free port of loopback; in the end it must stop when it is asked to."""
    port = free_port()
    line = [*command, "lab", str(folder), "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    line += ["--ServerApp.port_retries=0", "--IdentityProvider.token=", *arguments]
    url = f"http://127.0.0.1:{port}"
    with running(line, f"{url}/api", log, cwd=cwd):
        yield Lab(url, folder, log)


@contextlib.contextmanager
def running(line: Sequence[str], address: str, log: Path, *, cwd: Path) -> Iterator[None]:
    """Run a server that answers at this address, until we are done with it."""
    with log.open("w") as output:
        process = subprocess.Popen(
            line,
            cwd=cwd,
            env=private_environment(log.parent),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            _wait_for_server(process, address, log)
            yield
        finally:
            process.terminate()
            try:
                status = process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
    assert status == 0, f"the server ended with status {status}:\n{log.read_text()[-2000:]}"


def private_environment(folder: Path) -> Mapping[str, str]:
    """Our environment, but for Jupyter's own memory: settings, workspaces and history of one run only."""
    names = (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "IPYTHONDIR",
        "DEPLOYLAB_ATTEMPTS",
    )
    return {**os.environ, **{name: str(folder / name.lower()) for name in names}}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for_server(process: subprocess.Popen[bytes], address: str, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"nothing answered at {address}:\n{log.read_text()[-2000:]}")


def open_notebook(page: Page, lab_url: str, name: str) -> None:
    """Open a notebook in a fresh workspace and wait until its kernel answers."""
    page.goto(f"{lab_url}/lab/tree/{name}?reset")
    await_notebook(page, name)


def await_notebook(page: Page, name: str) -> None:
    """Wait until this notebook is the one that is shown, and its kernel answers."""
    page.wait_for_function(IS_OPEN, arg=name, timeout=MINUTE)
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=MINUTE)
    page.wait_for_function(KERNEL_ANSWERS, timeout=MINUTE)
    wait_idle(page)


def turn_to(window: Page, lab: Lab, name: str, *cells: str) -> None:
    """Open a notebook, which may be made of these cells, in the lab instead of the one that is open, and
    run it; none of its cells may fail. The notebook that is open already stays as it is."""
    if cells and not (lab.folder / name).exists():
        write(lab.folder / name, *cells)
    if window.evaluate(TURN_TO, name):
        await_notebook(window, name)
        _run_all_of(window, lab, name)


def write(file: Path, *cells: str) -> None:
    """Keep these code cells as a notebook."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=kernel), file)


def run(page: Page, lab: Lab, name: str) -> None:
    """Open a notebook in a workspace of its own and run every cell; none may fail."""
    open_notebook(page, lab.url, name)
    _run_all_of(page, lab, name)


def _run_all_of(page: Page, lab: Lab, name: str) -> None:
    page.evaluate(RUN_ALL)
    try:
        page.wait_for_function(ONE_HAS_RUN, timeout=SOON)
    except NoAnswer:  # two labs that start at once: JupyterLab has lost the line to its new kernel
        open_notebook(page, lab.url, name)
        page.evaluate(RUN_ALL)
    await_all(page)
    assert not (errors := cell_errors(page)), errors
    assert cells_not_run(page) == 0


def output_of(page: Page, fragment: str, inside: str) -> Locator:
    """Scroll to the code cell that holds this fragment, and return what it shows there."""
    (index,) = page.wait_for_function(SCROLL_TO, arg=fragment, timeout=SOON).json_value()
    found = page.locator(f'.jp-Cell[data-windowed-list-index="{index}"]').locator(inside).first
    expect(found).to_be_visible(timeout=SOON)
    found.scroll_into_view_if_needed()
    return found


def run_all(page: Page, timeout: float = 2 * MINUTE) -> None:
    """Run every cell, wait for the last one, and for the pictures that it asked for."""
    page.evaluate(RUN_ALL)
    await_all(page, timeout)


def await_all(page: Page, timeout: float = 2 * MINUTE) -> None:
    """Wait for the last of the cells that were told to run."""
    page.wait_for_function("() => window.ranAll", timeout=timeout)
    wait_idle(page, timeout)


def wait_idle(page: Page, timeout: float = 2 * MINUTE) -> None:
    """Wait until the kernel is connected and has nothing to do."""
    page.wait_for_function(KERNEL_IS_IDLE, timeout=timeout)


def cell_errors(page: Page) -> list[str]:
    """What went wrong in the notebook's cells, by its model: cells out of sight count as well."""
    errors: list[str] = page.evaluate(
        f"() => {CELLS}.flatMap(cell => cell.outputs ? cell.outputs.toJSON() : [])"
        ".filter(output => output.output_type === 'error').map(output => `${output.ename}: ${output.evalue}`)"
    )
    return errors


def cells_not_run(page: Page) -> int:
    """How many code cells with something in them have never been run: a silent Run All must not pass."""
    count: int = page.evaluate(
        f"() => {CELLS}.filter(cell => cell.type === 'code' && cell.sharedModel.getSource().trim()"
        " && cell.executionCount === null).length"
    )
    return count
