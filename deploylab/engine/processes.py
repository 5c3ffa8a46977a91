"""A pool of processes that leaves none behind, and strategies that can travel to it."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread

from ..model.errors import StrategyError
from ..model.rollout import Strategy
from ..model.scenario import Scenario

WHAT_TO_DO = (
    "either write it into a module, a .py file beside the notebook, and import it from there, "
    "or stay in this process with sweep(..., executor=concurrent.futures.ThreadPoolExecutor())"
)
_STAYS = (pickle.PicklingError, AttributeError, TypeError)  # what pickle says of what cannot travel
AT_MOST = 61  # more processes than these, Windows cannot wait for


@contextmanager
def process_pool() -> Iterator[ProcessPoolExecutor]:
    """A pool of a process a core; none outlives the block, nor this process, however they end.

    Every worker watches one end of a pipe of which this process alone holds the other. When that is closed,
    on an error, on Ctrl-C, or by the operating system after a kill, the worker ends at once.
    Workers are spawned, not forked: forking a notebook's kernel, which has threads, may hang.
    """
    watched, held = get_context("spawn").Pipe(duplex=False)
    pool = ProcessPoolExecutor(cores(), get_context("spawn"), _live_with, (watched,))
    try:
        yield pool
    except BaseException as problem:
        held.close()
        if isinstance(problem, BrokenProcessPool):
            raise StrategyError(
                "sweep: the worker processes ended before their work did. In a script, call sweep under "
                "`if __name__ == '__main__':`; elsewhere give it fewer workers with executor=..., for "
                "memory may be short"
            ) from problem
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        held.close()
        watched.close()


def cores() -> int:
    """The processor cores that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(AT_MOST, usable)


def packed(runs: Sequence[tuple[Strategy, Scenario]]) -> bytes:
    """The runs in a form that can travel to another process.

    >>> packed([(lambda scenario: None, Scenario())])
    Traceback (most recent call last):
    deploylab.model.errors.StrategyError: <lambda> cannot travel to another process: either write it ...
    """
    try:
        return pickle.dumps(runs)
    except _STAYS:
        names = dict.fromkeys(name_of(plan) for plan, _ in runs if not _travels(plan))
        raise StrategyError(f"{', '.join(names)} cannot travel to another process: {WHAT_TO_DO}") from None


def unpacked(load: bytes) -> Sequence[tuple[Strategy, Scenario]]:
    """The runs, in the worker; a strategy that lives in a notebook only cannot be found there."""
    try:
        runs: Sequence[tuple[Strategy, Scenario]] = pickle.loads(load)
        return runs
    except (AttributeError, ImportError) as problem:
        raise StrategyError(f"a worker process cannot find a strategy ({problem}): {WHAT_TO_DO}") from None


def name_of(thing: object) -> str:
    """What a person would call it."""
    return getattr(thing, "__name__", type(thing).__name__)


def _travels(thing: object) -> bool:
    try:
        pickle.dumps(thing)
    except _STAYS:
        return False
    return True


def _live_with(watched: Connection) -> None:
    """In a worker, first: Ctrl-C is the main process's business, and without that there is no life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(watched,), daemon=True).start()


def _end_with(watched: Connection) -> None:
    try:
        watched.recv()
    except (EOFError, OSError):
        os._exit(1)
