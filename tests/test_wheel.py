"""What a student gets from `pip install deploylab`: tried in an empty environment and an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.browser.jupyter import running_lab

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).resolve().parent.parent
BIN = "Scripts" if os.name == "nt" else "bin"


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        command, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def student(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("student")
    venv.create(folder, with_pip=True)
    (wheel,) = dist.glob("*.whl")
    constraints = f"--constraint={ROOT / 'constraints.txt'}"
    run(folder / BIN / "python", "-m", "pip", "install", "--quiet", constraints, wheel, cwd=folder)
    return folder / BIN


def names(folder: str, pattern: str) -> set[str]:
    return {path.name for path in (ROOT / folder).glob(pattern)}


def test_the_wheel_carries_every_notebook_and_quiz(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
    inside = "deploylab/_content/{}/"
    for folder, pattern in (("notebooks", "*.ipynb"), ("quizzes", "*.yaml")):
        prefix = inside.format(folder)
        assert {name.removeprefix(prefix) for name in files if name.startswith(prefix)} >= names(
            folder, pattern
        )
    assert "deploylab/py.typed" in files
    assert [name for name in files if not name.startswith("deploylab")] == []


def test_the_source_distribution_can_be_checked_and_built_again(dist: Path, tmp_path: Path) -> None:
    (source,) = dist.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    (tree,) = tmp_path.iterdir()
    assert {path.name for path in tree.iterdir()} >= {
        "LICENSE",
        "Makefile",
        "constraints.txt",
        "notebooks",
        "quizzes",
    }
    assert (tree / "tests" / "test_wheel.py").exists()
    assert [path for path in tree.rglob("*") if path.name in {".venv", "__pycache__", "deploylab-lab"}] == []


def test_the_command_explains_itself(student: Path, tmp_path: Path) -> None:
    assert "lab" in run(student / "deploylab", "--help", cwd=tmp_path)


def test_the_lab_opens_from_the_wheel_alone_and_asks_for_no_news(student: Path, tmp_path: Path) -> None:
    with running_lab(
        [str(student / "deploylab")], tmp_path / "mine", tmp_path / "lab.log", cwd=tmp_path
    ) as lab:
        copies = {
            path.name: json.loads(path.read_text(encoding="utf-8")) for path in lab.folder.glob("*.ipynb")
        }
        assert set(copies) == names("notebooks", "*.ipynb")
        code = [cell for copy in copies.values() for cell in copy["cells"] if cell["cell_type"] == "code"]
        assert {(len(cell["outputs"]), cell["execution_count"]) for cell in code} == {(0, None)}
        with urllib.request.urlopen(f"{lab.url}/", timeout=60) as answer:
            assert answer.url == f"{lab.url}/lab/workspaces/deploylab/tree/00-start-here.ipynb"
        with urllib.request.urlopen(f"{lab.url}/api/contents/00-start-here.ipynb", timeout=60) as answer:
            assert json.load(answer)["type"] == "notebook"
        settings = f"{lab.url}/lab/api/settings/@jupyterlab/apputils-extension:notification"
        with urllib.request.urlopen(settings, timeout=60) as answer:
            defaults = json.load(answer)["schema"]["properties"]
        assert (defaults["fetchNews"]["default"], defaults["checkForUpdates"]["default"]) == ("false", False)
