"""What an answer is worth, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

Correctness = Literal["right", "partly", "wrong", "missed"]


@dataclass(frozen=True)
class Remark:
    """What is said about one option, item or field: right, partly right, wrong, or right and left alone.

    `misconception` is the belief behind a wrong answer, for those who count beliefs.
    """

    option: str
    verdict: Correctness
    text: str
    misconception: str = ""


@dataclass(frozen=True)
class Marks:
    """The share of the points, from the floor to 1, and the remarks."""

    share: Fraction
    remarks: tuple[Remark, ...]

    @property
    def correct(self) -> bool:
        """Whether nothing is wrong or missing."""
        return all(remark.verdict == "right" for remark in self.remarks)


def typed_marks(kind: Any, right: bool, near: Any) -> Marks:
    """The marks of something typed: right, the near miss that it is, or wrong."""
    if right:
        return Marks(Fraction(1), (Remark("", "right", kind.feedback),))
    if near:
        return Marks(near.fraction, (Remark("", judge(near.fraction), near.feedback, near.misconception),))
    return Marks(Fraction(0), (Remark("", "wrong", kind.otherwise),))


def judge(share: Fraction) -> Correctness:
    """The verdict on an answer that is worth this share."""
    return "right" if share == 1 else "partly" if share > 0 else "wrong"
