"""A quiz file is read, or every fault in it is told with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.model.errors import QuizError
from deploylab.quiz import Multiple, Quiz, TrueFalse, load, loads
from deploylab.quiz.source import LIMIT


def complaint(text: str) -> str:
    with pytest.raises(QuizError) as caught:
        loads(text, "x.yaml")
    return str(caught.value)


def test_a_quiz_is_read_with_all_its_kinds(small: Quiz) -> None:
    assert [question.kind.type for question in small.questions] == ["single", "multiple", "true_false"]


def test_optional_keys_have_the_documented_defaults(small: Quiz) -> None:
    assert (small.language, small.licence, small.pass_mark, small.questions[0].points) == ("en", "", 60, 1)


def test_scoring_is_all_or_nothing_unless_it_is_chosen(text: str) -> None:
    kind = loads(text.replace("    scoring: net\n", "")).questions[1].kind
    assert isinstance(kind, Multiple)
    assert kind.scoring == "all_or_nothing"


def test_the_misconception_of_a_statement_belongs_to_the_wrong_reply(small: Quiz) -> None:
    kind = small.questions[2].kind
    assert isinstance(kind, TrueFalse)
    assert [option.misconception for option in kind.options] == ["It is so.", ""]


@pytest.mark.parametrize("word", ["no", "on", "2024-01-31", "1:30"])
def test_words_that_old_yaml_misreads_stay_text(text: str, word: str) -> None:
    assert loads(text.replace("title: A small quiz", f"title: {word}")).title == word


LEFT = "§options:\n      - {id: left, text: Left, correct: true"
NONE = """§options:
      - {id: down, text: Down, correct: false, feedback: No.}
      - {id: up, text: Up, correct: false, feedback: No.}
  - id: other
    type: single
    prompt: p
    objective: o
    explanation: e
    source: s
    options:
      - {id: left"""
FAULTS = [  # § marks the place that must be told
    ("title: A small quiz", "title:\n§\t- A", "a tab in the indentation"),
    ("    prompt: It is so.", "  §\tprompt: It is so.", "only; begin this line with 4 spaces, as the lines"),
    ("    prompt: It is so.", "    prompt:§\tIt is so.", "there is a tab here; write a space"),
    ("    prompt: It is so.", "    prompt:§It is so.", "a space is missing behind the colon"),
    ("    prompt: It is so.", "    prompt:§\u00a0It is so.", "there is a no-break space here"),
    ("    prompt: It is so.", "§\u00a0   prompt: It is so.", "there is a no-break space here"),
    ("prompt: It is so.", "prompt: |\n      https://x.org\n    tags: b§: c", "a colon too many"),
    ("prompt: It is so.", "prompt: §“It: is so.”", "write the straight quote"),
    ("prompt: It is so.", "prompt: §[It] is so.", "put a text that begins with [ in quotes"),
    ("prompt: It is so.", "prompt: §%50 is so.", "put a text that begins with % in quotes"),
    ("prompt: It is so.", "prompt: §> 5 is so.", "put a text that begins with > in quotes"),
    ("{id: b, text: B,", "{id: b, text: §> B,", "put a text that begins with > in quotes"),
    ("prompt: It is so.", "§prompt It is so.", "there is no colon here; write key: value"),
    ("prompt: It is so.", "prompt§ = It is so.", "write a colon and a space behind a key, not ="),
    (
        "text: A, correct: true, feedback: A is.}",
        "text: A§: B}",
        "a text with a colon or a comma needs quotes",
    ),
    ("- {id: b, text: B, correct: true, feedback: B is.}", "- §{id: b, text: B", "this { is never closed"),
    ("      - {id: b,", "§      - id: b,", "a { is missing"),
    ("  - id: whether", "§- id: whether", "begins in column 1; a - can begin in column 3 or 7 here"),
    ("  - id: whether", "  -§id: whether", "a space is missing behind the -"),
    ("  - id: whether", "  §• id: whether", "a list begins with - and a space"),
    ("  - id: whether", "  §id: whether", "this is not YAML: - is missing before id"),
    ("  - id: whether", "    §id: whether", "id: this key is here twice; - is missing before id"),
    ("      - {id: right,", "      §{id: right,", "- is missing before this {"),
    (
        "{id: b, text: B,",
        "{id: b, text: B, §all green.,",
        "'all green.' stands behind a comma, which ends a text",
    ),
    ("    misconception: It is so.", "    hints: §[", "this bracket is never closed; write } or ]"),
    ("id: small", "id: small\n§---", "a file holds one quiz; delete this line"),
    ("title: A small quiz", "title: A\n§\tsmall quiz", "a tab in the indentation"),
    ("title: A small quiz", "title: A\n  §\tsmall quiz", "a tab in the indentation"),
    ("id: some", "id: §one", "id: 'one' is the id of another of these questions"),
    ("{id: b,", "{id: §a,", "id: 'a' is the id of another of these options"),
    ("title: A small quiz", "title: A\n§title: B", "title: this key is here twice"),
    ("title: A small quiz", "§titel: A", "did you mean title?"),
    ("title: A small quiz", "? §[a]\n: b", "[…]: this key is not known in a quiz"),
    ("id: whether\n    type: true_false", "§type: true_false", "true_false question: id missing"),
    ("version: 1", "version: 1\npass_mark: §160", "a whole number from 0 to 100 is needed, for example 50"),
    ("points: 3", "points: §many", "points: 'many' is text; a whole number from 1 to 100 is needed"),
    ("points: 3", "points: §0", "points: '0' is a number; a whole number from 1 to 100 is needed"),
    ("prompt: It is so.", "prompt: §25", "prompt: '25' is a number; text is needed"),
    ("prompt: It is so.", "prompt: §[a]", "prompt: this is a list; text is needed"),
    ("prompt: It is so.", "prompt: §''", "prompt: the text is empty"),
    ("prompt: It is so.", 'prompt: §"\\e[2J"', "prompt: the control character '\\x1b'"),
    ("prompt: It is so.", r'prompt: §"So is $\frac12$."', "a text with a backslash is put in '…'"),
    (
        "prompt: It is so.",
        r'prompt: "So: $1 §\cdot 2$."',
        "a backslash begins an escape; put the text in '…'",
    ),
    ("prompt: It is so.", 'prompt: "So" §it is.', r"is written \", or put all of it in '…'"),
    ("options:\n      - {id: left, text: Left, correct: false", LEFT, "exactly one correct option"),
    ("options:\n      - {id: left", NONE, "none is marked correct"),
    ("correct: false", "correct: §yes", "correct: 'yes' is text; true or false is needed"),
    ("type: multiple", "type: §multipl", "type: 'multipl' is not allowed; did you mean multiple?"),
    ("scoring: net", "scoring: §best", "'best' is not allowed; allowed are all_or_nothing, coverage, each"),
    ("scoring: net", "§answer: true", "answer: this key is not known in a multiple question; allowed are"),
    ("id: small", "id: §My Quiz", "use small letters, digits and single hyphens"),
    ("title: A small quiz", "title: §&t A", "&t: anchors and aliases are not allowed"),
    ("title: A small quiz", "title: §*t", "*t: anchors and aliases are not allowed"),
    ("title: A small quiz", "title: " + "[" * 11 + "§" + "[" * 50, "nested more than 12 levels deep"),
    ("title: A small quiz", "title: §'A", "this is not YAML: this quote is never closed"),
    ("title: A small quiz", 'title: §"A\nlicence: "B"', "this quote is closed only in line 4; close it"),
    (
        "{id: b, text: B, correct: true, feedback: B is.}\n      - {id: c, text: C,",
        '{id: b, text: §"B, correct: true, feedback: B is.}\n      - {id: c, text: "C",',
        "closed only in line",
    ),
    (
        "title: A small quiz",
        "title: 'It'§s small'",
        "the text in quotes ends at '; a ' inside it is written ''",
    ),
    (
        "    prompt: It is so.",
        "      §prompt: It is so.",
        "indentation is wrong: this line begins in column 7",
    ),
    (
        "    prompt: It is so.",
        "   §prompt: It is so.",
        "begins in column 4; a key can begin in column 1 or 5",
    ),
    ("title: A small quiz", "  §title: A small quiz", "indentation is wrong"),
    ("      - {id: right,", "     §- {id: right,", "indentation is wrong"),
    ("title: A small quiz", "title: a§: b", "this is not YAML: a colon too many; put the text in quotes"),
    ("title: A small quiz", 'title: "\\U§FFFFFFFF"', "this escape names no character"),
    ("title: A small quiz", "title: §\x07", "the character '\\x07' is not allowed"),
    ("title: A small quiz", "title: §!!python/name:os.system x", "title: 'x' is tagged"),
]


@pytest.mark.parametrize(("old", "new", "says"), FAULTS)
def test_a_fault_is_told_with_its_place(text: str, old: str, new: str, says: str) -> None:
    assert old in text
    before, after = text.replace(old, new, 1).split("§")
    lines = complaint(before + after).splitlines()
    place = f"x.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: "
    assert any(line.startswith(place) and says in line for line in lines), (place, lines)


@pytest.mark.parametrize("nothing", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_says_how_a_quiz_starts(nothing: str) -> None:
    assert complaint(nothing).startswith("x.yaml:1:1: the file is empty; a quiz starts with id")


def test_all_faults_are_told_at_once_in_the_order_of_the_file(text: str) -> None:
    broken = (
        text.replace("version: 1", "version: x")
        .replace("points: 3", "points: -1")
        .replace("correct: false", "correct: 0")
    )
    lines = complaint(broken).splitlines()
    places = [tuple(map(int, line.split(":")[1:3])) for line in lines]
    assert len(lines) == 5
    assert places == sorted(places)


@pytest.mark.parametrize("indent", [2, 4])
def test_a_forgotten_dash_is_told_alone(text: str, indent: int) -> None:
    assert len(complaint(text.replace("  - id: whether", " " * indent + "id: whether")).splitlines()) == 1


def test_a_wrong_type_is_told_alone(text: str) -> None:
    assert len(complaint(text.replace("type: multiple", "type: many")).splitlines()) == 1


def test_so_many_faults_are_cut_and_counted() -> None:
    lines = complaint("".join(f"key{number}: 1\n" for number in range(200))).splitlines()
    assert lines[-1] == "x.yaml: 151 more faults; repair these first"


def test_a_file_that_is_not_utf8_is_told_with_the_place_of_the_byte(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes("id: a\ntitle: caf\u00e9".encode("latin-1"))
    with pytest.raises(QuizError, match=r"x\.yaml:2:11: byte 0xe9 is not UTF-8"):
        load(tmp_path / "x.yaml")


def test_the_place_of_a_byte_counts_from_behind_the_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbf" + "title: ééé".encode() + b"\xff")
    with pytest.raises(QuizError, match=r"x\.yaml:1:11: byte 0xff is not UTF-8"):
        load(tmp_path / "x.yaml")


@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\x00", b"{\\rtf1\\ansi", b"%PDF-1.7"])
def test_a_file_of_a_word_processor_is_told_so(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.yaml").write_bytes(data)
    with pytest.raises(QuizError, match="file of a word processor or a spreadsheet; save it as plain text"):
        load(tmp_path / "x.yaml")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8-sig")
    assert load(tmp_path / "x.yaml").id == "small"


def test_windows_line_ends_are_no_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_bytes(text.replace("\n", "\r\n").encode())
    assert load(tmp_path / "x.yaml").id == "small"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuizError, match=r"^[^:]*: this is not a file"):
        load(tmp_path)


def test_an_impossible_path_is_refused() -> None:
    with pytest.raises(QuizError, match="cannot be read"):
        load("a\0b.yaml")


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("ä" * LIMIT, encoding="utf-8")
    with pytest.raises(QuizError, match="larger than 256 KiB; split it"):
        load(tmp_path / "x.yaml")


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_random_text_is_refused_and_never_raises_anything_else(anything: str) -> None:
    with pytest.raises(QuizError):
        loads(anything)


JUNK = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["\t", "\n\t", "\r", "*a", "&a ", "!!int ", "- ", "? ", ": ", "{", "[", '"', "'", "|\n", ">-\n"]
    ),
    st.sampled_from(
        ["%YAML 1.1\n---\n", "...\n", "---\n", "\\UFFFFFFFF", "\\uD800", "<<: ", "\u2028", "\x85", "=", "~"]
    ),
)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_mutated_quiz_is_read_or_every_line_of_its_complaint_has_a_place(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 40)))
    try:
        loads(text[:start] + data.draw(JUNK) + text[end:], "x.yaml")
    except QuizError as error:
        lines = str(error).split("\n")
    else:
        lines = []
    assert all(re.match(r"x\.yaml:\d+:\d+: \S", line) for line in lines)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_a_quiz_error(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.yaml"
    path.write_bytes(noise)
    with pytest.raises(QuizError):
        load(path)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("../secret.png", "leaves the quiz's folder"),
        ("/etc/passwd", "leaves the quiz's folder"),
        ("none.png", "there is no such file"),
        ("text.png", "is no picture; use PNG, JPEG, GIF or SVG"),
    ],
)
def test_a_figure_is_a_picture_in_the_folder_of_the_quiz(
    tmp_path: Path, text: str, file: str, says: str
) -> None:
    (tmp_path / "text.png").write_text("no picture")
    figure = f"    figure: {{file: {file}, alt: A picture}}\n    prompt: It is so."
    (tmp_path / "x.yaml").write_text(text.replace("    prompt: It is so.", figure))
    with pytest.raises(QuizError, match=says) as caught:
        load(tmp_path / "x.yaml")
    assert re.match(rf"{re.escape(str(tmp_path))}/x\.yaml:\d+:\d+: ", str(caught.value))


def test_a_figure_travels_with_its_quiz(every: Quiz) -> None:
    figure = every.questions[0].figure
    assert figure is not None
    assert figure.data.startswith("data:image/svg+xml;base64,")
