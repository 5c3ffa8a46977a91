"""The commands of a class: `deploylab class`, and its resume and export."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .model.errors import DeploylabError

if TYPE_CHECKING:
    from .quiz.classroom.room import Room

COMMANDS = ("class resume", "class export")


def add(commands: Any) -> None:
    """`class NAME` holds a quiz live; resume and export take the file that it leaves."""
    _add_class(commands)
    resume = commands.add_parser("class resume", help="go on with a class after a crash", allow_abbrev=False)
    resume.add_argument("file", metavar="FILE", type=Path)
    _add_where(resume, _class_resume)
    about = "write grades, answers and statistics of a class"
    export = commands.add_parser("class export", help=about, allow_abbrev=False)
    export.add_argument("file", metavar="FILE", type=Path)
    export.add_argument("directory", metavar="DIR", type=Path, nargs="?", default=".", help="(default: here)")
    export.set_defaults(run=_class_export)


def _add_class(commands: Any) -> None:
    about = "hold a quiz in class: phones, a projector, one screen of yours"
    epilog = "Also: deploylab class resume, export; each has a --help."
    held = commands.add_parser("class", help=about, epilog=epilog, allow_abbrev=False)
    held.add_argument("name", metavar="NAME", help="a chapter's quiz, or a YAML file")
    file = "the file of the class (default: QUIZ-DATE-TIME.class)"
    held.add_argument("--file", type=Path, metavar="FILE", help=file)
    held.add_argument("--seconds", type=int, default=60, help="for each question, 0: no limit (default: 60)")
    held.add_argument("--seats", type=int, default=500, help="the most students (default: 500)")
    held.add_argument("--leaderboard", action="store_true", help="show who leads; speed never counts")
    window = "percent right for which a second vote is advised (default: 30,70)"
    held.add_argument("--window", type=_window, default=(30, 70), metavar="FROM,TO", help=window)
    _add_where(held, _class)


def _add_where(parser: Any, run: Any) -> None:
    address = "of this machine, for the students (default: 127.0.0.1)"
    parser.add_argument("--address", default="127.0.0.1", help=address)
    parser.add_argument("--port", type=int, default=8765, help="0: any that is free (default: 8765)")
    parser.add_argument("--url", default="", help="what students are told, behind a proxy")
    parser.set_defaults(run=run)


def _class(options: argparse.Namespace, _: list[str]) -> int:
    from .content import quiz_path
    from .quiz.classroom.begin import begin
    from .quiz.classroom.hall import clock

    path = quiz_path(options.name)
    file = options.file or Path(f"{path.stem}-{datetime.now():%Y%m%d-%H%M%S}.class")
    own = {name: getattr(options, name) for name in ("seconds", "seats", "leaderboard", "window")}
    return _hold(options, lambda: begin(file, path, clock(), **own))


def _class_resume(options: argparse.Namespace, _: list[str]) -> int:
    return _hold(options, lambda: _kept_class(options.file))


def _class_export(options: argparse.Namespace, _: list[str]) -> int:
    from .model.whole import write_whole
    from .quiz.classroom.export import answers_json, grades_csv, results
    from .quiz.result_statistics import analyse_results
    from .quiz.statistics_table import print_statistics, save_csv

    room = _kept_class(options.file)
    options.directory.mkdir(parents=True, exist_ok=True)
    for name, text in (("grades.csv", grades_csv(room)), ("answers.json", answers_json(room))):
        target = options.directory / name
        write_whole(target, text)
        print(f"{target} is written")
    if answered := results(room):
        found, target = analyse_results(answered), options.directory / "statistics.csv"
        save_csv(found, target)
        print(f"{target} is written")
        print_statistics(found)
    return 0


def _kept_class(file: Path) -> Room:
    from .quiz.classroom.hall import clock
    from .quiz.classroom.room import Room
    from .quiz.classroom.screens import teacher_screen
    from .quiz.classroom.store import Store

    if not file.is_file():
        raise DeploylabError(f"{file}: there is no such file; give the one that deploylab class named")
    store = Store(file)
    try:
        room = Room(store, clock())
        teacher_screen(room, clock(), ())  # which needs all that was kept
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        store.close()
        if isinstance(error, DeploylabError):
            raise
        raise DeploylabError(f"{file}: this class is damaged ({error}); take a copy of the file") from None
    return room


def _hold(options: argparse.Namespace, opened: Callable[[], Room]) -> int:
    from .quiz.classroom.hold import Where, hold, listen
    from .quiz.classroom.server import Look, on_wall
    from .quiz.kinds.simulate import Simulate, simulated
    from .views.still import page
    from .views.theme import css_variables
    from .widgets.player import animate

    def animation(simulate: Simulate) -> str:
        run = simulated(simulate)
        return page(run.title, on_wall(animate(run)._repr_html_()))

    where = Where(options.address, options.port, options.url)
    with listen(where) as listening:
        hold(opened(), listening, where, Look(css_variables(), animation))
    return 0


def _window(text: str) -> tuple[int, int]:
    """Two percentages, the lower one first.

    >>> _window("30,70")
    (30, 70)
    """
    try:
        low, high = (int(part) for part in text.split(","))
    except ValueError:
        low, high = 1, 0
    if not 0 <= low <= high <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not two percentages, such as 30,70")
    return low, high
