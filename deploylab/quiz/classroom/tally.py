"""The answers of a class counted: how many chose what, how many were right, and which beliefs they hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from deploylab.quiz.ask import Field, meaning, tell_answer, values
from deploylab.quiz.classroom.room import Answers, Room
from deploylab.quiz.markdown import inline

_ROWS = 12  # of typed answers and orders
_WALL = 5  # of those on the wall: more cannot be read from the last row of seats
_OTHERS = "other answers"


@dataclass(frozen=True)
class Row:
    """One answer, as HTML, and how many gave it."""

    id: str
    html: str
    count: int
    right: bool
    note: str = ""


class Belief(NamedTuple):
    """A misconception, the question that showed it, and how many held it at first and in the end."""

    text: str
    topic: str
    first: int
    last: int


@dataclass(frozen=True)
class Group:
    """The answers to one field of a question."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Tally:
    """The answers to a question in one round."""

    answered: int
    right: int
    groups: tuple[Group, ...]

    @property
    def share(self) -> float:
        """Per cent of those who answered that were right; 0 when nobody answered."""
        return 100 * self.right / self.answered if self.answered else 0.0


def tally(room: Room, question: str, given: Answers, public: bool = False) -> Tally:
    """Count answers; for the public, what a single student typed wrongly is not put on a wall."""
    item, counts = room.items[question], Counter(given.values())
    right = sum(number for words, number in counts.items() if room.grade(question, words).correct)
    single = item.ask.single
    if single:
        groups = [Group("", _rows(room, question, single, counts, public))]
    else:
        groups = [
            Group(inline(field.label or field.id), _rows(room, question, field, counts, public))
            for field in item.ask.fields
        ]
    return Tally(len(given), right, tuple(groups))


def places(room: Room, question: str, given: Answers) -> tuple[Group, ...]:
    """Of an order: how many put each thing at its right place, and what most of the others put there.

    Thirty students give nearly as many orders; side by side nobody could read them.
    """
    if not given:
        return ()
    item, answered = room.items[question], Counter(given.values())
    texts = {choice.id: inline(choice.text) for choice in item.ask.fields[0].choices}
    rows = []
    for place, right in enumerate(item.question.kind.key):
        here = Counter(words[place] for words in answered.elements())
        number = here.pop(right, 0)
        others = here.most_common(1)
        note = f"{others[0][1]} put here: {texts[others[0][0]]}" if others else ""
        rows.append(Row(right, texts[right], number, True, note))
    return (Group("How many put each at its place", tuple(rows)),)


def beliefs(room: Room) -> list[Belief]:
    """Each misconception that somebody showed; the most frequent first, and one that was given up as well."""
    found = []
    for name in room.session.done:
        first, last = (_held(room, name, given) for given in (room.answers(name, 1), room.final(name)))
        topic = room.items[name].question.topic
        found += [Belief(text, topic, first[text], last[text]) for text in first | last]
    return sorted(found, key=lambda one: (-one.last, -one.first))


def _held(room: Room, question: str, given: Answers) -> Counter[str]:
    """How many hold which belief."""
    remarks = (room.grade(question, words).remarks for words in given.values())
    return Counter(text for told in remarks for text in {one.misconception for one in told} if text)


def worth_a_second_round(share: float, window: tuple[int, int]) -> bool:
    """Whether talking helps: enough know it to convince the others, and enough do not (Crouch, Mazur 2001).

    >>> worth_a_second_round(55, (30, 70)), worth_a_second_round(90, (30, 70))
    (True, False)
    """
    return window[0] <= share <= window[1]


def _rows(
    room: Room, question: str, field: Field, counts: Counter[tuple[str, ...]], public: bool
) -> tuple[Row, ...]:
    if field.how in ("one", "many"):
        return _chosen(room, question, field, counts)
    found: Counter[str] = Counter()
    right: set[str] = set()
    typed, most = field.how != "order", _WALL if public else _ROWS
    same: dict[object, str] = {}  # as most wrote it: 0.72 h and 43.2 min are one answer
    for words, number in counts.most_common():
        word, correct = _typed(room, question, field, words)
        if word:
            value = values(words).get(field.id, "") if field.id else words[0]
            word = same.setdefault(meaning(field, value) if typed else word, word)
            found[word] += number
            right |= {word} if correct else set()
    shown = [
        (word, number) for word, number in found.most_common()
        if not (public and typed and number == 1 and word not in right)
    ]  # fmt: skip
    last = next((one for one in shown[most:] if one[0] in right), None)  # what is right has a place
    shown = shown[:most] if last is None or right & dict(shown[:most]).keys() else [*shown[: most - 1], last]
    html = escape if typed else inline  # an order is of the author's words, all else of theirs
    rows = [Row(word, html(word), number, word in right) for word, number in shown]
    if rest := found.total() - sum(number for _, number in shown):
        rows.append(Row("", f"<em>{_OTHERS}</em>", rest, False))
    return tuple(rows)


def _chosen(room: Room, question: str, field: Field, counts: Counter[tuple[str, ...]]) -> tuple[Row, ...]:
    prefix, key = f"{field.id}:" if field.id else "", room.items[question].question.kind.key
    found = Counter(word for words, number in counts.items() for word in words * number)
    return tuple(
        Row(one.id, inline(one.text), found[prefix + one.id], prefix + one.id in key) for one in field.choices
    )


def _typed(room: Room, question: str, field: Field, words: tuple[str, ...]) -> tuple[str, bool]:
    """What was typed or put in order, and whether it is right."""
    grade = room.grade(question, words)
    if not field.id:
        return tell_answer(room.items[question].ask, words)[0], grade.correct
    return values(words).get(field.id, ""), any(
        one.option == field.id and one.verdict == "right" for one in grade.remarks
    )
