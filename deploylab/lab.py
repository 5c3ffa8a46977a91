"""Copies the notebooks into a folder of the student's own and opens JupyterLab on it."""

from __future__ import annotations

import json
import os
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple

from deploylab import content
from deploylab.model.errors import ContentError, DeploylabError
from deploylab.model.whole import write_whole

FIRST = "00-start-here.ipynb"
OURS = Path(__file__).resolve().parent / "_jupyter"


class Copies(NamedTuple):
    """What `copy_notebooks` did: the files that it wrote, and those that it found and left alone."""

    copied: list[Path]
    kept: list[Path]


def open_lab(directory: Path, lab_args: list[str], refresh: bool = False) -> int:
    """Copy the notebooks into `directory`, say so, and serve them until JupyterLab is stopped."""
    copies = copy_notebooks(directory, refresh)
    print(summary(directory, copies), flush=True)
    print("Starting JupyterLab. Ctrl-C stops it.", flush=True)
    return launch(directory, lab_args)


def copy_notebooks(target: Path, refresh: bool = False) -> Copies:
    """Copy every notebook into `target`, without outputs; a file that is there already is never touched.

    With `refresh` a notebook that has become another since is put beside the file, under a name of its own.

    >>> copy_notebooks(Path(content.__file__))
    Traceback (most recent call last):
    deploylab.model.errors.DeploylabError: ...content.py is a file; name a folder, for example deploylab-lab
    """
    if target.exists() and not target.is_dir():
        raise DeploylabError(f"{target} is a file; name a folder, for example deploylab-lab")
    sources = content.notebooks()
    if not sources:
        raise ContentError("this deploylab holds no notebooks; try: pip install --force-reinstall deploylab")
    copies = Copies([], [])
    try:
        target.mkdir(parents=True, exist_ok=True)
        for source in sources:
            notebook = without_outputs(source.read_text(encoding="utf-8"))
            copy = target / source.name
            if os.path.lexists(copy):
                copies.kept.append(copy)
                copy = _beside(copy, notebook) if refresh else copy
            if not os.path.lexists(copy):
                write_whole(copy, notebook)
                copies.copied.append(copy)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DeploylabError(
            f"cannot write to {target}: {reason}; name another folder, for example: deploylab lab my-lab"
        ) from error
    return copies


def without_outputs(notebook: str) -> str:
    """The notebook as it was before anybody ran it, so that a prediction is honest.

    >>> ran = '{"cells": [{"cell_type": "code", "execution_count": 7, "metadata": {}, "outputs": [1]}]}'
    >>> json.loads(without_outputs(ran))["cells"]
    [{'cell_type': 'code', 'execution_count': None, 'metadata': {}, 'outputs': []}]
    """
    document = json.loads(notebook)
    document.get("metadata", {}).pop("widgets", None)
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"], cell["outputs"] = None, []
            cell["metadata"].pop("execution", None)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _beside(kept: Path, notebook: str) -> Path:
    """The first of `x-new.ipynb`, `x-new-2.ipynb` … that is free; or the file that asks the same."""
    names = chain([kept.stem, f"{kept.stem}-new"], (f"{kept.stem}-new-{number}" for number in count(2)))
    places = (kept.with_name(f"{name}{kept.suffix}") for name in names)
    return next(place for place in places if not os.path.lexists(place) or _asks(place, notebook))


def _asks(file: Path, notebook: str) -> bool:
    """Whether the cells of the file are those of the notebook; who has only run them has lost nothing."""
    try:
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        return [_source(cell) for cell in cells] == [_source(cell) for cell in json.loads(notebook)["cells"]]
    except (OSError, ValueError, KeyError, TypeError):  # whatever it is, it is the student's
        return False


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])  # a text, or a list of its lines


def summary(target: Path, copies: Copies) -> str:
    """One line about what was copied and what was kept.

    >>> summary(Path("lab"), Copies([Path("lab/a.ipynb")], [Path("lab/b.ipynb")]))
    'Notebooks in lab: 1 copied (a.ipynb), 1 kept as it was. New ones beside your own: --refresh.'
    """
    copied, kept = len(copies.copied), len(copies.kept)
    named = f" ({', '.join(path.name for path in copies.copied)})" if copied and kept else ""
    were = "it was" if kept == 1 else "they were"
    left = f", {kept} kept as {were}. New ones beside your own: --refresh" if kept else ""
    return f"Notebooks in {target}: {copied} copied{named}{left}."


def launch(target: Path, lab_args: list[str]) -> int:
    """Serve `target` with JupyterLab until it is stopped, and return its exit status.

    JupyterLab runs in this very process: Ctrl-C, signals and the terminal are its own.
    """
    from jupyterlab.labapp import LabApp

    # Our defaults: no question about news, no check for updates; a class may have no network. And our cards.
    for variable in ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH"):
        ours_first = [str(OURS), *filter(None, [os.environ.get(variable)])]
        os.environ[variable] = os.pathsep.join(ours_first)
    try:
        LabApp.launch_instance(argv=lab_arguments(target, lab_args))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def lab_arguments(target: Path, lab_args: list[str]) -> list[str]:
    """The arguments for JupyterLab: our own wherever the given ones say nothing, then the given ones.

    >>> lab_arguments(Path(), ["--LabApp.default_url=/lab", "--no-browser"])[-2:]
    ['--LabApp.default_url=/lab', '--no-browser']
    """
    ours = [f"--ServerApp.root_dir={target.resolve()}"]
    if (target / FIRST).exists():  # in a workspace of its own: other labs' tabs stay theirs
        ours.append(f"--LabApp.default_url=/lab/workspaces/deploylab/tree/{FIRST}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        ours.append("--allow-root")  # in a container root is the only user; Jupyter would refuse to start
    given = {argument.partition("=")[0] for argument in lab_args}
    return [argument for argument in ours if argument.partition("=")[0] not in given] + lab_args
