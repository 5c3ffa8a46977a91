"""A class with a teacher, a wall and three phones in a real Chromium.

One phone reloads in the middle, and one is in a network that blocks WebSockets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from benchmarks.class_load import Running, running_class
from tests.browser.chromium import new_page
from tests.quiz.classroom import QUIZ

LONG = ("--seconds", "3600")  # no question closes by itself, however busy the machine is
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


class People(NamedTuple):
    """Everybody's page."""

    teacher: Page
    wall: Page
    phones: list[Page]


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    """Every process of the class: the first one, and the one that takes over."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def held(servers: ExitStack, tmp_path: Path) -> Running:
    quiz = tmp_path / "small.yaml"
    quiz.write_text(QUIZ + WHO_IS_HURT, encoding="utf-8")
    return servers.enter_context(running_class(str(quiz), *LONG, "--file", str(tmp_path / "small.class")))


@pytest.fixture
def people(
    held: Running, chromium: Browser, outside_requests: list[str], console_errors: list[str], artifacts: Path
) -> Iterator[People]:
    def page(width: int, height: int) -> Page:
        found = stack.enter_context(new_page(chromium, outside_requests, console_errors))
        found.set_viewport_size({"width": width, "height": height})
        return found

    with ExitStack() as stack:
        everybody = People(page(1280, 800), page(1920, 1080), [page(390, 844) for _ in range(3)])
        everybody.phones[2].route_web_socket(re.compile("talk"), lambda line: line.close())
        take_the_desk(everybody.teacher, held)
        everybody.wall.goto(held.wall)
        for phone, name in zip(everybody.phones, ["Ada", "<b>Bob</b>", "مريم"], strict=True):
            join(phone, held, name)
        yield everybody
        for name, shown in zip(
            ("teacher", "wall", "phone"), (*everybody[:2], everybody.phones[0]), strict=True
        ):
            shown.screenshot(path=artifacts / f"class-{name}.png")


@pytest.fixture
def one_phone(
    servers: ExitStack, tmp_path: Path, chromium: Browser, outside_requests: list[str],
    console_errors: list[str],
) -> Callable[[str], tuple[Page, Page]]:  # fmt: skip
    """Hold a quiz: the teacher's page, and that of a student who has joined."""

    def hold(quiz: str) -> tuple[Page, Page]:
        (tmp_path / "quiz.yaml").write_text(quiz, encoding="utf-8")
        command = running_class(str(tmp_path / "quiz.yaml"), *LONG, "--file", str(tmp_path / "quiz.class"))
        held = servers.enter_context(command)
        pages = (new_page(chromium, outside_requests, console_errors) for _ in range(2))
        teacher, phone = map(servers.enter_context, pages)
        take_the_desk(teacher, held)
        join(phone, held, "Ada")
        return teacher, phone

    return hold


def take_the_desk(teacher: Page, held: Running) -> None:
    """Open the teacher's page; before its first screen has come, it hears no key."""
    teacher.goto(held.desk)
    expect(teacher.locator(".chip")).to_have_text("Lobby")


def join(phone: Page, held: Running, name: str) -> None:
    """Take a seat in the class, and wait until the phone says so."""
    phone.goto(f"{held.base}/#{held.code}")
    phone.get_by_label("Your name").fill(name)
    phone.get_by_role("button", name="Join").click()
    expect(phone.get_by_role("heading", name="You are in.")).to_be_visible()


def press(teacher: Page, key: str, phase: str) -> None:
    """Press a key, and wait until the page shows where it led: before that it takes no other command."""
    teacher.keyboard.press(key)
    expect(teacher.locator(".chip")).to_have_text(phase)


def barriers(page: Page) -> list[str]:
    """What keeps people with a disability out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html']} {node['failureSummary']}"
        for one in found if one["impact"] in ("serious", "critical") for node in one["nodes"]
    ]  # fmt: skip


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_a_class_from_the_lobby_to_the_gradebook(
    people: People, held: Running, servers: ExitStack, tmp_path: Path, console_errors: list[str]
) -> None:
    teacher, wall, (ada, bob, mary) = people
    expect(wall.locator(".names li")).to_have_count(3)
    expect(wall.locator(".names")).to_contain_text("<b>Bob</b>")
    wall.wait_for_function("() => document.querySelector('.qr').naturalWidth > 100")

    press(teacher, "Space", "Open")
    expect(wall.locator(".prompt")).to_be_visible()
    expect(ada.get_by_label("It is over sooner")).to_be_visible()
    for page in (teacher, wall, ada):
        assert barriers(page) == []
    ada.get_by_label("It is over sooner").check()
    bob.get_by_label("Fewer are hurt").dblclick()
    expect(ada.get_by_role("status").first).to_contain_text("Saved")
    ada.reload()
    expect(ada.get_by_label("It is over sooner")).to_be_checked()
    expect(ada.get_by_role("timer")).to_be_visible()
    expect(wall.locator("footer")).to_contain_text("2 of 3 answered")
    expect(wall.locator("main")).not_to_contain_text("right")

    press(teacher, "Space", "Closed")
    expect(teacher.locator(".advice")).to_have_text("Right: 1 of 2, 50 %. Let them discuss, and vote again.")
    expect(mary.locator(".said")).to_have_text("Closed. You have not answered.")
    expect(teacher.locator(".controls button").first).to_contain_text("Discuss, then vote again")
    press(teacher, "Space", "Discussion")
    expect(wall.locator(".banner")).to_contain_text("Discuss with your neighbours")
    press(teacher, "Space", "Open")
    for phone in people.phones:
        expect(phone.get_by_text("second vote", exact=False).first).to_be_visible()
        if phone is ada:
            expect(ada.locator(".said")).to_contain_text("Your first one was B; it counts if you do nothing.")
        phone.get_by_label("Fewer are hurt").check()
        expect(phone.locator(".said")).to_contain_text("Saved")
    press(teacher, "Space", "Closed")
    press(teacher, "Space", "Revealed")
    expect(wall.locator(".flow .gained").first).to_be_attached()
    expect(wall.locator("figcaption")).to_contain_text("From not right to right: 2")
    expect(ada.locator(".dl-outcome")).to_contain_text("Right")
    for page in (teacher, wall, ada):
        assert barriers(page) == []

    press(teacher, "Space", "Open")
    bob.get_by_label("Your answer").fill("readiness")
    bob.get_by_role("button", name="Send").click()
    expect(bob.locator(".said")).to_contain_text("Saved")
    held.kill()
    bob.get_by_label("Your answer").fill("liveness")
    bob.get_by_role("button", name="Send").click()
    expect(bob.locator("footer")).to_contain_text("your answer is not saved yet. Trying again")
    file, port = str(tmp_path / "small.class"), held.base.rpartition(":")[2]
    servers.enter_context(running_class("resume", file, port=port))
    expect(bob.locator(".said")).to_have_text("Paused. Your answer is sent when it goes on.")
    bob.reload()
    expect(bob.locator(".said")).to_have_text("Paused. Your answer is sent when it goes on.")
    expect(bob.get_by_label("Your answer")).to_be_disabled()
    expect(teacher.locator(".chip")).to_have_text("Paused")
    press(teacher, "p", "Open")
    expect(bob.get_by_label("Your answer")).to_be_enabled()
    expect(bob.locator(".said")).to_contain_text("Saved")
    expect(bob.locator("#state")).to_have_text("")
    expect(teacher.locator(".said")).to_have_text("")
    expect(wall.locator("footer")).to_contain_text("1 of 3 answered")
    console_errors[:] = [words for words in console_errors if "net::ERR_" not in words]
    teacher.get_by_role("button", name=re.compile("Skip")).click()
    teacher.get_by_role("button", name="Yes").click()
    expect(teacher.locator(".facts")).to_have_text("Question 3 of 4")
    expect(wall.locator(".prompt")).to_contain_text("The deadline rolls back.")
    teacher.get_by_role("button", name="Remove مريم").click()
    expect(mary.get_by_text("You are not in this class any more.")).to_be_visible()
    for phase in ("Closed", "Revealed", "Open"):
        press(teacher, "Space", phase)
    ada.get_by_label("Some users").check()
    expect(ada.locator(".said")).to_contain_text("Saved")
    for phase in ("Closed", "The run"):
        press(teacher, "Space", phase)
    expect(wall.frame_locator("iframe").locator("svg.dl-stage")).to_be_visible()
    expect(ada.locator(".said")).to_have_text("Watch the screen in front: the run plays.")
    expect(ada.locator(".dl-outcome")).to_have_count(0)
    expect(wall.locator("main .votes")).to_have_count(0)
    press(teacher, "Space", "Revealed")
    expect(wall.frame_locator("iframe").locator("svg.dl-stage")).to_be_visible()

    press(teacher, "Space", "Ended")
    expect(wall.get_by_role("heading", name="Thank you.")).to_be_visible()
    expect(ada.locator(".score")).to_have_text("2 of 3 points")
    with teacher.expect_download() as download:
        teacher.get_by_role("link", name="Grades (CSV)").click()
    grades = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert '"Ada",2,"2",3,"66.67","1","","1"' in grades
    assert '"<b>Bob</b>",1,"1",3,"33.33","1","",""' in grades


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_a_class_is_held_and_taken_by_keyboard_and_by_ear(
    servers: ExitStack, held: Running, chromium: Browser, outside_requests: list[str],
    console_errors: list[str],
) -> None:  # fmt: skip
    """The focus is where the news is, stays where it was put, and what changes elsewhere is said."""
    teacher, phone = (
        servers.enter_context(new_page(chromium, outside_requests, console_errors)) for _ in range(2)
    )
    phone.goto(f"{held.base}/#{held.code}")
    phone.get_by_label("Your name").fill("Ada")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="You are in.")).to_be_focused()
    take_the_desk(teacher, held)
    rename = teacher.get_by_role("button", name="Rename Ada")
    rename.press("Enter")
    teacher.keyboard.press("Escape")
    expect(rename).to_be_focused()
    rename.press("Enter")
    teacher.keyboard.type("Ada L")
    teacher.keyboard.press("Enter")
    expect(teacher.get_by_role("button", name="Rename Ada L")).to_be_focused()
    teacher.get_by_role("button", name="Start").press("Enter")
    place = teacher.get_by_role("status").filter(has_text="Open")
    expect(place).to_have_text("Question 1 of 4 Open")
    expect(phone.get_by_role("heading", name="Question 1 of 4")).to_be_focused()
    key = teacher.get_by_text("The answer, for your eyes only")
    key.press("Enter")
    expect(teacher.locator(".key")).to_be_hidden()
    phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    expect(phone.get_by_role("status").first).to_contain_text("Saved")
    expect(teacher.get_by_role("heading", name="1 of 1 answered")).to_be_visible()
    expect(teacher.locator(".votes .count").first).to_have_text("1")
    expect(key).to_be_focused()
    expect(teacher.locator(".key")).to_be_hidden()
    teacher.get_by_role("button", name="Close").press("Enter")
    expect(teacher.get_by_role("status").filter(has_text="most know it")).to_be_visible()
    teacher.get_by_role("button", name="Reveal").press("Enter")
    expect(phone.locator(".dl-outcome")).to_be_focused()
    expect(teacher.locator(".chip")).to_have_text("Revealed")
    teacher.get_by_role("button", name="End the class").press("Enter")
    expect(teacher.get_by_role("dialog", name="End the class? It cannot be started again.")).to_be_visible()


def test_pages_that_are_still_open_from_an_earlier_class_say_so_and_give_nothing_to_the_next(
    held: Running, servers: ExitStack, tmp_path: Path, chromium: Browser
) -> None:
    teacher, phone = (servers.enter_context(new_page(chromium, [], [])) for _ in range(2))
    take_the_desk(teacher, held)
    join(phone, held, "Ada")
    press(teacher, "Space", "Open")
    phone.get_by_label("Fewer are hurt").check()
    expect(phone.locator(".said")).to_contain_text("Saved")
    held.kill()
    another = (str(tmp_path / "small.yaml"), *LONG, "--file", str(tmp_path / "another.class"))
    now = servers.enter_context(running_class(*another, port=held.base.rpartition(":")[2]))
    expect(teacher.locator(".said")).to_have_text("This page is of an earlier class; open the new address.")
    take_the_desk(teacher, now)
    phone.get_by_label("Code on the screen").fill(now.code)
    phone.get_by_label("Your name").fill("Bob, who sits here now")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="You are in.")).to_be_visible()
    press(teacher, "Space", "Open")
    expect(phone.get_by_label("Fewer are hurt")).to_be_enabled()
    expect(phone.get_by_label("Fewer are hurt")).not_to_be_checked()
    expect(phone.locator(".said")).to_have_text("")


TYPED = """
id: typed
version: 1
title: Typed
questions:
  - {id: probe, type: short, prompt: Which probe, accept: [readiness], explanation: It is.}
  - {id: steps, type: order, prompt: In order, items: [{id: build, text: Build}, {id: test, text: Test}]}
"""


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_what_was_begun_and_not_sent_stays_on_the_phone_and_is_told_not_to_count(
    one_phone: Callable[[str], tuple[Page, Page]],
) -> None:
    teacher, phone = one_phone(TYPED)
    box, said = phone.get_by_label("Your answer"), phone.locator(".said")
    press(teacher, "Space", "Open")
    box.fill("live")
    expect(said).to_have_text("Not sent yet.")
    press(teacher, "Space", "Closed")
    expect(said).to_have_text("Closed before this was sent, so it does not count.")
    expect(box).to_have_value("live")
    expect(box).to_be_disabled()
    phone.reload()
    expect(said).to_have_text("Closed before this was sent, so it does not count.")
    expect(box).to_have_value("live")
    press(teacher, "o", "Open")
    expect(box).to_be_enabled()
    phone.get_by_role("button", name="Send").click()
    expect(said).to_contain_text("Saved")
    box.fill("readiness")
    press(teacher, "Space", "Closed")
    expect(said).to_contain_text("it does not count; what you saved before does")
    press(teacher, "Space", "Revealed")
    expect(phone.locator(".dl-outcome")).to_contain_text("Not right")
    expect(box).to_have_value("live")
    expect(said).to_contain_text("You had begun an answer that was not sent")

    press(teacher, "Space", "Open")
    phone.get_by_role("button", name="Send").click()
    phone.get_by_role("button", name="Send").click()
    expect(said).to_contain_text("Saved")
    phone.get_by_role("button", name="Move down").first.click()
    expect(said).to_have_text("Changed, but not sent yet.")
    moved = phone.locator(".dl-item").all_text_contents()
    press(teacher, "Space", "Closed")
    expect(said).to_contain_text("it does not count; what you saved before does")
    assert phone.locator(".dl-item").all_text_contents() == moved


MANY = """
id: many
version: 1
title: Several
questions:
  - id: gains
    type: multiple
    prompt: What do small batches change?
    options:
      - {id: hurt, text: Fewer are hurt, correct: true, feedback: Yes.}
      - {id: seen, text: Faults are seen sooner, correct: true, feedback: Yes.}
      - {id: fast, text: It is over sooner, correct: false, feedback: No.}
    explanation: They do.
    objective: batches
    source: Nobody.
"""


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_a_tick_is_saved_and_a_second_tab_sees_it(
    one_phone: Callable[[str], tuple[Page, Page]],
) -> None:
    teacher, phone = one_phone(MANY)
    press(teacher, "Space", "Open")
    phone.get_by_label("It is over sooner").check()
    phone.get_by_label("Fewer are hurt").check()
    expect(phone.locator(".said")).to_contain_text("Saved")
    other = phone.context.new_page()
    other.goto(phone.url)
    expect(other.get_by_label("Fewer are hurt")).to_be_checked()
    other.get_by_label("It is over sooner").uncheck()
    other.get_by_label("Faults are seen sooner").check()
    expect(phone.get_by_label("Faults are seen sooner")).to_be_checked()
    expect(phone.get_by_label("It is over sooner")).not_to_be_checked()
    expect(phone.locator(".said")).to_contain_text("Saved")
    press(teacher, "Space", "Closed")
    expect(phone.locator(".said")).to_have_text("Closed. Your answer is saved.")
    expect(phone.get_by_label("Faults are seen sooner")).to_be_checked()
    teacher.keyboard.press("s")
    expect(teacher.get_by_role("dialog")).to_contain_text("It is the last one: the class ends.")


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_an_answer_is_withdrawn_by_its_button_or_by_unticking_the_last(
    one_phone: Callable[[str], tuple[Page, Page]],
) -> None:
    teacher, phone = one_phone(MANY)
    said, tick = phone.locator(".said"), phone.get_by_label("It is over sooner")
    answered = teacher.get_by_role("heading", name=re.compile("answered"))
    press(teacher, "Space", "Open")
    for withdraw in (tick.uncheck, phone.get_by_role("button", name="Withdraw my answer").click):
        tick.check()
        expect(said).to_contain_text("Saved")
        expect(answered).to_have_text("1 of 1 answered")
        withdraw()
        expect(said).to_have_text("Withdrawn. You have no answer now.")
        expect(tick).not_to_be_checked()
        expect(answered).to_have_text("0 of 1 answered")
    phone.reload()
    expect(tick).not_to_be_checked()
    press(teacher, "Space", "Closed")
    expect(said).to_have_text("Closed. You have not answered.")


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_the_space_bar_is_the_next_step_and_never_a_yes(
    one_phone: Callable[[str], tuple[Page, Page]],
) -> None:
    teacher, phone = one_phone(QUIZ)
    teacher.get_by_role("button", name="Rename Ada").click()
    teacher.get_by_label("New name").fill("...")
    teacher.keyboard.press("Enter")
    expect(teacher.locator(".said")).to_have_text("A name needs a letter or a digit.")
    press(teacher, "Space", "Open")
    for key in ("q", "s"):
        teacher.keyboard.press(key)
        expect(teacher.get_by_role("button", name="No", exact=True)).to_be_focused()
        teacher.keyboard.press("Space")
        expect(teacher.get_by_role("dialog")).to_be_hidden()
    expect(teacher.locator(".facts")).to_have_text("Question 1 of 3")
    teacher.get_by_label("Shortcuts by letters").click()
    teacher.reload()
    expect(teacher.locator(".chip")).to_have_text("Open")
    expect(teacher.get_by_label("Shortcuts by letters")).not_to_be_checked()
    teacher.keyboard.press("p")
    press(teacher, "Space", "Closed")
    expect(phone.locator(".said")).to_have_text("Closed. You have not answered.")
