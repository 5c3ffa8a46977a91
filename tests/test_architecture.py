"""The package is a star: the model in the centre, rooms that never see each other, and a few that compose."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import deploylab
from deploylab.patterns.strategies import NAMES

ROOT = Path(deploylab.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
COMPOSERS = {"__init__", "__main__", "class_cli", "cli", "play_cli", "quiz_cli", "exercises", "across"}
MAY_IMPORT = {
    "model": ["model"],
    "engine": ["engine", "model"],
    "patterns": ["patterns", "model"],
    "views": ["views", "model"],
    "widgets": ["widgets", "engine", "model", "patterns", "views", "reopened"],
    "quiz": ["quiz", "model.errors", "model.whole", "later", "reopened"],
    "content": ["model.errors"],
    "later": [],
    "reopened": [],
    "lab": ["content", "model.errors", "model.whole"],
}
# Prediction questions run the simulation: one file of the quiz may do so, and no other.
EXCEPTIONS = {"quiz/kinds/simulate.py": ["quiz", "model", "patterns", "engine.rollout"]}


def imports(file: Path) -> Iterator[str]:
    """Every module of ours that the file imports, wherever in it, as a name below deploylab."""
    package = ("deploylab", *file.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            source = ".".join([*start, *filter(None, [node.module])])
            names = [f"{source}.{alias.name}" for alias in node.names]
        yield from (name.partition(".")[2] for name in names if name.split(".")[0] == "deploylab")


def allowed(name: str, rooms: list[str]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_import_points_towards_the_centre(file: Path) -> None:
    room = file.relative_to(ROOT).with_suffix("").parts[0]
    if room not in COMPOSERS:
        assert room in MAY_IMPORT, f"a new room, {room}: say here what it may import"
        rooms = EXCEPTIONS.get(file.relative_to(ROOT).as_posix(), MAY_IMPORT[room])
        assert [name for name in imports(file) if not allowed(name, rooms)] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import deploylab as dl", ["deploylab"]),
        ("from .. import engine", ["engine"]),
        ("from ..model.errors import QuizError", ["model.errors.QuizError"]),
        ("from . import load", ["quiz.load"]),
        ("def late():\n    from deploylab import widgets", ["widgets"]),
        ("if TYPE_CHECKING:\n    import deploylab.engine.rollout", ["engine.rollout"]),
        ("import numpy\nfrom os import path", []),
    ],
)
def test_no_way_of_importing_is_overlooked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, found: list[str]
) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    file = tmp_path / "quiz" / "grade.py"
    file.parent.mkdir()
    file.write_text(line)
    assert list(imports(file)) == [name.replace("deploylab", "") for name in found]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_scripts_and_styles_live_in_files_of_their_own(file: Path) -> None:
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    strings = [value for value in constants if isinstance(value, str)]
    assert [
        text for text in strings if re.search(r"<script|<style|\) *=> *[{(]|function *\(", text, re.I)
    ] == []


def test_nothing_is_called_utils() -> None:
    assert [file.name for file in FILES if file.stem in {"utils", "util", "helpers", "common", "misc"}] == []


def test_the_public_names_are_these() -> None:
    rest = """
        AccessLog Analysis AnalysisStep Counts CrashOnStart Delivery Deploy DeploylabError Event
        Evolution FixedSample Flag FlagChange FlagRollout Image IncompatibleData Instance Layer
        Leak MannWhitney Monitor Observation OperatingCharacteristic Order Outcome Overload
        Pause Pipeline Platform Release Run SLO Scenario Sequential ServerFleet SetCanaryScale
        SetWeight SimulatedFleet Stage Status Step Storyboard Table Threshold Toggles Traffic
        Trial Verdict Version
        ab_test animate apply check combinations compare deliver describe evolve fractional_flag
        heatmap hint incident operating_characteristic plan playground predict quiz roll_out
        sample_size solution stale_toggles storyboard sweep template terraform_plan timeline
        toggle
    """
    names, public = {*NAMES, *rest.split()}, set(deploylab.__all__)
    new, gone = public - names, names - public
    assert not new, "a name that people will rely on: say so by adding it here"
    assert not gone, "people rely on this name: is it gone on purpose?"


@pytest.mark.parametrize("name", deploylab.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(deploylab, name).__doc__
