"""Run notebooks anew and store their outputs in them: python docs/run_notebooks.py notebooks/*.ipynb.

What differs from one machine or run to the next is left out: times, Python's patch version, and the views of
widgets, which are random names of what lived in a kernel. Each of ours has its picture or words beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

VIEW = "application/vnd.jupyter.widget-view+json"


def main(paths: list[Path]) -> None:
    """Run each notebook in a kernel of its own."""
    for path in paths:
        notebook = nbformat.read(path, 4)
        client = NotebookClient(
            notebook,
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(path.parent)}},
        )
        client.execute()
        notebook.metadata = {"kernelspec": notebook.metadata.kernelspec}
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                output.get("data", {}).pop(VIEW, None)
        nbformat.write(notebook, path)
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
