from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploylab import content
from deploylab.model.errors import ContentError


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with two notebooks and two quizzes beside the package."""
    for name in ("01-first.ipynb", "00-start-here.ipynb", "README.md"):
        write(tmp_path / "notebooks" / name)
    for name in ("canary.yaml", "blue-green.yaml", "quiz.schema.json"):
        write(tmp_path / "quizzes" / name)
    (tmp_path / "deploylab").mkdir()
    monkeypatch.setattr(content, "PACKAGE", tmp_path / "deploylab")
    return tmp_path


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


@pytest.mark.usefixtures("clone")
def test_notebooks_come_in_the_order_of_the_curriculum() -> None:
    assert [path.name for path in content.notebooks()] == ["00-start-here.ipynb", "01-first.ipynb"]


def test_quizzes_are_known_by_the_name_of_their_file(clone: Path) -> None:
    assert content.quizzes() == {
        "blue-green": clone / "quizzes" / "blue-green.yaml",
        "canary": clone / "quizzes" / "canary.yaml",
    }


def test_an_installed_package_carries_its_content_inside(clone: Path) -> None:
    """Whatever else is called notebooks in site-packages is not ours."""
    inside = clone / "deploylab" / "_content" / "notebooks" / "00-start-here.ipynb"
    write(inside)
    assert content.notebooks() == [inside]


def test_a_quiz_is_found_by_name_or_by_path(clone: Path, tmp_path: Path) -> None:
    own = tmp_path / "my own.yml"
    own.write_text("")
    assert content.quiz_path("canary") == clone / "quizzes" / "canary.yaml"
    assert content.quiz_path(own) == content.quiz_path(str(own)) == own


@pytest.mark.usefixtures("clone")
def test_a_wrong_name_is_answered_with_the_nearest_and_with_all() -> None:
    with pytest.raises(ContentError) as error:
        content.quiz_path("Canery")
    assert (
        str(error.value)
        == "there is no quiz 'Canery'; did you mean 'canary'? the choices are blue-green, canary"
    )


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize("name", ["lost.yaml", ".", "", "notebooks"])
def test_what_is_no_quiz_file_is_refused(name: str) -> None:
    with pytest.raises(ContentError, match="blue-green, canary"):
        content.quiz_path(name)


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize("name", [None, 3, b"canary", ["canary"]])
def test_what_is_no_name_at_all_is_refused_in_a_sentence(name: Any) -> None:
    said = "is no name of a quiz and no path; the choices are blue-green, canary"
    with pytest.raises(ContentError, match=said):
        content.quiz_path(name)
