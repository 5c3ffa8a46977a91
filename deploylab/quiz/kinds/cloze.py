"""A text with gaps, each of which is a small question itself: single, numeric or short."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, Literal, get_args

import yaml

from deploylab.quiz.ask import Ask, values
from deploylab.quiz.fields import ID, Key, Page, Reader, Table, child, choice, listed, object_schema, record
from deploylab.quiz.kinds import numeric
from deploylab.quiz.kinds.marks import Marks, Remark, judge
from deploylab.quiz.kinds.match import WEIGHT
from deploylab.quiz.kinds.numeric import NUMERIC, Numeric
from deploylab.quiz.kinds.option import check_unique
from deploylab.quiz.kinds.short import SHORT, Short
from deploylab.quiz.kinds.single import SINGLE, Single

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
_KINDS: dict[str, tuple[Any, Table]] = {
    "single": (Single, SINGLE),
    "numeric": (numeric.make, NUMERIC),
    "short": (Short, SHORT),
}


def _read_gap(page: Page, name: str, node: yaml.Node) -> Gap | None:
    before, found = len(page.faults), child(node, "type")
    make, own = _KINDS.get(found.value if found else "", (None, {}))
    values = record(page, f"{found.value} gap" if make and found else name, node, {**_GAP, **own})
    if make is None or len(page.faults) > before:
        return None
    shared = {key: values.pop(key) for key in _GAP if key in values and key != "type"}
    del values["type"]
    return Gap(kind=make(**values), **shared)


def _gap_schema() -> dict[str, Any]:
    schemas = []
    for name, (_, own) in _KINDS.items():
        schema = object_schema({**_GAP, **own})
        schema["properties"]["type"] = {"const": name, "description": _GAP["type"].help}
        schemas.append(schema)
    return {"oneOf": schemas}


CLOZE = {
    "gaps": Key(
        listed(Reader(_read_gap, _gap_schema()), 1, 20),
        "The gaps, each a small single, numeric or short question.",
        [{"id": "surge", "type": "numeric", "value": 1}],
        None,
    ),
    "scoring": Key(
        choice(get_args(ClozeScoring)), "What a partly right text is worth.", "all_or_nothing", "each"
    ),
}
