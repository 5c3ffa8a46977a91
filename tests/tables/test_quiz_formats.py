"""Sources in quizdown and GIFT with what their own parsers make of them, held to ours.

The tables are not part of this project; without the folder that DEPLOYLAB_TABLES names, these are skipped.
Each source has a JSON of its name beside it. quizdown's parser gives HTML, so texts are compared without
markup and spaces, and with "What&#39;s" read as "What's".
"""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from deploylab.model.errors import QuizError
from deploylab.quiz.formats.draft import Draft, Imported, finish
from deploylab.quiz.formats.gift import Answer, Gift, Text, parse
from deploylab.quiz.formats.gift_reader import read_gift
from deploylab.quiz.formats.quizdown import Question
from deploylab.quiz.formats.quizdown import parse as parse_quizdown
from deploylab.quiz.formats.quizdown_reader import read_quizdown

Row = dict[str, Any]
RENDER = MarkdownIt("commonmark", {"html": True}).render
OURS = {"SingleChoice": "single", "MultipleChoice": "multiple", "Sequence": "order"}
CONFIG = {"nQuestions": "pick", "passingGrade": "pass_mark", "locale": "language"}


def sources(tables: Path, folder: str, suffix: str) -> list[tuple[str, str, Any]]:
    files = sorted((tables / "quiz" / folder).glob(f"*{suffix}"))
    assert files
    read = [
        (one.stem, one.read_bytes().decode(), one.with_suffix(".json").read_text("utf-8")) for one in files
    ]
    return [(name, source, json.loads(expected)) for name, source, expected in read]


def bare(html: str) -> str:
    return "".join(unescape(re.sub(r"(?s)<(script|style).*?</\1>|<!--.*?-->|<[^>]*>", "", html)).split())


def quizdown_of(question: Question) -> Row:
    """Our reading as theirs would be told: what we call the explanation is a hint or a comment there."""
    texts = {"text": question.text, "body": "\n\n".join(question.body)}
    answers = [(one.correct, bare(RENDER(one.text))) for one in question.answers]
    return {
        **{name: bare(RENDER(text)) for name, text in texts.items()},
        "type": question.kind,
        "answers": answers,
    }


def quizdown_remarks(question: Question) -> str:
    """All that is said beside, in the order hint, comments."""
    told = ["\n\n".join(question.hints), *(one.comment for one in question.answers)]
    return "".join(bare(RENDER(text)) for text in told)


def test_a_quizdown_source_has_the_questions_that_quizdown_finds(tables: Path) -> None:
    for name, source, expected in sources(tables, "quizdown", ".md"):
        if "error" in expected:
            continue
        questions = parse_quizdown(source)[1]
        for ours, theirs in zip(questions, expected["questions"], strict=True):
            answers = [(one["correct"], bare(one["html"])) for one in theirs["answers"]]
            parts = {part: bare(theirs[part]) for part in ("text", "body")}
            assert quizdown_of(ours) == {**parts, "type": theirs["type"], "answers": answers}, name
            remarks = "".join(map(bare, [theirs["hint"], *(one["comment"] for one in theirs["answers"])]))
            explained = bare(RENDER(f"**Explanation:** {ours.explanation}")) if ours.explanation else ""
            assert sorted(quizdown_remarks(ours) + explained) == sorted(remarks), name


def test_what_quizdown_refuses_is_left_out_with_the_reason(tables: Path) -> None:
    refused = [row for row in sources(tables, "quizdown", ".md") if "error" in row[2]]
    assert refused
    for name, source, _ in refused:
        with pytest.raises(QuizError, match=r"no question of it can be used\n.* is left out: "):
            finish(read_quizdown(source), name)


def imported(name: str, draft: Draft) -> Imported | None:
    """The quiz; nothing where each question is one that no quiz of ours can hold, which is then said."""
    try:
        return finish(draft, name)
    except QuizError as error:
        said = str(error).splitlines()[1:]
    assert all(" is left out: " in line for line in said)
    return None


def test_each_quizdown_question_becomes_one_of_ours_or_is_told(tables: Path) -> None:
    for name, source, expected in sources(tables, "quizdown", ".md"):
        if "error" in expected or (found := imported(name, read_quizdown(source))) is None:
            continue
        left_out = sum(" is left out: " in note.text and note.text.startswith("'") for note in found.notes)
        assert len(found.quiz.questions) + left_out == len(expected["questions"]), name
        if left_out:
            continue
        for ours, theirs in zip(found.quiz.questions, expected["questions"], strict=True):
            assert ours.kind.type == OURS[theirs["type"]], name
            right = [one.correct for one in getattr(ours.kind, "options", ())]
            assert right in ([], [bool(one["correct"]) for one in theirs["answers"]]), name
        for theirs_name, key in CONFIG.items():
            if expected["config"].get(theirs_name) and key != "pick":
                assert str(getattr(found.quiz, key)) == str(expected["config"][theirs_name]), name


def text_of(text: Text | None) -> Row | None:
    return None if text is None else {"format": text.format, "text": " ".join(text.text.split())}


def normal(expected: Any) -> Any:
    """Their texts with single spaces."""
    if isinstance(expected, dict):
        return {key: normal(value) for key, value in expected.items()}
    if isinstance(expected, list):
        return [normal(one) for one in expected]
    return " ".join(expected.split()) if isinstance(expected, str) else expected


def number_of(words: str) -> Row:
    if ".." in words:
        low, high = map(float, words.split("..", 1))
        return {"type": "high-low", "numberHigh": high, "numberLow": low}
    value, colon, size = words.partition(":")
    wide = {"type": "range", "range": float(size)} if colon else {"type": "simple"}
    return {**wide, "number": float(value)}


def answer_of(answer: Answer, numeric: bool) -> Row:
    return {
        "isCorrect": answer.right,
        "weight": None if answer.weight is None else float(answer.weight),
        "text": number_of(answer.text.text) if numeric else text_of(answer.text),
        "feedback": text_of(answer.feedback),
    }


def gift_of(one: Gift) -> Row:
    """Our reading with their names. Their trueFeedback is what Moodle shows to the wrong reply."""
    if one.kind == "Category":
        return {"type": one.kind, "title": one.title}
    made: Row = {"type": one.kind, "title": one.title, "id": one.id, "tags": list(one.tags) or None}
    made |= {"stem": text_of(one.stem), "hasEmbeddedAnswers": one.embedded}
    if one.kind == "Description":
        return made
    made["globalFeedback"] = text_of(one.explanation)
    numeric = one.kind == "Numerical"
    choices: Any = [answer_of(answer, numeric) for answer in one.answers]
    match one.kind:
        case "TF":
            made |= {"isTrue": one.truth}
            made |= dict(zip(("trueFeedback", "falseFeedback"), map(text_of, one.feedback), strict=True))
        case "Matching":
            pairs = [{"subquestion": text_of(pair.text), "subanswer": pair.match} for pair in one.answers]
            made["matchPairs"] = pairs
        case "Numerical" if len(choices) == 1 and one.answers[0].weight is None:
            made["choices"] = choices[0]["text"]
        case "MC" | "Short" | "Numerical":
            made["choices"] = choices
    return made


def test_a_gift_source_is_read_as_its_grammar_reads_it(tables: Path) -> None:
    for name, source, expected in sources(tables, "gift", ".gift"):
        ours = [normal(gift_of(one)) for one in parse(source)]
        assert ours == [normal(row) for row in expected], name


def test_each_gift_question_becomes_one_of_ours_or_is_told(tables: Path) -> None:
    asked = {"TF": "true_false", "Short": "short", "Numerical": "numeric", "Matching": "match"}
    for name, source, expected in sources(tables, "gift", ".gift"):
        found = imported(name, read_gift(source))
        wanted = [row["type"] for row in expected if row["type"] not in ("Essay", "Description", "Category")]
        if found is None:
            assert wanted == [], name
            continue
        kinds = [question.kind.type for question in found.quiz.questions]
        assert [asked.get(one, "choice") for one in wanted] == [
            "choice" if kind in ("single", "multiple") else kind for kind in kinds
        ], name
