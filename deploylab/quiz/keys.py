"""The keys of a quiz file: these tables and those of kinds/ are the format, one row a key."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import yaml

from deploylab.model.errors import QuizError
from deploylab.quiz.fields import Key, Page, Reader, build, listed, named, object_schema, record
from deploylab.quiz.kinds.cloze import CLOZE, Cloze
from deploylab.quiz.kinds.match import MATCH, Match
from deploylab.quiz.kinds.multiple import MULTIPLE, Multiple
from deploylab.quiz.kinds.numeric import NUMERIC, Numeric
from deploylab.quiz.kinds.order import ORDER, Order
from deploylab.quiz.kinds.predict import PREDICT, make_predict
from deploylab.quiz.kinds.short import SHORT, Short
from deploylab.quiz.kinds.single import SINGLE, Single
from deploylab.quiz.kinds.true_false import TRUE_FALSE, TrueFalse
from deploylab.quiz.model import Difficulty, Figure, Hint, Mode, Question, Reveal, Shuffle
from deploylab.quiz.parameters import VALUES, check_parameters
from deploylab.quiz.scalars import BOOLEAN, ID, PROSE, choice, integer, matching, part
from deploylab.quiz.source import read_bytes
from deploylab.quiz.typed import Kinds, read_typed

PICTURE = 512 * 1024  # bytes
_PICTURES = {b"\x89PNG": "png", b"\xff\xd8": "jpeg", b"GIF8": "gif"}


def _question(page: Page, _name: str, node: yaml.Node) -> Question:
    keys = node.value if isinstance(node, yaml.MappingNode) else []
    page = replace(page, templates=any(key.value == "parameters" for key, _ in keys))
    mark: Any = node.start_mark
    values = read_typed(page, "question", node, QUESTION, KINDS)
    question = build(node, Question, {**values, "place": (mark.line + 1, mark.column + 1)})
    build(node, check_parameters, {"question": question})
    return question


def _hint(page: Page, name: str, node: yaml.Node) -> Hint:
    if isinstance(node, yaml.MappingNode):
        return build(node, Hint, record(page, name, node, _HINT))
    return Hint(PROSE.read(page, name, node))


def _figure(page: Page, _name: str, node: yaml.Node) -> Figure:
    values = record(page, "figure", node, _FIGURE)
    if page.folder is None:
        return Figure(**values)
    file = Path(values["file"])
    if file.is_absolute() or ".." in file.parts:
        raise QuizError(f"file: {values['file']!r} leaves the quiz's folder; put the picture inside")
    data = read_bytes(page.folder / file, PICTURE)
    kind = next((kind for start, kind in _PICTURES.items() if data.startswith(start)), "")
    if not kind and b"<svg" in data[:1000]:
        kind = "svg+xml"
    if not kind:
        raise QuizError(f"file: {values['file']!r} is no picture; use PNG, JPEG, GIF or SVG")
    return Figure(**values, data=f"data:image/{kind};base64,{b64encode(data).decode()}")


_CODE = matching("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "use a language code, such as en or pt-BR")
_HINT = {
    "text": Key(PROSE, "The help, in Markdown.", "Who meets the new version first?", None),
    "cost": Key(part(0, 1), "The share of the points that taking it costs.", 0.25, 0),
}
_FIGURE = {
    "file": Key(PROSE, "A PNG, JPEG, GIF or SVG in the quiz's folder or below.", "figures/roll.svg", None),
    "alt": Key(PROSE, "What it shows, for those who do not see it.", "Two of six instances are new.", None),
}
KINDS: Kinds = {
    "single": (Single, SINGLE),
    "multiple": (Multiple, MULTIPLE),
    "true_false": (TrueFalse, TRUE_FALSE),
    "numeric": (Numeric, NUMERIC),
    "short": (Short, SHORT),
    "order": (Order, ORDER),
    "match": (Match, MATCH),
    "cloze": (Cloze, CLOZE),
    "predict": (make_predict, PREDICT),
}
QUESTION = {
    "id": Key(ID,
        "A stable name, unique in the quiz. Keep it when the wording changes: statistics hang on it.",
        "batch-size", None),
    "type": Key(choice(KINDS), "How the question is answered.", "single", None),
    "prompt": Key(PROSE, "The question, in Markdown with code and $LaTeX$. No raw HTML and no images.",
        "What do **small batches** change?", None),
    "objective": Key(PROSE,
        "What it is about, as one short line of plain text. The summary at the end shows it.",
        "Weigh the size of a batch"),
    "explanation": Key(PROSE, "Why the right answer is right, in Markdown. Shown after answering.",
        "Small batches limit who is hurt, and cost time."),
    "source": Key(PROSE, "Where the fact can be read, in Markdown.",
        "[Canarying Releases](https://sre.google/workbook/canarying-releases/)"),
    "points": Key(integer(1, 100), "What a right answer is worth.", 2, 1),
    "hints": Key(listed(Reader(_hint, {"anyOf": [PROSE.schema, object_schema(_HINT)]}), 1, 5),
        "Help on request, one after the other: a text, or a text with its cost.",
        ["Who meets the new version first?", {"text": "Count the users.", "cost": 0.25}]),
    "tags": Key(listed(ID, 1, 20), "Words to find it by.", ["kubernetes"]),
    "difficulty": Key(choice(get_args(Difficulty)), "How hard its author thinks it is.", "medium"),
    "figure": Key(Reader(_figure, object_schema(_FIGURE)), "A picture beside the prompt.",
        {"file": "figures/roll.svg", "alt": "Two of six instances are new."}),
    "parameters": Key(named(VALUES, 10),
        "Names whose values each attempt draws anew, for {{name}} or {{name * 2}} in any text.",
        {"n": {"from": 4, "to": 20, "step": 4}, "tool": ["Argo", "Flagger"]}),
}  # fmt: skip
QUIZ = {
    "id": Key(ID, "A stable name for the quiz.", "rolling-deployment", None),
    "version": Key(integer(1, 9999), "Raise it when old results can no longer be compared with new ones.",
        1, None),
    "title": Key(PROSE, "The title that students read.", "Rolling deployment", None),
    "questions": Key(listed(Reader(_question, {"$ref": "#/$defs/question"}), 1, 500),
        "The questions, in their order.", [], None),
    "language": Key(_CODE, "The language of the texts, as a code; screen readers need it.", "pt-BR", "en"),
    "licence": Key(PROSE, "The licence of the texts.", "Apache-2.0"),
    "pass_mark": Key(integer(0, 100), "The percentage of all points that passes.", 50, 60),
    "mode": Key(choice(get_args(Mode)), "practice explains after each question; exam and live at the end.",
        "exam", "practice"),
    "shuffle": Key(choice(get_args(Shuffle)), "What each attempt sees in an order of its own.",
        "options", "none"),
    "pick": Key(integer(1, 500), "How many of the questions each attempt draws; without it, all.", 10),
    "attempts": Key(integer(1, 100), "How often a student may take the quiz; without it, for ever again.", 2),
    "tries": Key(integer(1, 10), "How often one question may be answered, until it is right.", 2, 1),
    "penalty": Key(part(0, 1), "The share of its points that each further try at a question costs.",
        0.5, "1/3"),
    "reveal": Key(choice(get_args(Reveal)),
        "When verdicts and explanations are shown, in place of the mode's way.", "never"),
    "confidence": Key(BOOLEAN,
        "Whether students say how sure they are: right 1, 2, 3; wrong 0, -2, -6 for each point.",
        True, False),
}  # fmt: skip
