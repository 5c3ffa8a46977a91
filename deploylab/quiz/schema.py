"""The format for editors and for authors, made from the loader's own tables, so that the three never differ.

python -m deploylab.quiz.schema          writes quizzes/quiz.schema.json and docs/quiz-format.md anew
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from deploylab.quiz.fields import Table, object_schema
from deploylab.quiz.keys import KINDS, QUESTION, QUIZ
from deploylab.quiz.typed import typed_schema

_ROOT = Path(__file__).parents[2]
FILES = {"schema": _ROOT / "quizzes" / "quiz.schema.json", "reference": _ROOT / "docs" / "quiz-format.md"}


def schema() -> dict[str, Any]:
    """The JSON Schema of a quiz file.

    >>> sorted(schema()["$defs"])[:3]
    ['cloze', 'match', 'multiple']
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A deploylab quiz",
        "description": "What the schema cannot say, the loader checks: ids are unique, fractions add up.",
        **object_schema(QUIZ),
        "$defs": {
            **{name: _typed(name, own) for name, (_, own) in KINDS.items()},
            "shared": object_schema(QUESTION),
            "question": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in KINDS]},
        },
    }


def reference() -> str:
    """Every key of the format with what it is for, what is assumed without it, and an example."""
    parts = [_HEAD, _rows("A quiz", QUIZ), _rows("Every question", QUESTION)]
    parts += [_rows(f"type: {name}", own) for name, (_, own) in KINDS.items()]
    return "\n\n".join(parts) + "\n"


def _typed(name: str, own: Table) -> dict[str, Any]:
    made = typed_schema(name, QUESTION, own)
    for key in QUESTION.keys() - {"type"}:  # what all types share is written once
        made["properties"][key] = {"$ref": f"#/$defs/shared/properties/{key}"}
    return made


def _rows(title: str, table: Table, path: str = "") -> str:
    lines = (
        []
        if path
        else [f"## {title}", "", "| key | what it is for | without it | example |", "|---|---|---|---|"]
    )
    for name, key in table.items():
        assumed = "needed" if key.needed else "" if key.default == "" else _code(key.default)
        lines.append(
            f"| `{path}{name}` | {key.help.replace('|', chr(92) + '|')} | {assumed} | {_code(key.example)} |"
        )
        lines += _below(f"{path}{name}", key.reader.schema)
    return "\n".join(lines)


def _below(path: str, schema: dict[str, Any]) -> list[str]:
    """Rows for the keys inside a key, as far as they have descriptions of their own."""
    inner, path = (schema["items"], f"{path}[]") if "items" in schema else (schema, path)
    lines = []
    for name, own in inner.get("properties", {}).items():
        assumed = "needed" if name in inner.get("required", []) else _code(own.get("default", []))
        lines.append(f"| `{path}.{name}` | {own['description']} | {assumed} | {_code(own['examples'][0])} |")
        lines += _below(f"{path}.{name}", own)
    return lines


def _code(value: Any) -> str:
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{words}`".replace("|", "\\|") if value != [] else ""


_HEAD = """\
# The format of a quiz

Made by `python -m deploylab.quiz.schema` from the loader's own tables.
[How to write a quiz](../quizzes/README.md) begins with an example; this page is to look things up. A dot is a
key inside a key, `[]` a member of a list."""

if __name__ == "__main__":
    FILES["schema"].write_text(json.dumps(schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    FILES["reference"].write_text(reference(), encoding="utf-8")
