"""What of a playground stands in the open, which situations it offers, and what of it a dead page shows."""

from __future__ import annotations

from typing import Any

import pytest

import deploylab as dl
from deploylab.patterns.strategies import NAMES, strategy
from deploylab.views.picture import picture
from deploylab.widgets.board import dotted, row
from deploylab.widgets.controls import controls
from deploylab.widgets.player import player_html
from deploylab.widgets.remarks import said
from deploylab.widgets.situations import AS_GIVEN, MAIN, SITUATIONS

MEDIOCRE = dl.Scenario(candidate=dl.Version("v2", error_rate=0.05))
# Settings of which no situation is a part, and under which they all lead somewhere else.
OWN: dict[str, tuple[Any, ...]] = {
    "Rolling": (dl.Rolling(batch_size=2, hold=20), MEDIOCRE),
    "Canary": (dl.Canary(), MEDIOCRE),
    "Flag": (dl.Flag(), MEDIOCRE),
    "Pipeline": (dl.Pipeline(days=30, batch_size=4),),
    "ServerFleet": (dl.ServerFleet(servers=10),),
    "web-service": (dl.template("web-service"),),
}
STRATEGIES = tuple(strategy(name)() for name in NAMES)
OTHERS = (dl.Flag(), dl.Pipeline(), dl.ServerFleet(), dl.template("web-service"))


@pytest.mark.parametrize("knobs", STRATEGIES + OTHERS, ids=lambda knobs: type(knobs).__name__)
def test_a_handful_of_knobs_is_in_the_open_and_every_other_one_is_folded_away_once(knobs: Any) -> None:
    playground = dl.playground(knobs)
    board = playground._board
    assert 3 <= len(board.main) <= 6
    assert set(board.main) | set(board._folds) == set(playground.controls)
    assert not set(board.main) & set(board._folds)


def test_the_main_knobs_are_knobs() -> None:
    paths = {"Scenario": [dotted(path) for path in dl.playground(dl.Recreate()).controls if path[0] == "1"]}
    for knobs in STRATEGIES + OTHERS:
        controls = dl.playground(knobs).controls
        paths[type(knobs).__name__] = [dotted(path) for path in controls if path[0] == "0"]
    for kind, names in MAIN.items():
        assert set(names.split()) <= set(paths[kind]), kind


def test_groups_come_in_the_order_of_the_fields() -> None:
    folds = dl.playground(dl.Pipeline())._board.box.children[-1].children
    words = [fold.children[0].description.split()[1] for fold in folds]
    assert words == ["Pipeline", "Build", "Unit", "Integration", "Acceptance", "Deploy", "Monitor"]


def test_a_fold_shows_its_controls_while_it_is_open() -> None:
    fold = dl.playground(dl.Rolling())._board.box.children[-1].children[1]
    button, page = fold.children
    assert (button.description, page.children) == ("▸ Analysis (12)", ())
    button.value = True
    assert (button.description, len(page.children)) == ("▾ Analysis (12)", 1 + 12)
    button.value = False
    assert page.children == ()


def test_a_knob_away_from_its_group_says_whose_it_is() -> None:
    playground = dl.playground(dl.Rolling())
    assert playground.controls["1", "candidate", "error_rate"].widget.description == "candidate error rate"
    assert playground.controls["1", "stable", "error_rate"].widget.description == "error rate"


def test_every_control_has_its_meaning_and_its_unit_beside_it() -> None:
    playground = dl.playground(dl.Rolling())
    meaning = playground._board.rows["0", "hold"].children[1].value
    assert "how long each batch is watched" in meaning
    assert "at least 0, at most 86,400 (s)" in meaning
    assert "10,000 (instances), or 0: off" in playground._board.rows["0", "batch_size"].children[1].value


def test_a_slider_that_ends_before_what_is_allowed_says_where() -> None:
    """Or one reads "at most 86,400" at a slider that ends at 60."""
    rows = dl.playground(dl.Rolling(hold=120))._board.rows
    hold, size, lag = (
        rows[path].children[1].value
        for path in (("0", "hold"), ("0", "batch_size"), ("1", "platform", "endpoint_lag"))
    )
    assert "at least 0, at most 86,400 (s); this slider goes from 0 to 120" in hold
    assert "or 0: off; this slider goes from 0 to " in size
    assert "this slider goes from 0 to 10" in lag
    whole = next(control for control in controls(dl.Flag()) if control.path == ("bucketing",))
    assert "slider" not in row(whole).children[1].value, "it has all that is allowed"


def test_the_knobs_of_a_fault_show_once_it_is_there() -> None:
    playground = dl.playground(dl.Rolling())
    leak = ("1", "candidate", "faults", "Leak")
    row = playground._board.rows[*leak, "after"]
    assert row.layout.display == "none"
    playground.controls[leak].widget.value = True
    assert row.layout.display is None


def test_an_error_in_a_fold_opens_it() -> None:
    playground = dl.playground(dl.Rolling())
    path = ("1", "traffic", "profile")
    playground.controls[path].widget.value = "20"
    assert playground._board._folds[path].value
    assert playground.message in playground._board.rows[path].children


@pytest.mark.parametrize("kind", OWN)
def test_every_situation_runs_and_differs_from_all_others(kind: str) -> None:
    playground = dl.playground(*OWN[kind])
    records = {}
    for name, values in playground._situations.items():
        playground.situation.value = name
        assert playground.message.value in ("", said(getattr(playground.record, "beyond", ""))), name
        shown = {dotted(path): control.widget.value for path, control in playground.controls.items()}
        assert {path: shown[path] for path in values} == values  # no slider is too short for it
        records[name] = (playground.record.title, playground.record.figures())
    assert len(set(records.values())) == len(records) > 4


def test_every_situation_is_offered_to_somebody() -> None:
    offered = {name for owners in OWN.values() for name in dl.playground(*owners)._situations}
    assert offered == {AS_GIVEN, *(name for named in SITUATIONS.values() for name in named)}


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: type(strategy).__name__)
def test_the_situations_of_a_release_run_with_every_strategy(strategy: Any) -> None:
    playground = dl.playground(strategy)
    for name in playground._situations:
        playground.situation.value = name
        assert 'role="alert"' not in playground.message.value, name
    assert playground.owners[1].traffic.profile


def test_a_situation_that_makes_no_difference_to_a_strategy_says_so() -> None:
    playground = dl.playground(dl.Recreate())  # its versions never meet, so that their data never do
    playground.situation.value = "data that only the new version reads"
    assert "makes no difference here" in playground.message.value
    playground.situation.value = "a bad release"
    assert playground.message.value == ""


def test_a_situation_that_sets_nothing_is_left_out() -> None:
    assert "a good release" not in dl.playground(dl.Rolling())._situations
    assert "a good release" in dl.playground(dl.Rolling(), MEDIOCRE)._situations


def test_as_given_is_the_first_situation_and_leads_back() -> None:
    playground = dl.playground(dl.Rolling(), dl.Scenario(candidate=dl.Version("v2", error_rate=0.03)))
    began = playground.owners
    assert next(iter(playground._situations)) == playground.situation.value == AS_GIVEN
    playground.situation.value = "a crash on start"
    assert playground.owners[1].candidate.faults == (dl.CrashOnStart(),)
    playground.situation.value = AS_GIVEN
    assert playground.owners == began


def test_who_turns_a_knob_has_left_the_situation() -> None:
    playground = dl.playground(dl.Rolling())
    playground.situation.value = "a bad release"
    playground.controls["1", "candidate", "error_rate"].widget.value = 0.15
    assert playground.situation.value == "your own"
    assert playground.owners[1].candidate.error_rate == 0.15


def test_a_situation_leaves_alone_what_no_situation_is_about() -> None:
    playground = dl.playground(dl.Rolling())
    playground.controls["0", "max_surge"].widget.value = "3"
    assert playground.situation.value == "your own"
    playground.situation.value = "a bad release"
    assert playground.owners[0].max_surge == 3
    playground.controls["0", "max_surge"].widget.value = "2"
    assert playground.situation.value == "a bad release"
    playground.situation.value = AS_GIVEN
    assert playground.owners[0].max_surge == dl.Rolling().max_surge


def test_a_template_of_one_s_own_is_offered_only_what_it_has() -> None:
    text = "Resources: {Queue: {Type: AWS::SQS::Queue}}"
    assert list(dl.playground(dl.template(text))._situations) == [AS_GIVEN, "one at a time", "another region"]


def test_an_export_and_a_reopened_notebook_hold_the_picture_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle))
    playground = dl.playground(dl.Rolling())
    playground.situation.value = "a bad release"
    playground._ipython_display_()
    widget, bundle = shown
    assert "application/vnd.jupyter.widget-view+json" in widget
    assert widget["text/plain"] == "Playground of Rolling"
    assert "text/html" not in widget
    assert bundle["text/html"].count("u003csvg") == 1
    assert dl.describe(playground.record).split(".")[0] in bundle["text/html"]
    assert len(bundle["text/html"]) < 1.2 * len(player_html(picture(playground.record)))


def test_where_a_share_is_shown_a_share_is_offered() -> None:
    surge, in_numbers = (
        row(next(control for control in controls(owner) if control.path == ("max_surge",)))
        for owner in (dl.Rolling(), dl.Rolling(max_surge=2))
    )
    assert "; a number of them, or a share such as 25%" in surge.children[1].value
    assert "; a whole number at least 0" in in_numbers.children[1].value
