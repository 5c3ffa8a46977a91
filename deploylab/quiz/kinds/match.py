"""A question in which each of several terms gets its choice."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal, get_args

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Ask, Choice, Field, values
from deploylab.quiz.fields import Key, listed, made
from deploylab.quiz.kinds.marks import Marks, Remark
from deploylab.quiz.kinds.option import FEEDBACK, FIXED, check_unique
from deploylab.quiz.scalars import ID, PROSE, choice, integer

MatchScoring = Literal["each", "net", "all_or_nothing"]
_RULES = {
    "each": "each right pair counts",
    "net": "a wrong pair takes away a right one",
    "all_or_nothing": "only all pairs together give the points",
}


@dataclass(frozen=True)
class Pair:
    """A term and the id of its right choice; `weight` says how much it counts beside the others."""

    id: str
    text: str
    match: str
    feedback: str = ""
    weight: int = 1


@dataclass(frozen=True)
class Match:
    """Terms to be matched with choices; a choice may fit several terms, or none.

    >>> weigh = Match((Choice("few", "A few users"), Choice("all", "All users")), (
    ...     Pair("canary", "Canary", "few"), Pair("blue-green", "Blue-green", "all")))
    >>> weigh.marks(("canary:few", "blue-green:few")).share
    Fraction(1, 2)
    """

    choices: tuple[Choice, ...]
    pairs: tuple[Pair, ...]
    scoring: MatchScoring = "each"
    type: ClassVar[str] = "match"

    def __post_init__(self) -> None:
        check_unique("pairs", [pair.id for pair in self.pairs])
        check_unique("choices", known := [one.id for one in self.choices])
        if lost := next((pair for pair in self.pairs if pair.match not in known), None):
            raise QuizError(f"match: {lost.match!r} is not one of the choices; use one of {', '.join(known)}")

    @property
    def ask(self) -> Ask:
        fields = tuple(Field("one", self.choices, pair.id, pair.text) for pair in self.pairs)
        return Ask(fields, f"Match them: {_RULES[self.scoring]}.")

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(f"{pair.id}:{pair.match}" for pair in self.pairs)

    def marks(self, response: tuple[str, ...]) -> Marks:
        filled = values(response)
        total = sum(pair.weight for pair in self.pairs)
        right = sum(pair.weight for pair in self.pairs if filled.get(pair.id) == pair.match)
        wrong = sum(pair.weight for pair in self.pairs if filled.get(pair.id, pair.match) != pair.match)
        part = {
            "each": Fraction(right, total),
            "net": max(Fraction(0), Fraction(right - wrong, total)),
            "all_or_nothing": Fraction(right == total),
        }[self.scoring]
        return Marks(part, tuple(_remark(pair, filled.get(pair.id)) for pair in self.pairs))


def _remark(pair: Pair, given: str | None) -> Remark:
    if given == pair.match:
        return Remark(pair.id, "right", "")
    return Remark(pair.id, "wrong" if given else "missed", pair.feedback)


WEIGHT = Key(integer(1, 100), "How much it counts beside the others.", 2, 1)
_CHOICE = {
    "id": Key(ID, "A stable name, unique in the question.", "few", None),
    "text": Key(PROSE, "The choice, as one line of plain text.", "A few users first", None),
    "fixed": FIXED,
}
_PAIR = {
    "id": Key(ID, "A stable name, unique in the question.", "canary", None),
    "text": Key(PROSE, "The term, as one line of Markdown.", "Canary", None),
    "match": Key(ID, "The id of its right choice.", "few", None),
    "feedback": Key(PROSE, f"For those who choose another. {FEEDBACK}", "A canary starts small."),
    "weight": WEIGHT,
}
_CHOICES = [{"id": "few", "text": "A few users first"}, {"id": "all", "text": "All users at once"}]
MATCH = {
    "choices": Key(listed(made("choice", Choice, _CHOICE), 2, 20),
        "What can be chosen; one may fit several terms, or none.", _CHOICES, None),
    "pairs": Key(listed(made("pair", Pair, _PAIR), 2, 20), "The terms, each with its right choice.",
        [{"id": "canary", "text": "Canary", "match": "few"},
        {"id": "switch", "text": "Blue-green", "match": "all"}], None),
    "scoring": Key(choice(get_args(MatchScoring)), "What a partly right match is worth.", "net", "each"),
}  # fmt: skip
