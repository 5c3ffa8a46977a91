"""What a quiz shows in a terminal. Every verdict is a symbol and a word, so that colour is not needed."""

from __future__ import annotations

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from deploylab.quiz.amount import tell
from deploylab.quiz.ask import Ask, Field
from deploylab.quiz.attempt import Attempt
from deploylab.quiz.grade import Grade
from deploylab.quiz.letters import LETTERS, plain
from deploylab.quiz.markdown import tokens
from deploylab.quiz.model import Hint, count
from deploylab.quiz.paper import Item

_VERDICTS = {
    "right": ("✓ Right", "bold green"),
    "partly": ("◐ Partly right", "bold yellow"),
    "wrong": ("✗ Not right", "bold red"),
    "missed": ("→ Right, but not chosen", "bold yellow"),
}


def show_opening(console: Console, attempt: Attempt) -> None:
    """What quiz it is, and how one goes about it."""
    quiz, paper = attempt.quiz, attempt.paper
    size = f"{count(len(paper.items), 'question')} · {count(paper.points, 'point')}"
    console.print(Text(f"\n{quiz.title}", "bold"), Text(f"{size} · pass at {quiz.pass_mark} %"), sep="\n")
    console.print(Text(quiz.where_the_key_is, "dim"))
    if attempt.notice:
        console.print(attempt.notice, markup=False)
    if attempt.answered:
        console.print(f"Taken up again: {attempt.answered} of {len(paper.items)} are answered.")
    console.print(Text("? hint · s skip · q quit  (where a text is typed: :s and :q)", "dim"))


def show_question(console: Console, item: Item, place: str) -> None:
    """The question, before it is answered."""
    question, fields = item.question, item.ask.fields
    _rule(console, place)
    prompt = question.prompt
    for number, field in enumerate((one for one in fields if one.inline), 1):
        prompt = prompt.replace(f"[[{field.id}]]", f"[{number} …]")
    console.print(_markdown(prompt))
    if question.figure:
        console.print(Text(f"[Figure: {question.figure.alt}]", "italic"))
    console.print()
    if item.ask.single or not any(field.inline for field in fields):
        show_choices(console, fields[0])  # all terms of a match have the same choices
    if item.ask.rule:
        console.print(Text(f"\n{item.ask.rule}", "dim"))
    if costs := [f"{tell(100 * hint.cost)} %" for hint in question.hints if hint.cost]:
        console.print(Text(f"Hints cost {', '.join(costs)} of the points.", "dim"))
    console.print()


def show_choices(console: Console, field: Field) -> None:
    """The choices with their letters."""
    for letter, choice in zip(LETTERS, field.choices, strict=False):
        _hang(console, Text(f"  {letter}  ", "bold"), choice.text)


def show_hint(console: Console, hint: Hint | None, several: bool = True) -> None:
    """A hint, with its cost; without one, whether the question has any at all."""
    cost = f" (−{tell(100 * hint.cost)} %)" if hint and hint.cost else ""
    none = "there is no further hint for this question." if several else "this question has no hint."
    text = hint.text if hint else none
    _hang(console, Text(f"Hint{cost}: ", "bold"), text)


def show_outcome(console: Console, item: Item, grade: Grade) -> None:
    """What an answer is worth, and what is said about it."""
    if not grade.answered:
        console.print("\nNot answered.")
        return
    console.print()
    names = _names(item.ask)
    for remark in grade.remarks:
        words, style = _VERDICTS[remark.verdict]
        said = f"**{words}:** {remark.text}" if remark.text else f"**{words}**"
        _hang(console, Text(f"  {names[remark.option]}  "), said, style)
    if item.ask.single is None or item.ask.single.how not in ("one", "many"):
        for line in grade.solution:
            _hang(console, Text("  → "), f"**The right answer:** {line}", "bold yellow")
    console.print(Text(f"\n{tell(grade.score)} of {count(grade.points, 'point')}.", "bold"))
    if grade.explanation:
        console.print(_markdown(grade.explanation))
        if source := item.question.source:  # where links cannot be followed, the address is shown
            console.print(_markdown(f"*Source: {source}*", hyperlinks=console.is_terminal))


def show_review(console: Console, attempt: Attempt) -> None:
    """All questions with what their answers are worth."""
    for item in attempt.paper.items:
        if grade := attempt.grade(item.question.id):
            _rule(console, item.question.topic)
            console.print(_markdown(item.question.prompt))
            show_outcome(console, item, grade)


def show_result(console: Console, attempt: Attempt) -> None:
    """The result of the whole, or as much of it as may be told."""
    quiz = attempt.quiz
    if quiz.keyless or quiz.reveals == "never" or (quiz.reveals == "end" and not attempt.finished):
        handed = ", and handed in" * attempt.finished
        console.print(f"\n{attempt.answered} of {len(attempt.paper.items)} are answered{handed}.")
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


def _names(ask: Ask) -> dict[str, str]:
    """How what is remarked upon was called on the screen."""
    if ask.single is None:
        return {field.id: f"{plain(field.label)}:" for field in ask.fields}
    return {"": ""} | {choice.id: letter for letter, choice in zip(LETTERS, ask.single.choices, strict=False)}


def _rule(console: Console, text: str) -> None:
    console.print()
    console.rule(Text(text), align="left", style="dim")


def _markdown(text: str, *, hyperlinks: bool = True) -> Markdown:
    shown = Markdown("", hyperlinks=hyperlinks)
    shown.parsed = tokens(text)
    return shown


def _hang(console: Console, label: Text, markdown: str, style: str = "") -> None:
    """A label, and beside it a text whose lines stay right of the label."""
    grid = Table.grid()
    grid.add_column(width=label.cell_len, no_wrap=True)
    grid.add_column()
    label.stylize(style)
    grid.add_row(label, _markdown(markdown))
    console.print(grid)
