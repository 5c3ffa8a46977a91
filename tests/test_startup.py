"""What an import and a `--help` load, and that names which are loaded later are as good as the others."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib import import_module

import cloudpickle
import pytest
from IPython.core.guarded_eval import EvaluationContext, guarded_eval

import deploylab

PACKAGES = ["deploylab", "deploylab.quiz"]


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after this code, without those of Python itself."""
    tell = "import sys; print('\\n', *{*sys.modules} - before, file=sys.__stdout__)"
    whole = f"import sys; before = {{*sys.modules}}\ntry:\n    {code}\nexcept SystemExit: pass\n{tell}"
    run = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True)
    modules = run.stdout.splitlines()[-1].split()
    return {name for name in modules if name.partition(".")[0] not in sys.stdlib_module_names}


def helped(words: str) -> set[str]:
    return loaded(f"from deploylab.cli import main; main('{words} --help'.split())")


def test_an_import_loads_nothing_that_nobody_asked_for() -> None:
    assert loaded("import deploylab") == {"deploylab", "deploylab.later"}


def test_a_name_brings_what_it_needs_and_no_other_room() -> None:
    rooms = {name.split(".")[1] for name in loaded("from deploylab import Scenario") if name.count(".") == 1}
    assert rooms == {"later", "model"}


@pytest.mark.parametrize("words", ["", "lab", "quiz", "quiz grade", "class"])
def test_help_loads_the_command_line_only(words: str) -> None:
    rooms = ["later", "cli", "class_cli", "quiz_cli", "model", "model.errors"]
    assert helped(words) == {"deploylab", *(f"deploylab.{room}" for room in rooms)}


def test_help_for_play_loads_the_strategies_and_numpy() -> None:
    modules = helped("play")
    rooms = {name.split(".")[1] for name in modules if name.startswith("deploylab.")}
    assert rooms == {"class_cli", "cli", "later", "model", "patterns", "play_cli", "quiz_cli"}
    assert {name.partition(".")[0] for name in modules} == {"deploylab", "numpy"}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_stub_names_nothing_that_its_package_lacks(package: str) -> None:
    module = import_module(package)
    homes = {name: getattr(module, name).__module__ for name in module.__all__}
    assert [name for name, home in homes.items() if not home.startswith("deploylab.")] == []


@pytest.mark.parametrize(
    "first", ["import deploylab.quiz.load", "from deploylab.quiz import lint", "from deploylab import quiz"]
)
def test_a_function_wins_over_the_submodule_of_its_name(first: str) -> None:
    code = f"""{first}
    import deploylab.quiz.grade
    from deploylab.quiz import grade, lint, load
    for function in (deploylab.quiz, grade, lint, load):
        assert type(function).__name__ == 'function', function"""
    assert "deploylab.quiz.load" in loaded(code)


@pytest.mark.parametrize("package", PACKAGES)
def test_completion_offers_the_public_names(package: str) -> None:
    module = import_module(package)
    assert dir(module) == sorted(module.__all__)


def test_completion_sees_what_is_behind_a_name() -> None:
    notebook = EvaluationContext(locals={"dl": deploylab}, globals={}, evaluation="limited")
    assert guarded_eval("dl.Rolling.heeds", notebook) is deploylab.Rolling.heeds


def test_a_name_that_is_nowhere_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'deploylab' has no attribute 'Rollling'"):
        _ = deploylab.Rollling


def test_a_function_that_uses_the_package_can_go_to_a_cluster() -> None:
    there = pickle.loads(cloudpickle.dumps(lambda: deploylab.Rolling(hold=3)))
    assert there() == deploylab.Rolling(hold=3)
