"""The wall: whatever a class does, all of it can be read there, and the run stands where it was left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, expect

from benchmarks.class_load import Running, running_class
from tests.browser.chromium import new_page
from tests.quiz.classroom import EVERY_TYPE

VOTERS = 9
LEAST = 16  # px, on a screen of 1280 x 720: what can be read from the last row of seats
LETTERS = """() => {
  const found = [], range = document.createRange();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement, drawn = node.getScreenCTM?.();
    range.selectNodeContents(texts.currentNode);
    const words = range.toString().trim(), seen = node.checkVisibility({ visibilityProperty: true });
    const scale = drawn ? Math.hypot(drawn.a, drawn.b) : 1;
    const size = scale * parseFloat(getComputedStyle(node).fontSize);
    if (words && seen && range.getBoundingClientRect().width > 1) found.push([words, size]);
  }
  return found;
}"""


class Class:
    """A class that is driven by requests; only its wall is a page."""

    def __init__(self, held: Running, wall: Page, people: list[APIRequestContext]) -> None:
        self.held, self.wall, self.people = held, wall, people
        for number, one in enumerate(people):
            one.post(f"{held.base}/join", data={"code": held.code, "name": f"Student {number}"})

    @property
    def screen(self) -> dict[str, Any]:
        found: dict[str, Any] = self.people[0].get(f"{self.held.desk}screen").json()["screen"]
        return found

    def do(self, name: str) -> None:
        """A command, until the wall shows where it led."""
        said = {"do": name, "step": self.screen["step"], "seconds": 0}
        assert "done" in self.people[0].post(f"{self.held.desk}say", data=said).json()
        after = self.screen
        expect(self.wall.locator("body")).to_have_attribute("data-phase", after["phase"])
        if after["phase"] != "ended":
            expect(self.wall.locator(".facts")).to_contain_text(f"Question {after['place']} of")

    def vote(self) -> None:
        """Everybody answers something else, and in the second round not the same."""
        asked = self.screen
        for number, one in enumerate(self.people):
            words = answer(asked["question"], number * asked["round"])
            said = {"question": asked["question"]["id"], "round": asked["round"], "answer": words}
            assert "saved" in one.post(f"{self.held.base}/say", data=said).json()

    def all_is_on_the_wall(self) -> None:
        self.wall.wait_for_function("() => [...document.images].every((one) => one.complete)")
        here = f"{self.screen.get('question', {}).get('id')}, {self.screen['phase']}"
        height = self.wall.evaluate("document.documentElement.scrollHeight")
        assert height <= 720, f"{here}: {height} px"
        if self.wall.locator("iframe").count():
            expect(self.wall.frame_locator("iframe").locator("svg.dl-stage")).to_be_visible()
        letters = [one for frame in self.wall.frames for one in frame.evaluate(LETTERS)]
        assert letters
        assert [one for one in letters if one[1] < LEAST] == [], here


def answer(question: dict[str, Any], number: int) -> list[str]:
    """One of the answers that can be given."""
    found = []
    for field in question["fields"]:
        ids = [choice["id"] for choice in field["choices"]]
        turned = [*ids[number % max(1, len(ids)) :], *ids[: number % max(1, len(ids))]]
        own = turned if field["how"] == "order" else turned[:1] or [str(number % 4)]
        found += [f"{field['id']}:{word}" if field["id"] else word for word in own]
    return found


@pytest.fixture
def options() -> list[str]:
    return []


@pytest.fixture
def held_class(
    options: list[str], tmp_path: Path, chromium: Browser, outside_requests: list[str],
    console_errors: list[str],
) -> Iterator[Class]:  # fmt: skip
    """Every type of question, nine students, and a wall of the size of a common projector."""
    with ExitStack() as stack:
        file = ("--seconds", "0", "--file", str(tmp_path / "wall.class"))
        held = stack.enter_context(running_class(str(EVERY_TYPE), *file, *options))
        wall = stack.enter_context(new_page(chromium, outside_requests, console_errors))
        wall.set_viewport_size({"width": 1280, "height": 720})
        wall.goto(held.wall)
        expect(wall.locator(".code")).to_have_text(held.code)
        contexts = [chromium.new_context() for _ in range(VOTERS)]
        yield Class(held, wall, [context.request for context in contexts])
        for context in contexts:
            context.close()


@pytest.mark.usefixtures("nothing_goes_wrong")
@pytest.mark.parametrize("options", [[], ["--leaderboard"]], ids=["plain", "leaders"])
def test_all_of_every_question_can_be_read_on_the_wall_in_every_state(held_class: Class) -> None:
    held_class.all_is_on_the_wall()
    held_class.do("start")
    while held_class.screen["phase"] != "ended":
        for name in ("", "close", "discuss", "again", "close", "play", "reveal", "leaders"):
            if name in ("play", "leaders") and name not in held_class.screen["allowed"]:
                continue
            if name:
                held_class.do(name)
            if name in ("", "again"):
                held_class.vote()
            held_class.all_is_on_the_wall()
        held_class.do("next")
    held_class.all_is_on_the_wall()


@pytest.mark.usefixtures("nothing_goes_wrong")
@pytest.mark.parametrize("options", [["--leaderboard"]], ids=["leaders"])
def test_who_leads_stands_alone_on_the_wall_until_the_answers_are_wanted_again(held_class: Class) -> None:
    for name in ("start", "close", "reveal"):
        held_class.do(name)
    votes, leads = held_class.wall.locator(".votes"), held_class.wall.get_by_text("Nobody has points yet.")
    for _ in range(2):
        expect(votes).to_be_visible()
        expect(leads).to_have_count(0)
        held_class.do("leaders")
        expect(leads).to_be_visible()
        expect(votes).to_have_count(0)
        held_class.do("leaders")


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_a_run_that_was_watched_stands_at_its_end_beside_the_answers(held_class: Class) -> None:
    held_class.do("start")
    while held_class.screen["question"]["id"] != "who-is-hurt":
        held_class.do("skip")
    held_class.do("close")
    held_class.do("play")
    clock = held_class.wall.frame_locator("iframe").get_by_role("slider")
    expect(clock).to_have_value("0")
    clock.evaluate("(node) => { window.here = node; }")
    held_class.do("reveal")
    expect(clock).to_have_attribute("aria-valuetext", "t = 60 s of 60 s")
    assert clock.evaluate("(node) => window.here === node"), "the run was loaded again"
