"""Take a quiz in a terminal. Every verdict is a symbol and a word, so that colour is not needed."""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from deploylab.model.errors import QuizError
from deploylab.quiz.grade import Grade, grade
from deploylab.quiz.load import load
from deploylab.quiz.model import Multiple, Question, Quiz, TrueFalse, count
from deploylab.quiz.score import Result, mark, tell

Ask = Callable[[str], str]

WIDTH = 80  # longer lines are hard to read
_VERDICTS = {
    "right": ("✓ Right: ", "bold green"),
    "wrong": ("✗ Not right: ", "bold red"),
    "missed": ("→ Right, but not chosen: ", "bold yellow"),
}


def run(quiz: Quiz | str | Path) -> int:
    """Take a quiz, or the quiz of a file, at the keyboard or from a pipe.

    The exit code is 0 when it is passed, 1 when it is not, 2 when the file cannot be used.

    >>> run("no-such-quiz.yaml")
    2
    """
    try:
        quiz = quiz if isinstance(quiz, Quiz) else load(quiz)
    except QuizError as error:
        print(error, file=sys.stderr)
        return 2
    console = Console(highlight=False)
    console.width = min(console.width, WIDTH)
    return 0 if take(quiz, console, _ask).passed else 1


def take(quiz: Quiz, console: Console, ask: Ask) -> Result:
    """Ask every question, show its feedback at once, and sum up; `ask` returns a line, as `input` does.

    End of input, Ctrl-C and q all end politely: what was answered so far is summed up.

    >>> from deploylab.quiz.model import Question, TrueFalse
    >>> statement = TrueFalse(True, "Yes, for a while.", "No: for a while they do.")
    >>> question = Question("mixed", statement, "Two versions serve.", "mixing", "Why.", "Where.")
    >>> quiz = Quiz("rolling", 1, "Rolling deployment", (question,))
    >>> take(quiz, Console(quiet=True), lambda prompt: "a").passed
    True
    """
    responses: dict[str, tuple[str, ...]] = {}
    size = f"{count(len(quiz.questions), 'question')} · {count(quiz.points, 'point')}"
    facts = f"{size} · pass at {quiz.pass_mark} %"
    console.print(
        Text(f"\n{quiz.title}", "bold"), Text(facts), Text("? hint · s skip · q quit", "dim"), sep="\n"
    )
    try:
        for number, question in enumerate(quiz.questions, 1):
            _show(console, question, f"Question {number} of {len(quiz.questions)}")
            responses[question.id] = _answer(console, question, ask)
            _tell(console, question, grade(question, responses[question.id]))
    except (EOFError, KeyboardInterrupt):
        console.print("\n\nStopped here. What was answered counts; the rest is left open.")
    result = mark(quiz, responses)
    _sum_up(console, result)
    return result


def _ask(prompt: str) -> str:
    line = input(prompt)
    if not sys.stdin.isatty():
        print(line)  # a pipe has no echo; without it, prompt and feedback would share a line
    return line


def _show(console: Console, question: Question, place: str) -> None:
    console.print()
    console.rule(Text(f"{place} · {count(question.points, 'point')}"), align="left", style="dim")
    console.print(Markdown(question.prompt))
    console.print()
    for letter, option in zip(string.ascii_lowercase, question.kind.options, strict=False):
        _hang(console, Text(f"  {letter}  ", "bold"), option.text)
    if isinstance(question.kind, Multiple):
        console.print(Text(f"\n{question.kind.rule}", "dim"))
    console.print()


def _answer(console: Console, question: Question, ask: Ask) -> tuple[str, ...]:
    """Ask until there is an answer; skipping is the empty one."""
    many, hints = isinstance(question.kind, Multiple), iter(question.hints)
    last = string.ascii_lowercase[len(question.kind.options) - 1]
    wanted = "letters (such as a c)" if many else "letter"
    while True:
        line = ask(f"Your {wanted}: ").strip().lower()
        if line == "q":
            raise EOFError
        if line == "s":
            return ()
        if line == "?":
            _hint(console, hints)
            continue
        chosen = _read(question, line)
        if chosen and (many or len(chosen) == 1):
            return chosen
        say = "Nothing is chosen yet" if not line else f"{line[:40]!r} is not an answer here"
        allowed = f"one or more letters from a to {last}" if many else f"one letter from a to {last}"
        console.print(f"{say}; type {allowed}, ? for a hint, s to skip, q to quit.", markup=False)


def _read(question: Question, line: str) -> tuple[str, ...]:
    """The ids behind letters such as `a c`, `a,c` or `ac`; nothing when one of them is strange."""
    ids = {
        letter: option.id
        for letter, option in zip(string.ascii_lowercase, question.kind.options, strict=False)
    }
    if isinstance(question.kind, TrueFalse):
        ids |= {"t": "true", "true": "true", "f": "false", "false": "false"}
    words = [line] if line in ids else list(re.sub(r"[\s,;]", "", line))
    return tuple(dict.fromkeys(ids[word] for word in words)) if all(word in ids for word in words) else ()


def _hint(console: Console, hints: Iterator[str]) -> None:
    _hang(console, Text("Hint: ", "bold"), next(hints, "there is no further hint for this question."))


def _tell(console: Console, question: Question, result: Grade) -> None:
    if not result.answered:
        console.print("\nSkipped: no points, and nothing given away.")
        return
    console.print()
    letters = dict(zip((option.id for option in question.kind.options), string.ascii_lowercase, strict=False))
    for remark in result.remarks:
        words, style = _VERDICTS[remark.verdict]
        _hang(console, Text(f"  {letters[remark.option]}  "), f"**{words.strip()}** {remark.text}", style)
    console.print(Text(f"\n{tell(result.score)} of {count(result.points, 'point')}.", "bold"))
    console.print(Markdown(result.explanation))
    console.print(
        Markdown(f"*Source: {question.source}*", hyperlinks=console.is_terminal)
    )  # else the address


def _hang(console: Console, label: Text, markdown: str, style: str = "") -> None:
    """A label, and beside it a text whose lines stay right of the label."""
    grid = Table.grid()
    grid.add_column(width=label.cell_len, no_wrap=True)
    grid.add_column()
    label.stylize(style)
    grid.add_row(label, Markdown(markdown))
    console.print(grid)


def _sum_up(console: Console, result: Result) -> None:
    table = Table(title="\nYour result", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("")
    table.add_column("What it is about", ratio=1)
    table.add_column("Points", justify="right")
    for question, one in zip(result.quiz.questions, result.grades, strict=True):
        symbol = "✓" if one.correct else "✗" if one.answered else "·"
        table.add_row(symbol, Text(question.objective), f"{tell(one.score)} of {one.points}")
    console.print(table)
    console.print(Padding(Text(str(result), "bold"), (1, 0)))
    if result.again:
        console.print("Worth another look: the lines with ✗.")
