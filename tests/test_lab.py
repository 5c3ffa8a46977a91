from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from deploylab import content, lab
from deploylab.model.errors import ContentError, DeploylabError

NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Überblick"]},
        {
            "cell_type": "code",
            "execution_count": 3,
            "metadata": {"execution": {"iopub.status.busy": "2026-01-01"}, "tags": ["keep-me"]},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["42"]}],
            "source": ["6 * 7"],
        },
    ],
    "metadata": {"kernelspec": {"name": "python3"}, "widgets": {"state": {}}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture(autouse=True)
def _shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two notebooks that hold outputs are what deploylab ships."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for name in (lab.FIRST, "01-first.ipynb"):
        (folder / name).write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    monkeypatch.setattr(content, "notebooks", lambda: sorted(folder.iterdir()))


def test_a_copy_holds_no_outputs_and_all_else(tmp_path: Path) -> None:
    copies = lab.copy_notebooks(tmp_path / "a" / "new" / "folder")
    assert [path.name for path in copies.copied] == [lab.FIRST, "01-first.ipynb"]
    copy = json.loads(copies.copied[0].read_text(encoding="utf-8"))
    markdown, code = copy["cells"]
    assert markdown == NOTEBOOK["cells"][0]
    assert (code["outputs"], code["execution_count"], code["source"]) == ([], None, ["6 * 7"])
    assert code["metadata"] == {"tags": ["keep-me"]}
    assert copy["metadata"] == {"kernelspec": {"name": "python3"}}


def test_a_students_file_is_never_overwritten(tmp_path: Path) -> None:
    own = tmp_path / lab.FIRST
    own.write_text("my answers")
    copies = lab.copy_notebooks(tmp_path)
    assert (copies.kept, own.read_text()) == ([own], "my answers")
    assert lab.copy_notebooks(tmp_path).copied == []


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def student_writes(file: Path) -> str:
    """A student changes a cell, as JupyterLab would save it."""
    notebook = json.loads(file.read_text(encoding="utf-8"))
    notebook["cells"][1]["source"] = "7 * 8  # mine"
    file.write_text(json.dumps(notebook), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def test_a_refresh_puts_what_has_changed_beside_the_students_own(tmp_path: Path) -> None:
    lab.copy_notebooks(tmp_path)
    own = tmp_path / "01-first.ipynb"
    mine = student_writes(own)
    copies = lab.copy_notebooks(tmp_path, refresh=True)
    assert (names(copies.copied), names(copies.kept)) == (["01-first-new.ipynb"], [lab.FIRST, own.name])
    assert own.read_text(encoding="utf-8") == mine
    fresh = json.loads((tmp_path / "01-first-new.ipynb").read_text(encoding="utf-8"))
    assert fresh["cells"][1]["source"] == ["6 * 7"]


def test_a_second_refresh_adds_nothing_until_that_copy_is_changed_too(tmp_path: Path) -> None:
    lab.copy_notebooks(tmp_path)
    student_writes(tmp_path / "01-first.ipynb")
    lab.copy_notebooks(tmp_path, refresh=True)
    assert lab.copy_notebooks(tmp_path, refresh=True).copied == []
    student_writes(tmp_path / "01-first-new.ipynb")
    assert names(lab.copy_notebooks(tmp_path, refresh=True).copied) == ["01-first-new-2.ipynb"]


@pytest.mark.parametrize("content", ["my answers", "[]", '{"cells": 3}', '{"cells": [1]}'])
def test_a_refresh_leaves_a_file_that_is_no_notebook_as_it_is(tmp_path: Path, content: str) -> None:
    own = tmp_path / lab.FIRST
    own.write_text(content)
    assert names(lab.copy_notebooks(tmp_path, refresh=True).copied) == [
        "00-start-here-new.ipynb",
        "01-first.ipynb",
    ]
    assert own.read_text() == content


def test_a_link_that_leads_nowhere_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / lab.FIRST).symlink_to(tmp_path / "unplugged")
    assert lab.copy_notebooks(tmp_path).kept == [tmp_path / lab.FIRST]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    target = tmp_path / "essay.txt"
    target.write_text("")
    with pytest.raises(DeploylabError, match=r"essay\.txt is a file; name a folder"):
        lab.copy_notebooks(target)
    with pytest.raises(DeploylabError, match=r"cannot write to .*: not a directory; name another folder"):
        lab.copy_notebooks(target / "below")


def test_a_full_disk_leaves_no_half_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    target = tmp_path / "lab"
    with pytest.raises(DeploylabError, match=r"cannot write to .*lab: no space left on device; name another"):
        lab.copy_notebooks(target)
    assert list(target.iterdir()) == []


def test_a_package_without_notebooks_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "notebooks", list)
    with pytest.raises(ContentError, match="holds no notebooks"):
        lab.copy_notebooks(tmp_path)


def test_jupyterlab_opens_the_first_notebook_of_the_folder(tmp_path: Path) -> None:
    lab.copy_notebooks(tmp_path)
    arguments = lab.lab_arguments(tmp_path, ["--no-browser", "--port", "9999"])
    assert f"--ServerApp.root_dir={tmp_path}" in arguments
    assert f"--LabApp.default_url=/lab/workspaces/deploylab/tree/{lab.FIRST}" in arguments
    assert arguments[-3:] == ["--no-browser", "--port", "9999"]


def test_what_the_student_says_to_jupyterlab_counts(tmp_path: Path) -> None:
    arguments = lab.lab_arguments(tmp_path, ["--LabApp.default_url=/lab", "--allow-root"])
    assert [argument for argument in arguments if "default_url" in argument] == ["--LabApp.default_url=/lab"]
    assert arguments.count("--allow-root") == 1


def test_opening_the_lab_says_what_was_copied_then_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab, "launch", lambda target, arguments: len([target, *arguments]))
    assert lab.open_lab(tmp_path / "lab", ["--no-browser"]) == 2
    assert f"Notebooks in {tmp_path / 'lab'}: 2 copied.\n" in capsys.readouterr().out
