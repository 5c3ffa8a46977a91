"""A quiz as it was found in another format, on its way to a YAML file of ours.

A reader of a format collects questions with the keys of a quiz file, and notes of all that it cannot carry.
`finish` names them, tries each alone, and leaves out, with the reason, what no quiz can hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from deploylab.model.errors import QuizError
from deploylab.quiz.load import loads
from deploylab.quiz.model import Quiz, count
from deploylab.quiz.nodes import CORE

_LONGEST = 40  # characters of an id
_TELLING = {"correct", "right", "wrong", "incorrect", "true", "false", "answer"}
Tree = dict[str, Any]


class Number(str):
    """Digits that stand in the YAML as a number, exactly as they were written."""


class Note(NamedTuple):
    """What was lost or changed, at a line of the source."""

    line: int
    text: str

    def tell(self, source: str) -> str:
        """The note as one line that an editor can jump to."""
        return f"{source}:{self.line}: {self.text}"


@dataclass
class Draft:
    """What was found so far: the keys of the quiz, its questions with their lines, and notes."""

    head: Tree = field(default_factory=dict)
    questions: list[tuple[int, Tree]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, line: int, text: str) -> None:
        """Tell the author something."""
        self.notes.append(Note(line, text))


@dataclass(frozen=True)
class Imported:
    """The YAML text, the quiz that it holds, and what its author should know."""

    text: str
    quiz: Quiz
    notes: tuple[Note, ...]


def finish(draft: Draft, name: str) -> Imported:
    """The quiz of a draft; `name` becomes its id and, unless the source has one, its title."""
    title = draft.head.pop("title", "") or name
    head: Tree = {"id": slug(name) or "quiz", "version": 1, "title": " ".join(str(title).split())}
    head |= {key: value for key, value in draft.head.items() if _is_allowed(draft, head, key, value)}
    kept: list[Tree] = []
    ids: set[str] = set()
    for line, question in draft.questions:
        named = {
            "id": unique(question.pop("id", "") or question["prompt"].split("\n")[0], ids, "question"),
            **question,
        }
        try:
            loads(_dump({**head, "pick": 1, "questions": [named]}))
        except QuizError as error:
            ids.discard(named["id"])
            draft.note(line, f"{named['prompt'].split(chr(10))[0][:60]!r} is left out: {_reason(error)}")
        else:
            kept.append(named)
    if kept and head.get("pick", 0) > len(kept):
        draft.note(1, f"pick: {head['pick']} is more than {count(len(kept), 'question')}, so all are drawn")
        del head["pick"]
    notes = tuple(sorted(draft.notes))
    if not kept:
        reasons = "\n".join(note.tell(name) for note in notes)
        raise QuizError(f"{name}: no question of it can be used\n{reasons}".rstrip())
    text = _dump({**head, "questions": kept})
    return Imported(text, loads(text, name), notes)


def _is_allowed(draft: Draft, head: Tree, key: str, value: Any) -> bool:
    """Whether a quiz, of any questions, may have this key."""
    try:
        many = value if key == "pick" and isinstance(value, int) and 0 < value <= 500 else 1
        questions = [
            {"id": f"q{n}", "type": "true_false", "prompt": "Any", "answer": True} for n in range(many)
        ]
        loads(_dump({**head, key: value, "questions": questions}))
    except QuizError as error:
        draft.note(1, f"{key}: {value!r} is left out: {_reason(error)}")
        return False
    return True


def _reason(error: QuizError) -> str:
    return str(error).splitlines()[0].split(":", 3)[-1].strip()


def slug(text: str) -> str:
    """A text as an id.

    >>> slug("Où est `kubectl rollout undo`?")
    'ou-est-kubectl-rollout-undo'
    """
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", re.sub(r"\]\([^)]*\)", "]", plain))
    while len("-".join(words)) > _LONGEST and len(words) > 1:
        words.pop()
    return "-".join(words)[:_LONGEST]


def unique(text: str, taken: set[str], noun: str) -> str:
    """An id for a text that is not taken yet; it does not say which option is right."""
    base = slug(text) or noun
    if noun == "option" and _TELLING & set(base.split("-")):
        base = f"{noun}-{len(taken) + 1}"
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name)
    return name


def with_ids(members: Iterable[Tree], noun: str) -> list[Tree]:
    """The members of a list with ids made of their texts."""
    taken: set[str] = set()
    return [{"id": unique(one["text"], taken, noun), **one} for one in members]


def _dump(tree: Tree) -> str:
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """Writes what our loader reads: texts that it would take for numbers are quoted, long ones are blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless  # the members of a list are indented, as people write them
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _number(dumper: yaml.SafeDumper, digits: Number) -> yaml.Node:
    whole = re.fullmatch("[-+]?[0-9]+", digits)
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'int' if whole else 'float'}", str(digits))


_Dumper.yaml_implicit_resolvers = {
    first: list(pairs) for first, pairs in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in CORE:
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(Number, _number)
