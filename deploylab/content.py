"""Finds the notebooks and the quizzes, in a clone and in an installed wheel."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from os import PathLike
from pathlib import Path

from deploylab.model.errors import ContentError, short

_ENDS = "the name of a quiz file ends in .yaml, of a bundle in .json; rename it"
_IMPORT = "this is a quiz of another tool; deploylab quiz import makes a quiz file of it"
_PROCESSOR = (
    "a quiz file is plain text; save it as text, with the encoding UTF-8 and a name that ends in .yaml"
)
_NO_QUIZ = dict.fromkeys((".gift", ".md", ".markdown"), _IMPORT) | dict.fromkeys(
    (".docx", ".doc", ".odt", ".ods", ".rtf", ".pages", ".xlsx", ".pdf"), _PROCESSOR
)
PACKAGE = Path(__file__).resolve().parent


def notebooks() -> list[Path]:
    """The notebooks in the order of the curriculum.

    >>> all(path.suffix == ".ipynb" for path in notebooks())
    True
    """
    return sorted(_folder("notebooks").glob("*.ipynb"))


def quizzes() -> dict[str, Path]:
    """The quizzes that come with deploylab, by name.

    >>> all(path.stem == name for name, path in quizzes().items())
    True
    """
    return {path.stem: path for path in sorted(_folder("quizzes").glob("*.yaml"))}


def quiz_path(name: str | Path) -> Path:
    """The file of a quiz, given its name or the path of a YAML file, or of a bundle, of your own.

    >>> quiz_path("no-such-quiz")
    Traceback (most recent call last):
    deploylab.model.errors.ContentError: there is no quiz 'no-such-quiz'; ...
    """
    known = quizzes()
    if not isinstance(name, str | PathLike):
        problem = "is no name of a quiz and no path"
        raise ContentError(f"{short(name)} {problem}; {_choices('choices', known)}")
    path = Path(name)
    if str(name) in known:
        return known[str(name)]
    if path.suffix.lower() not in (".yaml", ".yml", ".json"):
        if path.is_file():
            raise ContentError(f"{path}: {_NO_QUIZ.get(path.suffix.lower(), _ENDS)}")
        raise ContentError(missing("quiz", str(name), known))
    if not path.is_file():
        raise ContentError(f"there is no quiz file {str(path)!r}; {_choices('quizzes', known)}")
    return path


def missing(kind: str, name: str, known: Iterable[str]) -> str:
    """The message for a name that does not exist: the nearest one, then all of them.

    >>> missing("quiz", "canery", ["blue-green", "canary"])
    "there is no quiz 'canery'; did you mean 'canary'? the choices are blue-green, canary"
    """
    known = sorted(known)
    close = get_close_matches(name.lower(), known, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"there is no {kind} {name!r}; {hint}{_choices('choices', known)}"


def _choices(kind: str, known: Iterable[str]) -> str:
    return f"the {kind} are {', '.join(known) or 'none'}"


def _folder(name: str) -> Path:
    """A wheel carries its content inside the package; in a clone it stands beside it."""
    inside = PACKAGE / "_content" / name
    return inside if inside.is_dir() else PACKAGE.parent / name
