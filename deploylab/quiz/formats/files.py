"""Formats by their names: files are read from them and written to them here, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from deploylab.model.errors import QuizError
from deploylab.model.whole import whole_file
from deploylab.quiz.formats.draft import Imported, finish
from deploylab.quiz.formats.gift_reader import read_gift
from deploylab.quiz.formats.gift_writer import write_gift
from deploylab.quiz.formats.printed import write_printed
from deploylab.quiz.formats.qti import write_qti
from deploylab.quiz.formats.quizdown_reader import read_quizdown
from deploylab.quiz.model import Quiz
from deploylab.quiz.source import read_bytes

READERS = {"gift": read_gift, "quizdown": read_quizdown}
SUFFIXES_OUT = {"gift": ".gift", "qti": ".zip", "print": ".html"}
_SUFFIXES = {".gift": "gift", ".txt": "gift", ".md": "quizdown", ".markdown": "quizdown", ".html": "quizdown"}


def import_quiz(path: Path, name: str | None = None) -> Imported:
    """The quiz of a file in the format of this name, or in that of its suffix."""
    if (how := name or _SUFFIXES.get(path.suffix.lower())) not in READERS:
        raise QuizError(f"{path}: which format is this? Name one with --from: {', '.join(READERS)}")
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise QuizError(f"{path}: this is not UTF-8; save the file with the encoding UTF-8") from None
    try:
        return finish(READERS[how](text), path.stem)
    except QuizError as error:
        raise QuizError(f"{path}: {error}") from None


def export_quiz(quiz: Quiz, name: str, out: Path) -> tuple[list[Path], list[str]]:
    """Write a quiz in a format; returns the files, and a line for all that is lost."""
    if name == "print":
        page, key, lost = write_printed(quiz)
        files = {out: page.encode(), out.with_stem(f"{out.stem}-key"): key.encode()}
    else:
        made, lost = write_qti(quiz) if name == "qti" else write_gift(quiz)
        files = {out: made if isinstance(made, bytes) else made.encode()}
    for path, data in files.items():
        try:
            with whole_file(path) as file:
                file.write(data)
        except OSError as error:
            raise QuizError(f"{path}: cannot be written ({error.strerror}); try another folder") from None
    return list(files), lost
