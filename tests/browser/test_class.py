"""A class with a teacher, a wall and three phones in a real Chromium.

One phone reloads in the middle, and one is in a network that blocks WebSockets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.class_load import Running, running_class
from tests.browser.chromium import new_page
from tests.quiz.classroom import QUIZ

SOON = 10_000  # milliseconds; a busy machine is no bug
WHO_IS_HURT = """
  - id: hurt
    type: predict
    prompt: Half of the instances answer with errors. Is anybody hurt?
    simulate:
      strategy: Rolling
      scenario: {replicas: 2, duration: 30, candidate: {name: v2, error_rate: 0.5}}
    measure: users_hurt
    options:
      - {id: nobody, text: Nobody, when: x == 0}
      - {id: some, text: Some users, when: x > 0}
"""
NAMELESS = """() => [...document.querySelectorAll("input, select, button, img, iframe")]
    .filter(node => !(node.ariaLabel || node.alt || node.title))
    .filter(node => !(node.labels?.length || node.textContent.trim()))
    .map(node => node.outerHTML)"""


class People(NamedTuple):
    """Everybody's page."""

    teacher: Page
    wall: Page
    phones: list[Page]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Running]:
    quiz = tmp_path / "small.yaml"
    quiz.write_text(QUIZ + WHO_IS_HURT, encoding="utf-8")
    with running_class(str(quiz), "--file", str(tmp_path / "small.class")) as running:
        yield running


@pytest.fixture
def people(
    held: Running, chromium: Browser, outside_requests: list[str], console_errors: list[str], artifacts: Path
) -> Iterator[People]:
    def page(width: int, height: int) -> Page:
        context = stack.enter_context(new_page(chromium, outside_requests, console_errors))
        context.set_viewport_size({"width": width, "height": height})
        context.set_default_timeout(SOON)
        return context

    with ExitStack() as stack:
        everybody = People(page(1280, 800), page(1920, 1080), [page(390, 844) for _ in range(3)])
        everybody.phones[2].route_web_socket(re.compile("talk"), lambda line: line.close())
        everybody.teacher.goto(held.desk)
        everybody.wall.goto(held.wall)
        for phone, name in zip(everybody.phones, ["Ada", "<b>Bob</b>", "مريم"], strict=True):
            phone.goto(f"{held.base}/#{held.code}")
            phone.get_by_label("Your name").fill(name)
            phone.get_by_role("button", name="Join").click()
            expect(phone.get_by_role("heading", name="You are in.")).to_be_visible()
        yield everybody
        for name, shown in (
            ("teacher", everybody.teacher),
            ("wall", everybody.wall),
            ("phone", everybody.phones[0]),
        ):
            shown.screenshot(path=artifacts / f"class-{name}.png")


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_a_class_from_the_lobby_to_the_gradebook(people: People) -> None:
    teacher, wall, (ada, bob, mary) = people
    expect(wall.locator(".names li")).to_have_count(3)
    expect(wall.locator(".names")).to_contain_text("<b>Bob</b>")
    assert wall.evaluate("() => document.querySelector('.qr').naturalWidth") > 100

    teacher.keyboard.press("Space")
    for page in (teacher, wall, ada):
        assert page.evaluate(NAMELESS) == []
    ada.get_by_label("It is over sooner").check()
    bob.get_by_label("Fewer are hurt").dblclick()
    expect(ada.get_by_role("status").first).to_contain_text("Saved")
    ada.reload()
    expect(ada.get_by_label("It is over sooner")).to_be_checked()
    expect(ada.get_by_role("timer")).to_be_visible()
    expect(wall.locator("footer")).to_contain_text("2 of 3 answered")
    expect(wall.locator("main")).not_to_contain_text("right")

    teacher.keyboard.press("Space")
    expect(teacher.locator(".advice")).to_have_text("50 % are right: let them discuss, and vote again.")
    expect(mary.locator(".said")).to_have_text("Closed. You have not answered.")
    teacher.keyboard.press("d")
    expect(wall.locator(".banner")).to_contain_text("Discuss with your neighbours")
    teacher.keyboard.press("Space")
    for phone in people.phones:
        expect(phone.get_by_text("second vote", exact=False).first).to_be_visible()
        phone.get_by_label("Fewer are hurt").check()
        expect(phone.locator(".said")).to_contain_text("Saved")
    teacher.keyboard.press("Space")
    expect(teacher.locator(".chip")).to_have_text("Closed")
    teacher.keyboard.press("Space")
    expect(wall.locator(".flow .gained").first).to_be_attached()
    expect(wall.locator("figcaption")).to_contain_text("From not right to right: 2")
    expect(ada.locator(".dl-outcome")).to_contain_text("Right")

    teacher.keyboard.press("Space")
    bob.get_by_label("Your answer").fill("readiness")
    bob.get_by_role("button", name="Send").click()
    expect(bob.locator(".said")).to_contain_text("Saved")
    teacher.keyboard.press("p")
    expect(bob.get_by_label("Your answer")).to_be_disabled()
    teacher.keyboard.press("p")
    expect(bob.get_by_label("Your answer")).to_be_enabled()
    teacher.get_by_role("button", name=re.compile("Skip")).click()
    teacher.get_by_role("button", name="Yes").click()
    expect(wall.locator(".prompt")).to_contain_text("The deadline rolls back.")
    teacher.get_by_role("button", name="Remove مريم").click()
    expect(mary.get_by_text("You are not in this class any more.")).to_be_visible()
    for _ in range(3):
        step = teacher.locator(".chip").text_content() or ""
        teacher.keyboard.press("Space")
        expect(teacher.locator(".chip")).not_to_have_text(step)
    ada.get_by_label("Some users").check()
    expect(ada.locator(".said")).to_contain_text("Saved")
    for name in ("Closed", "Revealed"):
        teacher.keyboard.press("Space")
        expect(teacher.locator(".chip")).to_have_text(name)
    expect(wall.frame_locator("iframe").locator("svg.dl-stage")).to_be_visible()

    teacher.keyboard.press("Space")
    expect(wall.get_by_role("heading", name="Thank you.")).to_be_visible()
    expect(ada.locator(".score")).to_have_text("2 of 3 points")
    with teacher.expect_download() as download:
        teacher.get_by_role("link", name="Grades (CSV)").click()
    grades = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "Ada,2,2,3,66.6,1,,1" in grades
    assert "<b>Bob</b>,1,1,3,33.3,1,," in grades
