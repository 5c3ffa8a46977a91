"""Copies the notebooks into a folder of the student's own and opens JupyterLab on it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

from deploylab import content
from deploylab.model.errors import ContentError, DeploylabError

FIRST = "00-start-here.ipynb"
CONFIG = Path(__file__).resolve().parent / "_jupyter"


class Copies(NamedTuple):
    """What `copy_notebooks` did: the files that it wrote, and those that it found and left alone."""

    copied: list[Path]
    kept: list[Path]


def open_lab(directory: Path, lab_args: list[str]) -> int:
    """Copy the notebooks into `directory`, say so, and serve them until JupyterLab is stopped."""
    copies = copy_notebooks(directory)
    print(summary(directory, copies), flush=True)
    print("Starting JupyterLab. Ctrl-C stops it.", flush=True)
    return launch(directory, lab_args)


def copy_notebooks(target: Path) -> Copies:
    """Copy every notebook into `target`, without outputs; a file that is there already is never touched.

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
            copy = target / source.name
            if os.path.lexists(copy):
                copies.kept.append(copy)
            else:
                _write_whole(copy, without_outputs(source.read_text(encoding="utf-8")))
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


def summary(target: Path, copies: Copies) -> str:
    """One line about what was copied and what was kept.

    >>> summary(Path("lab"), Copies([Path("lab/a.ipynb")], [Path("lab/b.ipynb")]))
    'Notebooks in lab: 1 copied, 1 kept as they were. For fresh ones name another folder.'
    """
    copied, kept = len(copies.copied), len(copies.kept)
    left = f", {kept} kept as they were. For fresh ones name another folder" if kept else ""
    return f"Notebooks in {target}: {copied} copied{left}."


def launch(target: Path, lab_args: list[str]) -> int:
    """Serve `target` with JupyterLab until it is stopped, and return its exit status.

    JupyterLab runs in this very process: Ctrl-C, signals and the terminal are its own.
    """
    from jupyterlab.labapp import LabApp

    # Our defaults: no question about news, no check for updates. A class may have no network.
    config_path = [str(CONFIG), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(config_path)
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


def _write_whole(path: Path, text: str) -> None:
    """Write the file or nothing: a full disk must not leave half a notebook."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
