"""The release of a feature in words: the text alternative of its picture."""

from __future__ import annotations

from ..model.flag_rollout import FlagRollout
from ..model.summary import percent, seconds
from .lines import lines


def describe_flag(record: FlagRollout) -> str:
    """Tell the story of a feature's release in plain sentences.

    >>> from deploylab import Flag, Scenario, Version, toggle
    >>> bad = Scenario(candidate=Version("v2", error_rate=0.2), duration=120)
    >>> print(describe_flag(toggle(Flag(), bad)))
    The flag new-checkout releases the feature of v2, with 120 requests a second from 5,000 users (seed 7).
    At 0.0 s: 5 %. At 15.0 s: alarm, flag off. At 18.5 s: taken back.
    The monitor noticed 5.4 s after the first failure; 3.5 s later nobody met the feature any more.
    Of 14,529 requests in 120.0 s, 14 failed, 14 of them with the feature: an availability of 99.904 %.
    70 users met the feature, and 14 were hurt. Taken back by a redeploy instead, 224 would have been hurt.
    """
    told = (_opening(record), _events(record), _incident(record), _requests(record), _people(record))
    return lines(told)


def _opening(record: FlagRollout) -> str:
    s, name = record.scenario, record.scenario.candidate.name
    return (
        f"The flag {record.flag.key} releases the feature of {name}, with {s.traffic.rate:g} requests "
        f"a second from {s.traffic.users:,} users (seed {s.seed})."
    )


def _events(record: FlagRollout) -> str:
    return " ".join(f"At {event.time:.1f} s: {event.message}." for event in record.events)


def _incident(record: FlagRollout) -> str:
    if record.alarm is None:
        return "The monitor saw no more failures than it tolerates."
    noticed = f"The monitor noticed {seconds(record.time_to_notice)} after the first failure"
    if record.back is None:
        return f"{noticed}; at the end there were still users who met the feature."
    return f"{noticed}; {seconds(record.time_to_take_back)} later nobody met the feature any more."


def _requests(record: FlagRollout) -> str:
    opening = (
        f"Of {record.requests:,} requests in {record.scenario.duration:.1f} s, {record.failures:,} failed"
    )
    bugs = f"{record.failures_with_feature:,} of them with the feature"
    return f"{opening}, {bugs}: an availability of {percent(record.availability)}."


def _people(record: FlagRollout) -> str:
    told = f"{record.users_met_feature:,} users met the feature, and {record.users_hurt:,} were hurt."
    if record.users_who_lost_it:
        told += f" {record.users_who_lost_it:,} lost the feature while it grew, for they were dealt anew."
    if record.other is not None:
        told += (
            f" Taken back by {the_other(record)} instead, {record.other.users_hurt:,} would have been hurt."
        )
    return told


def the_other(record: FlagRollout) -> str:
    """The way back that was not gone."""
    return "a redeploy" if record.flag.kill_switch else "a kill switch"
