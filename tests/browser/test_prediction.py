"""A prediction as a student makes it: with the keyboard alone, before the run, and never after it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.jupyter import SOON, Lab, output_of, turn_to

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong")

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
    refusal = "'many' is no number; write for example 12 or 0.5"
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
    expect(many.get_by_role("button")).to_be_hidden(timeout=SOON)
    expect(many.get_by_label("users")).to_be_disabled()
