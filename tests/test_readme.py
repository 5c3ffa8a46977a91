"""The README's first screen is what many people run first: its code has to work as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import deploylab as dl

README = Path(__file__).parents[1] / "README.md"


def test_the_readme_s_code_runs_as_it_stands() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    run = names["run"]
    assert isinstance(run, dl.Run)
    assert run.outcome is dl.Outcome.ROLLED_BACK


def test_the_readme_s_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"", README.read_text("utf-8"))
    missing = [path for pair in targets for path in pair if path and not (README.parent / path).exists()]
    assert missing == []
