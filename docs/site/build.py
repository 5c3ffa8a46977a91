"""The chapters as pages that need no kernel and no network: python docs/site/build.py FOLDER [NOTEBOOK …]."""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import nbformat
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

from deploylab import content

HERE = Path(__file__).parent


def main(target: Path, paths: list[Path]) -> None:
    """Write a page for each notebook into `target`; the first one is index.html, too."""
    target.mkdir(parents=True, exist_ok=True)
    notebooks = {path.stem: nbformat.read(path, 4) for path in paths}
    titles = {name: heading(notebook) for name, notebook in notebooks.items()}
    pages = {name: page(name, notebook, titles) for name, notebook in notebooks.items()}
    for name, text in {**pages, "index": next(iter(pages.values()))}.items():
        (target / f"{name}.html").write_text(text, encoding="utf-8")
    print(f"{len(pages)} pages in {target}; begin with {target / 'index.html'}")


def page(name: str, notebook: Any, titles: dict[str, str]) -> str:
    """A notebook as one page: its style, its pictures and their script are in it."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\]\((\d\d-[a-z-]+)\.ipynb", r"](\1.html", cell.source)
    body, _ = HTMLExporter(template_name="basic", anchor_link_text="").from_notebook_node(notebook)
    return Template((HERE / "page.html").read_text("utf-8")).substitute(
        title=escape(titles[name]),
        style=(HERE / "site.css").read_text("utf-8"),
        light=HtmlFormatter(style="xcode").get_style_defs(".highlight"),
        dark=HtmlFormatter(style="github-dark").get_style_defs(".highlight"),
        chapters="".join(link(other, titles[other], other == name) for other in titles),
        body=body.replace("<pre><span>", '<pre tabindex="0"><span>'),  # code may be wider than the page
    )


def link(name: str, title: str, here: bool) -> str:
    """An entry of the list of chapters."""
    mark = ' aria-current="page"' if here else ""
    return f'<li><a href="{name}.html"{mark}>{escape(title)}</a></li>'


def heading(notebook: Any) -> str:
    """What a notebook begins with."""
    return str(notebook.cells[0].source.splitlines()[0].removeprefix("# "))


if __name__ == "__main__":
    folder, *named = sys.argv[1:] or ["site"]
    main(Path(folder), list(map(Path, named)) or content.notebooks())
