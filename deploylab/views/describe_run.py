"""A rollout in words: what happened, when, to whom, and how it ended; the text alternative of its picture."""

from __future__ import annotations

from collections import Counter

from ..model.record import Status
from ..model.run import Run
from ..model.summary import budget, counted, percent, seconds, times
from .lines import lines
from .moments import moments

FATES = {
    Status.ERROR: "answered with an error",
    Status.TIMEOUT: "given up by the client after waiting too long",
    Status.LOST: "lost when their instance was killed",
    Status.REFUSED: "refused, because no instance took them",
}


def describe_run(run: Run) -> str:
    """Tell the story of a rollout in plain sentences.

    >>> from deploylab import Recreate, Scenario, Traffic, roll_out
    >>> print(describe_run(roll_out(Recreate(), Scenario(replicas=2, traffic=Traffic(rate=20), duration=60))))
    Recreate replaces v1 by v2 on 2 instances, with 20 requests a second from 5,000 users (seed 7).
    At 0.0 s: stop v1. At 0.0 s: start v2. At 12.3 s: promoted.
    Of 1,227 requests in 60.0 s, 233 failed: 233 were refused, because no instance took them.
    That is an availability of 81.011 %; the promise of 99.9 % is broken, 189.9 times over.
    228 of 5,000 users were hurt. Half of the answers came within 12 ms, 99 % within 84 ms.
    """
    return lines((_opening(run), _steps(run), _failures(run), run.beyond, _promise(run), _people(run)))


def _opening(run: Run) -> str:
    s, (old, *new) = run.scenario, run.scenario.versions
    return (
        f"{run.strategy} replaces {old} by {', then by '.join(new)} on {counted(s.replicas, 'instance')}, "
        f"with {s.traffic.rate:g} requests a second from {counted(s.traffic.users, 'user')} (seed {s.seed})."
    )


def _steps(run: Run) -> str:
    return " ".join(f"At {time:.1f} s: {words}." for time, words in moments(run))


def _failures(run: Run) -> str:
    fates = Counter(Status(status) for status in run.window.status[run.window.failed].tolist())
    told = [f"{number:,} {_were(number)} {FATES[fate]}" for fate, number in fates.most_common()]
    opening = f"Of {run.requests:,} requests in {run.scenario.duration:.1f} s, {run.failures:,} failed"
    return f"{opening}: {'; '.join(told)}." if told else f"{opening}."


def _promise(run: Run) -> str:
    spent = run.error_budget_spent
    promise = f"the promise of {percent(run.scenario.slo.availability)}"
    if spent <= 1 + 1e-9:  # 1 - 0.9 is a bit less than 0.1
        verdict = f"{promise} is kept, with {budget(spent)} of the error budget spent"
    elif spent == float("inf"):
        verdict = f"{promise} is broken"
    else:
        over = times(spent)
        verdict = f"{promise} is broken, {over} over" if over else f"{promise} is just broken"
    return f"That is an availability of {percent(run.availability)}; {verdict}."


def _people(run: Run) -> str:
    return (
        f"{run.users_hurt:,} of {counted(run.scenario.traffic.users, 'user')} {_were(run.users_hurt)} hurt. "
        f"Half of the answers came within {seconds(run.latency_p50)}, 99 % within {seconds(run.latency_p99)}."
    )


def _were(many: int) -> str:
    return "was" if many == 1 else "were"
