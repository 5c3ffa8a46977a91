"""Take a quiz in a terminal. Every verdict is a symbol and a word, so that colour is not needed."""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from deploylab.model.errors import QuizError
from deploylab.quiz.amount import tell
from deploylab.quiz.ask import Ask, Field
from deploylab.quiz.attempt import Attempt
from deploylab.quiz.bundle import load_any
from deploylab.quiz.grade import Grade
from deploylab.quiz.markdown import tokens
from deploylab.quiz.model import Question, Quiz, count
from deploylab.quiz.paper import Item
from deploylab.quiz.score import Result

Asker = Callable[[str], str]

WIDTH = 80  # longer lines are hard to read
_VERDICTS = {
    "right": ("✓ Right", "bold green"),
    "partly": ("◐ Partly right", "bold yellow"),
    "wrong": ("✗ Not right", "bold red"),
    "missed": ("→ Right, but not chosen", "bold yellow"),
}
_LETTERS = string.ascii_lowercase


def run(quiz: Quiz | str | Path, attempt: Attempt | None = None) -> int:
    """Take a quiz, or the quiz of a file, at the keyboard or from a pipe.

    The exit code is 0 when it is passed, 1 when it is not, 2 when the file cannot be used.

    >>> run("no-such-quiz.yaml")
    2
    """
    try:
        quiz = quiz if isinstance(quiz, Quiz) else load_any(quiz)
    except QuizError as error:
        print(error, file=sys.stderr)
        return 2
    console = Console(highlight=False)
    console.width = min(console.width, WIDTH)
    return 0 if take(quiz, console, _ask, attempt).passed else 1


def take(quiz: Quiz, console: Console, ask: Asker, attempt: Attempt | None = None) -> Result:
    """Ask every open question, show what may be read, and sum up; `ask` returns a line, as `input` does.

    End of input, Ctrl-C and q all end politely: what was answered so far is summed up.

    >>> from deploylab.quiz.model import Question, TrueFalse
    >>> statement = TrueFalse(True, "Yes, for a while.", "No: for a while they do.")
    >>> question = Question("mixed", statement, "Two versions serve.", "mixing", "Why.", "Where.")
    >>> quiz = Quiz("rolling", 1, "Rolling deployment", (question,))
    >>> take(quiz, Console(quiet=True), lambda prompt: "a").passed
    True
    """
    attempt = attempt or Attempt(quiz)
    if attempt.finished:
        with suppress(QuizError):  # the last one that is allowed is shown again
            attempt.restart()
    _open(console, attempt)
    try:
        for number, item in enumerate(attempt.paper.items, 1):
            if not _settled(attempt, item.question):
                place = f"Question {number} of {len(attempt.paper.items)}"
                _show(console, item, f"{place} · {count(attempt.paper.worth(item.question), 'point')}")
                _question(console, attempt, item, ask)
        if not attempt.finished and attempt.quiz.reveals != "each":
            _hand_in(console, attempt, ask)
    except (EOFError, KeyboardInterrupt):
        console.print("\n\nStopped here. What was answered counts; the rest is left open.")
    if attempt.quiz.reveals == "end" and attempt.finished:
        for item in attempt.paper.items:
            _review(console, attempt, item)
    _sum_up(console, attempt)
    return Result(attempt.paper, ()) if quiz.keyless else attempt.result  # of a bundle nobody knows it here


def _settled(attempt: Attempt, question: Question) -> bool:
    answer = attempt.answers.get(question.id)
    return bool(answer and answer.response) and (
        attempt.quiz.reveals != "each" or not attempt.open(question.id)
    )


def _ask(prompt: str) -> str:
    line = input(prompt)
    if not sys.stdin.isatty():
        print(line)  # a pipe has no echo; without it, prompt and feedback would share a line
    return line


def _open(console: Console, attempt: Attempt) -> None:
    quiz, paper = attempt.quiz, attempt.paper
    size = f"{count(len(paper.items), 'question')} · {count(paper.points, 'point')}"
    console.print(Text(f"\n{quiz.title}", "bold"), Text(f"{size} · pass at {quiz.pass_mark} %"), sep="\n")
    console.print(Text(quiz.where_the_key_is, "dim"))
    if attempt.notice:
        console.print(attempt.notice, markup=False)
    if done := sum(bool(answer.response) for answer in attempt.answers.values()):
        console.print(f"Taken up again: {done} of {len(paper.items)} are answered.")
    console.print(Text("? hint · s skip · q quit  (where a text is typed: :s and :q)", "dim"))


def _show(console: Console, item: Item, place: str) -> None:
    question, only = item.question, item.ask.single
    console.print()
    console.rule(Text(place), align="left", style="dim")
    prompt = question.prompt
    for number, field in enumerate((one for one in item.ask.fields if one.inline), 1):
        prompt = prompt.replace(f"[[{field.id}]]", f"[{number} …]")
    console.print(_markdown(prompt))
    if question.figure:
        console.print(Text(f"[Figure: {question.figure.alt}]", "italic"))
    console.print()
    if only:
        _choices(console, only)
    elif not any(field.inline for field in item.ask.fields):
        _choices(console, item.ask.fields[0])  # all terms of a match have the same choices
    if item.ask.rule:
        console.print(Text(f"\n{item.ask.rule}", "dim"))
    if costs := [hint.cost for hint in question.hints if hint.cost]:
        told = ", ".join(f"{tell(100 * cost)} %" for cost in costs)
        console.print(Text(f"Hints cost {told} of the points.", "dim"))
    console.print()


def _choices(console: Console, field: Field) -> None:
    for letter, choice in zip(_LETTERS, field.choices, strict=False):
        _hang(console, Text(f"  {letter}  ", "bold"), choice.text)


def _question(console: Console, attempt: Attempt, item: Item, ask: Asker) -> None:
    """Ask until there is an answer, and as often as there are tries; skipping is the empty one."""
    question = item.question
    while attempt.open(question.id):
        response: list[str] = []
        for field in item.ask.fields:
            words = _field(console, attempt, item, field, ask)
            if words is None:
                console.print("\nSkipped: no points, and nothing given away.")
                return
            response += [f"{field.id}:{word}" if field.id else word for word in words]
        try:
            sure = _confidence(console, ask) if attempt.quiz.confidence else 0
            grade = attempt.answer(question.id, response, sure)
        except QuizError as error:
            console.print(str(error).partition(": ")[2] or str(error), markup=False)
            continue
        if grade is None:
            console.print("\nKept.")
            return
        _tell(console, item, grade)
        if attempt.open(question.id):
            left = attempt.quiz.tries - attempt.answers[question.id].tries
            more = "try" if left == 1 else "tries"
            console.print(Text(f"\nNot yet. You may try again ({left} {more} left).", "bold"))


def _field(
    console: Console, attempt: Attempt, item: Item, field: Field, ask: Asker
) -> tuple[str, ...] | None:
    """The words for one field; None when the question is skipped."""
    if field.inline and field.choices:
        _choices(console, field)
    allowed = _allowed(field)
    while True:
        line = ask(f"{_plain(field.label)}: " if field.label else _PROMPTS[field.how](field)).strip()
        command = line.lower() if field.how != "text" else line.lower()[1:] if line.startswith(":") else ""
        if command.removeprefix(":") == "q":
            raise EOFError
        if command.removeprefix(":") == "s":
            return None
        if line == "?":
            _hint(console, attempt, item.question)
            continue
        words = _read(field, line)
        if words and (field.how != "one" or len(words) == 1):
            return words
        say = "Nothing is chosen yet" if not line else f"{line[:40]!r} is not an answer here"
        console.print(f"{say}; type {allowed}, ? for a hint, s to skip, q to quit.", markup=False)


_PROMPTS: dict[str, Callable[[Field], str]] = {
    "one": lambda _: "Your letter: ",
    "many": lambda _: "Your letters (such as a c): ",
    "order": lambda field: f"Your order (such as {' '.join(_LETTERS[: len(field.choices)][::-1])}): ",
    "text": lambda _: "Your answer: ",
    "number": lambda field: f"Your number ({field.unit}): " if field.unit else "Your number: ",
}


def _allowed(field: Field) -> str:
    last = _LETTERS[len(field.choices) - 1]
    return {
        "one": f"one letter from a to {last}",
        "many": f"one or more letters from a to {last}",
        "order": f"each letter from a to {last} once",
    }.get(field.how, "something")


def _read(field: Field, line: str) -> tuple[str, ...]:
    """The ids behind letters such as `a c`, `a,c` or `ac`; nothing when one of them is strange."""
    if field.how in ("text", "number"):
        return (line,) if line else ()
    line = line.lower()
    ids = {letter: choice.id for letter, choice in zip(_LETTERS, field.choices, strict=False)}
    if set(ids.values()) == {"true", "false"}:
        ids |= {"t": "true", "true": "true", "f": "false", "false": "false"}
    words = [line] if line in ids else list(re.sub(r"[\s,;]", "", line))
    chosen = tuple(dict.fromkeys(ids[word] for word in words)) if all(word in ids for word in words) else ()
    return chosen if field.how != "order" or len(chosen) == len(words) == len(field.choices) else ()


def _confidence(console: Console, ask: Asker) -> int:
    while True:
        line = ask("How sure are you? 1 unsure, 2, 3 certain: ").strip().lower()
        if line == "q":
            raise EOFError
        if line in ("1", "2", "3"):
            return int(line)
        console.print("Type 1, 2 or 3. Right is worth 1, 2 or 3 for each point; wrong 0, −2 or −6.")


def _hint(console: Console, attempt: Attempt, question: Question) -> None:
    hint = attempt.hint(question.id)
    cost = f" (−{tell(100 * hint.cost)} %)" if hint and hint.cost else ""
    _hang(
        console,
        Text(f"Hint{cost}: ", "bold"),
        hint.text if hint else "there is no further hint for this question.",
    )


def _tell(console: Console, item: Item, grade: Grade) -> None:
    question = item.question
    if not grade.answered:
        console.print("\nNot answered.")
        return
    console.print()
    names = _names(item.ask)
    for remark in grade.remarks:
        words, style = _VERDICTS[remark.verdict]
        said = f"**{words}:** {remark.text}" if remark.text else f"**{words}**"
        _hang(console, Text(f"  {names[remark.option]}  "), said, style)
    if grade.solution and (item.ask.single is None or item.ask.single.how not in ("one", "many")):
        for line in grade.solution:
            _hang(console, Text("  → "), f"**The right answer:** {line}", "bold yellow")
    console.print(Text(f"\n{tell(grade.score)} of {count(grade.points, 'point')}.", "bold"))
    if grade.explanation:
        console.print(_markdown(grade.explanation))
        if question.source:
            console.print(
                _markdown(f"*Source: {question.source}*", hyperlinks=console.is_terminal)
            )  # else the address


def _names(ask: Ask) -> dict[str, str]:
    """How what is remarked upon was called on the screen."""
    if ask.single is None:
        return {field.id: f"{_plain(field.label)}:" for field in ask.fields}
    return {choice.id: letter for letter, choice in zip(_LETTERS, ask.single.choices, strict=False)} | {
        "": ""
    }


def _hand_in(console: Console, attempt: Attempt, ask: Asker) -> None:
    done = sum(bool(answer.response) for answer in attempt.answers.values())
    line = ask(f"\n{done} of {len(attempt.paper.items)} are answered. Hand in now? y or n: ").strip().lower()
    if line in ("y", "yes"):
        attempt.finish()
    else:
        console.print("Not handed in. Start the quiz again to go on.")


def _review(console: Console, attempt: Attempt, item: Item) -> None:
    if grade := attempt.grade(item.question.id):
        console.print()
        console.rule(Text(item.question.topic), align="left", style="dim")
        console.print(_markdown(item.question.prompt))
        _tell(console, item, grade)


def _markdown(text: str, *, hyperlinks: bool = True) -> Markdown:
    shown = Markdown("", hyperlinks=hyperlinks)
    shown.parsed = tokens(text)
    return shown


def _plain(text: str) -> str:
    """One line without the signs of Markdown, for the prompt of an input."""
    return re.sub(r"[*`$]", "", text)


def _hang(console: Console, label: Text, markdown: str, style: str = "") -> None:
    """A label, and beside it a text whose lines stay right of the label."""
    grid = Table.grid()
    grid.add_column(width=label.cell_len, no_wrap=True)
    grid.add_column()
    label.stylize(style)
    grid.add_row(label, _markdown(markdown))
    console.print(grid)


def _sum_up(console: Console, attempt: Attempt) -> None:
    quiz = attempt.quiz
    if quiz.keyless or quiz.reveals == "never" or (quiz.reveals == "end" and not attempt.finished):
        done = sum(bool(answer.response) for answer in attempt.answers.values())
        console.print(
            f"\n{done} of {len(attempt.paper.items)} are answered{', and handed in' * attempt.finished}."
        )
        return
    result = attempt.result
    table = Table(title="\nYour result", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("")
    table.add_column("What it is about", ratio=1)
    table.add_column("Points", justify="right")
    for question, one in zip(attempt.paper.questions, result.grades, strict=True):
        symbol = "✓" if one.correct else "✗" if one.answered else "·"
        table.add_row(symbol, Text(question.topic), f"{tell(one.score)} of {one.points}")
    console.print(table)
    console.print(Padding(Text(str(result), "bold"), (1, 0)))
    if result.again:
        console.print("Worth another look: the lines with ✗.")
