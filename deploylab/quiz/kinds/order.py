"""A question whose answer is an order of items."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, get_args

from deploylab.quiz.ask import Ask, Choice, Field
from deploylab.quiz.chance import shuffled
from deploylab.quiz.fields import Key, listed, made
from deploylab.quiz.kinds.marks import Marks, Remark
from deploylab.quiz.kinds.option import FEEDBACK, check_unique
from deploylab.quiz.scalars import ID, PROSE, choice
from deploylab.quiz.scoring import OrderScoring, longest_rise, order_share

_RULES = {
    "all_or_nothing": "only the whole order gives the points",
    "position": "each item in its place counts",
    "next": "each item that is followed by the right one counts",
    "longest": "the longest series in the right order counts",
    "pairs": "each pair in the right order counts",
}
_MOVED = "It counts, though it does not stand in its place."


@dataclass(frozen=True)
class Item:
    """One of the things to put in order; its feedback is for those who put it elsewhere."""

    id: str
    text: str
    feedback: str = ""


@dataclass(frozen=True)
class Order:
    """Items in their right order; what students see is shuffled, whatever the quiz says.

    >>> three = Order((Item("a", "Build"), Item("b", "Test"), Item("c", "Release")), "position")
    >>> three.marks(("a", "c", "b")).share
    Fraction(1, 3)
    """

    items: tuple[Item, ...]
    scoring: OrderScoring = "all_or_nothing"
    type: ClassVar[str] = "order"

    def __post_init__(self) -> None:
        check_unique("items", [item.id for item in self.items])

    @property
    def ask(self) -> Ask:
        choices = tuple(Choice(item.id, item.text) for item in self.items)
        return Ask(
            (Field("order", shuffled(choices, "order")),), f"Put them in order: {_RULES[self.scoring]}."
        )

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(item.id for item in self.items)

    def marks(self, response: tuple[str, ...]) -> Marks:
        places = tuple(self.key.index(name) for name in response)
        kept = _kept(self.scoring, places)
        remarks = tuple(
            Remark(item.id, "right", "" if places[place] == place else _MOVED)
            if place in kept
            else Remark(item.id, "wrong", item.feedback)
            for place, item in enumerate(self.items)
        )
        return Marks(order_share(self.scoring, places), remarks)


def _kept(rule: OrderScoring, places: tuple[int, ...]) -> Collection[int]:
    """The right places of the items that stand right by this rule, as `order_share` counts them.

    >>> [sorted(_kept(rule, (1, 0, 2))) for rule in ("position", "next", "longest", "pairs")]
    [[2], [2], [0, 2], [2]]
    """
    match rule:
        case "next":
            pairs = zip(places, (*places[1:], len(places)), strict=True)
            return [place for place, after in pairs if after == place + 1]
        case "longest":
            rise = longest_rise(places)
            return rise if len(rise) > 1 else ()
        case "pairs":
            return [
                place for at, place in enumerate(places)
                if all((one < place) == (other < at) for other, one in enumerate(places) if other != at)
            ]  # fmt: skip
    return [place for at, place in enumerate(places) if place == at]


_ITEM = {
    "id": Key(ID, "A stable name; students can see it, so it must not give the order away.", "build", None),
    "text": Key(PROSE, "The item, as one line of Markdown.", "The image is built.", None),
    "feedback": Key(PROSE, f"For those who put it elsewhere. {FEEDBACK}", "A test needs something to test."),
}
ORDER = {
    "items": Key(listed(made("item", Item, _ITEM), 2, 20),
        "Two to twenty items in their right order; all see them shuffled.",
        [{"id": "build", "text": "Build the image."}, {"id": "test", "text": "Test it."}], None),
    "scoring": Key(choice(get_args(OrderScoring)), "What a partly right order is worth.",
        "longest", "all_or_nothing"),
}  # fmt: skip
