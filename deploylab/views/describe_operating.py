"""How often a judge was wrong, in words: the text alternative of its curves."""

from __future__ import annotations

from ..model.operating import OperatingCharacteristic
from ..model.summary import share
from .lines import lines


def describe_operating(record: OperatingCharacteristic) -> str:
    """Tell in plain sentences how often the judge was wrong, and how soon it was right.

    >>> from deploylab.model.operating import Trial
    >>> trial = Trial(rates=(0.01, 0.05), requests=50, looks=2, runs=100)
    >>> print(describe_operating(OperatingCharacteristic(
    ...     "FixedSample", trial, 0.05, every=((0.03, 0.21), (0.4, 0.8)), once=((0.03, 0.04), (0.4, 0.8)))))
    FixedSample looks 2 times, after every 50 requests, at 100 runs of each version; the limit is 1 %.
    Of versions with 1 % errors, which are good, it calls 21 % failed; a single look would call 4 % failed.
    It promises at most 5 %: the promise is broken.
    Of versions with 5 % errors, which are bad, it notices 80 %, after 75 requests on average.
    """
    trial, good = record.trial, record.worst_good
    times = "once" if trial.looks == 1 else f"{trial.looks:,} times"
    opening = f"{record.judge} looks {times}, after every {trial.requests:,} requests, at {trial.runs:,} runs"
    told = [f"{opening} of each version; the limit is {share(trial.limit)}."]
    if good is not None:
        single = f"a single look would call {share(record.once[good][-1])} failed"
        rate, wrong = share(trial.rates[good]), share(record.alarms(good))
        told.append(f"Of versions with {rate} errors, which are good, it calls {wrong} failed; {single}.")
    if good is not None and record.alpha:
        # What chance alone may add to a promise that is kept to the letter.
        doubt = 3 * (record.alpha * (1 - record.alpha) / trial.runs) ** 0.5
        kept = "kept" if record.alarms(good) <= record.alpha + doubt else "broken"
        told.append(f"It promises at most {share(record.alpha)}: the promise is {kept}.")
    for place in record.bad:
        after = record.requests_to_alarm(place)
        when = "" if after is None else f", after {after:,.0f} requests on average"
        rate, noticed = share(trial.rates[place]), share(record.alarms(place))
        told.append(f"Of versions with {rate} errors, which are bad, it notices {noticed}{when}.")
    return lines(told)
