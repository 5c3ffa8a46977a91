"""Quizzes from and for other tools: what comes back is what went out, and what does not is told."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from html import unescape
from pathlib import Path
from textwrap import dedent
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.model.errors import QuizError
from deploylab.quiz import Hint, Multiple, Option, Question, Quiz, Single, TrueFalse, load, loads
from deploylab.quiz.ask import Choice
from deploylab.quiz.formats.draft import Draft, finish, slug
from deploylab.quiz.formats.files import export_quiz, import_quiz
from deploylab.quiz.formats.gift_reader import read_gift
from deploylab.quiz.formats.gift_writer import write_gift
from deploylab.quiz.formats.html_text import escaped, from_html
from deploylab.quiz.formats.printed import write_printed
from deploylab.quiz.formats.qti import write_qti
from deploylab.quiz.formats.quizdown_reader import read_quizdown
from deploylab.quiz.kinds.match import Match, Pair
from deploylab.quiz.kinds.numeric import NearNumber, Numeric
from deploylab.quiz.kinds.short import NearText, Short
from deploylab.quiz.markdown import html, inline

LETTERS = st.sampled_from("ab Zé0.,:=~#{}\\*_`[]<>$|!?%&-+()/\"'€漢")
LINE = st.text(LETTERS, min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(str.strip)
TEXT = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
PLAIN = LINE.filter(lambda text: "->" not in text)
WORDS = PLAIN.filter(lambda text: text.replace("*", "").strip() and "*" not in text)
DECIMALS = st.decimals(-1000, 1000, places=3, allow_nan=False).map(lambda one: f"{one.normalize():f}")
SIZES = st.decimals(0, 10, places=2, allow_nan=False).map(lambda one: f"{one.normalize():f}")
PARTS = st.sampled_from([Fraction(1, 2), Fraction(1, 3), Fraction(9, 10), Fraction(0)])


def bare(markup: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", markup)).split())


@st.composite
def singles(draw: st.DrawFn) -> Single:
    texts = draw(st.lists(LINE, min_size=2, max_size=5, unique=True))
    right = draw(st.integers(0, len(texts) - 1))
    return Single(tuple(
        Option(f"o{place}", text, place == right, draw(st.just("") | TEXT))
        for place, text in enumerate(texts)
    ))  # fmt: skip


@st.composite
def multiples(draw: st.DrawFn) -> Multiple:
    texts = draw(st.lists(LINE, min_size=2, max_size=5, unique=True))
    right = draw(st.integers(1, len(texts)))
    return Multiple(tuple(
        Option(f"o{place}", text, place < right, draw(st.just("") | TEXT),
               fraction=Fraction(1, right) if place < right else -draw(PARTS))
        for place, text in enumerate(texts)
    ), "fractions")  # fmt: skip


@st.composite
def numbers(draw: st.DrawFn) -> Numeric:
    said = {"feedback": draw(st.just("") | TEXT)}
    if draw(st.booleans()):
        low, high = sorted((draw(DECIMALS), draw(DECIMALS)), key=Fraction)
        return Numeric(range=(low, high), **said)
    near = st.builds(NearNumber, DECIMALS, TEXT, PARTS, SIZES)
    return Numeric(draw(DECIMALS), atol=draw(SIZES), near=tuple(draw(st.lists(near, max_size=3))), **said)


@st.composite
def shorts(draw: st.DrawFn) -> Short:
    near = st.builds(NearText, TEXT, PLAIN.filter(lambda text: text != "*"), fraction=PARTS)
    return Short(
        tuple(draw(st.lists(WORDS, min_size=1, max_size=3))), near=tuple(draw(st.lists(near, max_size=3))),
        feedback=draw(st.just("") | TEXT), otherwise=draw(st.just("") | TEXT),
    )  # fmt: skip


@st.composite
def matches(draw: st.DrawFn) -> Match:
    choices = draw(st.lists(PLAIN, min_size=2, max_size=4, unique=True))
    terms = draw(st.lists(PLAIN, min_size=2, max_size=4))
    ids = [f"c{place}" for place in range(len(choices))]
    pairs = (Pair(f"p{place}", text, draw(st.sampled_from(ids))) for place, text in enumerate(terms))
    return Match(tuple(map(Choice, ids, choices)), tuple(pairs))


KINDS = st.one_of(
    singles(), multiples(), numbers(), shorts(), matches(),
    st.builds(TrueFalse, st.booleans(), st.just("") | TEXT, st.just("") | TEXT),
)  # fmt: skip


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    kinds = draw(st.lists(KINDS, min_size=1, max_size=4))
    tags = draw(st.lists(st.sampled_from(["canary", "rolling-update"]), unique=True).map(tuple))
    return Quiz("q", 1, draw(PLAIN.filter(lambda text: not text.startswith("$"))), tuple(
        Question(f"q{n}", kind, draw(TEXT), draw(st.just("") | LINE.map(lambda text: f"About {text}")),
                 draw(st.just("") | TEXT), tags=tags) for n, kind in enumerate(kinds)
    ))  # fmt: skip


def flat(noun: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value under its path, the ids of members apart: they are made anew of their texts."""
    for spec in fields(noun):
        value, name = getattr(noun, spec.name), f"{path}{spec.name}"
        if spec.name in ("kind", "place", "version", "match") or (path and spec.name == "id"):
            continue
        members = [one for one in value if is_dataclass(one)] if isinstance(value, tuple) else []
        for number, member in enumerate(members):
            yield from ((f"{name}.{inner}#{number}", one) for inner, one in flat(member, "-"))
        if not members:
            yield name, value


def told_of(question: Question) -> dict[str, Any]:
    kind = question.kind
    pairs = {place: one.match for place, one in enumerate(getattr(kind, "pairs", ()))}
    texts = {one.id: one.text for one in getattr(kind, "choices", ())}
    made = {path.replace("-", ""): one for path, one in (*flat(question), *flat(kind))}
    made |= {f"pairs.match#{place}": texts[name] for place, name in pairs.items()}
    made |= {f"choices.text#{place}": text for place, text in enumerate(sorted(texts.values()))}
    made |= {f"options.fraction#{place}": one.worth for place, one in enumerate(getattr(kind, "options", ()))}
    usual = made.get("atol", "0")  # that of a near miss without its own
    return {path: one or usual if path.startswith("near.atol") else one for path, one in made.items()}


@settings(max_examples=60, deadline=None)
@given(quizzes())
def test_what_gift_can_carry_comes_back_from_it(quiz: Quiz) -> None:
    text, lost = write_gift(quiz)
    assert lost == []
    found = finish(read_gift(text), "q")
    assert found.notes == ()
    assert found.quiz.title == quiz.title
    assert [one.id for one in found.quiz.questions] == [one.id for one in quiz.questions]
    for ours, theirs in zip(found.quiz.questions, quiz.questions, strict=True):
        assert told_of(ours) == told_of(theirs)


def test_what_gift_loses_is_told_and_nothing_else_is_lost(every: Quiz) -> None:
    text, lost = write_gift(every)
    found = {one.id: one for one in finish(read_gift(text), "q").quiz.questions}
    for question in every.questions:
        lines = [line for line in lost if re.search(rf"[( ]{question.id}[,)]", line)]
        if question.id not in found:
            assert any("so it is left out" in line for line in lines)
            continue
        told = {line.split()[0].rstrip(":") for line in lines}
        if told & {"parameters", "simulate"}:
            continue  # its numbers are those of one paper
        before, after = told_of(question), told_of(found[question.id])
        changed = {re.sub("#.*", "", path) for path in before if before[path] != after.get(path)}
        told |= {"options.fraction"} if "scoring" in told else set()
        told |= {"near.text", "near.feedback", "near.fraction"} if "near.regex" in told else set()
        assert changed - told == set(), question.id


@pytest.mark.parametrize("kind", [Short(("a -> b",)), Match((Choice("a", "A"), Choice("b", "B")), (
    Pair("x", "x -> y", "a"), Pair("z", "z", "b")))], ids=["short", "match"])  # fmt: skip
def test_an_arrow_that_would_make_another_question_leaves_it_out(kind: Any) -> None:
    text, lost = write_gift(Quiz("q", 1, "Q", (Question("arrow", kind, "Which?"),)))
    assert "arrow" not in text
    assert lost == ["-> means a match in GIFT, so it is left out (arrow)"]


@given(st.text(LETTERS, min_size=1).map(str.strip).filter(bool))
def test_a_plain_text_is_shown_as_it_is(text: str) -> None:
    assert bare(inline(escaped(text))) == " ".join(text.split())


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1))
def test_a_text_of_any_kind_is_read_back_from_the_yaml(text: str) -> None:
    tree = {"type": "true_false", "prompt": text, "answer": True, "explanation": f"one\n{text}"}
    found = finish(Draft(questions=[(1, tree)]), "q").quiz.questions[0]
    assert (found.prompt, found.explanation) == (text, f"one\n{text}")


ODD = ["yes", "1e5", "0o17", "0x1f", "~", "null", "12:30", "- a", "a: b", "#a", "'", "{{n}}"]


@pytest.mark.parametrize("text", ODD)
def test_texts_that_look_like_something_else_stay_texts(text: str) -> None:
    tree = {"type": "true_false", "prompt": text, "answer": True}
    assert finish(Draft(questions=[(1, tree)]), "q").quiz.questions[0].prompt == text


ANSWER = st.tuples(st.booleans(), st.sampled_from(["pod", "node", "probe", "service"]), st.booleans())
ANSWERS = st.lists(ANSWER, min_size=2, max_size=4)


@given(ANSWERS, st.sampled_from(["ordered", "unordered", "sequence"]), st.booleans(), st.booleans())
def test_quizdown_comes_back_as_it_was_written(answers: Any, kind: str, hint: bool, why: bool) -> None:
    answers = [(right, f"{word} {place}", said) for place, (right, word, said) in enumerate(answers)]
    if kind == "ordered":
        answers = [(place == 0, word, said) for place, (_, word, said) in enumerate(answers)]
    elif not any(right for right, _, _ in answers):
        answers[0] = (True, *answers[0][1:])
    mark = "- " if kind == "unordered" else "1. "
    lines = ["## What *serves*?", "", "The `Service` asks:", "", *(["> Think.", ""] if hint else [])]
    for right, word, said in answers:
        lines.append(f"{mark}{'' if kind == 'sequence' else '[x] ' if right else '[ ] '}{word}")
        lines += ["    > It does."] if said else []
    lines += ["", "> **Explanation:** It **listens**."] if why else []
    question = finish(read_quizdown("\n".join(lines)), "q").quiz.questions[0]
    members = getattr(question.kind, "options", ()) or getattr(question.kind, "items", ())
    assert question.kind.type == {"ordered": "single", "unordered": "multiple", "sequence": "order"}[kind]
    assert question.prompt == "What *serves*?\n\nThe `Service` asks:"
    assert question.hints == ((Hint("Think."),) if hint else ())
    assert question.explanation == ("It **listens**." if why else "")
    assert [(one.text, one.feedback) for one in members] == [
        (word, "It does." if said else "") for _, word, said in answers
    ]
    if kind != "sequence":
        assert [one.correct for one in members] == [right for right, _, _ in answers]


def test_an_answer_is_one_line_and_a_number_of_questions_that_is_not_there_is_told() -> None:
    source = "---\nnQuestions: 5\n---\n# A?\n1. [x] yes <br> so\n1. [ ] no\n   ```sh\n   rm\n   ```\n"
    found = finish(read_quizdown(source), "q")
    assert [one.text for one in getattr(found.quiz.questions[0].kind, "options", ())] == ["yes so", "no `rm`"]
    assert found.notes[0].text == "pick: 5 is more than 1 question, so all are drawn"


PAGE = dedent("""\
    ---
    title: "Probes"
    ---
    Read this first.

    {{< quizdown >}}
    ---
    shuffleQuestions: true
    passingGrade: 80
    primaryColor: red
    ---
    # Who asks?
    > **Explanation:** is no word for a hint before the answers.

    1. [x] The kubelet
    1. [ ] ![A user](user.png)
    > **Explanation:** It asks each pod.
    {{< /quizdown >}}

    {{< quizdown >}}
    # Nothing to choose
    {{< /quizdown >}}
    """)


def test_a_hugo_page_gives_the_quiz_of_its_shortcodes_and_tells_the_rest_with_its_line() -> None:
    found = finish(read_quizdown(PAGE), "page")
    (question,) = found.quiz.questions
    assert (found.quiz.title, found.quiz.shuffle, found.quiz.pass_mark) == ("Probes", "all", 80)
    assert question.explanation == "It asks each pod."
    assert len(question.hints) == 1
    assert [(note.line, note.text.split(";")[0]) for note in found.notes] == [
        (1, "the text of the page around the quiz is left out"),
        (7, "the option primary_color is a look, and is left out"),
        (12, "a picture becomes a link"),
        (21, "'Nothing to choose' is left out: it has no list of answers"),
    ]


@pytest.mark.parametrize(("markup", "markdown"), [
    ("<p>a <b>b</b></p><p>c</p>", "a **b**\n\nc"),
    ("<pre>if x < 1:\n  y</pre>", "```\nif x < 1:\n  y\n```"),
    ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
    ("2 * 3 &lt; 7<br>so", "2 \\* 3 \\< 7\nso"),
    ('<a href="https://x.org">x</a>', "[x](https://x.org)"),
])  # fmt: skip
def test_html_becomes_markdown(markup: str, markdown: str) -> None:
    notes: list[str] = []
    assert from_html(markup, notes.append) == markdown
    assert notes == []


def test_html_without_a_like_is_told() -> None:
    notes: list[str] = []
    assert from_html("x<sub>1</sub><script>alert(1)</script>", notes.append) == "x1"
    assert notes == ["<sub> is left out, and its text kept", "<script> is left out"]


GIFT = [
    "{", "}", "=", "~", "#", "####", "%50%", "->", "::", "//", "\n", "\n\n", "\\", "a", "1..2", ":", "T",
    "[html]", "<b>", "$CATEGORY: a",
]  # fmt: skip
QUIZDOWN = [
    "# a\n", "- [x] b\n", "- [ ] c\n", "1. d\n", "> e\n", "\n", "---\n", "f: g\n", "```\n", "<b>", "| h |\n",
    "  ", "{{< quizdown >}}", "{{< /quizdown >}}", "~~~\n", "a: [\n",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(GIFT)).map("".join))
def test_whatever_looks_like_gift_is_read_or_refused(text: str) -> None:
    try:
        found = finish(read_gift(text), "q")
    except QuizError:
        return
    assert loads(found.text) == found.quiz


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(QUIZDOWN)).map("".join))
def test_whatever_looks_like_quizdown_is_read_or_refused(text: str) -> None:
    try:
        found = finish(read_quizdown(text), "q")
    except QuizError:
        return
    assert loads(found.text) == found.quiz


def test_an_id_is_short_and_says_nothing_of_what_is_right() -> None:
    text = "a? {=That is correct ~" + "long " * 30 + "}"
    (question,) = finish(read_gift(text), "q").quiz.questions
    assert [one.id for one in getattr(question.kind, "options", ())] == ["option-1", slug("long " * 8)]


def test_qti_holds_the_questions_and_their_feedback(every: Quiz) -> None:
    data, lost = write_qti(every)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if re.search(r"assessment_\w+\.xml$", name)]
        root = ElementTree.fromstring(next(archive.read(name) for name in names if "meta" not in name))
    titles = [item.get("title") for item in root.iter("{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}item")]
    left_out = re.findall(r"so it is left out \(([a-z-]+)\)", "\n".join(lost))
    assert titles == [one.objective for one in every.questions if one.id not in left_out]
    texts = " ".join(root.itertext())
    assert "Only ready pods are endpoints." in texts
    assert "simulate: what the run gives is written (who-is-hurt, way-back)" in lost


@settings(max_examples=15, deadline=None)
@given(quizzes())
def test_qti_is_written_of_any_quiz_or_says_why_not(quiz: Quiz) -> None:
    try:
        data, _ = write_qti(quiz)
    except QuizError as error:
        said = str(error)
    else:
        said = "" if zipfile.is_zipfile(io.BytesIO(data)) else "no archive"
    assert said == "" or "text2qti refuses this quiz" in said


def test_without_text2qti_it_is_said_how_to_get_it(small: Quiz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "text2qti.config", None)
    with pytest.raises(QuizError, match="pip install"):
        write_qti(small)


def test_the_page_for_students_holds_all_that_is_asked_and_nothing_of_the_key(every: Quiz) -> None:
    page, key = map(bare, write_printed(every)[:2])
    secrets = [one.explanation for one in every.questions]
    said = [pair for one in every.questions for pair in flat(one.kind)]
    secrets += [text for path, text in said if "feedback" in path and text]
    assert secrets
    for text in map(bare, map(html, secrets)):
        assert text not in page
        assert text in key or "{{" in text
    for one in every.questions:
        for choice in (choice for field in one.kind.ask.fields for choice in field.choices):
            assert bare(inline(choice.text)) in page


def test_the_key_on_paper_has_the_points_and_the_rule_that_the_paper_has(every: Quiz) -> None:
    page, key = write_printed(every)[:2]
    for found in (r'class="points">[^<]*', r'class="rule">[^<]*'):
        assert re.findall(found, key) == re.findall(found, page) != []
    assert ".</b>" not in key


def test_the_key_on_paper_tells_the_figure_of_a_run_whose_options_are_spans(every: Quiz) -> None:
    page, key = write_printed(every)[:2]
    assert key.count("In this run: users hurt 261.") == 1
    assert "In this run" not in page


def test_a_printed_page_needs_nothing_from_a_network(every: Quiz) -> None:
    for page in write_printed(every)[:2]:
        assert not re.findall(r"(?:src|href)=\"(?!data:)", re.sub(r"<a [^>]*>", "", page))


def test_files_are_written_and_read_by_their_names(tmp_path: Path, small: Quiz) -> None:
    names = ("gift", "qti", "print")
    made = {name: export_quiz(small, name, tmp_path / f"small.{name}")[0] for name in names}
    assert [path.name for path in made["print"]] == ["small.print", "small-key.print"]
    found = import_quiz(made["gift"][0])
    assert [one.id for one in found.quiz.questions] == ["one", "some", "whether"]
    (tmp_path / "quiz.yaml").write_text(found.text, encoding="utf-8")
    assert load(tmp_path / "quiz.yaml") == found.quiz


@pytest.mark.parametrize(("name", "data", "says"), [
    ("quiz.doc", b"a", "which format is this? Name one with --from: gift, quizdown"),
    ("quiz.gift", b"\xff\xfe", "this is not UTF-8"),
    ("quiz.gift", b"\n", "no question of it can be used"),
    ("quiz.gift", b"a {", "have no end; add }"),
    ("quiz.gift", b"a {" + b"=a ~b " * 20_000 + b"}", "it has 40,000 answers; at most 50 are read"),
    ("quiz.md", b"---\na: !!int x\n---\n", "no question of it can be used"),
    ("quiz.md", b"---\na: !!timestamp x\n---\n", "no question of it can be used"),
    ("none.md", None, "there is no such file"),
])  # fmt: skip
def test_a_file_that_is_no_quiz_is_refused(tmp_path: Path, name: str, data: bytes | None, says: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(QuizError, match=re.escape(says)):
        import_quiz(tmp_path / name)
