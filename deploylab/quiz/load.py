"""Read a quiz file: all of its faults at once, each on one line with file, line and column.

The tables below and those of kinds/ are the format, one row a key. The schema for editors and the reference
are made from the same tables (schema.py).
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from deploylab.model.errors import QuizError
from deploylab.quiz.fields import (
    ANYTHING,
    BOOLEAN,
    ID,
    PROSE,
    Key,
    Page,
    Reader,
    Table,
    child,
    choice,
    integer,
    listed,
    made,
    matching,
    named,
    object_schema,
    part,
    record,
)
from deploylab.quiz.kinds import numeric, predict
from deploylab.quiz.kinds.cloze import CLOZE, Cloze
from deploylab.quiz.kinds.match import MATCH, Match
from deploylab.quiz.kinds.multiple import MULTIPLE, Multiple
from deploylab.quiz.kinds.order import ORDER, Order
from deploylab.quiz.kinds.short import SHORT, Short
from deploylab.quiz.kinds.single import SINGLE, Single
from deploylab.quiz.kinds.true_false import TRUE_FALSE, TrueFalse
from deploylab.quiz.model import Difficulty, Figure, Hint, Mode, Question, Quiz, Reveal, Shuffle
from deploylab.quiz.nodes import compose, fault_at, fault_in
from deploylab.quiz.parameters import VALUES, check_parameters

LIMIT = 256 * 1024  # bytes: room for some 200 questions
PICTURE = 512 * 1024  # bytes
_MOST = 50  # faults told at once


def load(path: str | Path) -> Quiz:
    """Read a quiz from a file.

    >>> load("no-such-quiz.yaml")
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: no-such-quiz.yaml: there is no such file; check the name and the folder
    """
    data = read_bytes(Path(path))
    try:
        return loads(data.decode("utf-8-sig"), str(path), Path(path).parent)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        message = f"byte {data[error.start]:#04x} is not UTF-8; save the file with the encoding UTF-8"
        raise QuizError(fault_in(before, len(before), message).tell(str(path))) from None


def loads(text: str, source: str = "<string>", folder: Path | None = None) -> Quiz:
    """Read a quiz from a text; `source` is the name that messages give it, `folder` is where its figures are.

    >>> loads("id: rolling\\nversion: one\\ntitel: Rolling\\nquestions: []", "x.yaml")
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: x.yaml:1:1: quiz: title missing; see the examples in quizzes/README.md
    x.yaml:2:10: version: 'one' is text; a whole number from 1 to 9999 is needed, for example 1
    x.yaml:3:1: titel: this key is not known in a quiz; did you mean title?
    x.yaml:4:12: questions: there are 0; 1 to 500 are allowed; add or delete some
    """
    if len(text) > LIMIT:
        raise QuizError(f"{source}: the quiz is larger than {LIMIT // 1024} KiB; split it into several")
    page = Page(folder=folder)
    quiz = page.take(Reader(_quiz, {}), "quiz", compose(text, source))
    if page.faults:
        faults = sorted(page.faults, key=lambda fault: (fault.line, fault.column, fault.text))
        lines = [fault.tell(source) for fault in faults[:_MOST]]
        if len(faults) > _MOST:
            lines.append(f"{source}: {len(faults) - _MOST} more faults; repair these first")
        raise QuizError("\n".join(lines))
    return cast(Quiz, quiz)


def read_bytes(path: Path, limit: int = LIMIT) -> bytes:
    """No more of a file than is allowed: a device or a pipe would never end."""
    try:
        if path.exists() and not path.is_file():
            raise QuizError(
                f"{path}: this is not a file; give the path of a quiz, for example quizzes/my-quiz.yaml"
            )
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise QuizError(f"{path}: there is no such file; check the name and the folder") from None
    except QuizError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise QuizError(
            f"{path}: the file cannot be read ({reason}); check its name and its permissions"
        ) from None
    if len(data) > limit:
        raise QuizError(f"{path}: the file is larger than {limit // 1024} KiB; split it into several")
    return data


def _quiz(page: Page, name: str, node: yaml.Node) -> Quiz | None:
    values = record(page, name, node, QUIZ)
    if page.faults:
        return None
    return cast("Quiz | None", _build(page, node, Quiz, values))


def _question(page: Page, name: str, node: yaml.Node) -> Question | None:
    before, found = len(page.faults), child(node, "type")
    make, own = KINDS.get(found.value if found else "", (None, _UNKNOWN_KIND))
    keys = node.value if isinstance(node, yaml.MappingNode) else []
    page.templates = any(key.value == "parameters" for key, _ in keys)
    values = record(page, f"{found.value} question" if make and found else name, node, QUESTION | own)
    page.templates = False
    if make is None or len(page.faults) > before:
        return None
    del values["type"]
    kind = _build(page, node, make, {key: values.pop(key) for key in own if key in values})
    if kind is None:
        return None
    mark: Any = node.start_mark
    values |= {"kind": kind, "place": (mark.line + 1, mark.column + 1)}
    question = cast("Question | None", _build(page, node, Question, values))
    if question:
        _build(page, node, check_parameters, {"question": question})
    return question


def _build(page: Page, node: yaml.Node, make: Any, values: dict[str, Any]) -> Any:
    """What a noun refuses is told at the key that its message begins with, or deeper if it names more."""
    try:
        return make(**values)
    except QuizError as error:
        place, below = node, node
        for name in str(error).split(": "):
            pairs = below.value if isinstance(below, yaml.MappingNode) else []
            field = name.rpartition(".")[2]
            if not (found := next((pair for pair in pairs if pair[0].value == field), None)):
                break
            place, below = found
        page.blame(place, str(error))
        return None


def _hint(page: Page, name: str, node: yaml.Node) -> Hint | None:
    if isinstance(node, yaml.MappingNode):
        return cast("Hint | None", made("hint", Hint, _HINT).read(page, name, node))
    return Hint(PROSE.read(page, name, node))


def _figure(page: Page, _name: str, node: yaml.Node) -> Figure | None:
    before, values = len(page.faults), record(page, "figure", node, _FIGURE)
    if len(page.faults) > before:
        return None
    if page.folder is None:
        return Figure(**values)
    if Path(values["file"]).is_absolute() or ".." in Path(values["file"]).parts:
        raise fault_at(
            node.start_mark, f"file: {values['file']!r} leaves the quiz's folder; put the picture inside"
        )
    data = read_bytes(page.folder / values["file"], PICTURE)
    kind = next((kind for start, kind in _PICTURES.items() if data.startswith(start)), "")
    if not kind and b"<svg" in data[:1000]:
        kind = "svg+xml"
    if not kind:
        raise fault_at(node.start_mark, f"file: {values['file']!r} is no picture; use PNG, JPEG, GIF or SVG")
    return Figure(**values, data=f"data:image/{kind};base64,{b64encode(data).decode()}")


_PICTURES = {b"\x89PNG": "png", b"\xff\xd8": "jpeg", b"GIF8": "gif"}
_CODE = matching("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "use a language code, such as en or pt-BR")
_HINT = {
    "text": Key(PROSE, "The help, in Markdown.", "Who meets the new version first?", None),
    "cost": Key(part(0, 1), "The share of the points that taking it costs.", 0.25, 0),
}
_FIGURE = {
    "file": Key(PROSE, "A PNG, JPEG, GIF or SVG in the quiz's folder or below.", "figures/roll.svg", None),
    "alt": Key(PROSE, "What it shows, for those who do not see it.", "Two of six instances are new.", None),
}
KINDS: dict[str, tuple[Any, Table]] = {
    "single": (Single, SINGLE),
    "multiple": (Multiple, MULTIPLE),
    "true_false": (TrueFalse, TRUE_FALSE),
    "numeric": (numeric.make, numeric.NUMERIC),
    "short": (Short, SHORT),
    "order": (Order, ORDER),
    "match": (Match, MATCH),
    "cloze": (Cloze, CLOZE),
    "predict": (predict.make, predict.PREDICT),
}
# When the type is wrong, its fault is told alone: no key that some type knows is blamed.
_UNKNOWN_KIND = {key: Key(ANYTHING, "", "") for _, own in KINDS.values() for key in own}
QUESTION = {
    "id": Key(
        ID,
        "A stable name, unique in the quiz. Keep it when the wording changes: statistics hang on it.",
        "batch-size",
        None,
    ),
    "type": Key(choice(KINDS), "How the question is answered.", "single", None),
    "prompt": Key(
        PROSE,
        "The question, in Markdown with code and $LaTeX$. No raw HTML and no images.",
        "What do **small batches** change?",
        None,
    ),
    "objective": Key(
        PROSE,
        "What it is about, as one short line of plain text. The summary at the end shows it.",
        "Weigh the size of a batch",
    ),
    "explanation": Key(
        PROSE,
        "Why the right answer is right, in Markdown. Shown after answering.",
        "Small batches limit who is hurt, and cost time.",
    ),
    "source": Key(
        PROSE,
        "Where the fact can be read, in Markdown.",
        "[Canarying Releases](https://sre.google/workbook/canarying-releases/)",
    ),
    "points": Key(integer(1, 100), "What a right answer is worth.", 2, 1),
    "hints": Key(
        listed(Reader(_hint, {"anyOf": [PROSE.schema, object_schema(_HINT)]}), 1, 5),
        "Help on request, one after the other: a text, or a text with its cost.",
        ["Who meets the new version first?", {"text": "Count the users.", "cost": 0.25}],
    ),
    "tags": Key(listed(ID, 1, 20), "Words to find it by.", ["kubernetes"]),
    "difficulty": Key(choice(get_args(Difficulty)), "How hard its author thinks it is.", "medium"),
    "figure": Key(
        Reader(_figure, object_schema(_FIGURE)),
        "A picture beside the prompt.",
        {"file": "figures/roll.svg", "alt": "Two of six instances are new."},
    ),
    "parameters": Key(
        named(VALUES, 10),
        "Names whose values each attempt draws anew, for {{name}} or {{name * 2}} in any text.",
        {"n": {"from": 4, "to": 20, "step": 4}, "tool": ["Argo", "Flagger"]},
    ),
}
QUIZ = {
    "id": Key(ID, "A stable name for the quiz.", "rolling-deployment", None),
    "version": Key(
        integer(1, 9999), "Raise it when old results can no longer be compared with new ones.", 1, None
    ),
    "title": Key(PROSE, "The title that students read.", "Rolling deployment", None),
    "questions": Key(
        listed(Reader(_question, {"$ref": "#/$defs/question"}), 1, 500),
        "The questions, in their order.",
        [],
        None,
    ),
    "language": Key(_CODE, "The language of the texts, as a code; screen readers need it.", "pt-BR", "en"),
    "licence": Key(PROSE, "The licence of the texts.", "Apache-2.0"),
    "pass_mark": Key(integer(0, 100), "The percentage of all points that passes.", 50, 60),
    "mode": Key(
        choice(get_args(Mode)),
        "practice explains after each question; exam and live at the end.",
        "exam",
        "practice",
    ),
    "shuffle": Key(
        choice(get_args(Shuffle)), "What each attempt sees in an order of its own.", "options", "none"
    ),
    "pick": Key(integer(1, 500), "How many of the questions each attempt draws; without it, all.", 10),
    "attempts": Key(integer(1, 100), "How often a student may take the quiz; without it, for ever again.", 2),
    "tries": Key(integer(1, 10), "How often one question may be answered, until it is right.", 2, 1),
    "penalty": Key(
        part(0, 1), "The share of its points that each further try at a question costs.", 0.5, "1/3"
    ),
    "reveal": Key(
        choice(get_args(Reveal)),
        "When verdicts and explanations are shown, in place of the mode's way.",
        "never",
    ),
    "confidence": Key(
        BOOLEAN,
        "Whether students say how sure they are: right 1, 2, 3; wrong 0, -2, -6 for each point.",
        True,
        False,
    ),
}
