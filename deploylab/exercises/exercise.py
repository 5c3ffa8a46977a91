"""An exercise: its scenarios, what it asks for, hints that rise and code that passes."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Literal

from ..engine.rollout import roll_out
from ..model.errors import DeploylabError
from ..model.rollout import Strategy
from ..model.scenario import Scenario
from .requirement import Ending, Requirement, Row, Runs

PACKAGE = Path(__file__).parent.parent
SEEDS = (7, 8, 11)  # the worst run counts, so that luck does not pass
Verdict = Literal["correct", "not yet", "not attempted"]


@dataclass(frozen=True)
class Check:
    """The answer to an answer: what was asked, and what was reached."""

    exercise: str
    verdict: Verdict
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
    """What is asked of a strategy; `kind` names the only class of strategies that will do."""

    scenarios: Mapping[str, Scenario]
    requirements: tuple[Requirement | Ending, ...]
    hints: tuple[str, ...]
    solution: str
    kind: type | None = None

    def check(self, name: str, answer: object) -> Check:
        """Roll the answer out on every scenario and with every seed, and judge the worst of it."""
        if answer is None or answer is ...:
            return self._asked(name, "not attempted", "This is what it asks for:")
        problem = _problem(answer, self.kind)
        if problem or not callable(answer):
            return self._asked(name, "not yet", problem)
        try:
            runs = self._runs(answer)
        except Exception as error:  # whatever a student's own code may raise
            return self._asked(name, "not yet", _in_words(error))
        return self._judged(name, runs)

    def _asked(self, name: str, verdict: Verdict, sentence: str) -> Check:
        return Check(name, verdict, sentence, tuple(requirement.asked for requirement in self.requirements))

    def _judged(self, name: str, runs: Runs) -> Check:
        rows = tuple(requirement.judge(runs) for requirement in self.requirements)
        broken = sum(not row.met for row in rows)
        if not broken:
            every = f"All {len(rows)} requirements are met, with {len(SEEDS)} seeds."
            return Check(name, "correct", every, rows)
        sentence = f"{broken} of {len(rows)} requirements {'is' if broken == 1 else 'are'} not met."
        return Check(name, "not yet", sentence, rows)

    def _runs(self, strategy: Strategy) -> Runs:
        return {
            name: [roll_out(strategy, replace(scenario, seed=seed)) for seed in SEEDS]
            for name, scenario in self.scenarios.items()
        }


def _problem(answer: object, kind: type | None) -> str:
    """Why this cannot be rolled out at all, in a sentence; empty when it can be tried."""
    if isinstance(answer, type):
        return f"{answer.__name__} is a class; make an object of it: {answer.__name__}(...)."
    if kind and not isinstance(answer, kind):
        return f"It asks for a {kind.__name__}(...), and this is of type {type(answer).__name__}."
    if hasattr(answer, "send"):
        return "This strategy has been called already; hand in the function itself, without brackets."
    if not callable(answer):
        return f"It asks for a strategy or a generator function, and this is of type {type(answer).__name__}."
    return ""


def _in_words(error: Exception) -> str:
    """What a strategy raised, in a sentence that is the same each time: without addresses."""
    said = str(error)
    if not isinstance(error, DeploylabError):
        said = f"{type(error).__name__}{_where(error)}: {said}"
    return "Your strategy cannot be rolled out. " + re.sub(r" at 0x[0-9a-fA-F]+", "", said)


def _where(error: Exception) -> str:
    """The line of the student's own code, if the error came from there."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return "" if Path(frame.filename).is_relative_to(PACKAGE) else f" in line {frame.lineno}"


def _cell(words: str) -> str:
    return f'<td style="text-align:left">{escape(words)}</td>'
