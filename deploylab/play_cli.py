"""`deploylab play` on the command line: every knob of a strategy is an option, some of the world are too."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any

from .model.errors import DeploylabError
from .model.knob import knobs
from .model.scenario import Scenario, Traffic
from .model.summary import counted, percent
from .model.version import Version
from .patterns.strategies import NAMES, hyphened, strategy

ERROR_RATE = 0.02  # of the new version in `play`: without a fault there is little to see
# The scenario's knobs that `play` offers: option, help, and where the value goes.
WORLD: dict[str, tuple[str, type]] = {
    "replicas": (f"instances of the service (default: {Scenario.replicas})", int),
    "rate": (f"requests each second (default: {Traffic.rate:g})", float),
    "users": (f"users of the service (default: {Traffic.users})", int),
    "error-rate": (f"share of requests that v2 answers with an error (default: {ERROR_RATE})", float),
    "duration": (f"seconds over which the figures are taken (default: {Scenario.duration:g})", float),
    "seed": (f"the seed of all chance (default: {Scenario.seed})", int),
}


def add_strategies(play: argparse.ArgumentParser) -> None:
    """`play STRATEGY`, with the options of each."""
    strategies = play.add_subparsers(dest="strategy", metavar="STRATEGY", required=True)
    for kind in map(strategy, NAMES):
        name, words = hyphened(kind.__name__), (kind.__doc__ or "").splitlines()[0]
        _add_strategy(strategies.add_parser(name, help=words, allow_abbrev=False), kind)


def _add_strategy(parser: argparse.ArgumentParser, kind: type) -> None:
    """Options for every knob of a strategy, and for the scenario's most telling ones."""
    for name, knob in knobs(kind).items():
        default = next(f.default for f in fields(kind) if f.name == name)
        shown = "" if default is False or default in (MISSING, None, ()) else f"default: {_words(default)}"
        notes = "; ".join(filter(None, (knob.unit, shown)))
        read = _values if isinstance(default, tuple) else _value
        given: dict[str, Any] = {"type": read, "metavar": "VALUE"}
        parser.add_argument(
            f"--{name.replace('_', '-')}", dest=f"knob_{name}", default=None,
            **({"action": argparse.BooleanOptionalAction} if isinstance(default, bool) else given),
            help=f"{knob.help} ({notes})".replace(" ()", "").replace("%", "%%"),
        )  # fmt: skip
    for name, (words, number) in WORLD.items():
        parser.add_argument(f"--{name}", type=_reader(number), metavar="VALUE", help=words)
    parser.add_argument("--out", type=Path, metavar="FILE.html", help="write the animation to this file")
    parser.set_defaults(run=_play, kind=kind)


def _play(options: argparse.Namespace, _: list[str]) -> int:
    from .engine.rollout import roll_out

    if options.out is not None:
        _check_file(options.out)
    given = {name: getattr(options, f"knob_{name}") for name in knobs(options.kind)}
    given = {name: value for name, value in given.items() if value is not None}
    strategy, scenario = options.kind(**given), _scenario(options)
    for name, reason in strategy.idle().items() if hasattr(strategy, "idle") else ():
        if name in given:
            print(f"deploylab: --{name.replace('_', '-')} has no effect: {reason}", file=sys.stderr)
    run = roll_out(strategy, scenario)
    print(_told(scenario))
    print(run.summary)
    if options.out:
        from .widgets.player import animate

        print(f"The animation is in {animate(run).save(options.out)}")
    return 0


def _check_file(file: Path) -> None:
    """Refuse, before anything runs, a file that could not be written or would not open as a page."""
    if file.is_dir():
        raise DeploylabError(f"--out: {str(file)!r} is a folder; name a file, for example run.html")
    if not file.resolve().parent.is_dir():
        raise DeploylabError(f"--out: there is no folder {file.parent}; make it first, or name another")
    if file.suffix.lower() not in (".html", ".htm"):
        raise DeploylabError(f"--out: {str(file)!r} is no page; its name must end in .html")


def _reader(number: type) -> Callable[[str], Any]:
    """What reads a whole number, or any, and says in plain words what is none."""
    wanted = "whole number; write for example 4" if number is int else "number; write for example 0.5"

    def read(text: str) -> Any:
        try:
            return number(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no {wanted}") from None

    return read


def _scenario(options: argparse.Namespace) -> Scenario:
    """The scenario of `play`: the defaults for what was not given, and a new version with a small fault."""
    given = {name: getattr(options, name.replace("-", "_")) for name in WORLD}
    own = {name: value for name, value in given.items() if value is not None}
    traffic = replace(Traffic(), **{name: own.pop(name) for name in ("rate", "users") if name in own})
    candidate = Version("v2", error_rate=own.pop("error-rate", ERROR_RATE))
    return Scenario(candidate=candidate, traffic=traffic, **own)


def _told(scenario: Scenario) -> str:
    """The scenario in a line, with what is wrong with the new version: `dl.Scenario()` has no such fault."""
    new, traffic = scenario.candidate, scenario.traffic
    return (
        f"{new.name} replaces {scenario.stable.name} on {counted(scenario.replicas, 'instance')} and answers "
        f"{percent(new.error_rate)} of its requests with an error; {traffic.rate:g} req/s from "
        f"{counted(traffic.users, 'user')} for {scenario.duration:g} s, seed {scenario.seed}"
    )


def _value(text: str) -> Any:
    """The value of a knob: a number, or several with commas; else text, for the knob to judge.

    >>> _value("2"), _value("0.5"), _value("25%"), _value("5,25")
    (2, 0.5, '25%', (5, 25))
    """
    if "," in text:
        return tuple(_value(part.strip()) for part in text.split(",") if part.strip())
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def _values(text: str) -> tuple[Any, ...]:
    """The value of a knob that takes several: a single one is several as well.

    >>> _values("5,25"), _values("50")
    ((5, 25), (50,))
    """
    value = _value(text)
    return value if isinstance(value, tuple) else (value,)


def _words(value: Any) -> str:
    """A knob's value as it is written in the terminal.

    >>> _words((5, 25)), _words(True), _words("25%")
    ('5,25', 'on', '25%')
    """
    return ",".join(map(str, value)) if isinstance(value, tuple) else "on" if value is True else str(value)
