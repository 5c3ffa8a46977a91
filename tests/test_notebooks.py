"""The rules of the house for notebooks: short cells, honest predictions, true numbers, words beside pictures.

nbval, run apart from this, holds that every output is what the cell gives today. Here the prose is held to
the outputs, so that no number in it can go stale.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

import deploylab
from deploylab import content

CHAPTERS = [path for path in content.notebooks() if not path.name.startswith("00-")]
VERBS = ("roll_out", "deliver", "evolve", "toggle", "apply")
COMPARES = re.compile(r"\b(\w*guess)\.compare\(")
PREDICTS = re.compile(r"\b(\w*guess) = dl\.predict\(")
# Nothing that reads a clock, rolls dice or asks a network; files and a log, for a chapter that is about them.
MODULES = {
    "deploylab", "dataclasses", "json", "logging", "pathlib", "sys", "openfeature.evaluation_context",
}  # fmt: skip
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?")
CLOCK = re.compile(r"\b\d\d:\d\d:\d\d\b|\b20\d\d-\d\d-\d\d\b|%time|\btook \d")


@dataclass(frozen=True)
class Cell:
    """One cell: its source, and the text and the kinds of its outputs."""

    code: bool
    source: str
    count: int | None
    outputs: tuple[dict[str, Any], ...]

    @property
    def lines(self) -> int:
        return len(self.source.splitlines())

    @property
    def text(self) -> str:
        """What the cell printed or returned, as words."""
        plain = [
            output.get("text") or output.get("data", {}).get("text/plain", "") for output in self.outputs
        ]
        return "\n".join("".join(words) for words in plain)

    @property
    def prose(self) -> str:
        """Markdown without its code."""
        return re.sub(r"`[^`]*`", "", self.source)

    def says(self, *words: str) -> bool:
        return any(word in self.source for word in words)


@dataclass(frozen=True)
class Notebook:
    path: Path

    @cached_property
    def cells(self) -> list[Cell]:
        raw = json.loads(self.path.read_text("utf-8"))["cells"]
        return [
            Cell(
                cell["cell_type"] == "code",
                "".join(cell["source"]),
                cell.get("execution_count"),
                tuple(cell.get("outputs", ())),
            )
            for cell in raw
        ]

    @property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.code]

    @property
    def markdown(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.code]

    def after(self, cell: Cell) -> Cell:
        """The first Markdown cell after this cell."""
        rest = self.cells[self.cells.index(cell) + 1 :]
        return next(later for later in rest if not later.code)


def bullets(text: str, title: str) -> list[str]:
    """The list that follows a title."""
    found = re.search(rf"\*\*{title}\*\*\n\n((?:- .*\n?)+)", text)
    return found[1].strip().splitlines() if found else []


def numbers(text: str) -> set[str]:
    """The numbers of a text, each as it is written.

    >>> sorted(numbers("v2 hurt 1,963 of 5_000 users, 4.8% more; pre_stop 2 s"))
    ['1,963', '2', '4.8', '5,000']
    """
    return set(NUMBER.findall(re.sub(r"(?<=\d)_(?=\d)", ",", text)))


def unfounded(cells: list[Cell]) -> list[str]:
    """The numbers of every "You should see" that no code and no output above it in its section shows."""
    seen: set[str] = set()
    wrong = []
    for cell in cells:
        if cell.code:
            seen |= numbers(cell.source) | numbers(cell.text)
            continue
        for part in re.split(r"\n\n+", cell.prose):
            if part.startswith("## "):
                seen = set()
            elif part.startswith("**You should see**"):
                wrong += sorted(numbers(part) - seen)
    return wrong


def calls(source: str, name: str) -> Iterator[ast.Call]:
    """Every call of `dl.name`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"dl.{name}":
            yield node


@pytest.fixture(params=content.notebooks(), ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Notebook:
    return Notebook(request.param)


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request: pytest.FixtureRequest) -> Notebook:
    return Notebook(request.param)


def test_the_tour_is_the_first_notebook() -> None:
    assert content.notebooks()[0].name == "00-start-here.ipynb"
    assert CHAPTERS


def test_no_cell_is_long_and_nine_in_ten_are_short(notebook: Notebook) -> None:
    lengths = [cell.lines for cell in notebook.code]
    assert max(lengths) <= 15
    assert sum(length <= 8 for length in lengths) >= 0.9 * len(lengths)


def test_the_recap_repeats_the_goals(notebook: Notebook) -> None:
    goals = bullets(notebook.cells[0].source, "When you are through, you can")
    assert len(goals) >= 3
    assert bullets(notebook.cells[-1].source, "Now you can") == goals


def test_the_opening_says_how_long_it_takes_and_what_it_needs(notebook: Notebook) -> None:
    opening = notebook.cells[0].source
    assert opening.startswith("# ")
    assert re.search(r"\*\*Minutes:\*\* about \d+", opening)
    assert "**You need:**" in opening


def test_it_was_run_from_top_to_bottom_and_holds_its_outputs(notebook: Notebook) -> None:
    """A cell that was never run would not even be compared."""
    assert [cell.count for cell in notebook.code] == list(range(1, len(notebook.code) + 1))
    for cell in notebook.code:
        last = ast.parse(cell.source).body[-1:]
        shows = any(isinstance(node, ast.Expr) for node in last) or "print(" in cell.source
        if shows and not any(isinstance(node, ast.FunctionDef) for node in last):
            assert cell.outputs, cell.source


def test_no_cell_failed_or_warned(notebook: Notebook) -> None:
    outputs = [output for cell in notebook.code for output in cell.outputs]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert [output for output in outputs if output.get("name") == "stderr"] == []


def test_each_run_has_a_prediction_before_it_and_what_to_see_after_it(notebook: Notebook) -> None:
    predicted = False
    for cell in notebook.code:
        if any(list(calls(cell.source, verb)) for verb in VERBS):
            assert predicted, cell.source
            assert COMPARES.search(cell.source), "the run is compared with the prediction"
            assert "**You should see**" in notebook.after(cell).source, cell.source
        if COMPARES.search(cell.source):
            assert predicted, cell.source
            predicted = False
        predicted = predicted or bool(list(calls(cell.source, "predict")))
    assert not predicted, "the last prediction is never compared"


def test_each_prediction_has_a_name_of_its_own_and_is_compared_once(notebook: Notebook) -> None:
    """Or who runs the cells in another order is told how far off another prediction was."""
    source = "\n".join(cell.source for cell in notebook.code)
    predicted = PREDICTS.findall(source)
    assert len(predicted) == len(set(predicted)) == source.count("dl.predict(")
    assert COMPARES.findall(source) == predicted


def test_no_prediction_is_made_for_the_student(notebook: Notebook) -> None:
    assert any(list(calls(cell.source, "predict")) for cell in notebook.code)
    assert [cell.source for cell in notebook.code if ".write(" in cell.source] == []


def test_every_number_in_what_to_see_is_true(notebook: Notebook) -> None:
    assert unfounded(notebook.cells) == []


@pytest.mark.parametrize(("prose", "wrong"), [
    ("**You should see** 23 of 5,000 users hurt in 35.5 s.", []),
    ("**You should see** 24 users hurt.", ["24"]),
    ("**You should see** 5 s.", ["5"]),
    ("Before:\n\n**You should see** 99.1 % of `pre_stop=7`.\n\nLater 12.", ["99.1"]),
    ("## Next\n\n**You should see** 23.", ["23"]),
])  # fmt: skip
def test_a_number_that_nothing_shows_is_found(prose: str, wrong: list[str]) -> None:
    output = {
        "output_type": "stream",
        "name": "stdout",
        "text": ["23 of 5,000 hurt\n", "rolled back at 35.5 s"],
    }
    assert unfounded([Cell(True, "run.summary", 1, (output,)), Cell(False, prose, None, ())]) == wrong


def test_words_stand_beside_every_picture(notebook: Notebook) -> None:
    for before, cell, after in zip(
        [None, *notebook.code], notebook.code, [*notebook.code[1:], None], strict=False
    ):
        if cell.says("dl.animate(", "dl.playground("):
            near = [other for other in (before, cell, after) if other is not None]
            assert any(list(calls(other.source, "describe")) for other in near), cell.source


def test_every_seed_is_visible(notebook: Notebook) -> None:
    """Of every public noun that has one."""
    chancy = [
        name
        for name in deploylab.__all__
        if "seed" in getattr(getattr(deploylab, name), "__match_args__", ())
    ]
    assert {"Scenario", "ServerFleet"} <= set(chancy)
    made = [call for cell in notebook.code for name in chancy for call in calls(cell.source, name)]
    chance = [verb for verb in VERBS if verb != "apply"]  # its luck is an argument of its own
    assert made or not any(list(calls(cell.source, verb)) for cell in notebook.code for verb in chance)
    assert [ast.unparse(call) for call in made if "seed" not in {word.arg for word in call.keywords}] == []


def test_code_reads_no_clock_no_dice_and_no_network(notebook: Notebook) -> None:
    for cell in notebook.code:
        tree = ast.parse(cell.source)
        imported = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert imported <= MODULES
        assert not cell.says("http:", "https:", "open(", "__import__")


def test_nothing_tells_the_time_of_day_or_names_this_machine(notebook: Notebook) -> None:
    text = notebook.path.read_text("utf-8")
    assert str(Path(deploylab.__file__).parent.parent) not in text
    assert str(Path.home()) + "/" not in text
    assert [cell.text for cell in notebook.code if CLOCK.search(cell.text)] == []


def test_pictures_load_nothing_from_a_network(notebook: Notebook) -> None:
    pages = ["".join(output["data"].get("text/html", "")) for cell in notebook.code for output in cell.outputs
             if "data" in output]  # fmt: skip
    for page in pages:
        assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//|@import|url\(\s*[\"']?http", page)


def test_every_relative_link_leads_somewhere(notebook: Notebook) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", "\n".join(cell.source for cell in notebook.markdown))
    for link in links:
        assert (notebook.path.parent / link).is_file(), link


def test_the_index_links_every_chapter_that_there_is() -> None:
    tour = "\n".join(cell.source for cell in Notebook(content.notebooks()[0]).markdown)
    assert re.findall(r"\]\((\d\d-[^)]+)\)", tour) == [path.name for path in CHAPTERS]


def test_every_name_of_deploylab_exists(notebook: Notebook) -> None:
    names = {name for cell in notebook.cells for name in re.findall(r"\bdl\.([A-Za-z_]\w*)", cell.source)}
    assert names - set(deploylab.__all__) == set()


def test_a_chapter_asks_hints_and_closes_with_its_quiz(chapter: Notebook) -> None:
    source = "\n".join(cell.source for cell in chapter.code)
    name = chapter.path.stem[3:]
    assert chapter.code[-1].source == f'dl.quiz("{name}")'
    assert name in content.quizzes()
    asked = re.findall(r'dl\.check\("(.+?)"', source)
    assert len(asked) >= 2
    for exercise in asked:
        for help_ in (f'dl.hint("{exercise}")', f'dl.hint("{exercise}", 3)', f'dl.solution("{exercise}")'):
            assert f"# {help_}" in source, "help is there, and nobody sees it unasked"


def test_prose_and_code_keep_a_balance(chapter: Notebook) -> None:
    """One thought at a time: about 16 words a line of code, and no wall of text."""
    words = sum(len(cell.source.split()) for cell in chapter.markdown)
    assert 10 <= words / sum(cell.lines for cell in chapter.code) <= 22
    paragraphs = [part for cell in chapter.markdown for part in re.split(r"\n\n+", cell.source)]
    assert [part for part in paragraphs if len(part.split()) > 60 and part[0] not in "-|"] == []


def test_it_follows_the_order_of_learning(chapter: Notebook) -> None:
    text = "\n".join(cell.source for cell in chapter.markdown)
    first = [text.index(f"**{word}") for word in ("Predict", "Investigate", "Modify", "Make")]
    assert first == sorted(first)


def test_the_file_is_small(notebook: Notebook) -> None:
    assert notebook.path.stat().st_size < 600_000


def test_no_widget_is_stored_that_would_wait_for_a_kernel(notebook: Notebook) -> None:
    """It has a random name; what is stored instead, a picture or words, anybody can see."""
    text = notebook.path.read_text("utf-8")
    assert "application/vnd.jupyter.widget" not in text
    assert json.loads(text)["metadata"]["kernelspec"]["name"] == "python3"
