"""A question of every type, answered by the keyboard alone in a real JupyterLab; a reload loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.jupyter import Lab, await_notebook, output_of, turn_to

QUIZ = Path(__file__).parents[1] / "quiz" / "files" / "every-type.yaml"
RIGHT = {  # the keys that answer a question from its first field on
    1: ["Space"],
    3: ["Space", "ArrowDown"],
    5: ["text:readiness probe"],
    8: ["text:undo", "Tab", "text:3", "Tab", "text:is an"],
}


@pytest.fixture
def quiz(desk: Page, lab: Lab, request: pytest.FixtureRequest) -> Locator:
    """The quiz in one cell of a notebook; each test is a student with a cell: attempts are kept."""
    here = [item.name for item in request.session.items if item.path == request.path]
    cells = [f"dl.quiz({str(QUIZ)!r}, student={name!r})" for name in here]
    turn_to(desk, lab, "quiz.ipynb", "import deploylab as dl", *cells)
    return output_of(desk, repr(request.node.name), ".dl-quiz")


@pytest.mark.usefixtures("nothing_goes_wrong")
def test_every_type_is_answered_by_keyboard_and_a_reload_loses_nothing(
    desk: Page, quiz: Locator, request: pytest.FixtureRequest
) -> None:
    for number, keys in RIGHT.items():
        question = quiz.locator("form").nth(number - 1)
        question.locator("input, select").first.focus()
        for key in keys:
            if key.startswith("text:"):
                desk.keyboard.type(key.removeprefix("text:"))
            else:
                desk.keyboard.press(key)
        question.get_by_role("button", name="Check").press("Enter")
        expect(question.locator(".dl-outcome")).to_be_visible()
    expect(quiz.locator(".dl-progress")).to_contain_text("4 of 10 answered")
    told = quiz.locator(".dl-progress").text_content()

    desk.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    desk.reload()
    await_notebook(desk, "quiz.ipynb")
    expect(output_of(desk, repr(request.node.name), ".dl-progress")).to_have_text(told or "")


def test_an_order_that_nobody_touched_is_asked_about_first(quiz: Locator) -> None:
    question = quiz.locator("form").nth(5)
    check = question.get_by_role("button", name="Check")
    check.press("Enter")
    expect(question.locator(".dl-notice")).to_contain_text("Nothing is moved yet.")
    expect(question.locator(".dl-outcome")).to_be_hidden()
    check.press("Enter")
    expect(question.locator(".dl-outcome")).to_be_visible()


def test_an_item_moves_by_its_buttons_and_keeps_the_focus(desk: Page, quiz: Locator) -> None:
    question = quiz.locator("form").nth(5)
    before = question.locator("li").all_inner_texts()
    question.locator("li").nth(1).get_by_role("button", name="Move up").press("Enter")
    expect(quiz.locator(".dl-live")).to_contain_text("now 1 of 4")
    after = question.locator("li").all_inner_texts()
    assert after[:2] == before[1::-1]
    assert desk.evaluate("() => document.activeElement.closest('li') !== null")


def test_no_choice_of_a_match_is_cut(quiz: Locator) -> None:
    pair = quiz.locator(".dl-pair").first
    long = "nobody before the very last instance of the old version has stopped"
    pair.locator("option").evaluate_all(
        "(all, long) => all.forEach(one => { one.textContent = long; })", long
    )
    room = pair.locator("select").evaluate("one => one.clientWidth - one.scrollWidth")
    wanted = pair.locator("select").evaluate("""one => {
        const pen = document.createElement("canvas").getContext("2d"), look = getComputedStyle(one);
        pen.font = `${look.fontSize} ${look.fontFamily}`;
        return pen.measureText(one.selectedOptions[0].textContent).width - one.clientWidth;
    }""")
    assert room >= 0
    assert wanted < 0


def test_long_choices_do_not_push_a_match_out_of_its_column(quiz: Locator) -> None:
    pair = quiz.locator(".dl-pair").first
    pair.locator("option").evaluate_all(
        "all => all.forEach(one => { one.textContent = 'a choice '.repeat(40); })"
    )
    inside, around = (
        one.evaluate("one => one.getBoundingClientRect().right") for one in (pair.locator("select"), pair)
    )
    assert inside <= around


def test_a_formula_is_drawn_without_a_network(quiz: Locator, outside_requests: list[str]) -> None:
    formula = quiz.locator("math").first
    expect(formula).to_contain_text("⌈")
    box = formula.locator("mfrac").bounding_box()
    assert box is not None
    assert box["height"] > 10
    assert outside_requests == []


def test_a_screen_reader_finds_a_name_for_every_control_and_hears_hints(quiz: Locator) -> None:
    nameless = quiz.evaluate("""root => [...root.querySelectorAll("input, select, button")].filter(node =>
        !(node.ariaLabel || node.labels?.length || node.textContent.trim())).map(node => node.outerHTML)""")
    assert nameless == []
    assert quiz.locator("fieldset > legend").count() == 10
    expect(quiz.get_by_role("img", name="Two of six instances are blue")).to_be_visible()
    question = quiz.locator("form").first
    for number, words in enumerate(("Count the boxes.", "Traffic is spread over all of them."), 1):
        question.get_by_role("button", name=f"Hint {number} of 2").press("Enter")
        expect(quiz.locator(".dl-live")).to_contain_text(words)
    expect(question.get_by_role("button", name="Check")).to_be_focused()
