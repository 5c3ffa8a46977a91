"""A text with gaps, each of which is a small question itself: single, numeric or short."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar, Literal, get_args

import yaml

from deploylab.quiz.ask import Ask, values
from deploylab.quiz.fields import Key, Page, Reader, build, listed
from deploylab.quiz.kinds.marks import Marks, Remark, judge
from deploylab.quiz.kinds.match import WEIGHT
from deploylab.quiz.kinds.numeric import NUMERIC, Numeric
from deploylab.quiz.kinds.option import check_unique
from deploylab.quiz.kinds.short import SHORT, Short
from deploylab.quiz.kinds.single import SINGLE, Single
from deploylab.quiz.scalars import ID, choice
from deploylab.quiz.typed import Kinds, read_typed, typed_schema

ClozeScoring = Literal["each", "all_or_nothing"]


@dataclass(frozen=True)
class Gap:
    """A small question in a text; `weight` says how much it counts beside the others."""

    id: str
    kind: Single | Numeric | Short
    weight: int = 1


@dataclass(frozen=True)
class Cloze:
    """The gaps of a prompt, which marks the place of each by [[its id]].

    >>> from deploylab.quiz.kinds.short import Short
    >>> gaps = Gap("surge", Numeric("1")), Gap("who", Short(("Kubernetes",)), weight=2)
    >>> Cloze(gaps).marks(("surge:2", "who:kubernetes")).share
    Fraction(2, 3)
    """

    gaps: tuple[Gap, ...]
    scoring: ClozeScoring = "each"
    type: ClassVar[str] = "cloze"

    def __post_init__(self) -> None:
        check_unique("gaps", [gap.id for gap in self.gaps])

    @property
    def ask(self) -> Ask:
        fields = [(gap.id, gap.kind.ask.fields[0]) for gap in self.gaps]
        named = tuple(
            replace(field, id=name, label=f"Gap {place}", inline=True)
            for place, (name, field) in enumerate(fields, 1)
        )
        return Ask(
            named, "" if self.scoring == "each" else "Fill the gaps: only all of them give the points."
        )

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(f"{gap.id}:{word}" for gap in self.gaps for word in gap.kind.key)

    def marks(self, response: tuple[str, ...]) -> Marks:
        filled = values(response)
        part, remarks = Fraction(0), []
        for gap in self.gaps:
            if gap.id not in filled:
                remarks.append(Remark(gap.id, "missed", ""))
                continue
            marks = gap.kind.marks((filled[gap.id],))
            part += marks.share * gap.weight
            said = next((one for one in marks.remarks if one.verdict != "missed"), None)
            belief = (said.text, said.misconception) if said else ("", "")
            remarks.append(Remark(gap.id, judge(marks.share), *belief))
        part /= sum(gap.weight for gap in self.gaps)
        return Marks(Fraction(part == 1) if self.scoring == "all_or_nothing" else part, tuple(remarks))


_GAP = {
    "id": Key(ID, "The name that stands in the prompt: [[surge]].", "surge", None),
    "type": Key(choice(["single", "numeric", "short"]), "How the gap is filled.", "numeric", None),
    "weight": WEIGHT,
}
_KINDS: Kinds = {"single": (Single, SINGLE), "numeric": (Numeric, NUMERIC), "short": (Short, SHORT)}


def _gap(page: Page, _name: str, node: yaml.Node) -> Gap:
    gap: Gap = build(node, Gap, read_typed(page, "gap", node, _GAP, _KINDS))
    return gap


_GAPS = Reader(_gap, {"oneOf": [typed_schema(name, _GAP, own) for name, (_, own) in _KINDS.items()]})
CLOZE = {
    "gaps": Key(listed(_GAPS, 1, 20), "The gaps, each a small single, numeric or short question.",
        [{"id": "surge", "type": "numeric", "value": 1}], None),
    "scoring": Key(choice(get_args(ClozeScoring)), "What a partly right text is worth.",
        "all_or_nothing", "each"),
}  # fmt: skip
