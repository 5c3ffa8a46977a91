"""What a teacher should look at in the files that come back: one came twice, or two are too much alike."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploylab.quiz.score import Result

Handed = tuple[Path, bytes, Result]  # a file of answers, what it holds, what it is worth


def oddities(known: Sequence[Handed]) -> Iterator[str]:
    """What is odd about the last of these files beside those before it."""
    path, data, result = known[-1]
    content = json.loads(data)
    if not content.get("handed_in", True):
        yield "not handed in; these are the answers so far"
    for other, before, earlier in known[:-1]:
        paper, first = result.paper, earlier.paper
        if (paper.student, paper.attempt) == (first.student, first.attempt):
            twice = f"of the student and the attempt of {other}; only one can count"
            yield "this file is named twice; it counts once" if path == other else twice
            return
        # In right answers all are alike; wrong ones, given in one order and all the same, are rare.
        wrong = result.again and paper.student != first.student and result.score == earlier.score
        if wrong and [*content["answers"].items()] == [*json.loads(before)["answers"].items()]:
            yield f"the same answers as {first.student or other}'s, wrong ones too; ask both"
