"""Take a quiz in a terminal, at the keyboard or from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

from deploylab.model.errors import QuizError
from deploylab.quiz.ask import Field
from deploylab.quiz.attempt import Attempt
from deploylab.quiz.bundle import load_any
from deploylab.quiz.letters import allowed_in, prompt_of, words_of
from deploylab.quiz.model import Question, Quiz, count
from deploylab.quiz.paper import Item
from deploylab.quiz.score import Result
from deploylab.quiz.terminal_page import (
    show_choices,
    show_hint,
    show_opening,
    show_outcome,
    show_question,
    show_result,
    show_review,
)  # fmt: skip

Asker = Callable[[str], str]

WIDTH = 80  # longer lines are hard to read


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
    show_opening(console, attempt)
    try:
        for number, item in enumerate(attempt.paper.items, 1):
            if not _settled(attempt, item.question):
                place = f"Question {number} of {len(attempt.paper.items)}"
                points = count(attempt.paper.worth(item.question), "point")
                show_question(console, item, f"{place} · {points}")
                _question(console, attempt, item, ask)
        if not attempt.finished and attempt.quiz.reveals != "each":
            _hand_in(console, attempt, ask)
    except (EOFError, KeyboardInterrupt):
        console.print("\n\nStopped here. What was answered counts; the rest is left open.")
    if attempt.quiz.reveals == "end" and attempt.finished:
        show_review(console, attempt)
    show_result(console, attempt)
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
            told = attempt.notice
            sure = _confidence(console, ask) if attempt.quiz.confidence else 0
            grade = attempt.answer(question.id, response, sure)
        except QuizError as error:
            console.print(str(error).partition(": ")[2] or str(error), markup=False)
            continue
        if attempt.notice != told:  # such as of a disk that is full now
            console.print(f"\n{attempt.notice}", markup=False)
        if grade is None:
            console.print("\nKept." if not attempt.notice else "\nTaken.")
            return
        show_outcome(console, item, grade)
        if attempt.open(question.id):
            left = attempt.quiz.tries - attempt.answers[question.id].tries
            more = "try" if left == 1 else "tries"
            console.print(Text(f"\nNot yet. You may try again ({left} {more} left).", "bold"))


def _field(
    console: Console, attempt: Attempt, item: Item, field: Field, ask: Asker
) -> tuple[str, ...] | None:
    """The words for one field; None when the question is skipped."""
    if field.inline and field.choices:
        show_choices(console, field)
    while True:
        line = ask(prompt_of(field)).strip()
        command = line.lower() if field.how != "text" else line.lower()[1:] if line.startswith(":") else ""
        if command.removeprefix(":") == "q":
            raise EOFError
        if command.removeprefix(":") == "s":
            return None
        if line == "?":
            show_hint(console, attempt.hint(item.question.id), bool(item.question.hints))
            continue
        if words := words_of(field, line):
            return words
        say = "Nothing is chosen yet" if not line else f"{line[:40]!r} is not an answer here"
        console.print(f"{say}; type {allowed_in(field)}, ? for a hint, s to skip, q to quit.", markup=False)


def _confidence(console: Console, ask: Asker) -> int:
    while True:
        line = ask("How sure are you? 1 unsure, 2, 3 certain: ").strip().lower()
        if line == "q":
            raise EOFError
        if line in ("1", "2", "3"):
            return int(line)
        console.print("Type 1, 2 or 3. Right is worth 1, 2 or 3 for each point; wrong 0, −2 or −6.")


def _hand_in(console: Console, attempt: Attempt, ask: Asker) -> None:
    done = f"{attempt.answered} of {len(attempt.paper.items)} are answered"
    if ask(f"\n{done}. Hand in now? y or n: ").strip().lower() in ("y", "yes"):
        attempt.finish()
    else:
        console.print("Not handed in. Start the quiz again to go on.")
