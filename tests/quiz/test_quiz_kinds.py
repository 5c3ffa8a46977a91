"""Every type of question, by its own rules."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import deploylab as dl
from deploylab.model.errors import QuizError
from deploylab.quiz import Hint, Question, Quiz, grade, loads
from deploylab.quiz.amount import decimal, number, significant
from deploylab.quiz.expression import evaluate
from deploylab.quiz.kinds.numeric import NearNumber, Numeric
from deploylab.quiz.kinds.order import Item, Order
from deploylab.quiz.kinds.predict import Predict
from deploylab.quiz.kinds.short import NearText, Short
from deploylab.quiz.kinds.simulate import arguments
from deploylab.quiz.paper import draw
from deploylab.quiz.scoring import order_share

HEAD = "id: q\nversion: 1\ntitle: Q\nquestions:\n  - id: one\n    prompt: P [[gap]]\n"


def asked(kind: Any) -> Question:
    return Question("one", kind, "Why?")


def complaint(body: str) -> str:
    with pytest.raises(QuizError) as caught:
        loads(HEAD + "".join(f"    {line}\n" for line in body.strip().splitlines()), "x.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "typed", "share"),
    [
        (Numeric("4"), "4", 1),
        (Numeric("4"), "4.0", 1),
        (Numeric("4"), "+4e0", 1),
        (Numeric("4"), "5", 0),
        (Numeric("-4"), "−4", 1),
        (Numeric("10000"), "10 000", 1),
        (Numeric("0.3"), "0.30000000000000001", 0),
        (Numeric("100", atol="5"), "105", 1),
        (Numeric("100", atol="5"), "105.01", 0),
        (Numeric("200", rtol="0.05"), "190", 1),
        (Numeric("200", rtol="0.05"), "189.99", 0),
        (Numeric("200", atol="1", rtol="0.05"), "211", 1),
        (Numeric("200", atol="1", rtol="0.05"), "211.1", 0),
        (Numeric("0.012345", significant_figures=3), "0.0123", 1),
        (Numeric("0.012345", significant_figures=3), "0.0124", 0),
        (Numeric("9.995", significant_figures=3), "10.0", 1),
        (Numeric("-0.5", significant_figures=1), "-0.54", 1),
        (Numeric(range=("3", "5")), "3", 1),
        (Numeric(range=("3", "5")), "5.001", 0),
        (Numeric("3.5", decimal_comma=True), "3,5", 1),
        (Numeric("3.5", decimal_comma=True), "3.5", 1),
        (Numeric("90", unit="s", units=(("min", "60"), ("ms", "0.001"))), "1.5 min", 1),
        (Numeric("90", unit="s", units=(("min", "60"), ("ms", "0.001"))), "90000ms", 1),
        (Numeric("90", unit="s", units=(("min", "60"), ("ms", "0.001"))), "90", 1),
        (Numeric("90", unit="min", units=(("s", "1/60"),)), "5400 s", 1),
        (Numeric("25", unit="%"), "25 %", 1),
        (Numeric("4", near=(NearNumber("5", "Up.", Fraction(1, 2)),)), "5", Fraction(1, 2)),
        (Numeric("4", near=(NearNumber("50", "Far.", atol="2"),)), "51", 0),
    ],
)
def test_a_number_is_worth(kind: Numeric, typed: str, share: Any) -> None:
    assert grade(asked(kind), typed).score == share


NUMBER = "type: numeric\nvalue: 90\nunit: min\nunits: {s: %s}"


def test_the_worth_of_a_unit_may_be_a_fraction_in_the_file() -> None:
    (question,) = loads(HEAD + "".join(f"    {line}\n" for line in (NUMBER % "1/60").splitlines())).questions
    assert grade(question, "5400 s").correct


@pytest.mark.parametrize("worth", ["1/0", "one", "60 s", "true"])
def test_the_worth_of_a_unit_is_refused_with_what_to_write(worth: str) -> None:
    assert "a number or a fraction is needed, for example 60 or 1/60" in complaint(NUMBER % worth)


def test_a_near_miss_has_its_own_feedback_and_names_its_belief() -> None:
    kind = Numeric(
        "4", near=(NearNumber("5", "Rounded up.", misconception="All is rounded up."),), otherwise="No."
    )
    told = [grade(asked(kind), typed).remarks[0] for typed in ("5", "7")]
    assert [(one.text, one.misconception) for one in told] == [
        ("Rounded up.", "All is rounded up."),
        ("No.", ""),
    ]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1,234", "write 1234 or 1.234"),
        ("about 3", "'about 3' is not a number"),
        ("3 km", "is not a number"),
        ("1e99999", "is not a number"),
        ("³", "is not a number"),
        ("0x10", "is not a number"),
        ("2**8", "no calculation"),
        ("9" * 300, "is not a number"),
        ("nan", "is not a number"),
        ("1e400 ms", "is not a number"),
    ],
)
def test_what_is_no_number_is_said_and_asked_again(typed: str, says: str) -> None:
    with pytest.raises(QuizError, match=says.replace(".", r"\.")):
        grade(asked(Numeric("4")), typed)


@pytest.mark.parametrize(
    "typed", ["240 seconds", "240 secs", "4 minutes", "4 mins", "4minute", "٢٤٠", "٢٤٠ s", "٢٤٠٫٠"]
)
def test_units_may_be_spelled_out_and_digits_are_those_of_any_script(typed: str) -> None:
    kind = Numeric("240", unit="s", units=(("min", "60"),))
    assert grade(asked(kind), typed).score == 1
    with pytest.raises(QuizError, match="is not a number of s, min"):
        grade(asked(kind), "4 hours")


def test_a_long_number_is_wrong_and_not_refused() -> None:
    assert grade(asked(Numeric("4")), "9" * 40).score == 0


@pytest.mark.parametrize("typed", ["-3", "−3 users", "-0.5"])
def test_what_is_counted_is_never_below_nothing_and_asked_again(typed: str) -> None:
    with pytest.raises(QuizError, match="is below 0, as no number of users is; write 0 or more"):
        grade(asked(Numeric("4", unit="users")), typed)


def test_a_share_may_be_below_nothing() -> None:
    assert grade(asked(Numeric("-4", unit="%")), "-4 %").correct


@given(st.fractions(max_denominator=10**6), st.integers(1, 12))
def test_rounding_to_significant_figures_moves_a_number_by_half_a_step_at_most(
    value: Fraction, figures: int
) -> None:
    rounded = significant(value, figures)
    assert abs(rounded - value) <= abs(value) * Fraction(1, 2) / 10 ** (figures - 1)
    assert significant(rounded, figures) == rounded


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_number_is_read_as_it_was_written(value: Any) -> None:
    assert number(decimal(Fraction(value))) == Fraction(value)


@pytest.mark.parametrize(
    ("kind", "typed", "share"),
    [
        (Short(("readiness probe",)), "  Readiness   PROBE ", 1),
        (Short(("Canary",), case=True), "canary", 0),
        (Short(("café",)), "cafe", 0),
        (Short(("café",), accents=False), "CAFE", 1),
        (Short(("cafe\u0301",)), "café", 1),
        (Short(("straße",)), "STRASSE", 1),
        (Short(("*probe*",)), "the probe that", 1),
        (Short(("a*b*a",)), "aba", 1),
        (Short(("a*b*a",)), "ab", 0),
        (Short(("ab*ba",)), "aba", 0),
        (Short(("x",), "colou?r"), "Color", 1),
        (Short(("x",), "colou?r"), "a color", 0),
        (Short(("x", "a+b")), "a+b", 1),
        (Short(("x", "a+b")), "aab", 0),
        (
            Short(("x",), near=(NearText("Half.", "live*", fraction=Fraction(1, 2)),)),
            "liveness",
            Fraction(1, 2),
        ),
    ],
)
def test_a_text_is_worth(kind: Short, typed: str, share: Any) -> None:
    assert grade(asked(kind), typed).score == share


@pytest.mark.parametrize("pattern", ["(?:a|aa)+$", "(?R)"])
def test_a_regular_expression_that_would_run_for_years_is_stopped(pattern: str) -> None:
    """The limit is the matcher's own: it holds in any thread, on any system, in the middle of a match."""
    with pytest.raises(QuizError, match=r"takes over 0\.1 s for this answer; its author must simplify it"):
        grade(asked(Short(("x",), pattern)), "a" * 400 + "!")


@pytest.mark.parametrize("pattern", ["(", "((a{60}){60}){60}", "a{9999}", "[", "a" * 201, "(?P<x", "*"])
def test_a_regular_expression_that_cannot_be_used_is_told_with_its_line(pattern: str) -> None:
    assert complaint(f"type: short\naccept: [x]\nregex: '{pattern}'").startswith("x.yaml:9:5: regex: ")


RIGHT, REVERSED, LAST_FIRST = (0, 1, 2, 3), (3, 2, 1, 0), (3, 0, 1, 2)


@pytest.mark.parametrize(
    ("rule", "shares"),
    [
        ("all_or_nothing", ["1", "0", "0"]),
        ("position", ["1", "0", "0"]),
        ("next", ["1", "0", "2/3"]),
        ("longest", ["1", "0", "3/4"]),
        ("pairs", ["1", "0", "1/2"]),
    ],
)
def test_an_order_is_worth(rule: Any, shares: list[str]) -> None:
    assert [str(order_share(rule, places)) for places in (RIGHT, REVERSED, LAST_FIRST)] == shares


@given(st.permutations(range(6)), st.sampled_from(["all_or_nothing", "position", "next", "longest", "pairs"]))
def test_only_the_right_order_is_worth_all(places: list[int], rule: Any) -> None:
    share = order_share(rule, tuple(places))
    assert 0 <= share <= 1
    assert (share == 1) == (places == sorted(places))


def test_an_order_blames_what_would_have_to_be_moved() -> None:
    kind = Order(tuple(Item(name, name, f"Not {name}.") for name in "abcd"), "longest")
    remarks = grade(asked(kind), ["d", "a", "b", "c"]).remarks
    assert [(one.option, one.verdict, one.text) for one in remarks if one.verdict != "right"] == [
        ("d", "wrong", "Not d.")
    ]


@pytest.mark.parametrize(
    ("rule", "given", "right"),
    [
        ("all_or_nothing", "bacd", "cd"),
        ("position", "bacd", "cd"),
        ("all_or_nothing", "cba", "b"),
        ("next", "cdab", "ac"),
        ("longest", "dabc", "abc"),
        ("pairs", "bacd", "cd"),
        ("pairs", "dcba", ""),
    ],
)
def test_of_each_item_is_said_what_its_rule_says_of_it(rule: Any, given: str, right: str) -> None:
    items = tuple(Item(name, name) for name in sorted(given))
    remarks = grade(asked(Order(items, rule)), list(given)).remarks
    assert "".join(one.option for one in remarks if one.verdict == "right") == right


def test_of_an_item_that_counts_elsewhere_than_in_its_place_is_said_so() -> None:
    items = tuple(Item(name, name) for name in "abcd")
    remarks = grade(asked(Order(items, "longest")), list("dabc")).remarks
    assert [bool(one.text) for one in remarks] == [True, True, True, False]
    assert not any(one.text for one in grade(asked(Order(items, "longest")), list("abcd")).remarks)


@pytest.mark.parametrize("many", [3, 4])
def test_an_order_is_shown_to_nobody_solved_or_turned_round(many: int) -> None:
    kind = Order(tuple(Item(name, name) for name in "abcd"[:many]))
    quiz = Quiz("order", 1, "Order", (Question("build", kind, "In which order?"),))
    for student in ("", *map(str, range(100))):
        shown = [one.id for one in draw(quiz, student).items[0].ask.fields[0].choices]
        assert sorted(shown) == list(kind.key)
        assert kind.key not in (tuple(shown), tuple(shown[::-1]))


def test_an_order_is_never_shown_in_its_right_order_by_the_file() -> None:
    kinds = [Order(tuple(Item(f"{seed}{n}", "x") for n in range(6))) for seed in "abcdef"]
    shown = [tuple(choice.id for choice in kind.ask.fields[0].choices) for kind in kinds]
    assert all(ids != kind.key for ids, kind in zip(shown, kinds, strict=True))


@pytest.mark.parametrize("wrong", [["a", "b"], ["a", "b", "c", "c"], ["a", "b", "c", "x"]])
def test_an_order_names_each_item_once(wrong: list[str]) -> None:
    with pytest.raises(QuizError):
        grade(asked(Order(tuple(Item(name, name) for name in "abc"))), wrong)


def test_a_match_and_a_cloze_may_be_filled_in_part(every: Quiz) -> None:
    questions = {one.id: one for one in every.questions}
    match = grade(questions["patterns"], ["shadow:nobody"])
    assert (match.score, [one.verdict for one in match.remarks]) == (
        Fraction(3, 2),
        ["missed", "missed", "right"],
    )
    cloze = grade(questions["kubectl"], ["verb:UNDO", "size:4"])
    assert (cloze.score, [one.verdict for one in cloze.remarks]) == (
        Fraction(1, 2),
        ["right", "wrong", "missed"],
    )


@pytest.mark.parametrize("word", ["nobody", "other:few", "canary:twice"])
def test_a_word_that_fills_no_field_is_refused(every: Quiz, word: str) -> None:
    with pytest.raises(QuizError, match="response to 'patterns'"):
        grade(every.questions[6], [word])


def test_a_prediction_is_graded_by_the_run_itself(every: Quiz) -> None:
    candidate = dl.Version("v2", error_rate=0.1)
    scenario = dl.Scenario(replicas=4, duration=60, candidate=candidate, seed=3)
    run = dl.roll_out(dl.Rolling(batch_size=2), scenario)
    assert 0 < run.users_hurt < 2500
    assert grade(every.questions[8], "some").correct
    assert run.time_to_roll_back is not None
    assert grade(every.questions[9], f"{run.time_to_roll_back:.2f}").correct
    assert not grade(every.questions[9], f"{run.time_to_roll_back * 1.2:.2f}").correct


SITUATIONS: dict[str, tuple[str, dl.Strategy, dl.Scenario]] = {
    "faults": (
        "{strategy: Rolling, knobs: {batch_size: 1}, scenario: {replicas: 3, duration: 90, "
        "candidate: {name: v2, faults: [Leak: {after: 20}, CrashOnStart: {probability: 0.5}, "
        "Overload: {above: 3, error_rate: 0.5}, IncompatibleData]}}}",
        dl.Rolling(batch_size=1),
        dl.Scenario(replicas=3, duration=90, candidate=dl.Version("v2", faults=(
            dl.Leak(20), dl.CrashOnStart(0.5), dl.Overload(3, 0.5), dl.IncompatibleData()
        ))),
    ),
    "a canary that is judged": (
        "{strategy: Canary, knobs: {weights: [5, 50], hold: 40, analysis: {max_error_rate: 0.02, "
        "interval: 10, judge: {Sequential: {alpha: 0.1}}}}, "
        "scenario: {candidate: {name: v2, error_rate: 0.1}}}",
        dl.Canary((5, 50), 40, analysis=dl.Analysis(0.02, interval=10, judge=dl.Sequential(0.1))),
        dl.Scenario(candidate=dl.Version("v2", error_rate=0.1)),
    ),
    "a canary in steps": (
        "{strategy: Canary, knobs: {steps: [SetWeight: {weight: 20}, Pause: {duration: 30}, AnalysisStep: "
        "{duration: 20, analysis: {max_error_rate: 0.2}}]}, "
        "scenario: {candidate: {name: v2, error_rate: 0.1}}}",
        dl.Canary(steps=(dl.SetWeight(20), dl.Pause(30), dl.AnalysisStep(20, dl.Analysis(0.2)))),
        dl.Scenario(candidate=dl.Version("v2", error_rate=0.1)),
    ),
    "blue and green": (
        "{strategy: BlueGreen, knobs: {pre_promotion: {max_error_rate: 0.02}, mirror: 50}, "
        "scenario: {candidate: {name: v2, error_rate: 0.1}}}",
        dl.BlueGreen(pre_promotion=dl.Analysis(0.02), mirror=50),
        dl.Scenario(candidate=dl.Version("v2", error_rate=0.1)),
    ),
    "Flagger": (
        "{strategy: Flagger, knobs: {interval: 20, threshold: 2}, scenario: {duration: 300, "
        "candidate: {name: v2, error_rate: 0.1}}}",
        dl.Flagger(interval=20, threshold=2),
        dl.Scenario(duration=300, candidate=dl.Version("v2", error_rate=0.1)),
    ),
    "a shadow, and a burst": (
        "{strategy: Shadow, knobs: {share: 20, then: Rolling}, "
        "scenario: {traffic: {profile: [[0, 1], [60, 2]]}, orders: [Order: {at: 50, action: abort}]}}",
        dl.Shadow(20, then=dl.Rolling()),
        dl.Scenario(traffic=dl.Traffic(profile=((0, 1), (60, 2))), orders=(dl.Order(50, "abort"),)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("words", "strategy", "scenario"), SITUATIONS.values(), ids=SITUATIONS)
def test_a_prediction_runs_what_a_notebook_would_run(
    words: str, strategy: dl.Strategy, scenario: dl.Scenario
) -> None:
    body = f"{HEAD}    type: predict\n    simulate: {words}\n    measure: availability\n    atol: 1e-9\n"
    question = loads(body).questions[0]
    assert isinstance(question.kind, Predict)
    assert arguments(question.kind.simulate) == (strategy, scenario)
    assert grade(question, f"{dl.roll_out(strategy, scenario).availability:.12f}").correct


def test_what_is_wrong_deep_in_a_run_is_told_at_its_own_line() -> None:
    said = complaint("""type: predict
simulate:
  strategy: Canary
  knobs:
    analysis:
      interval: -1
  scenario:
    replicas: 3
    candidate:
      name: v2
      faults:
        - Leak: {after: -1}
measure: users_hurt""")
    place = f"x.yaml:{HEAD.count(chr(10)) + 6}:11: "
    assert said.startswith(f"{place}simulate: knobs: analysis: Analysis.interval: -1 is not allowed")
    assert "for example" in said


def test_an_outcome_can_be_predicted() -> None:
    simulate = "{strategy: Rolling, scenario: {replicas: 3, duration: 30}}"
    body = f"""
type: predict
simulate: {simulate}
measure: outcome
options:
  - {{id: well, text: Well, when: x == 'promoted'}}
  - {{id: badly, text: Badly, when: x != 'promoted'}}
"""
    text = HEAD + "".join(f"    {line}\n" for line in body.strip().splitlines())
    assert loads(text).questions[0].kind.key == ("well",)


FAULTS = {
    "a strategy": ("simulate: {strategy: Roling}\nmeasure: users_hurt", "did you mean Rolling?"),
    "a knob": ("simulate: {strategy: Rolling, knobs: {batch: 2}}\nmeasure: users_hurt", "batch"),
    "a value": (
        "simulate: {strategy: Rolling, scenario: {replicas: 0}}\nmeasure: users_hurt",
        "Scenario.replicas: 0",
    ),
    "a fault": (
        "simulate: {strategy: Rolling, scenario: {candidate: {name: v2, faults: [Leek: {after: 3}]}}}\n"
        "measure: users_hurt",
        "candidate: faults: 'Leek' is not allowed; did you mean Leak?",
    ),
    "a fault's field": (
        "simulate: {strategy: Rolling, scenario: {candidate: {name: v2, faults: [Leak: {after: -3}]}}}\n"
        "measure: users_hurt",
        "candidate: faults: Leak: Leak.after: -3 is not allowed; ready for so long",
    ),
    "a fault twice": (
        "simulate: {strategy: Rolling, scenario: {candidate: {name: v2, faults: [Leak, Leak]}}}\n"
        "measure: users_hurt",
        "one of a kind; for example",
    ),
    "two faults in one": (
        "simulate: {strategy: Rolling, scenario: {candidate: {name: v2, faults: [{Leak: 3, Overload: 4}]}}}\n"
        "measure: users_hurt",
        "faults: 'Leak, Overload' is not allowed; allowed are CrashOnStart",
    ),
    "a fault with a number alone": (
        "simulate: {strategy: Rolling, scenario: {candidate: {name: v2, faults: [Leak: 3]}}}\n"
        "measure: users_hurt",
        "faults: Leak: its fields are needed; write for example",
    ),
    "a judge": (
        "simulate: {strategy: Canary, knobs: {analysis: {judge: Sequental}}}\nmeasure: users_hurt",
        "analysis: judge: 'Sequental' is not allowed; did you mean Sequential?",
    ),
    "an analysis": (
        "simulate: {strategy: BlueGreen, knobs: {analysis: Threshold}}\nmeasure: users_hurt",
        "is no Analysis",
    ),
    "an order": (
        "simulate: {strategy: Rolling, scenario: {orders: [Order: {at: 5, action: abrot}]}}\n"
        "measure: users_hurt",
        "'abrot' is no order; use one of promote",
    ),
    "a mapping": (
        "simulate: {strategy: Rolling, scenario: {replicas: {a: 3}}}\nmeasure: users_hurt",
        "replicas: these are keys with values; a value or a list is needed",
    ),
    "a long burst": (
        "simulate: {strategy: Rolling, scenario: {traffic: {profile: [[0, 100]]}}}\nmeasure: users_hurt",
        "over 2000000",
    ),
    "a figure": (
        "simulate: {strategy: Rolling}\nmeasure: user_hurt",
        "is no figure of a run; allowed are availability",
    ),
    "a long run": (
        "simulate: {strategy: Rolling, scenario: {traffic: {rate: 99999}}}\nmeasure: users_hurt",
        "over 2000000",
    ),
    "a nonsense": (
        "simulate: {strategy: Rolling}\nmeasure: users_hurt\noptions:\n  - {id: a, text: A, when: y > 0}\n"
        "  - {id: b, text: B, when: x > 0}",
        "there is no 'y' here; known are x",
    ),
}


@pytest.mark.parametrize(("body", "says"), FAULTS.values(), ids=FAULTS)
def test_a_prediction_that_cannot_be_run_is_refused_when_it_is_read(body: str, says: str) -> None:
    said = complaint(f"type: predict\n{body}")
    assert says in said
    assert said.startswith("x.yaml:")


SUMS = {
    "too little": (
        "{id: a, text: A, fraction: 0.5}\n  - {id: b, text: B, fraction: -1}",
        "add up to 1/2, so all points cannot",
    ),
    "too much": ("{id: a, text: A, fraction: 0.7}\n  - {id: b, text: B, fraction: 0.7}", "add up to 7/5"),
    "beyond one": (
        "{id: a, text: A, fraction: 2}\n  - {id: b, text: B, fraction: -1}",
        "a share from -1 to 1 is needed",
    ),
    "both": (
        "{id: a, text: A, correct: true, fraction: 1}\n  - {id: b, text: B, correct: false}",
        "one of correct and fraction",
    ),
    "neither": ("{id: a, text: A}\n  - {id: b, text: B, correct: true}", "one of correct and fraction"),
    "mixed": (
        "{id: a, text: A, fraction: 1}\n  - {id: b, text: B, correct: false}",
        "goes with a fraction on each option",
    ),
}


@pytest.mark.parametrize(("options", "says"), SUMS.values(), ids=SUMS)
def test_impossible_fractions_are_refused_with_their_place(options: str, says: str) -> None:
    said = complaint(f"type: multiple\nscoring: fractions\noptions:\n  - {options}")
    assert says in said
    assert said.startswith("x.yaml:")


def test_thirds_can_be_written_as_thirds() -> None:
    third = "\n".join(f"      - {{id: {name}, text: T, fraction: 1/3}}" for name in "abc")
    quiz = loads(f"{HEAD}    type: multiple\n    scoring: fractions\n    options:\n{third}\n")
    assert [grade(quiz.questions[0], list(names)).score for names in ("a", "ab", "abc")] == [
        Fraction(1, 3),
        Fraction(2, 3),
        1,
    ]


OTHERS = {
    "a formula that all right does not fill": (
        "type: multiple\nscoring: formula\nformula: right/options\noptions:\n"
        "  - {id: a, text: A, correct: true}\n  - {id: b, text: B, correct: false}",
        "must be worth 1",
    ),
    "a formula that cannot be reckoned": (
        "type: multiple\nscoring: formula\nformula: right/(correct-1)\noptions:\n"
        "  - {id: a, text: A, correct: true}\n  - {id: b, text: B, correct: false}",
        "cannot be reckoned",
    ),
    "a gap that is not in the text": (
        "type: cloze\ngaps:\n  - {id: other, type: numeric, value: 1}",
        "stands 0 times",
    ),
    "a pair without its choice": (
        "type: match\nchoices: [{id: a, text: A}, {id: b, text: B}]\npairs:\n"
        "  - {id: x, text: X, match: a}\n  - {id: y, text: Y, match: c}",
        "'c' is not one of the choices",
    ),
    "value and range": ("type: numeric\nvalue: 1\nrange: [1, 2]", "one of value and range"),
    "a range upside down": ("type: numeric\nrange: [5, 3]", "5 is above 3"),
    "fewer than none": (
        "type: numeric\nvalue: -3\nunit: users",
        "value: -3 is below 0, and no number of users is; delete the minus",
    ),
    "a negative tolerance": ("type: numeric\nvalue: 1\natol: -1", "never negative"),
    "a parameter that is not drawn": ('type: numeric\nvalue: "{{n}}"', "a number is needed"),
    "a parameter that is unknown": (
        'type: numeric\nvalue: "{{m}}"\nparameters: {n: [1, 2]}',
        "there is no 'm' here",
    ),
    "a parameter that divides by nothing": (
        'type: numeric\nvalue: "{{1 / n}}"\nparameters: {n: {from: 0, to: 2}}',
        "with n = 0",
    ),
    "a range without end": (
        "type: numeric\nvalue: 1\nparameters: {n: {from: 0, to: 99999}}",
        "is not 1 to 1000 values",
    ),
    "hints that cost more than all": (
        "type: numeric\nvalue: 1\nhints: [{text: A, cost: 0.7}, {text: B, cost: 0.7}]",
        "they cost 7/5",
    ),
}


@pytest.mark.parametrize(("body", "says"), OTHERS.values(), ids=OTHERS)
def test_what_cannot_be_is_refused_with_its_place(body: str, says: str) -> None:
    said = complaint(body)
    assert says in said
    assert said.startswith("x.yaml:")


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9",
        "2**64**64",
        "().__class__",
        "__import__('os')",
        "[1]*9",
        "'a'*99",
        "n.real",
        "lambda: 1",
        "max()",
        "x" * 201,
        "1 +",
        "n = 1",
        "1/0",
        "0**-1",
        "ceil('a')",
        "max(n for n in n)",
        "(" * 100,
        "True",
        "f'{n}'",
        "n[0]",
        "-'a'",
    ],
)
def test_an_expression_can_do_nothing_but_reckon(text: str) -> None:
    with pytest.raises(QuizError):
        evaluate(text, {"n": Fraction(3)})


def test_hints_may_be_plain_texts_or_cost_something(every: Quiz) -> None:
    assert every.questions[0].hints == (
        Hint("Count the boxes."),
        Hint("Traffic is spread over all of them.", Fraction(1, 4)),
    )
