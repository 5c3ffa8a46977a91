"""A prediction as a student makes it: with the keyboard alone, before the run, and never after it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.jupyter import SOON, Lab, output_of, turn_to

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong")

NOTEBOOK = "window.jupyterapp.shell.currentWidget.content"
ASK = """import deploylab as dl
guess = dl.predict("How does each end?", choices=("promoted", "rolled back"), parts=("healthy", "bad"))
many = dl.predict("How many people see a failure?", unit="users")
display(guess)
many"""


def test_a_prediction_is_written_down_and_compared(desk: Page, lab: Lab) -> None:
    turn_to(page := desk, lab, "prediction.ipynb", ASK)
    ends, many = (output_of(page, "dl.predict", f".dl-prediction >> nth={number}") for number in (0, 1))

    many.get_by_label("users").focus()
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    refusal = "'many' is no number; write digits, for example 12, 0.5 or 1e3, and no calculation"
    expect(many.get_by_role("alert")).to_have_text(refusal)
    expect(many.get_by_label("users")).to_have_accessible_description(f"⚠ {refusal}")
    page.keyboard.press("Control+A")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(many.get_by_role("button")).to_have_text("✓ Written down")

    ends.get_by_role("group", name="healthy").get_by_label("promoted").focus()
    for key in ("Space", "Tab", "ArrowDown", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(ends.get_by_role("button")).to_have_text("✓ Written down")
    expect(ends.get_by_role("button")).to_be_disabled()
    expect(ends.get_by_role("button")).to_be_focused()

    many.get_by_label("users").fill("12")
    many.get_by_label("users").fill("10")  # which is what is written down already
    page.keyboard.press("Enter")
    expect(many.get_by_role("button")).to_have_text("✓ Written down")

    page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
        {code: 'many.compare(171); guess.compare(["promoted", "rolled back"])'}).done"""
    )
    expect(many.get_by_role("status")).to_have_text("You said 10 users. It was 171 users, 161 above that.")
    expect(ends.get_by_role("status")).to_contain_text("healthy: You said promoted, and so it was.")
    expect(many.get_by_role("button")).to_be_hidden()
    expect(many.get_by_label("users")).to_be_disabled()


def test_the_keyboard_leads_out_of_a_prediction_and_what_was_written_stays(desk: Page, lab: Lab) -> None:
    ask = "import deploylab as dl\nguess = dl.predict('How many people see a failure?', unit='users')\nguess"
    turn_to(page := desk, lab, "keys.ipynb", ask, "guess.compare(171) if guess.said else None")
    form = output_of(page, "dl.predict", ".dl-prediction")
    field = form.get_by_label("users")

    field.focus()
    page.keyboard.type("ten")
    page.keyboard.press("Shift+Enter")
    expect(form.get_by_role("alert")).to_contain_text("is no number")
    expect(field).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("10")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(f"() => {NOTEBOOK}.activeCellIndex === 1", timeout=SOON)
    expect(field).not_to_be_focused()

    field.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Enter")  # which runs the cell of the prediction once more
    page.wait_for_function(f"() => {NOTEBOOK}.activeCellIndex === 1", timeout=SOON)
    expect(form.get_by_role("button")).to_have_text("✓ Written down")
    expect(field).to_have_value("10")
    page.keyboard.press("Shift+Enter")
    expect(form.locator(".dl-status")).to_have_text("You said 10 users. It was 171 users, 161 above that.")
