"""Files that are written as a whole or not at all: a full disk or Ctrl-C leaves what was there before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """What is written takes the place of `path` when all of it is on the disk; an `OSError` names `path`.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, whole_file(Path(folder, "run.html")) as file:
    ...     file.write(b"<p>"), sorted(entry.suffix for entry in Path(folder).iterdir())
    (3, ['.part'])
    """
    try:
        target = path.resolve()  # a link stays one
        if target.exists():
            target.open("ab").close()  # whoever may not write into it, may not replace it either
        if target.exists() and not target.is_file():  # such as /dev/stdout: nothing can take its place
            with target.open("wb") as file:
                yield file
        else:
            with _beside(target) as file:
                yield file
    except OSError as error:
        error.filename = str(path)  # a full disk names none
        raise


@contextmanager
def _beside(target: Path) -> Iterator[BinaryIO]:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)  # of one that was killed, and had the same number
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text as a whole or not at all, in UTF-8, its ends of lines as they are."""
    with whole_file(path) as file:
        file.write(text.encode())
