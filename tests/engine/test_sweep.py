"""Many rollouts at once: the same table whoever computes it, in order, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from deploylab.engine import sweep as sweep_module
from deploylab.engine.rollout import roll_out
from deploylab.engine.sweep import FIGURES, sweep
from deploylab.model.errors import DeploylabError, KnobError, StrategyError
from deploylab.model.rollout import Outcome, Rollout, Step
from deploylab.model.scenario import Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.analysis import Analysis
from deploylab.patterns.analysis.judges import FixedSample, Sequential, Threshold
from deploylab.patterns.canary import Canary
from deploylab.patterns.recreate import Recreate
from deploylab.patterns.rolling import Rolling

STRATEGIES = [Recreate(), Rolling(), Rolling(batch_size=2)]
SCENARIOS = [Scenario(traffic=Traffic(rate=rate), duration=30) for rate in (20, 40)]
SEEDS = range(10)


def needs_v9(_: Scenario) -> Rollout:
    yield Step({"v9": 1})
    return Outcome.PROMOTED


def wants_too_much(_: Scenario) -> Rollout:
    yield Step({"v1": Scenario(replicas=-1).replicas})
    return Outcome.PROMOTED


@contextmanager
def dask() -> Iterator[Executor]:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor(pure=False)


def default() -> AbstractContextManager[None]:
    return contextmanager(lambda: iter([None]))()


@pytest.fixture(scope="module")
def expected() -> str:
    with ThreadPoolExecutor(2) as threads:
        return sweep(STRATEGIES, SCENARIOS, SEEDS, executor=threads).digest


@pytest.mark.parametrize(
    "executor", [default, lambda: ProcessPoolExecutor(2), dask], ids=["own", "pool", "dask"]
)
def test_every_executor_gives_the_answers_of_threads(
    executor: Callable[[], AbstractContextManager[Executor | None]], expected: str
) -> None:
    with executor() as pool:
        table = sweep(STRATEGIES, SCENARIOS, SEEDS, executor=pool)
    assert len(table) == 60
    assert table.digest == expected


def test_rows_stand_in_order_with_the_strategies_of_one_scenario_and_seed_together() -> None:
    table = sweep(STRATEGIES, SCENARIOS, [5, 3])
    assert table["strategy"][:4] == ("Recreate", "Rolling", "Rolling", "Recreate")
    assert list(table["seed"]) == 2 * [5, 5, 5, 3, 3, 3]
    assert list(table["traffic.rate"]) == 6 * [20] + 6 * [40]
    assert table["batch_size"] == 4 * (None, None, 2)


def test_the_order_is_kept_when_the_last_task_is_done_first() -> None:
    class Backwards(Executor):
        """Starts nothing before it has three tasks, then does the last one first."""

        def __init__(self) -> None:
            self.work: list[Callable[[], None]] = []

        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            self.work.append(lambda: future.set_result(fn(*args, **kwargs)))
            for late in reversed(self.work if len(self.work) == 3 else []):
                late()
            return future

    table = sweep(Recreate(), SCENARIOS[0], range(60), executor=Backwards())
    assert list(table["seed"]) == list(range(60))


def test_a_row_holds_the_figures_of_its_run() -> None:
    scenario = Scenario(candidate=Version("v2", error_rate=0.2), duration=60)
    table = sweep(Canary(), scenario)
    run = roll_out(Canary(), scenario)
    for name in FIGURES:
        value = getattr(run, name)
        assert table[name][0] == value or (value is None and table[name][0] in (None, np.nan)), name
    assert table["outcome"] == ("rolled back",)


def test_the_knobs_that_differ_are_columns_and_no_others() -> None:
    canaries = [Canary(analysis=Analysis(max_error_rate=rate)) for rate in (0.01, 0.1)]
    worlds = [Scenario(candidate=Version("v2", error_rate=rate), duration=30) for rate in (0.0, 0.3)]
    table = sweep(canaries, worlds)
    assert table.varied == ("strategy", "analysis.max_error_rate", "candidate.error_rate", "seed")
    assert list(table["candidate.error_rate"]) == [0, 0, 0.3, 0.3]


def test_judges_that_have_the_same_knobs_are_told_apart_by_their_names() -> None:
    judges = (Threshold(), FixedSample(), Sequential())
    canaries = [Canary(analysis=Analysis(judge=judge)) for judge in judges]
    table = sweep(canaries, Scenario(duration=30))
    assert table.varied == ("strategy", "analysis.judge", "seed")
    assert table["analysis.judge"] == ("Threshold", "FixedSample", "Sequential")


def test_a_function_written_on_the_spot_can_be_swept_by_threads_but_cannot_travel() -> None:
    def mine(_: Scenario) -> Rollout:
        yield Step({"v1": 6})
        return Outcome.ABORTED

    advice = r"^mine cannot travel to another process: .*module.*ThreadPoolExecutor\(\)\)$"
    with pytest.raises(StrategyError, match=advice):
        sweep([Recreate(), mine], SCENARIOS[0], range(20))
    with ThreadPoolExecutor(2) as threads:
        table = sweep(mine, SCENARIOS[0], range(21), executor=threads)
    assert set(table["outcome"]) == {"aborted"}


def test_a_function_of_a_notebook_is_not_found_by_the_workers_and_the_error_says_what_to_do() -> None:
    notebook = """
import deploylab as dl
def mine(scenario):
    yield dl.Step({"v1": 6})
    return dl.Outcome.PROMOTED
try:
    dl.sweep(mine, dl.Scenario(duration=1), range(21))
except dl.DeploylabError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", notebook], capture_output=True, text=True, timeout=120)
    assert "a worker process cannot find a strategy" in done.stdout
    assert "ThreadPoolExecutor()" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(("strategy", "error"), [(needs_v9, StrategyError), (wants_too_much, KnobError)])
def test_an_error_in_a_worker_arrives_as_itself_and_names_the_run(
    strategy: Callable[[Scenario], Rollout], error: type[DeploylabError]
) -> None:
    with pytest.raises(error) as caught:
        sweep(strategy, SCENARIOS[0], range(21))
    assert caught.value.__notes__ == [f"in the run of {strategy.__name__} with seed 0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], SCENARIOS), r"sweep.strategies: \[\] holds nothing"),
        ((Recreate(), []), r"sweep.scenarios: \[\] holds nothing"),
        ((Recreate(), Scenario(), []), r"sweep.seeds: \[\] holds nothing"),
        ((Recreate(), Scenario(), 5), r"sweep.seeds: 5 holds nothing"),
        ((["canary"], Scenario()), "'canary' is no strategy"),
        ((Recreate(), [Recreate()]), "is no Scenario"),
        ((Recreate(), Scenario(), [-1]), "Scenario.seed: -1 is not allowed"),
    ],
)  # fmt: skip
def test_what_cannot_be_swept_is_refused_by_name(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(KnobError, match=message):
        sweep(*arguments)


# Progress


@pytest.mark.parametrize(
    ("terminal", "wanted", "shown"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_the_bar_is_shown_only_where_somebody_looks(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, wanted: bool, shown: bool
) -> None:
    screen = Console(force_terminal=terminal, force_interactive=terminal, force_jupyter=False, record=True)
    monkeypatch.setattr(sweep_module, "Console", lambda **_: screen)
    with screen.capture() as capture:
        sweep(Recreate(), SCENARIOS[0], progress=wanted)
    assert ("sweep" in capture.get()) is shown


# Leaving nothing behind

STUCK = """
import os, sys, threading
import deploylab as dl

def stuck(scenario):
    open(os.path.join(sys.argv[1], str(os.getpid())), "w").close()
    threading.Event().wait()
    yield

if __name__ == "__main__":
    dl.sweep(stuck, dl.Scenario(), range(200))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of a terminal")
@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda process: os.killpg(process.pid, signal.SIGINT), id="Ctrl-C in a terminal"),
        pytest.param(lambda process: process.send_signal(signal.SIGINT), id="interrupt of a kernel"),
        pytest.param(lambda process: process.kill(), id="kill"),
    ],
)
def test_an_interrupted_sweep_leaves_no_process_behind(
    tmp_path: Path, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    script, pids = tmp_path / "stuck.py", tmp_path / "pids"
    script.write_text(STUCK)
    pids.mkdir()
    process = subprocess.Popen(
        [sys.executable, str(script), str(pids)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        wait_until(lambda: any(pids.iterdir()))
        end(process)
        # Every descendant holds the other end of stdout: this returns when the last one is gone.
        said, _ = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert "Process Spawn" not in said, "a worker complained"
    assert process.returncode != 0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.02)
