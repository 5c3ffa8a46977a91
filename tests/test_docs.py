"""The documentation: its code runs, its commands are commands, and its links lead somewhere.

Blocks of `pycon` are run by doctest, those of the README and of docs/judges.md by tests of their own.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import deploylab as dl
from deploylab import class_cli, cli, play_cli, quiz_cli

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "quizzes/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
PLAN = {
    "format_version": "1.2",
    "resource_changes": [{
        "address": "aws_instance.shop", "mode": "managed", "type": "aws_instance", "name": "shop",
        "change": {"actions": ["update"], "before": {"ami": "a"}, "after": {"ami": "b"}},
    }],
}  # fmt: skip


def blocks(page: Path, *languages: str) -> list[str]:
    """The blocks of code of a page that are in one of these languages."""
    text = page.read_text("utf-8")
    return [
        code for name, code in re.findall(r"^```(\w+)\n(.*?)^```", text, re.S | re.M) if name in languages
    ]


def prose(file: Path) -> str:
    """The text of a file: of a notebook its Markdown, of a page what is no code."""
    text = file.read_text("utf-8")
    if file.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.sub(r"^```.*?^```|`[^`\n]*`|<[^>\n]*>", "", text, flags=re.S | re.M)


def commands(page: Path) -> list[tuple[list[str], str]]:
    """The words of every command of a page, and what it prints there."""
    found = []
    for block in blocks(page, "console"):
        for command, said in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
            found.append((shlex.split(command, comments=True), said))
    return found


def main(words: list[str]) -> int:
    try:
        return cli.main(words)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(
        r"\]\(([^)#\s]+)", re.sub(r"`[^`]*`|^```.*?^```", "", page.read_text("utf-8"), flags=re.S | re.M)
    )
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages <= set(re.findall(r"\]\(([\w-]+\.md)\)", index))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_one_that_there_is(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cli, play_cli, quiz_cli, class_cli):
        for name in vars(module).copy():
            if re.fullmatch(r"_(lab|play|quiz|class)(_\w+)?", name):
                monkeypatch.setattr(module, name, lambda *_: 0)
    for words, _ in commands(page):
        if words[0] == "deploylab":
            assert main(words[1:]) == 0, words


def test_the_commands_of_the_command_line_s_page_print_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = 0
    for words, said in commands(ROOT / "docs" / "command-line.md"):
        if said:
            main(words[1:])
            captured = capsys.readouterr()
            assert captured.out + captured.err == said
            ran += 1
    assert ran >= 4


@pytest.mark.parametrize("page", ["saved-run", "infrastructure-as-code", "metrics"])
def test_the_code_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with the names and files that its text speaks of."""
    monkeypatch.chdir(tmp_path)
    run = dl.roll_out(dl.Canary(), dl.Scenario(duration=60))
    run.save("canary.npz")
    Path("plan.json").write_text(json.dumps(PLAN))
    fleet = dl.ServerFleet(servers=4, days=60, seed=1)
    names: dict[str, Any] = {"dl": dl, "run": run, "record": dl.evolve(fleet), "hashlib": hashlib}
    found = blocks(ROOT / "docs" / f"{page}.md", "python")
    assert found
    for code in found:
        exec(compile(code, page, "exec"), names)


def test_every_block_of_python_is_run_by_some_test() -> None:
    own = {"README", "judges", "saved-run", "infrastructure-as-code", "metrics"}
    for page in PAGES:
        code = blocks(page, "python")
        assert all(">>>" in block for block in code) or page.stem in own, page


def test_make_knows_every_target_that_is_named() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    named = set()
    for page in PAGES:
        said = [*re.findall(r"`(make [^`]*)`", page.read_text("utf-8")), *blocks(page, "sh", "console")]
        named |= set(re.findall(r"^make ([a-z-]+)", "\n".join(said), re.M))
    assert "lab" in named
    assert named <= targets


def test_the_citation_is_of_this_version() -> None:
    cited = re.findall(r'^version: "?([\d.]+)"?$', (ROOT / "CITATION.cff").read_text("utf-8"), re.M)
    assert cited == [version("deploylab").partition(".dev")[0]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_of_the_package_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`([\w/]+(?:/|\.(?:py|css|js|toml|txt)))`", page.read_text("utf-8"))
    places = [ROOT, ROOT / "deploylab", ROOT / "deploylab" / "quiz"]
    missing = {name for name in named if not any((place / name).exists() for place in places)}
    assert missing <= {"dist/", "utils.py"}, "the one is made by the build, the other must not be made"


def test_the_same_thing_has_the_same_name_everywhere() -> None:
    """Words that were once beside others for the same thing; docs/words.md has the one that is used."""
    others = r"\b(?:per cent|roll-backs?|mend(?:s|ed|ing)?|shall|amiss|color|behavior|blast radius)\b"
    files = [*PAGES, *(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "quizzes").glob("*.yaml")]
    found = {file.name: re.findall(others, prose(file)) for file in files}
    assert {name: words for name, words in found.items() if words} == {}


def test_the_readme_counts_the_questions_rightly() -> None:
    types = re.findall(r"^    type: (\w+)$", "\n".join(map(prose, (ROOT / "quizzes").glob("*.yaml"))), re.M)
    readme = PAGES[0].read_text("utf-8")
    assert f"{len(types)} questions, {types.count('predict')} of them predictions" in readme
