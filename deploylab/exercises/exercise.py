"""An exercise: how an answer is tried, what it asks for, hints that rise and code that passes."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any, Literal

from ..engine.rollout import roll_out
from ..model.errors import DeploylabError, short
from ..model.scenario import Platform, Scenario, Traffic
from ..model.version import Version
from .requirement import Records, Requirement, Row

PACKAGE = Path(__file__).parent.parent
SHOP = Scenario(traffic=Traffic(rate=160), platform=Platform(pre_stop=2))  # what most exercises release
SEEDS = (7, 8, 11)  # the worst run counts, so that luck does not pass
Standing = Literal["correct", "not yet", "not attempted"]
Try = Callable[[Any], Sequence[Any]]  # an answer: the records that it gives


@dataclass(frozen=True)
class EachSeed:
    """Try an answer with every seed; `give` makes a record of an answer and a seed."""

    give: Callable[[Any, int], Any]

    def __call__(self, answer: Any) -> list[Any]:
        return [self.give(answer, seed) for seed in SEEDS]


def rolled(scenario: Scenario) -> Try:
    """Roll a strategy out on a scenario, with every seed."""
    return EachSeed(lambda strategy, seed: roll_out(strategy, replace(scenario, seed=seed)))


def failing(share: float, scenario: Scenario) -> Scenario:
    """The same scenario with a candidate that answers this share of its requests with an error."""
    return replace(scenario, candidate=Version("v2", error_rate=share))


def returned(function: Callable[..., Any], value: object, problem: str) -> DeploylabError:
    """What to say of a function that gave back something else than it was asked for."""
    return DeploylabError(f"Your function {function.__name__} returned {short(value)}, which {problem}")


@dataclass(frozen=True)
class Check:
    """The answer to an answer: what was asked, and what was reached."""

    exercise: str
    verdict: Standing
    sentence: str
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        table = [row.cells() for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = (f"  {'  '.join(map(str.ljust, row, widths))}".rstrip() for row in table)
        return "\n".join((f"{self.exercise}: {self.verdict}. {self.sentence}", *lines))

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr>{''.join(map(_cell, row.cells()))}</tr>" for row in self.rows)
        title = f"<b>{escape(self.exercise)}: {self.verdict}.</b> {escape(self.sentence)}"
        return f'<p role="status">{title}</p><table>{rows}</table>'


@dataclass(frozen=True)
class Page:
    """A title and a text: a hint, or the code of a solution."""

    title: str
    text: str
    code: bool = False

    def __repr__(self) -> str:
        return f"{self.title}\n{self.text}"

    def _repr_html_(self) -> str:
        tag = "pre" if self.code else "p"
        return f"<p><b>{escape(self.title)}</b></p><{tag}>{escape(self.text)}</{tag}>"


@dataclass(frozen=True)
class Exercise:
    """What is asked of an answer; `kind` names the only types that will do, any strategy if it is empty.

    `tries` are the ways of trying an answer, each by a name that requirements refer to.
    """

    tries: Mapping[str, Try]
    requirements: tuple[Requirement, ...]
    hints: tuple[str, ...]
    solution: str
    kind: type | tuple[type, ...] = ()

    def check(self, name: str, answer: object) -> Check:
        """Try the answer in every way, with every seed, and judge the worst of it."""
        if answer is None or answer is ...:
            return self._asked(name, "not attempted", "This is what it asks for:")
        if problem := _problem(answer, self.kind):
            return self._asked(name, "not yet", problem)
        try:
            records = {way: tried(answer) for way, tried in self.tries.items()}
        except Exception as error:  # whatever a student's own code may raise
            return self._asked(name, "not yet", _in_words(error))
        return self._judged(name, records)

    def _asked(self, name: str, verdict: Standing, sentence: str) -> Check:
        return Check(name, verdict, sentence, tuple(requirement.asked for requirement in self.requirements))

    def _judged(self, name: str, records: Records) -> Check:
        rows = tuple(requirement.judge(records) for requirement in self.requirements)
        broken = sum(not row.met for row in rows)
        if not broken:
            most = max(map(len, records.values()))
            luck = f", with {most} seeds" if most > 1 else ""
            return Check(name, "correct", f"All {len(rows)} requirements are met{luck}.", rows)
        sentence = f"{broken} of {len(rows)} requirements {'is' if broken == 1 else 'are'} not met."
        return Check(name, "not yet", sentence, rows)


def _problem(answer: object, kind: type | tuple[type, ...]) -> str:
    """Why this cannot be tried at all, in a sentence; empty when it can."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if isinstance(answer, type):
        return f"{answer.__name__} is a class; make an object of it: {answer.__name__}(...)."
    if hasattr(answer, "send"):
        return "This strategy has been called already; hand in the function itself, without brackets."
    given = f"this is of type {type(answer).__name__}"
    if kinds and not isinstance(answer, kinds):
        return f"It asks for {' or '.join(map(_called, kinds))}, and {given}."
    if not kinds and not callable(answer):
        return f"It asks for a strategy or a generator function, and {given}."
    return ""


def _called(kind: type) -> str:
    plain = {int: "a whole number", float: "a number", str: "a text", dict: "a dictionary", list: "a list"}
    article = "an" if kind.__name__[0] in "AEIO" else "a"
    return plain.get(kind) or f"{article} {kind.__name__}(...)"


def _in_words(error: Exception) -> str:
    """What an answer raised, in a sentence that is the same each time: without addresses."""
    said = str(error)
    if not isinstance(error, DeploylabError):
        said = f"{type(error).__name__}{_where(error)}: {said}"
    return "Your answer cannot be tried. " + re.sub(r" at 0x[0-9a-fA-F]+", "", said)


def _where(error: Exception) -> str:
    """The line of the student's own code, if the error came from there."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return "" if Path(frame.filename).is_relative_to(PACKAGE) else f" in line {frame.lineno}"


def _cell(words: str) -> str:
    return f'<td style="text-align:left">{escape(words)}</td>'
