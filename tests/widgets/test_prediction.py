"""A prediction is written down before the run, and compared with it; nothing is guessed for anybody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import deploylab as dl
from deploylab.model.errors import KnobError

ENDS = ("promoted", "rolled back", "stalled")


@pytest.mark.parametrize(("answer", "said"), [
    ("1963", "1,963 users"), ("1,963 users", "1,963 users"), ("12,000,000", "12,000,000 users"),
    ("1 963", "1,963 users"), ("0,125", "0.125 h"), ("1_963", "1,963 users"), ("0,5", "0.5 h"),
    (".5", "0.5 h"), (7, "7 users"), ("1e3", "1,000 users"), ("1e+3", "1,000 users"), ("1", "1 user"),
    ("1,50", "1.5 h"), ("1e-7", "0.0000001 h"),
])  # fmt: skip
def test_numbers_are_read_as_people_write_them(answer: object, said: str) -> None:
    guess = dl.predict("How many?", unit=said.split()[1].replace("user", "users").replace("ss", "s"))
    guess.write(answer)
    assert guess.said == [said]


@given(st.integers(-10_000, 10_000), st.integers(-10_000, 10_000))
def test_the_difference_is_that_of_what_was_said_and_what_it_was(said: int, was: int) -> None:
    guess = dl.predict("How many?", least=-10_000)
    guess.write(str(said))
    if said == was:
        assert guess.compare(was) == f"You said {said:,}, and so it was."
    else:
        gap = f"{abs(was - said):,} {'above' if was > said else 'below'} that"
        assert guess.compare(was) == f"You said {said:,}. It was {was:,}, {gap}."


def test_each_part_is_compared_with_its_own() -> None:
    guess = dl.predict("Users hurt with batches of …", parts=(1, 2), unit="users")
    guess.write(10, 20)
    assert guess.compare([10, 23]) == (
        "1: You said 10 users, and so it was.\n2: You said 20 users. It was 23 users, 3 above that."
    )


def test_a_choice_is_compared_with_an_outcome() -> None:
    guess = dl.predict("How does it end?", choices=ENDS)
    guess.write("promoted")
    assert guess.compare(dl.Outcome.ROLLED_BACK) == "You said promoted. It was rolled back."


def test_what_was_said_is_told_as_it_was_said_and_the_gap_is_that_of_what_is_told() -> None:
    guess = dl.predict("How much?", unit="%", digits=0, parts="abcd")
    guess.write("1,5", "2.25", "1.75", "7")
    assert guess.compare((2.34, 1, 1.7512, 7.3)).splitlines() == [
        "a: You said 1.5 %. It was 2.3 %, 0.8 above that.",
        "b: You said 2.25 %. It was 1 %, 1.25 below that.",
        "c: You said 1.75 %, and so it was.",
        "d: You said 7 %, and so it was.",
    ]


@pytest.mark.parametrize(("choices", "actual", "problem"), [
    (ENDS, 1135, "1135 is a number, and the question asks for words; run the cells above in their order"),
    ((), "promoted", "'promoted' is words, and the question asks for a number"),
])  # fmt: skip
def test_cells_that_ran_out_of_order_are_told_so(
    choices: tuple[str, ...], actual: object, problem: str
) -> None:
    guess = dl.predict("How?", choices=choices)
    with pytest.raises(KnobError, match=rf"predict\.actual: {problem}"):
        guess.compare(actual)
    guess.write(choices[0] if choices else 3)  # it can still be written, and compared


def test_half_a_user_is_not_taken() -> None:
    with pytest.raises(KnobError, match=r"'2\.5' cannot be; write a whole number at least 0"):
        dl.predict("How many?", unit="users").write("2.5")


def test_what_was_written_comes_back_when_its_cell_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = SimpleNamespace(user_ns={})
    monkeypatch.setattr("deploylab.widgets.prediction.get_ipython", lambda: notebook)
    dl.predict("How many?", unit="%").write("2,50")
    again = dl.predict("How many?", unit="%")
    assert (again.typed, again.said) == (["2,50"], ["2.5 %"])
    assert dl.predict("How much?", unit="%").said == []
    assert again.compare(3) == "You said 2.5 %. It was 3 %, 0.5 above that."
    assert dl.predict("How many?", unit="%").said == []


def test_who_says_nothing_is_told_so() -> None:
    assert dl.predict("How many?").compare(3) == "You wrote down no prediction. It was 3."


def test_a_figure_that_there_is_not_is_told_as_none() -> None:
    guess = dl.predict("After how many seconds?", unit="s")
    guess.write(3)
    assert guess.compare(None) == "You said 3 s. It was none."


def test_decimals_are_as_many_as_were_asked_for() -> None:
    assert (
        dl.predict("?", unit="%", digits=3).compare(99.1014)
        == "You wrote down no prediction. It was 99.101 %."
    )


@pytest.mark.parametrize("answers", [("ten",), ("",), ("²",), ("1,96",) * 2, ()])
def test_what_cannot_be_read_is_refused_and_nothing_is_written(answers: tuple[str, ...]) -> None:
    guess = dl.predict("How many?")
    with pytest.raises(KnobError, match=r"predict\.answer"):
        guess.write(*answers)
    assert guess.said == []


def test_a_word_that_is_no_choice_is_refused() -> None:
    with pytest.raises(KnobError, match="is none of promoted, rolled back, stalled"):
        dl.predict("How does it end?", choices=ENDS).write("fine")


def test_the_browser_is_told_which_part_cannot_be_read() -> None:
    guess = dl.predict("How many?", parts=("a", "b"))
    guess._handle_custom_msg({"answers": ["1", "ten"]}, [])
    assert guess.faults == [
        "",
        "'ten' is no number; write digits, for example 12, 0.5 or 1e3, and no calculation",
    ]
    guess._handle_custom_msg({"answers": ["1", "2"]}, [])
    assert (guess.faults, guess.said) == ([], ["1", "2"])


def test_what_was_said_of_some_parts_is_kept_and_the_empty_ones_are_named() -> None:
    guess = dl.predict("How many?", parts=("a", "b"), unit="users")
    guess._handle_custom_msg({"answers": ["3", ""]}, [])
    assert guess.faults == ["", "the field of b is empty"]
    assert guess.compare((4, 5)) == (
        "a: You said 3 users. It was 4 users, 1 above that.\nb: You wrote down no prediction. It was 5 users."
    )


@pytest.mark.parametrize(("parts", "text"), [((), "choose one"), (("bad",), "choose one for bad")])
def test_who_chooses_nothing_is_asked_to(parts: tuple[str, ...], text: str) -> None:
    guess = dl.predict("How does it end?", choices=ENDS, parts=parts)
    guess._handle_custom_msg({"answers": [""]}, [])
    assert guess.faults == [text]


@pytest.mark.parametrize(("answer", "options"), [
    ("-3", {"unit": "users"}), ("6000", {"unit": "users", "most": 5000}), ("101", {"unit": "%"}),
    ("1,001", {"unit": "of 1,000"}),
])  # fmt: skip
def test_a_number_that_cannot_be_is_not_taken(answer: str, options: dict[str, Any]) -> None:
    number = "a whole number" if options.get("unit") == "users" else "a number"
    with pytest.raises(KnobError, match=f"cannot be; write {number} at least 0"):
        dl.predict("How many?", **options).write(answer)


def test_a_share_in_a_question_for_percent_is_asked_about() -> None:
    guess = dl.predict("How much?", unit="%")
    with pytest.raises(KnobError, match=r"may mean 0\.9 % or 90 %; write it with its sign"):
        guess.write("0.9")
    guess.write("0.9 %")
    assert guess.said == ["0.9 %"]


@pytest.mark.parametrize(("unit", "words"), [
    ("patterns", "1 pattern"), ("instance-seconds", "1 instance-second"), ("ms", "1 ms"), ("s", "1 s"),
    ("of 100", "1 of 100"),
])  # fmt: skip
def test_one_of_a_thing_has_no_plural(unit: str, words: str) -> None:
    assert dl.predict("How many?", unit=unit).compare(1).endswith(f"It was {words}.")


def test_a_fault_goes_away_with_the_run() -> None:
    guess = dl.predict("How many?")
    guess._handle_custom_msg({"answers": ["ten"]}, [])
    guess.compare(10)
    assert guess.faults == []


def test_nothing_is_written_after_the_run() -> None:
    guess = dl.predict("How many?")
    guess.compare(171)
    with pytest.raises(KnobError, match="call predict again"):
        guess.write(171)


def test_the_browser_has_no_answer_before_the_run() -> None:
    guess = dl.predict("How many?", unit="users")
    assert guess.get_state(["ask", "typed", "said", "faults", "met"]) == {
        "ask": {"question": "How many?", "choices": [], "parts": [], "unit": "users"},
        "typed": [], "said": [], "faults": [], "met": [],
    }  # fmt: skip


def test_where_no_kernel_runs_the_question_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle))
    dl.predict("Is 1 < 2?")._ipython_display_()
    form, last = shown
    assert "text/html" not in form
    assert "Is 1 &lt; 2?</p><p>To answer it, run this cell again." in last["text/html"]
    assert last["text/plain"] == "Prediction: Is 1 < 2? You said: nothing yet."
