"""Break quiz files in thousands of ways, and read each: an error with a line, or a quiz.

    python -m tests.quiz.fuzz 2000 1        so many files, this seed

A process of its own, whose memory is limited, and the time for each file. Prints a line for each finding.
"""

from __future__ import annotations

import random
import re
import resource
import signal
import sys
from pathlib import Path

from deploylab.model.errors import QuizError
from deploylab.quiz import grade, lint, loads
from deploylab.quiz.bundle import export

FILES = Path(__file__).parent / "files"
NASTY = [
    "",
    " ",
    "~",
    "true",
    "-1",
    "0",
    "1e999",
    "-.5",
    "1/0",
    "99999999999999999999",
    "0x1F",
    "1_000",
    "NaN",
    "[]",
    "{}",
    "{{n}}",
    "{{n",
    "}}",
    "{{1/0}}",
    "{{9**9**9}}",
    "{{2**64**64}}",
    "{{__import__('os')}}",
    "{{'a' * 10**9}}",
    "{{" * 50,
    "{{n.real}}",
    "{{[1]*9}}",
    "{{lambda: 1}}",
    "{{max()}}",
    "{{n if}}",
    "{{1e400}}",
    "{{0 ** -1}}",
    "(a+)+$",
    "(a|a)*b",
    "((a{60}){60}){60}",
    "[",
    "(?P<x",
    "(?R)",
    "a{99999}",
    "\\",
    "*",
    "***",
    "a*" * 40,
    "[[verb]]",
    "[[how]] [[how]]",
    "$\\frac{1}{$",
    "$" + "{" * 40 + "$",
    "\t",
    "&a",
    "*a",
    "!!python/object:os.system x",
    "x == 0",
    "0 < x <",
    "x" * 600,
    "ß",
    "\u202e",
    "\x00",
    "\x1b[2J",
    '"',
    "'",
    "|",
    ">-",
    "? :",
    ": :",
    "- - - -",
    "<<: *x",
]
WORDS = re.compile(r"[A-Za-z_]{3,}|-?\d+(?:\.\d+)?|\{\{.*?\}\}")


def mutate(text: str, chance: random.Random) -> str:
    """The text with one to four things broken."""
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        lines = text.split("\n")
        place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(9):
            case 0:
                del lines[place]
            case 1:
                lines.insert(other, lines[place])
            case 2:
                lines[place], lines[other] = lines[other], lines[place]
            case 3:
                lines[place] = " " * chance.randint(1, 3) + lines[place]
            case 4:
                lines[place] = lines[place].replace(" ", chance.choice(["\t", "", "  "]), 1)
            case 5:
                at = chance.randint(0, len(lines[place]))
                lines[place] = lines[place][:at] + chance.choice(NASTY) + lines[place][at:]
            case 6:
                key, colon, _ = lines[place].partition(":")
                lines[place] = f"{key}{colon} {chance.choice(NASTY)}"
            case 7:
                found = list(WORDS.finditer(lines[place]))
                if found:
                    one, word = chance.choice(found), chance.choice(WORDS.findall(text) + NASTY)
                    lines[place] = lines[place][: one.start()] + word + lines[place][one.end() :]
            case 8:
                lines[place : place + chance.randint(1, 5)] = []
        text = "\n".join(lines)
    return text


def shortened(text: str, chance: random.Random) -> str:
    """The head and a few of the questions: what is broken then lies deeper in what is read."""
    head, *questions = re.split(r"\n(?=  - id: \S+\n    type)", text)
    return "\n".join([head, *chance.sample(questions, chance.randint(1, 3))])


def attack(text: str) -> str:
    """What went wrong with this text: nothing, or what a teacher must never see."""
    try:
        quiz = loads(text, "x.yaml", FILES)
    except QuizError as error:
        bad = [
            line
            for line in str(error).split("\n")
            if not re.match(r"x\.yaml:\d+:\d+: \S|x\.yaml: \d+ more", line)
        ]
        return f"no place: {bad[0]}" if bad else "refused"
    export(quiz)
    lint(quiz)
    for question in quiz.questions:
        for response in (["?"], [], ["a" * 500]):
            try:
                grade(question, response)
            except QuizError:
                continue
    return "read"


def main(count: int, seed: int) -> int:
    """How many findings there were."""
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    text = (FILES / "every-type.yaml").read_text(encoding="utf-8")
    counts = {"read": 0, "refused": 0}
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        signal.alarm(20)  # ends the process: no file may take so long
        try:
            said = attack(mutate(shortened(text, chance), chance))
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        if said in counts:
            counts[said] += 1
        else:
            print(f"seed {seed} {number}: {said[:300]}")
    print(counts)
    return count - sum(counts.values())


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])) > 0)
