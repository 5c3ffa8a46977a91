"""The command line: `deploylab lab`, `play`, `quiz` and `class`, the last two with commands of their own."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from . import class_cli, quiz_cli
from .model.errors import DeploylabError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status, 2 when the arguments or files are not usable."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no ✓ shows ? and goes on
    try:
        status = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # whoever read this, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the exit
        return 1
    except KeyboardInterrupt:
        print("\ndeploylab: stopped", file=sys.stderr)
        return 130  # as a shell says it
    except DeploylabError as error:
        print(f"deploylab: {error}", file=sys.stderr)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""  # a full disk names no file
        print(f"deploylab: {place}{error.strerror or error}", file=sys.stderr)
    return 2


def _run(words: list[str]) -> int:
    parser = _parser(words)
    if " ".join(words[:2]) in (*quiz_cli.COMMANDS, *class_cli.COMMANDS):
        words[:2] = [" ".join(words[:2])]
    words, for_jupyter = _parted(words) if words[:1] == ["lab"] else (words, [])
    options, rest = parser.parse_known_args(words)
    if rest:
        parser.error(_left_over(rest[0], options))
    command: Callable[[argparse.Namespace, list[str]], int] = options.run
    return command(options, for_jupyter)


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    """The words of `lab` that are ours, and those from JupyterLab's first option on.

    >>> _parted(["lab", "mine", "--port", "9999", "--refresh"])
    (['lab', 'mine', '--refresh'], ['--port', '9999'])
    """
    own = [word for word in words if word in ("--refresh", "-h", "--help")]
    others = [word for word in words if word not in own]
    first = next((place for place, word in enumerate(others) if word.startswith("-")), len(others))
    return others[:first] + own, others[first:]


def _left_over(word: str, options: argparse.Namespace) -> str:
    """What is wrong with a word that nobody takes; the option that was meant, perhaps."""
    if word.lstrip("-.")[:1].isdigit():
        return f"{word} belongs to no option; several values are written with commas: --weights 5,25"
    known = [f"--{name.removeprefix('knob_').replace('_', '-')}" for name in vars(options)]
    return f"there is no option {word}{_meant(word.partition('=')[0], known)}"


def _meant(word: str, known: Iterable[str]) -> str:
    bare = {name.lstrip("-"): name for name in known}
    close = get_close_matches(word.lstrip("-"), bare, 1, cutoff=0.7)
    return f"; did you mean {bare[close[0]]}?" if close else ""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        if wrong := re.search(r"invalid choice: '(.+?)' \(choose from (.+)\)", message):
            message += _meant(wrong[1], re.findall(r"[\w-]+", wrong[2]))
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="deploylab", description="A lab for deployment patterns.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('deploylab')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    lab = commands.add_parser(
        "lab", help="open JupyterLab on copies of the notebooks", allow_abbrev=False,
        description="Copy the notebooks into DIR, never over your own work, and open JupyterLab on them. "
        "All other options come last and go to JupyterLab, for example --no-browser --port 9999.",
    )  # fmt: skip
    lab.add_argument("directory", metavar="DIR", nargs="?", default="deploylab-lab", type=Path,
                     help="the folder of your copies (default: deploylab-lab)")  # fmt: skip
    lab.add_argument(
        "--refresh",
        action="store_true",
        help="put notebooks that have changed beside your own, as …-new.ipynb",
    )
    lab.set_defaults(run=_lab)
    quiz_cli.add(commands)
    class_cli.add(commands)
    play = commands.add_parser("play", help="simulate a rollout: figures here, the animation in a file")
    if words[:1] == ["play"]:  # its options are the knobs of the strategies: nobody else should wait for them
        from .play_cli import add_strategies

        add_strategies(play)
    return parser


def _lab(options: argparse.Namespace, rest: list[str]) -> int:
    from .lab import open_lab

    return open_lab(options.directory, rest, options.refresh)
