"""The playground without a browser: a control is turned, another run appears, or a reason why not."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from html import unescape
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from ipywidgets import Widget

import deploylab as dl
from deploylab.cli import main
from deploylab.model.figure import Figure
from deploylab.model.knob import knob
from deploylab.views import picture
from deploylab.views.frames import Frames
from deploylab.widgets import verbs
from deploylab.widgets.controls import Control
from deploylab.widgets.playground import Playground

SCENARIO = dl.Scenario(candidate=dl.Version("v2", error_rate=0.05), duration=60)


@pytest.fixture
def playground() -> Playground:
    return dl.playground(dl.Rolling(batch_size=2, hold=5), SCENARIO)


def turn(playground: Playground, name: str, value: Any) -> None:
    control(playground, name).widget.value = value


def control(playground: Playground, *names: str) -> Control:
    """The first control at a path that ends like this."""
    found = (one for path, one in playground.controls.items() if path[-len(names) :] == names)
    return next(found)


def beside(playground: Playground, *names: str) -> str:
    """What stands beside a control."""
    path = next(path for path in playground.controls if path[-len(names) :] == names)
    _, _, *notes = playground._board.rows[path].children
    return " ".join(note.value for note in notes)


def test_turning_a_knob_makes_the_run_that_the_code_would_make(playground: Playground) -> None:
    turn(playground, "batch_size", 3)
    assert playground.record.users_hurt == dl.roll_out(dl.Rolling(batch_size=3, hold=5), SCENARIO).users_hurt


def test_the_picture_and_its_figures_follow_the_knob(playground: Playground) -> None:
    before = playground.player.data
    turn(playground, "batch_size", 3)
    assert playground.player.data != before
    figures = {name: value for name, value, *_ in playground.player.frames.meta["figures"]}
    assert figures["users hurt"] == f"{playground.record.users_hurt:,}"


def test_the_first_figure_is_how_it_ended(playground: Playground) -> None:
    assert playground.player.frames.meta["figures"][0] == ("outcome", "rolled back", "", 0)
    turn(playground, "max_error_rate", 0.2)
    assert playground.player.frames.meta["figures"][0] == ("outcome", "promoted", "rolled back", 0)


def test_runs_of_another_length_are_neither_better_nor_worse(playground: Playground) -> None:
    turn(playground, "duration", 90)
    told = {name: (was, verdict) for name, _, was, verdict in playground.player.frames.meta["figures"]}
    was, verdict = told["instance-seconds"]
    assert was.endswith(", other length")
    assert verdict == 0


def test_who_chooses_your_own_changes_nothing(playground: Playground) -> None:
    turn(playground, "batch_size", 3)
    owners = playground.owners
    playground.situation.value = "as given"
    playground.situation.value = "your own"
    assert playground.owners != owners
    assert playground.owners == playground._began


def test_the_run_before_stays_as_a_ghost(playground: Playground) -> None:
    assert "dl-ghost" not in playground.player.frames.svg
    turn(playground, "batch_size", 3)
    assert "dl-ghost" in playground.player.frames.svg


@pytest.mark.parametrize(("pause", "ghost"), [(0.9, 2), (1.1, 4)])
def test_the_runs_that_a_slider_passes_are_no_ghosts(
    playground: Playground, monkeypatch: pytest.MonkeyPatch, pause: float, ghost: int
) -> None:
    clock = count(100, pause)
    monkeypatch.setattr("deploylab.widgets.playground.monotonic", lambda: next(clock))
    for size in (3, 4, 5):
        turn(playground, "batch_size", size)
    was = {name: was for name, _, was, _ in playground.player.frames.meta["figures"]}
    before = dl.roll_out(dl.Rolling(batch_size=ghost, hold=5), SCENARIO)
    assert was["users hurt"] == f"{before.users_hurt:,}"


def test_a_percentage_may_have_a_space(playground: Playground) -> None:
    turn(playground, "max_unavailable", "50 %")
    assert playground.owners[0].max_unavailable == "50%"


def test_a_knob_of_the_scenario_turns_too(playground: Playground) -> None:
    turn(playground, "rate", 60.0)
    assert playground.record.scenario.traffic.rate == 60


def test_a_knob_of_the_analysis_turns_too(playground: Playground) -> None:
    turn(playground, "max_error_rate", 0.2)
    assert playground.record.outcome is dl.Outcome.PROMOTED


def test_no_batches_is_zero_on_the_slider(playground: Playground) -> None:
    turn(playground, "batch_size", 0)
    assert playground.owners[0] == dl.Rolling(hold=5)


def test_a_setting_that_is_not_allowed_says_why_and_keeps_the_picture(playground: Playground) -> None:
    picture = playground.player.data
    turn(playground, "max_unavailable", "130%")
    assert "Rolling.max_unavailable" in playground.message.value
    assert playground.player.data == picture


def test_text_that_cannot_be_read_says_what_would_be(playground: Playground) -> None:
    turn(playground, "max_surge", "many <b>")
    assert "use for example 2 or" in playground.message.value
    assert "<b>" not in playground.message.value


def test_the_reason_goes_away_with_its_cause(playground: Playground) -> None:
    turn(playground, "max_unavailable", "130%")
    turn(playground, "max_unavailable", "1")
    assert playground.message.value == ""
    assert playground.owners[0].max_unavailable == 1


def test_two_knobs_that_are_only_allowed_together_can_be_turned_one_after_the_other() -> None:
    playground = dl.playground(dl.Rolling(max_surge=1, max_unavailable=0), SCENARIO)
    turn(playground, "max_surge", 0)
    turn(playground, "max_unavailable", 1)
    assert playground.owners[0] == dl.Rolling(max_surge=0, max_unavailable=1)


def test_a_student_s_own_generator_function_has_the_scenario_s_knobs() -> None:
    def all_at_once(scenario: dl.Scenario) -> Any:
        yield dl.Step({scenario.candidate.name: scenario.replicas})
        return dl.Outcome.PROMOTED

    playground = dl.playground(all_at_once, SCENARIO)
    turn(playground, "replicas", 3)
    assert playground.record.scenario.replicas == 3


def test_a_rollout_that_goes_on_where_its_figures_end_says_so_wherever_they_stand(
    capsys: pytest.CaptureFixture[str],
) -> None:
    playground = dl.playground(dl.Canary(hold=30), dl.Scenario(duration=60))
    assert "the figures are of the first 60 s" in playground.message.value
    run = playground.record
    shown = (dl.describe(run), repr(run.summary), run._repr_html_(), playground.message.value)
    assert [run.beyond in words for words in shown] == [True] * 4
    figures = playground.player.frames.meta["figures"]
    assert figures[1][:2] == ("in the first 60 s", f"of {run.finished:.0f} s")
    assert main(["play", "canary", "--hold", "30", "--duration", "60", "--error-rate", "0"]) == 0
    assert run.beyond in capsys.readouterr().out
    table = dl.sweep([dl.Canary(hold=30), dl.Recreate()], dl.Scenario(duration=60))
    assert repr(table).endswith("1 of 2 rollouts go on where their figures end: a longer duration counts all")
    turn(playground, "duration", 300.0)
    assert (playground.message.value, playground.record.beyond) == ("", "")
    assert len(repr(playground.record.summary).splitlines()) == len(playground.record.summary.rows) + 1


def test_whatever_a_strategy_of_one_s_own_raises_is_told() -> None:
    def fragile(scenario: dl.Scenario) -> Any:
        seen = yield dl.Step({"v2": scenario.replicas}, hold=1 / (scenario.replicas - 3))
        return seen.ends(dl.Outcome.PROMOTED)

    playground = dl.playground(fragile, SCENARIO)
    before = playground.record
    turn(playground, "replicas", 3)
    assert "ZeroDivisionError: division by zero" in playground.message.value
    assert playground.record is before
    assert "dl-stale" in playground.player._dom_classes


def test_weights_are_typed_with_commas() -> None:
    playground = dl.playground(dl.Canary(hold=5), SCENARIO)
    turn(playground, "weights", "10, 50")
    assert playground.owners[0].weights == (10, 50)


def test_a_profile_is_typed_as_pairs(playground: Playground) -> None:
    turn(playground, "profile", "0:1, 20:1, 21:2.5")
    assert playground.record.scenario.traffic.profile == ((0, 1), (20, 1), (21, 2.5))
    turn(playground, "profile", "20")
    assert "is no row of pairs" in playground.message.value


def test_what_is_true_or_false_is_a_box_to_tick(playground: Playground) -> None:
    turn(playground, "sticky", True)
    assert playground.record.scenario.traffic.sticky


def test_what_has_no_knobs_is_refused() -> None:
    for thing in (None, 3, "Rolling", dl.Rolling):
        with pytest.raises(dl.DeploylabError, match="has no knobs to turn; give it a strategy"):
            dl.playground(thing)


def test_a_knob_that_has_no_effect_says_why(playground: Playground) -> None:
    assert "batches have their own size" in beside(playground, "max_surge")
    assert control(playground, "max_surge").widget.disabled
    turn(playground, "batch_size", 0)
    assert beside(playground, "max_surge") == ""
    assert not control(playground, "max_surge").widget.disabled
    assert "set a batch size" in beside(playground, "analysis", "max_error_rate")


def test_an_error_stands_beside_the_control_that_it_names(playground: Playground) -> None:
    turn(playground, "batch_size", 0)
    turn(playground, "max_unavailable", "130%")
    assert "Rolling.max_unavailable" in beside(playground, "max_unavailable")
    assert 'role="alert"' in playground.message.value
    turn(playground, "max_unavailable", "1")
    assert beside(playground, "max_unavailable") == ""


def test_of_two_versions_the_one_that_was_turned_is_marked() -> None:
    playground = dl.playground(dl.Recreate(), SCENARIO)
    control(playground, "candidate", "startup_time").widget.max = 10_000
    control(playground, "candidate", "startup_time").widget.value = 9_999
    assert "Version.startup_time" in beside(playground, "candidate", "startup_time")
    assert beside(playground, "stable", "startup_time") == ""


def test_an_error_that_names_no_control_stands_beside_the_one_that_was_turned() -> None:
    def picky(scenario: dl.Scenario) -> Any:
        yield dl.Step({scenario.candidate.name: 12 - scenario.replicas})
        return dl.Outcome.PROMOTED

    playground = dl.playground(picky, SCENARIO)
    turn(playground, "replicas", 5)
    assert "says promoted" in beside(playground, "replicas")


def test_a_fault_is_ticked_and_turned(playground: Playground) -> None:
    leak = ("candidate", "faults", "Leak")
    assert control(playground, *leak, "after").widget.disabled
    control(playground, *leak).widget.value = True
    assert playground.owners[1].candidate.faults == (dl.Leak(),)
    control(playground, *leak, "after").widget.value = 15
    assert playground.owners[1].candidate.faults == (dl.Leak(after=15),)
    control(playground, *leak).widget.value = False
    assert playground.owners[1].candidate.faults == ()


def test_the_faults_of_a_scenario_are_ticked_from_the_start() -> None:
    scenario = dl.Scenario(candidate=dl.Version("v2", faults=(dl.Overload(above=3),)), duration=20)
    playground = dl.playground(dl.Recreate(), scenario)
    assert control(playground, "candidate", "faults", "Overload").widget.value
    turn(playground, "replicas", 3)
    assert playground.owners[1].candidate.faults == (dl.Overload(above=3),)


def test_the_line_of_code_makes_the_very_same_playground(playground: Playground) -> None:
    control(playground, "candidate", "faults", "CrashOnStart").widget.value = True
    turn(playground, "max_error_rate", 0.2)
    turn(playground, "profile", "0:1, 20:2.5")
    line = unescape(re.sub("<[^>]*>", "", playground.code.value))
    again = eval(line, {"dl": dl})
    assert again.owners == playground.owners
    assert line.startswith("dl.playground(dl.Rolling(batch_size=2, hold=5")


def test_reset_brings_the_first_settings_back(playground: Playground) -> None:
    began = playground.owners
    turn(playground, "batch_size", 4)
    turn(playground, "sticky", True)
    playground._choose("as given")
    assert playground.owners == began
    assert playground.record.users_hurt == dl.roll_out(began[0], SCENARIO).users_hurt


def paused(scenario: dl.Scenario) -> Any:
    """Half of the instances, and then a person decides."""
    old, new = scenario.versions
    seen = yield dl.Step({old: 3, new: 3}, hold=math.inf, heeds=True, note="wait for a person")
    if [order.action for order in seen.orders] == ["promote"]:
        yield dl.Step({new: 6}, note="go on")
        return dl.Outcome.PROMOTED
    yield dl.Step({old: 6}, note="go back")
    return dl.Outcome.ROLLED_BACK


def press(playground: Playground, action: str, time: float) -> None:
    playground.player._handle_custom_msg({"press": action, "time": time}, [])


def test_a_person_promotes_at_the_moment_that_the_player_shows() -> None:
    playground = dl.playground(paused, SCENARIO)
    assert ("promote", "Promote") in playground.player.frames.meta["buttons"]
    assert playground.record.outcome is dl.Outcome.ROLLED_BACK
    press(playground, "promote", 31.04)
    assert playground.owners[1].orders == (dl.Order(31.0, "promote"),)
    assert playground.record.outcome is dl.Outcome.PROMOTED
    assert "dl.Order(at=31)" in unescape(playground.code.value)
    press(playground, "take back", 40)
    assert playground.owners[1].orders == ()


def test_a_person_promotes_a_paused_canary_and_thinks_better_of_it() -> None:
    canary = dl.Canary(steps=(dl.SetWeight(20), dl.Pause(), dl.SetWeight(60), dl.Pause()))
    playground = dl.playground(canary, SCENARIO)
    assert {("promote", "Promote"), ("abort", "Abort")} <= set(playground.player.frames.meta["buttons"])
    assert playground.record.outcome is dl.Outcome.STALLED
    press(playground, "promote", 20)
    assert playground.record.steps[-1][0].note == "60 % to v2, until a person promotes"
    press(playground, "abort", 50)
    assert playground.record.outcome is dl.Outcome.ABORTED


def deaf(scenario: dl.Scenario) -> Any:
    """Everything at once, whatever people say."""
    yield dl.Step({scenario.candidate.name: scenario.replicas})
    return dl.Outcome.PROMOTED


def test_nobody_can_tell_anything_to_a_rollout_that_does_not_listen() -> None:
    assert dl.playground(deaf, SCENARIO).player.frames.meta["buttons"] == []


def test_a_rollout_offers_only_the_orders_that_mean_something_to_it() -> None:
    offered = dict(dl.playground(dl.Recreate(), SCENARIO).player.frames.meta["buttons"])
    assert {"undo", "pause", "resume"} <= set(offered)
    assert "promote" not in offered


@dataclass(frozen=True)
class Dough:
    """The knobs of another pattern."""

    minutes: float = knob(30.0, "how long it rests", unit="min", minimum=0, slider=(0, 60, 1))
    place: str = knob("bowl", "where", options=("bowl", "basket"))


@dataclass(frozen=True)
class Bread:
    """The record of another pattern."""

    dough: Dough
    title: str = "Bread"
    headline: str = "Bread: baked"
    settings: tuple[str, ...] = ()

    @property
    def conditions(self) -> dict[str, object]:
        return {}

    def figures(self) -> tuple[Figure, ...]:
        return (Figure.said("rest", self.dough.minutes, "{:g} min".format, 1),)


def test_another_pattern_has_its_playground_by_a_line_in_two_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(record: Bread, _: Bread | None = None) -> Frames:
        meta = {"size": [960, 100], "end": 1, "speed": 1, "theme": ""}
        return Frames(f"<svg><text>{record.dough}</text></svg>", {}, meta, str(record.dough))

    monkeypatch.setitem(verbs.VERBS, "Dough", verbs.Verb(Bread))
    monkeypatch.setitem(picture.RECORDS, "Bread", picture.Kind("bake", "draw", "draw"))
    monkeypatch.setitem(sys.modules, "deploylab.views.draw", SimpleNamespace(draw=draw))
    playground = dl.playground(Dough())
    turn(playground, "place", "basket")
    turn(playground, "minutes", 45)
    assert playground.record == Bread(Dough(45, "basket"))
    assert playground.player.frames.meta["figures"] == [("rest", "45 min", "30 min", 1)]
    assert playground.code.value == "", "how it is imported, the line could not know"
    with pytest.raises(dl.DeploylabError, match="meets no scenario"):
        dl.playground(Dough(), SCENARIO)


def test_the_parameters_of_a_template_are_knobs_too() -> None:
    ground = dl.playground(dl.template("web-service"))
    ground.controls["1", "Environment"].widget.value = "production"
    assert ground.record.title == "web-service, Environment production, us-east-1"
    assert "Replica" in ground.record.state.resources
    ground.controls["0", "walk", "fails"].widget.value = "Service"
    assert ground.record.outcome == "rolled back"


def test_a_secret_parameter_is_no_knob() -> None:
    text = (
        "Parameters: {Key: {Type: String, NoEcho: true, Default: hunter2}}\nResources: {Q: {Type: Custom::T}}"
    )
    assert not [path for path in dl.playground(dl.template(text)).controls if path[0] == "1"]


def test_a_turn_makes_no_new_widget(playground: Playground) -> None:
    turn(playground, "batch_size", 3)
    made: list[Widget] = []
    Widget.on_widget_constructed(made.append)
    turn(playground, "batch_size", 4)
    Widget.on_widget_constructed(None)
    assert made == []


def test_a_knob_that_says_the_same_again_makes_no_new_run(playground: Playground) -> None:
    made: list[object] = []
    playground._verb = playground._verb._replace(make=lambda *owners: made.append(owners))
    playground._turned({"owner": control(playground, "batch_size").widget})
    assert made == []


def test_a_judge_is_no_strategy_to_play_with() -> None:
    with pytest.raises(dl.DeploylabError, match="has no knobs to turn; give it a strategy"):
        dl.playground(dl.Sequential())


def test_a_delay_of_blue_green_is_chosen_to_the_second() -> None:
    """A box beside a slider takes what its steps take, and a chapter asks for 3 s."""
    board = dl.playground(dl.BlueGreen())
    delay = board.controls["0", "scale_down_delay"].widget
    assert delay.step == 1
    delay.value = 3
    assert board.owners[0].scale_down_delay == 3
