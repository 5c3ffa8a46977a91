"""`deploylab quiz` on the command line: take it, check it, hand it out, grade it, learn from the answers."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .model.errors import DeploylabError

if TYPE_CHECKING:
    from .quiz import Quiz
    from .quiz.score import Result

QUIZ, KEY = "a chapter's quiz, a YAML file", "the quiz of the bundle (default: ID.yaml beside it)"
COMMANDS = ("quiz check", "quiz export", "quiz grade", "quiz import", "quiz statistics")


def add(commands: Any) -> None:
    """`quiz NAME` takes a quiz; its own commands have two words, so that no quiz is hidden by them."""
    for one in (_add_take, _add_check, _add_export, _add_import, _add_grade, _add_statistics):
        one(commands)


def _command(commands: Any, name: str, run: Any, about: str, epilog: str | None = None) -> Any:
    parser = commands.add_parser(name, help=about, epilog=epilog, allow_abbrev=False)
    parser.set_defaults(run=run)
    return parser


def _add_take(commands: Any) -> None:
    also = ", ".join(name.removeprefix("quiz ") for name in COMMANDS)
    epilog = f"Also: deploylab quiz {also}; each has a --help."
    take = _command(commands, "quiz", _quiz, "take a quiz in the terminal", epilog)
    take.add_argument("name", metavar="NAME", nargs="?", help=f"{QUIZ} or a bundle; without it, all names")
    take.add_argument("--student", metavar="WHO", help="whose attempt it is (default: this machine's user)")
    out = "where answers to a bundle go (default: QUIZ-WHO.json)"
    take.add_argument("--out", type=Path, metavar="FILE.json", help=out)


def _add_check(commands: Any) -> None:
    check = _command(commands, "quiz check", _quiz_check, "find faults and bad style in quiz files")
    check.add_argument("files", metavar="FILE", nargs="+", type=Path)


def _add_export(commands: Any) -> None:
    about = "write a quiz without its key, or for another tool"
    export = _command(commands, "quiz export", _quiz_export, about)
    export.add_argument("name", metavar="NAME", help="a chapter's quiz, or a YAML file")
    where = export.add_mutually_exclusive_group(required=True)
    bundle = "write a bundle: no key, no feedback"
    where.add_argument("--student", metavar="BUNDLE.json", type=Path, help=bundle)
    tools = "Moodle, Canvas and others, or paper with the key apart"
    where.add_argument("--to", choices=("gift", "qti", "print"), help=tools)
    export.add_argument("--out", metavar="FILE", type=Path, help="where --to writes (default: ID.gift …)")


def _add_import(commands: Any) -> None:
    read = _command(commands, "quiz import", _quiz_import, "read a quiz from quizdown or GIFT")
    read.add_argument("file", metavar="FILE", type=Path, help="a .md file, also a Hugo page, or a .gift file")
    unknown = "where the suffix does not tell it"
    read.add_argument("--from", dest="format", choices=("gift", "quizdown"), help=unknown)
    read.add_argument("--out", metavar="QUIZ.yaml", type=Path, required=True, help="the new quiz file")


def _add_grade(commands: Any) -> None:
    grade = _command(commands, "quiz grade", _quiz_grade, "grade the answers handed in")
    grade.add_argument("bundle", metavar="BUNDLE", help="what was handed out, or the quiz itself")
    grade.add_argument("answers", metavar="ANSWERS.json", nargs="+", type=Path)
    grade.add_argument("--key", metavar="NAME", help=KEY)
    table = "write the points of each question for a gradebook, as class export does"
    grade.add_argument("--csv", metavar="FILE.csv", type=Path, help=table)


def _add_statistics(commands: Any) -> None:
    about = "learn from the answers how good the questions are"
    statistics = _command(commands, "quiz statistics", _quiz_statistics, about)
    statistics.add_argument("name", metavar="NAME", help=f"{QUIZ} or a bundle")
    answers = "answers handed in; without them, the attempts kept on this machine"
    statistics.add_argument("answers", metavar="ANSWERS.json", nargs="*", type=Path, help=answers)
    statistics.add_argument("--key", metavar="NAME", help=KEY)
    statistics.add_argument("--csv", metavar="FILE.csv", type=Path, help="write the table for a spreadsheet")
    statistics.add_argument("--out", metavar="FILE.html", type=Path, help="write the picture to this file")


def _quiz(options: argparse.Namespace, _: list[str]) -> int:
    from .content import quiz_path, quizzes
    from .model.whole import write_whole
    from .quiz import kept_attempt, load_any, run

    if options.name is None:
        print("\n".join(quizzes()))
        return 0
    quiz = load_any(quiz_path(options.name))
    attempt = kept_attempt(quiz, options.student)
    status = run(quiz, attempt)
    if not quiz.keyless:
        return status
    out = options.out or Path(f"{quiz.id}-{attempt.student or 'answers'}.json")
    write_whole(out, json.dumps(attempt.handed_in, indent=1) + "\n")
    print(f"Your answers{'' if attempt.finished else ' so far, which are not handed in,'} are in {out}")
    return 0 if attempt.finished else 1


def _quiz_check(options: argparse.Namespace, _: list[str]) -> int:
    """0: fine; 1: style to improve; 2: a file that cannot be used, or a question that cannot be graded."""
    from .content import quiz_path
    from .quiz import lint, load
    from .quiz.comments import cut_texts

    worst = 0
    for name in options.files:
        try:
            path = quiz_path(name)
            quiz = load(path)
            found = sorted([*lint(quiz), *cut_texts(path)])
        except DeploylabError as error:
            print(error)
            worst = 2
            continue
        for advice in found:
            print(advice.tell(str(path)))
            worst = max(worst, 2 if advice.wrong else 1)
        if not found:
            print(f"{path}: {quiz}, nothing to improve")
    return worst


def _quiz_export(options: argparse.Namespace, _: list[str]) -> int:
    """0 when all was written, 1 when something was lost on the way, which is told."""
    from .content import quiz_path
    from .model.whole import write_whole
    from .quiz import export, load

    quiz = load(quiz_path(options.name))
    if options.to:
        from .quiz.formats.files import SUFFIXES_OUT, export_quiz

        files, lost = export_quiz(quiz, options.to, options.out or Path(quiz.id + SUFFIXES_OUT[options.to]))
        print(f"The quiz is in {', '.join(map(str, files))}")
        print("".join(f"! {line}\n" for line in lost), end="", file=sys.stderr)
        return 1 if lost else 0
    bundle = json.dumps(export(quiz), ensure_ascii=False, indent=1)
    write_whole(options.student, bundle + "\n")
    print(f"The quiz without its answers is in {options.student}; take it with deploylab quiz or dl.quiz")
    return 0


def _quiz_import(options: argparse.Namespace, _: list[str]) -> int:
    """0 when all was read, 1 when something was lost on the way, which is told."""
    from .model.whole import write_whole
    from .quiz.formats.files import import_quiz

    if options.out.exists():
        raise DeploylabError(f"{options.out}: this file exists; name another, or delete it first")
    found = import_quiz(options.file, options.format)
    write_whole(options.out, found.text)
    print(f"{found.quiz} is in {options.out}; look at it with deploylab quiz check")
    print("".join(f"{note.tell(str(options.file))}\n" for note in found.notes), end="", file=sys.stderr)
    return 1 if found.notes else 0


def _key(name: str, key: str | None) -> Quiz:
    """The quiz with its answers, by the names of quizzes or of files."""
    from .content import quiz_path
    from .quiz.bundle import find_key

    return find_key(quiz_path(name), None if key is None else quiz_path(key))


def _quiz_grade(options: argparse.Namespace, _: list[str]) -> int:
    """0 when all answers were graded, 2 when some could not be."""
    from .model.whole import write_whole
    from .quiz.bundle import grade_answers
    from .quiz.gradebook import gradebook
    from .quiz.handed_in import oddities
    from .quiz.source import read_bytes

    key, known = _key(options.bundle, options.key), []
    print("student\tattempt\tpoints\tof\tpercent\tpassed\tfile")
    for path in options.answers:
        try:
            data = read_bytes(path)
            result = grade_answers(key, data, str(path))
        except DeploylabError as error:
            print(error, file=sys.stderr)
            continue
        print(*_figures(result), path, sep="\t")
        known.append((path, data, result))
        for words in oddities(known):
            print(f"{path}: {words}", file=sys.stderr)
    if options.csv:
        once = {path: result for path, _, result in known}.items()
        rows = ((result.paper.student or path.stem, result) for path, result in once)
        write_whole(options.csv, gradebook([one.id for one in key.questions], rows))
        print(f"The points of each question are in {options.csv}")
    return 0 if len(known) == len(options.answers) else 2


def _figures(result: Result) -> tuple[object, ...]:
    from .quiz.amount import rounded

    points = (rounded(result.score), result.maximum, rounded(result.percentage))
    return (result.paper.student, result.paper.attempt, *points, "yes" if result.passed else "no")


def _quiz_statistics(options: argparse.Namespace, _: list[str]) -> int:
    from .quiz.attempt import kept_results
    from .quiz.bundle import grade_answers
    from .quiz.result_statistics import analyse_results
    from .quiz.source import read_bytes
    from .quiz.statistics_table import print_statistics, save_csv

    quiz = _key(options.name, options.key)
    if options.answers:
        results = [grade_answers(quiz, read_bytes(path), str(path)) for path in options.answers]
    else:
        results = kept_results(quiz)
    found = analyse_results(results)
    print_statistics(found)
    if options.csv:
        save_csv(found, options.csv)
    if options.out:
        from .views.quiz_items import Item, quiz_items

        items = [Item(i.question, i.facility, i.discrimination, "; ".join(i.warnings)) for i in found.items]
        title = f"{quiz.title}, {found.students} students"
        print(f"The picture is in {quiz_items(title, items).save(options.out)}")
    return 0
