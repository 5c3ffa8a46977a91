"""A file is written as a whole or not at all, and what was there before stays until then."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from deploylab.model.whole import whole_file, write_whole


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "marks.json"
    path.write_text("the old one")
    return path


@pytest.mark.parametrize("ill", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_cannot_be_finished_leaves_the_old_file(kept: Path, ill: BaseException) -> None:
    def write() -> None:
        with whole_file(kept) as file:
            file.write(b"half of the new")
            raise ill

    with pytest.raises(type(ill)):
        write()
    assert [(path.name, path.read_text()) for path in kept.parent.iterdir()] == [(kept.name, "the old one")]


def test_a_full_disk_names_the_file_that_was_meant(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*marks\.json'$"):
        write_whole(kept, "the new one")
    assert kept.read_text() == "the old one"


def test_one_that_was_killed_does_not_stand_in_the_way(kept: Path) -> None:
    kept.with_name(f".marks.json.{os.getpid()}.part").write_text("half")
    write_whole(kept, "ü\n")
    assert [path.read_bytes() for path in kept.parent.iterdir()] == ["ü\n".encode()]


def test_a_folder_is_named_too(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=tmp_path.name):
        write_whole(tmp_path, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files, and links are for few")
def test_a_link_and_a_pipe_stay_what_they_are(kept: Path) -> None:
    link, pipe = kept.with_name("link"), kept.with_name("pipe")
    link.symlink_to(kept)
    write_whole(link, "the new one")
    assert (link.is_symlink(), kept.read_text()) == (True, "the new one")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "to a reader")
    assert (os.read(reader, 99), pipe.is_fifo()) == (b"to a reader", True)
    os.close(reader)
