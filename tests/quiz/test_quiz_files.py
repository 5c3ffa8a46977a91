"""The shipped quiz, the schema for editors, and the loader agree."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from deploylab.model.errors import QuizError
from deploylab.quiz import Multiple, Quiz, Single, TrueFalse, lint, loads
from deploylab.quiz.keys import KINDS, QUESTION
from deploylab.quiz.schema import FILES, reference, schema

QUIZZES = Path(__file__).parents[2] / "quizzes"
SCHEMA: dict[str, Any] = json.loads((QUIZZES / "quiz.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLE, *BLOCKS = re.findall(r"```yaml\n(.*?)```", (QUIZZES / "README.md").read_text("utf-8"), re.DOTALL)

BAD = [
    ("title: A small quiz\n", ""),
    ("title: A small quiz", "titel: A small quiz"),
    ("title: A small quiz", "title: '  '"),
    ("title: A small quiz", "title: 25"),
    ("id: small", "id: Small Quiz"),
    ("id: small", f"id: {'a' * 65}"),
    ("version: 1", "version: '1'"),
    ("version: 1", "version: 0"),
    ("version: 1", "version: 1\npass_mark: 101"),
    ("version: 1", "version: 1\nlanguage: English please"),
    ("type: single", "type: dropdown"),
    ("type: single", "type: true_false"),
    ("points: 3", "points: 2.5"),
    ("scoring: net", "scoring: generous"),
    ("answer: false", "answer: 'false'"),
    ("    answer: false\n", ""),
    ("correct: true, feedback: It is", "correct: false, feedback: It is"),
    ("correct: false, feedback: Not", "correct: true, feedback: Not"),
    ("feedback: A is.", "reaction: A is."),
    ("hints: [Think., Think again.]", "hints: []"),
    ("hints: [Think., Think again.]", "hints: Think."),
]


def test_the_schema_is_a_schema() -> None:
    VALIDATOR.check_schema(SCHEMA)


def test_the_schema_and_the_loader_accept_the_small_quiz(text: str) -> None:
    assert VALIDATOR.is_valid(yaml.safe_load(text))


def test_the_schema_accepts_the_shipped_quiz(shipped_path: Path) -> None:
    assert VALIDATOR.is_valid(yaml.safe_load(shipped_path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("old", "new"), BAD)
def test_the_schema_and_the_loader_refuse_the_same(text: str, old: str, new: str) -> None:
    assert old in text
    bad = text.replace(old, new, 1)
    assert not VALIDATOR.is_valid(yaml.safe_load(bad))
    with pytest.raises(QuizError):
        loads(bad)


def fields(node: Any) -> list[tuple[str, dict[str, Any]]]:
    """Every key that a quiz may hold, wherever the schema describes it."""
    if not isinstance(node, dict):
        return []
    own = list(node.get("properties", {}).items()) if "additionalProperties" in node else []
    return own + [pair for value in node.values() for pair in fields(value)]


def test_the_schema_describes_every_key_to_an_editor() -> None:
    undescribed = [name for name, field in fields(SCHEMA) if not {"description", "$ref"} & set(field)]
    assert undescribed == []


def test_the_schema_and_the_reference_are_those_of_the_loader() -> None:
    cure = "write them anew: python -m deploylab.quiz.schema"
    assert schema() == SCHEMA, cure
    assert FILES["reference"].read_text(encoding="utf-8") == reference(), cure


def test_the_example_in_the_readme_is_a_quiz() -> None:
    assert str(loads(EXAMPLE)) == "Quiz 'my-quiz': 1 question, 1 point"
    assert lint(loads(EXAMPLE)) == []
    assert VALIDATOR.is_valid(yaml.safe_load(EXAMPLE))


def test_every_question_in_the_readme_can_be_pasted_behind_the_example_and_has_no_fault() -> None:
    assert [re.findall("type: (.*)", block)[0] for block in BLOCKS] == [
        "true_false", "multiple", "numeric", "short", "order", "match", "cloze", "predict", "numeric",
    ]  # fmt: skip
    text = EXAMPLE + "".join(BLOCKS)
    assert VALIDATOR.is_valid(yaml.safe_load(text))
    assert [advice.text for advice in lint(loads(text)) if advice.wrong] == []


def test_every_example_of_the_reference_is_allowed_where_it_stands() -> None:
    for name, field in fields(SCHEMA):
        for example in field.get("examples", []) if name != "questions" else []:
            validator = jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], **field})
            assert validator.is_valid(example), (name, example)


def test_the_schema_accepts_a_question_of_every_type(every_path: Path) -> None:
    assert VALIDATOR.is_valid(yaml.safe_load(every_path.read_text(encoding="utf-8")))


def test_the_shipped_quiz_names_its_schema_in_the_first_line(shipped_path: Path) -> None:
    first = shipped_path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=quiz.schema.json"


def test_the_shipped_quiz_has_thirteen_questions_and_nineteen_points(shipped: Quiz) -> None:
    assert str(shipped) == "Quiz 'rolling-deployment': 13 questions, 19 points"


def to_choose(quiz: Quiz) -> list[tuple[str, Single | Multiple | TrueFalse]]:
    kinds = [(question.id, question.kind) for question in quiz.questions]
    return [(name, kind) for name, kind in kinds if isinstance(kind, Single | Multiple | TrueFalse)]


def test_every_wrong_option_of_the_shipped_quiz_names_a_misconception_of_its_own_or_says_why(
    shipped: Quiz,
) -> None:
    for name, kind in to_choose(shipped):
        wrong = [option for option in kind.options if not option.correct]
        assert all(len(option.feedback) > 40 for option in wrong), name
        assert all(option.misconception for option in wrong), name


def test_no_option_of_the_shipped_quiz_gives_itself_away_by_its_length(shipped: Quiz) -> None:
    for name, kind in to_choose(shipped):
        lengths = [len(option.text) for option in kind.options]
        assert isinstance(kind, TrueFalse) or max(lengths) <= 1.25 * min(lengths), name


def test_the_right_answers_of_the_shipped_quiz_have_no_favourite_place(shipped: Quiz) -> None:
    singles = [kind.options for _, kind in to_choose(shipped) if isinstance(kind, Single)]
    places = [next(place for place, option in enumerate(options) if option.correct) for options in singles]
    assert max(places.count(place) for place in places) <= 2
    assert set(places) == {0, 1, 2, 3}


def test_importing_the_room_loads_no_view() -> None:
    views = {"anywidget", "ipywidgets", "rich", "markdown_it"}
    code = f"import sys, deploylab.quiz; print({views} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_public_names_are_sorted_and_all_there() -> None:
    room = import_module("deploylab.quiz")  # deploylab.quiz itself is the function of that name
    names = room.__all__
    assert names == sorted(names)
    assert all(getattr(room, name) for name in names)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Exam'"):
        import_module("deploylab.quiz").__getattr__("Exam")


def test_no_type_of_question_takes_a_key_that_all_questions_have() -> None:
    assert [name for name, (_, own) in KINDS.items() if set(own) & set(QUESTION)] == []
