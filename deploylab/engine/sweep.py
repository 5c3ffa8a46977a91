"""Many rollouts at once: every strategy in every scenario with every seed, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import fields, is_dataclass, replace
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ..model.errors import KnobError
from ..model.rollout import Strategy
from ..model.scenario import Scenario
from ..model.table import Column, Table, column
from .processes import name_of, packed, process_pool, unpacked
from .rollout import roll_out

SMALLEST, LARGEST = 20, 50  # runs a task: enough to make up for the journey, and soon back
TASKS = 32  # or more, so that no worker waits long for the last one

FIGURES = (
    "requests", "failures", "availability", "error_budget_spent", "users_hurt", "users_met_candidate",
    "latency_p50", "latency_p95", "latency_p99", "finished", "time_to_promote", "time_to_roll_back",
    "instance_seconds", "peak_instances", "mixed_seconds",
)  # fmt: skip

SHOWN = ("outcome", "availability", "users_hurt", "latency_p99", "time_to_promote", "time_to_roll_back")

Row = tuple[Any, ...]  # the strategy's name, the outcome and the figures of one run
Runs = Sequence[tuple[Strategy, Scenario]]


def sweep(
    strategies: Strategy | Iterable[Strategy],
    scenarios: Scenario | Iterable[Scenario],
    seeds: Iterable[int] | None = None,
    executor: Executor | None = None,
    progress: bool = True,
) -> Table:
    """Roll out every strategy in every scenario with every seed; a row of figures for each run, in order.

    The strategies of one scenario and seed stand together, and met the very same requests. Without `seeds`
    each scenario has its own. Columns are the strategy, the knobs that differ, the seed, and the figures of
    `Run` under their names.

    `executor`: anything with the `submit` of concurrent.futures: a ThreadPoolExecutor, Dask's
    `client.get_executor(pure=False)`, ipyparallel's, MPI's. The answers are the same on each. Without one, a
    sweep of more than 20 runs uses a process a core, and a smaller one is done here before they would start.

    Raises `StrategyError` as `roll_out` does, and when a strategy cannot travel to another process.

    >>> from deploylab import BlueGreen, Recreate, Scenario
    >>> table = sweep([Recreate(), BlueGreen()], Scenario(duration=60), seeds=[1, 2])
    >>> (table["users_hurt"] > 0).tolist()
    [True, False, True, False]
    """
    plans, worlds = _several("strategies", strategies), _scenarios(scenarios, seeds)
    if problem := [plan for plan in plans if not callable(plan)]:
        raise KnobError("sweep", "strategies", problem[0], "is no strategy; try Recreate() or Canary()")
    runs = [(plan, world) for world in worlds for plan in plans]
    size = max(SMALLEST, min(LARGEST, len(runs) // TASKS))
    chunks: list[Runs] = [runs[start : start + size] for start in range(0, len(runs), size)]
    with _progress(len(runs), progress) as advance:
        if executor is None and len(chunks) == 1:
            rows = [_row(plan, world) for plan, world in runs]
            advance(len(rows))
        else:
            rows = list(_spread(chunks, executor, advance))
    return _table(rows, runs)


def _several(name: str, things: Any) -> list[Any]:
    one = callable(things) or isinstance(things, Scenario)
    several = [things] if one else list(things) if isinstance(things, Iterable) else []
    if not several:
        raise KnobError("sweep", name, things, "holds nothing to run; give at least one in a list")
    return several


def _scenarios(scenarios: Any, seeds: Any) -> list[Scenario]:
    worlds = _several("scenarios", scenarios)
    if problem := [world for world in worlds if not isinstance(world, Scenario)]:
        raise KnobError("sweep", "scenarios", problem[0], "is no Scenario; make one with Scenario(...)")
    if seeds is None:
        return worlds
    return [replace(world, seed=seed) for world in worlds for seed in _several("seeds", seeds)]


def _spread(
    chunks: Sequence[Runs], executor: Executor | None, advance: Callable[[int], None]
) -> Iterator[Row]:
    with ExitStack() as stack:
        pool = executor or stack.enter_context(process_pool())
        futures: list[Future[list[Row]]] = []
        try:
            for chunk in chunks:
                if isinstance(pool, ProcessPoolExecutor):
                    futures.append(pool.submit(_unpack_and_run, packed(chunk)))
                else:
                    futures.append(pool.submit(_run_all, chunk))
            for future in futures:
                rows = future.result()
                advance(len(rows))
                yield from rows
        finally:
            for future in futures:  # after an error or Ctrl-C, nobody wants the rest
                future.cancel()


def _unpack_and_run(load: bytes) -> list[Row]:
    return _run_all(unpacked(load))


def _run_all(runs: Runs) -> list[Row]:
    return [_row(plan, world) for plan, world in runs]


def _row(plan: Strategy, world: Scenario) -> Row:
    """One run, of which only the figures travel back."""
    try:
        run = roll_out(plan, world)
    except Exception as error:
        error.add_note(f"in the run of {name_of(plan)} with seed {world.seed}")
        raise
    return (run.strategy, run.outcome.value, *(getattr(run, name) for name in FIGURES))


@contextmanager
def _progress(runs: int, wanted: bool) -> Iterator[Callable[[int], None]]:
    """A bar that counts runs while somebody looks at it, and leaves nothing on the screen."""
    console = Console(stderr=True)
    silent = not (wanted and (console.is_interactive or console.is_jupyter))
    look = (TextColumn("sweep"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*look, console=console, transient=True, disable=silent) as bar:
        task = bar.add_task("sweep", total=runs)
        yield lambda done: bar.advance(task, done)


def _table(rows: list[Row], runs: Runs) -> Table:
    strategies, outcomes, *figures = zip(*rows, strict=True)
    plans, worlds = zip(*runs, strict=True)
    varied: dict[str, Column] = {"strategy": strategies}
    for name, values in _what_differs([_knobs(plan) for plan in plans]).items():
        varied[f"strategy.{name}" if name in (*varied, "seed", *FIGURES) else name] = values
    for name, values in _what_differs([_knobs(world) for world in worlds]).items():
        varied[f"scenario.{name}" if name in (*varied, *FIGURES) else name] = values
    varied["seed"] = column([world.seed for world in worlds])
    results = dict(zip(FIGURES, map(column, figures), strict=True))
    longer = sum(end > world.duration for end, world in zip(results["finished"], worlds, strict=True))
    note = f"{longer:,} of {len(rows):,} rollouts go on where their figures end: a longer duration counts all"
    return Table({**varied, "outcome": outcomes, **results}, tuple(varied), SHOWN, note if longer else "")


def _knobs(owner: object, path: str = "") -> dict[str, Any]:
    """Every field of a dataclass by its path, those of dataclasses inside it too: `traffic.rate`.

    What is inside goes by the name of its kind, so that one judge is told from another.
    """
    found: dict[str, Any] = {}
    for field in fields(owner) if is_dataclass(owner) else ():
        value, name = getattr(owner, field.name), path + field.name
        found[name] = type(value).__name__ if is_dataclass(value) else value
        found.update(_knobs(value, f"{name}."))
    return found


def _what_differs(knobs: list[dict[str, Any]]) -> dict[str, Column]:
    """The knobs that do not have one value everywhere; None where there is no such knob."""
    names = dict.fromkeys(name for own in knobs for name in own)
    differ = [
        name for name in names
        if name != "seed" and len({repr(own[name]) for own in knobs if name in own}) > 1
    ]  # fmt: skip
    return {name: column([own.get(name) for own in knobs]) for name in differ}
