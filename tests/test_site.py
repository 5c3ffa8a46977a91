"""The notebooks as pages: whole, linked to each other, and with nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploylab import content

BUILD = Path(__file__).parent.parent / "docs" / "site" / "build.py"
NAMES = [path.stem for path in content.notebooks()]
LOADED = re.compile(
    r"""<(?:script|img|link|iframe)\b[^>]*\b(?:src|href)\s*=\s*(?!["']?data:)|@import|url\(\s*["']?https?:"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "pages"
    subprocess.run([sys.executable, BUILD, folder], check=True)
    return folder


def test_each_notebook_is_a_page_and_the_first_is_the_front(site: Path) -> None:
    assert sorted(file.stem for file in site.iterdir()) == sorted([*NAMES, "index"])
    assert (site / "index.html").read_bytes() == (site / f"{NAMES[0]}.html").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_loads_nothing(site: Path, name: str) -> None:
    assert LOADED.findall((site / f"{name}.html").read_text("utf-8")) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_page_leads_to_another_page(site: Path, name: str) -> None:
    links = re.findall(r'<a [^>]*?href="([^"#:]+)"', (site / f"{name}.html").read_text("utf-8"))
    assert {f"{other}.html" for other in NAMES} <= set(links)
    assert [link for link in links if not (site / link).is_file()] == []


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_kept_and_no_widget_waits_for_a_kernel(site: Path, name: str) -> None:
    text = (site / f"{name}.html").read_text("utf-8")
    notebook = next(path for path in content.notebooks() if path.stem == name).read_text("utf-8")
    assert text.count("data-deploylab=") == notebook.count("data-deploylab=") > 0
    assert "application/vnd.jupyter.widget" not in text
