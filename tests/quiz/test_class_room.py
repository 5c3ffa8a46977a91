"""A class with its file: what was acknowledged is there, whatever happens, and counts once."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from deploylab.model.errors import QuizError
from deploylab.quiz.classroom.export import answers_json, grades_csv, results
from deploylab.quiz.classroom.flow import flow, moves, stops, told
from deploylab.quiz.classroom.hall import Hall
from deploylab.quiz.classroom.room import Room
from deploylab.quiz.classroom.screens import projector_screen, student_screen, teacher_screen
from deploylab.quiz.classroom.session import allowed
from deploylab.quiz.classroom.store import Store
from deploylab.quiz.classroom.tally import beliefs, tally
from deploylab.quiz.result_statistics import analyse_results
from tests.quiz.classroom import EVERY_TYPE, QUIZ, RIGHT, answer, do, new_class, usual_step

WORDS = {"batch": ["hurt", "fast"], "probe": ["readiness", "liveness", "=1+1"], "back": ["true", "false"]}


class Class(RuleBasedStateMachine):
    """Students and a teacher do anything, in any order; the machine dies at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.copies = 0
        self.now = 0
        self.room = new_class(Path(self.folder.name))
        self.saved: dict[tuple[str, int, str], tuple[str, ...]] = {}
        self.names: dict[str, str] = {}

    def teardown(self) -> None:
        self.room.store.close()
        self.folder.cleanup()

    @rule(name=st.sampled_from(["Ada", "ada", " Bob ", "مريم", "<script>"]))
    def join(self, name: str) -> None:
        student = self.room.join(name)
        assert student not in self.names
        self.names[student] = self.room.seats[student].name
        assert len({one.casefold() for one in self.names.values()}) == len(self.names)

    @precondition(lambda self: self.names)
    @rule(data=st.data(), twice=st.booleans())
    def answers(self, data: st.DataObject, twice: bool) -> None:
        student = data.draw(st.sampled_from(sorted(self.names)))
        question = data.draw(st.sampled_from([*WORDS, self.room.session.question or "batch"]))
        number = data.draw(st.sampled_from([1, 2, self.room.session.round]))
        word = data.draw(st.sampled_from([*WORDS[question], ""]))  # none: what was given is withdrawn
        session = self.room.session
        late = session.deadline is not None and session.deadline <= self.now
        current = (session.phase, session.question, session.round) == ("open", question, number)
        welcome = current and not late and not self.room.seats[student].removed
        try:
            for _ in range(1 + twice):
                self.room.stage(student, question, number, [word] if word else [], self.now)
            self.room.commit()
        except QuizError:
            assert not welcome
        else:
            assert welcome
            self.saved.pop((question, number, student), None)
            if word:
                self.saved[question, number, student] = (word,)

    @rule(data=st.data(), seconds=st.sampled_from([0, 10]))
    def command(self, data: st.DataObject, seconds: int) -> None:
        self.room.tick(self.now)
        if choices := allowed(self.room.session):
            do(self.room, data.draw(st.sampled_from(choices)), now=self.now, seconds=seconds)

    @rule(name=st.sampled_from(["start", "next", "skip", "reveal"]), old=st.integers(1, 3))
    def a_command_for_an_earlier_screen(self, name: str, old: int) -> None:
        before = self.room.session
        with pytest.raises(QuizError, match="moved on"):
            self.room.command(name, before.step - old, 0, 0)
        assert self.room.session == before

    @precondition(lambda self: self.names)
    @rule(data=st.data(), removed=st.booleans())
    def remove(self, data: st.DataObject, removed: bool) -> None:
        self.room.remove(data.draw(st.sampled_from(sorted(self.names))), removed)

    @rule(seconds=st.integers(1, 8))
    def time_passes(self, seconds: int) -> None:
        self.now += 1000 * seconds
        self.room.tick(self.now)

    @rule()
    def crash(self) -> None:
        """What is on the disk at this moment, and nothing else, is all that there is."""
        self.copies += 1
        path = Path(self.folder.name) / f"copy-{self.copies}.class"
        for end in ("", "-wal"):
            if (old := Path(f"{self.room.store.path}{end}")).exists():
                shutil.copy(old, f"{path}{end}")
        before = self.room
        self.room = Room(Store(path), self.now)
        before.store.close()
        assert self.room.seats == before.seats
        assert self.room.settings == before.settings
        assert self.room.session.question == before.session.question

    @invariant()
    def nothing_is_lost_and_nothing_is_there_twice(self) -> None:
        kept = {
            (question, number, student): self.room.answer(student, question, number)
            for question in WORDS for number in (1, 2) for student in self.names
            if self.room.answer(student, question, number)
        }  # fmt: skip
        assert kept == self.saved

    @invariant()
    def no_student_and_no_wall_knows_before_the_reveal(self) -> None:
        screens: list[Any] = [student_screen(self.room, one, self.now) for one in self.names]
        screens.append(projector_screen(self.room, self.now))
        if self.room.session.phase not in ("revealed", "ended"):
            assert "KEY" not in json.dumps(screens)
        teacher_screen(self.room, self.now, [])


Class.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestAnyClass = Class.TestCase


def test_a_class_from_lobby_to_gradebook(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada, bob, late = room.join("Ada"), room.join("=Bob"), ""
    usual_step(room)
    for question, right in RIGHT.items():
        assert room.session.question == question
        answer(room, ada, right)
        late = late or room.join("Late")
        answer(room, bob, WORDS[question][1] if question != "back" else "true")
        usual_step(room)
        usual_step(room)
        usual_step(room)
    assert room.session.phase == "ended"
    rows = list(csv.reader(io.StringIO(grades_csv(room).removeprefix("\ufeff"))))
    assert rows[0] == ["name", "answered", "points", "of", "percent", "batch", "probe", "back"]
    assert rows[1:] == [
        ["'=Bob", "3", "0", "3", "0", "0", "0", "0"],
        ["Ada", "3", "3", "3", "100", "1", "1", "1"],
        ["Late", "0", "0", "3", "0", "", "", ""],
    ]
    content = json.loads(answers_json(room))
    assert content["misconceptions"] == [
        {"belief": "KEY-3", "question": "KEY-5", "first_vote": 1, "students": 1}
    ]
    assert [len(one["answers"]) for one in content["students"]] == [3, 3, 0]
    assert room.settings.secret not in answers_json(room)
    assert room.settings.teacher not in answers_json(room)


@pytest.mark.parametrize("name", ["=1+1", "＝1+1", "＋1", "a;=HYPERLINK(1)", 'a";=1'])
def test_a_name_is_no_formula_in_the_gradebook(name: str, tmp_path: Path) -> None:
    room = new_class(tmp_path)
    room.join(name)
    for mark in ",;":  # which of them parts the cells is the spreadsheet's choice
        rows = list(csv.reader(io.StringIO(grades_csv(room).removeprefix("\ufeff")), delimiter=mark))
        assert not any(cell.startswith(("=", "＝", "+", "＋")) for cell in rows[1])


def test_a_class_outlives_the_pictures_of_its_quiz(tmp_path: Path) -> None:
    picture = tmp_path / "roll.svg"
    picture.write_text("<svg/>", encoding="utf-8")
    room = new_class(tmp_path, QUIZ.replace("KEY-4", "KEY-4\n    figure: {file: roll.svg, alt: Two of six.}"))
    ada = room.join("Ada")
    do(room, "start")
    answer(room, ada, "hurt")
    room.store.close()
    picture.unlink()
    again = Room(Store(room.store.path), now=0)
    assert again.answers("batch", 1) == {ada: ("hurt",)}
    assert student_screen(again, ada, now=0)["question"]["figure"]["alt"] == "Two of six."


def test_a_name_that_nobody_sees_is_none(tmp_path: Path) -> None:
    with pytest.raises(QuizError, match="a letter or a digit"):
        new_class(tmp_path).join("\u3164\u115f")


def test_who_was_not_there_makes_no_question_hard(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada, gone = room.join("Ada"), room.join("Gone")
    for question, right in RIGHT.items():
        do(room, "start" if question == "batch" else "next")
        answer(room, ada, right)
        if question == "batch":
            answer(room, gone, right)
        elif question == "back":
            answer(room, room.join("Late"), right)
        do(room, "close", "reveal")
    found = analyse_results(results(room))
    assert [(item.question, item.students, item.facility) for item in found.items] == [
        ("batch", 2, 1.0), ("probe", 1, 1.0), ("back", 2, 1.0),
    ]  # fmt: skip


def test_what_was_left_open_between_two_answers_is_worth_nothing(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada = room.join("Ada")
    for question, right in RIGHT.items():
        do(room, "start" if question == "batch" else "next")
        if question != "probe":
            answer(room, ada, right)
        do(room, "close", "reveal")
    assert [item.facility for item in analyse_results(results(room)).items] == [1, 0, 1]


def test_the_usual_next_step_is_the_one_that_is_advised(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    do(room, "start")
    answer(room, room.join("Ada"), "hurt")
    do(room, "close")
    assert teacher_screen(room, 0, [])["allowed"][0] == "reveal"
    do(room, "reopen")
    answer(room, room.join("Bob"), "fast")
    do(room, "close")
    assert teacher_screen(room, 0, [])["allowed"][0] == "discuss"
    do(room, "discuss", "again", "close")
    assert teacher_screen(room, 0, [])["allowed"][0] == "reveal"


def test_after_a_discussion_without_a_second_vote_the_answer_is_next(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    do(room, "start")
    answer(room, room.join("Ada"), "hurt")
    answer(room, room.join("Bob"), "fast")
    do(room, "close", "discuss", "leave")
    screen = teacher_screen(room, 0, [])
    assert (screen["allowed"][0], screen["advice"]) == (
        "reveal",
        "Right: 1 of 2, 50 %. No second vote: reveal.",
    )
    do(room, "reveal", "next")
    answer(room, room.join("Cid"), "x")
    answer(room, room.join("Dan"), RIGHT["probe"])
    do(room, "close")
    assert teacher_screen(room, 0, [])["allowed"][0] == "discuss"


def test_the_advice_shows_the_share_that_it_goes_by(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    do(room, "start")
    for place in range(27):
        answer(room, room.join(f"S{place}"), "hurt" if place < 19 else "fast")
    do(room, "close")
    assert teacher_screen(room, 0, [])["advice"].startswith("Right: 19 of 27, 70.4 %. Most know it")


def test_a_misconception_that_all_gave_up_was_still_shown(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada, bob = room.join("Ada"), room.join("Bob")
    do(room, "start")
    answer(room, ada, "fast")
    answer(room, bob, "hurt")
    do(room, "close", "discuss", "again")
    answer(room, ada, "hurt")
    do(room, "close", "reveal")
    assert beliefs(room) == [("KEY-3", "KEY-5", 1, 0)]


PREDICTION = """
  - id: guess
    type: predict
    prompt: How many are hurt?
    simulate: {strategy: Rolling, scenario: {replicas: 2, duration: 30}}
    measure: users_hurt
    explanation: KEY-12
"""


def test_the_run_of_a_prediction_plays_before_anybody_is_told(tmp_path: Path) -> None:
    room = new_class(tmp_path, QUIZ + PREDICTION)
    ada = room.join("Ada")
    do(room, "start", "close")
    assert "play" not in teacher_screen(room, 0, [])["allowed"]
    do(room, "skip", "skip", "skip")
    answer(room, ada, "12345")
    do(room, "close")
    assert teacher_screen(room, 0, [])["allowed"][0] == "play"
    do(room, "play")
    wall = projector_screen(room, 0)
    assert (wall["animation"], "tally" in wall) == (True, False)
    assert "KEY" not in json.dumps([wall, student_screen(room, ada, 0)])
    assert teacher_screen(room, 0, [])["allowed"][0] == "reveal"
    do(room, "reveal")
    assert projector_screen(room, 0)["animation"]


def test_equal_numbers_in_two_units_are_one_answer(tmp_path: Path) -> None:
    number = "type: numeric\n    value: 43.2\n    unit: min\n    units: {h: 60}\n    atol: 1"
    room = new_class(tmp_path, QUIZ.replace("type: true_false", number).partition("    answer:")[0])
    do(room, "start", "skip", "skip")
    for name, typed in {"Ada": "0.72 h", "Bob": "43,2", "Cid": "43.2 min", "Dan": "50"}.items():
        answer(room, room.join(name), typed)
    (group,) = tally(room, "back", room.answers("back", 1)).groups
    assert sorted((row.count, row.right) for row in group.rows) == [(1, False), (3, True)]


def test_the_second_vote_counts_and_the_picture_shows_who_changed(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada, bob, cid = room.join("Ada"), room.join("Bob"), room.join("Cid")
    do(room, "start")
    answer(room, ada, "fast")
    answer(room, bob, "hurt")
    answer(room, cid, "fast")
    do(room, "close")
    assert teacher_screen(room, 0, [])["advice"] == "Right: 1 of 3, 33.3 %. Let them discuss, and vote again."
    do(room, "discuss", "again")
    answer(room, ada, "hurt")
    answer(room, bob, "hurt")
    do(room, "close", "reveal")
    went = moves(stops(room, "batch", 1), stops(room, "batch", 2))
    assert told(went).startswith("Right in the first vote: 1, in the second: 2. From not right to right: 1;")
    assert flow(went).count("<path") == 3
    reached = [room.result(one) for one in (ada, bob, cid)]
    assert [result and result.score for result in reached] == [1, 1, 0]
    assert beliefs(room) == [("KEY-3", "KEY-5", 2, 1)]
    screen = projector_screen(room, 0)
    assert (screen["before"]["right"], screen["tally"]["right"]) == (1, 2)


def test_who_does_not_vote_again_keeps_the_first_vote_on_every_screen(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada, bob = room.join("Ada"), room.join("Bob")
    do(room, "start")
    answer(room, ada, "hurt")
    answer(room, bob, "fast")
    do(room, "close", "discuss", "again")
    assert teacher_screen(room, 0, [])["told"].endswith("right to not right: 0.")  # nobody has voted yet
    answer(room, bob, "hurt")
    do(room, "close", "reveal")
    for screen in (projector_screen(room, 0), teacher_screen(room, 0, [])):
        assert (screen["tally"]["right"], screen["tally"]["answered"]) == (2, 2)
        assert screen["told"].endswith("From not right to right: 1; from right to not right: 0.")
    assert student_screen(room, ada, 0)["revealed"]["verdict"] == "right"
    assert [row.split(",")[2] for row in grades_csv(room).splitlines()[1:]] == ['"1"', '"1"']
    first, second = json.loads(answers_json(room))["questions"][0]["rounds"]
    assert (first["voted"], first["answered"], first["right"]) == (2, 2, 1)
    assert (second["voted"], second["answered"], second["right"]) == (1, 2, 2)


def test_what_was_withdrawn_is_in_no_count_and_the_first_vote_counts_again(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada, bob = room.join("Ada"), room.join("Bob")
    do(room, "start")
    answer(room, ada, "hurt")
    answer(room, bob, "fast")
    room.stage(bob, "batch", 1, [], 0)
    room.commit()
    assert teacher_screen(room, 0, [])["answered"] == projector_screen(room, 0)["answered"] == 1
    do(room, "close", "discuss", "again")
    answer(room, ada, "fast")
    room.stage(ada, "batch", 2, [], 0)
    do(room, "close", "reveal")
    room.store.close()
    again = Room(Store(room.store.path), now=0)
    assert again.final("batch") == {ada: ("hurt",)}
    assert [row.split(",")[1:3] for row in grades_csv(again).splitlines()[1:]] == [["1", '"1"'], ["0", '"0"']]
    students = json.loads(answers_json(again))["students"]
    assert [[one["response"] for one in student["answers"]] for student in students] == [[["hurt"]], []]


def test_a_space_is_a_slip_and_no_withdrawal(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada = room.join("Ada")
    do(room, "start", "skip")
    answer(room, ada, "liveness")
    with pytest.raises(QuizError, match="answer first"):
        room.stage(ada, "probe", 1, [" "], 0)
    assert room.answers("probe", 1) == {ada: ("liveness",)}


ORDER = (
    QUIZ.partition("  - id: batch")[0]
    + """  - id: stages
    type: order
    prompt: In which order?
    items: [{id: build, text: Build}, {id: test, text: Test}, {id: ship, text: "*Ship*"}]
"""
)


def test_thirty_orders_are_told_by_the_places_and_by_numbers(tmp_path: Path) -> None:
    room = new_class(tmp_path, ORDER)
    do(room, "start")
    assert teacher_screen(room, 0, [])["tally"]["groups"] == ()
    for number in range(30):
        words = ["build", "ship", "test"] if number < 20 else ["build", "test", "ship"]
        room.stage(room.join(f"S{number}"), "stages", 1, words, 0)
    do(room, "close", "discuss", "again", "close", "reveal")
    (group,) = projector_screen(room, 0)["tally"]["groups"]
    assert [(row["html"], row["count"], row["note"]) for row in group["rows"]] == [
        ("Build", 30, ""),
        ("Test", 10, "20 put here: <em>Ship</em>"),
        ("<em>Ship</em>", 10, "20 put here: Test"),
    ]
    assert Counter(stops(room, "stages", 2).values()) == {("1 3 2", False): 20, ("1 2 3", True): 10}


def test_the_flow_names_what_several_gave_and_never_what_one_student_typed_wrongly(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    do(room, "start", "skip")
    for name, typed in {
        "Ada": "<b>live</b>",
        "Bob": "<b>live</b>",
        "Cid": "rude",
        "Dan": "readiness",
    }.items():
        answer(room, room.join(name), typed)
    do(room, "close", "discuss", "again", "close", "reveal")
    expected = {("<b>live</b>", False): 2, ("others", False): 1, ("right", True): 1}
    assert Counter(stops(room, "probe", 1).values()) == expected
    assert "&lt;b&gt;live&lt;/b&gt; · 2" in projector_screen(room, 0)["flow"]


@pytest.mark.parametrize("code", ["{} {}", "{}-{}", " {}.{} "])
def test_a_code_may_be_written_in_two_halves(tmp_path: Path, code: str) -> None:
    room = new_class(tmp_path)
    asyncio.run(joined(room, code.format(room.settings.code[:3], room.settings.code[3:].lower())))
    assert [seat.name for seat in room.seats.values()] == ["Ada"]


async def joined(room: Room, code: str) -> None:
    Hall(room, lambda: 0).join(code, "Ada", "")


def test_of_a_prediction_the_run_is_advised_and_its_figure_told(tmp_path: Path) -> None:
    choice = """    options:
      - {id: nobody, text: Nobody, when: x == 0}
      - {id: some, text: Some, when: x > 0}
"""
    room = new_class(tmp_path, QUIZ + PREDICTION + choice)
    ada = room.join("Ada")
    do(room, "start", "skip", "skip", "skip")
    answer(room, ada, "some")
    do(room, "close")
    screen = teacher_screen(room, 0, [])
    assert screen["allowed"][0] == "play"
    assert screen["advice"] == "Right: 1 of 1, 100 %. Most know it: play the run, then reveal, and go on."
    do(room, "play", "reveal")
    figure = screen["key"]["figure"]
    assert re.fullmatch(r"In this run: users hurt [0-9]\d*\.", figure)
    assert projector_screen(room, 0)["key"]["figure"] == figure
    assert student_screen(room, ada, 0)["revealed"]["figure"] == figure


NUMBER = """
id: small
version: 1
title: A number
questions:
  - id: budget
    type: numeric
    prompt: How many?
    value: 30
    otherwise: Count again.
    explanation: Thirty.
    objective: To count
    source: Nobody.
"""


def test_the_wall_shows_a_few_numbers_and_none_that_only_one_has_typed(tmp_path: Path) -> None:
    room = new_class(tmp_path, NUMBER)
    do(room, "start")
    for place, word in enumerate([*"1122334455667789", "30"]):
        answer(room, room.join(f"Student {place}"), word)
    do(room, "close", "reveal")
    rows = tally(room, "budget", room.final("budget"), public=True).groups[0].rows
    assert [(row.html, row.count) for row in rows] == [
        *((word, 2) for word in "1234"), ("30", 1), ("<em>other answers</em>", 8),
    ]  # fmt: skip
    assert len(teacher_screen(room, 0, [])["tally"]["groups"][0]["rows"]) == 10


def test_what_is_no_answer_is_told_without_the_name_of_the_question(tmp_path: Path) -> None:
    room = new_class(tmp_path, NUMBER)
    do(room, "start")
    with pytest.raises(QuizError, match=r"^'many' is not a number"):
        answer(room, room.join("Ada"), "many")


def test_a_percentage_is_rounded_in_the_gradebook(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada = room.join("Ada")
    do(room, "start")
    for question, right in RIGHT.items():
        answer(room, ada, "true" if question == "back" else right)
        do(room, "close", "reveal", "next")
    assert '"66.67"' in grades_csv(room)


def test_a_skipped_question_counts_for_nobody(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada = room.join("Ada")
    do(room, "start")
    answer(room, ada, "fast")
    do(room, "skip")
    answer(room, ada, "readiness")
    do(room, "close", "reveal")
    assert str(room.result(ada)).startswith("1 of 1 point")


def test_what_one_student_typed_wrongly_is_not_put_on_the_wall(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    do(room, "start", "skip")
    for name, word in zip("ABCD", ["readiness", "RUDE", "liveness", "liveness"], strict=True):
        answer(room, room.join(name), word)
    do(room, "close", "reveal")
    assert "RUDE" not in json.dumps(projector_screen(room, 0))
    assert "RUDE" in json.dumps(teacher_screen(room, 0, []))
    rows = tally(room, "probe", room.answers("probe", 1), public=True).groups[0].rows
    assert [(row.html, row.count, row.right) for row in rows] == [
        ("liveness", 2, False), ("readiness", 1, True), ("<em>other answers</em>", 1, False),
    ]  # fmt: skip


def test_every_type_of_question_is_tallied(tmp_path: Path) -> None:
    shutil.copytree(EVERY_TYPE.parent / "figures", tmp_path / "figures")
    room = new_class(tmp_path, EVERY_TYPE.read_text(encoding="utf-8"))
    ada = room.join("Ada")
    usual_step(room)
    for _ in room.items:
        question = room.question
        assert question is not None
        room.stage(ada, question.id, 1, question.kind.key, 0)
        room.commit()
        do(room, "close", "reveal")
        counted = tally(room, question.id, room.final(question.id))
        assert (counted.answered, counted.right) == (1, 1)
        for group in counted.groups:
            assert sum(row.count for row in group.rows) >= 1
            assert all(row.right for row in group.rows if row.count)
        assert student_screen(room, ada, 0)["revealed"]["verdict"] == "right"
        projector_screen(room, 0)
        usual_step(room)
    result = room.result(ada)
    assert result is not None
    assert result.score == result.maximum


def test_a_disk_that_refuses_keeps_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = new_class(tmp_path)
    ada = room.join("Ada")
    do(room, "start")
    room.stage(ada, "batch", 1, ["hurt"], 0)
    with monkeypatch.context() as patch, closing(sqlite3.connect(":memory:")) as full:
        patch.setattr(room.store, "_file", full)
        with pytest.raises(QuizError, match="cannot be kept"):
            room.commit()
    assert room.answer(ada, "batch", 1) == ()
    room.drop()
    room.commit()
    assert room.answer(ada, "batch", 1) == ()
    answer(room, ada, "hurt")
    assert room.answer(ada, "batch", 1) == ("hurt",)


def test_a_file_holds_one_class_and_one_process_holds_it(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    with pytest.raises(QuizError, match="another deploylab class holds it"):
        Store(room.store.path)
    room.store.close()
    with pytest.raises(QuizError, match="there is a class in this file; deploylab class resume"):
        new_class(tmp_path)


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    assert new_class(tmp_path).store.path.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_class_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.class"
    other.write_text("this is no database, only some words that are long enough to be looked at" * 20)
    with pytest.raises(QuizError, match=r"other\.class: the class cannot be kept in this file"):
        Store(other)
    with pytest.raises(QuizError, match="there is no class in this file"):
        Room(Store(tmp_path / "empty.class"), 0)


def test_the_class_can_be_full(tmp_path: Path) -> None:
    room = new_class(tmp_path, seats=1)
    room.join("Ada")
    with pytest.raises(QuizError, match="full"):
        room.join("Bob")


def test_the_leaderboard_is_off_unless_it_is_wanted(tmp_path: Path) -> None:
    for place, wanted in enumerate((False, True)):
        (folder := tmp_path / str(place)).mkdir()
        room = new_class(folder, leaderboard=wanted)
        ada, bob = room.join("Ada"), room.join("Bob")
        do(room, "start")
        answer(room, bob, "hurt", now=1)
        answer(room, ada, "hurt", now=90_000)
        do(room, "close", "reveal")
        leaders = projector_screen(room, 0)["leaders"]
        assert leaders == (
            [{"place": 1, "name": name, "score": "1"} for name in ("Ada", "Bob")] if wanted else []
        )


def test_who_leads_is_a_step_after_the_reveal_where_it_is_wanted(tmp_path: Path) -> None:
    room = new_class(tmp_path, leaderboard=True)
    do(room, "start", "close", "reveal")
    for step, leading in (("leaders", False), ("next", True)):
        assert teacher_screen(room, 0, [])["allowed"][:1] == [step]
        assert projector_screen(room, 0)["leading"] == leading
        do(room, step)
    do(room, "close", "reveal")
    assert not projector_screen(room, 0)["leading"]
    (folder := tmp_path / "plain").mkdir()
    plain = new_class(folder)
    do(plain, "start", "close", "reveal")
    assert "leaders" not in teacher_screen(plain, 0, [])["allowed"]


def test_the_leaderboard_is_short_and_cuts_no_tie_silently(tmp_path: Path) -> None:
    room = new_class(tmp_path, leaderboard=True)
    do(room, "start")
    for name in "ABCDEFGH":
        answer(room, room.join(name), "hurt")
    answer(room, room.join("I"), "fast")
    do(room, "close", "reveal")
    leaders = projector_screen(room, 0)["leaders"]
    assert [one["name"] for one in leaders] == [*"ABCDE", "and 3 more"]


def test_the_same_quiz_with_another_key_looks_the_same_to_students(tmp_path: Path) -> None:
    """Whoever compares every byte of two classes cannot tell which answer is right in which."""
    other = QUIZ
    for number in range(1, 12):
        other = other.replace(f"KEY-{number}", f"something else {number}", 1)
    other = other.replace("correct: true", "correct: X").replace("correct: false", "correct: true")
    other = other.replace("correct: X", "correct: false").replace("answer: false", "answer: true")
    seen = []
    for place, text in enumerate((QUIZ, other)):
        (folder := tmp_path / str(place)).mkdir()
        room = new_class(folder, text)
        ada = room.join("Ada")
        screens = [student_screen(room, ada, 0)]
        do(room, "start")
        for word in ("fast", "liveness", "true"):
            screens.append(student_screen(room, ada, 0))
            answer(room, ada, word)
            for command in ("pause", "go-on", "close", "discuss", "again", "close", "skip"):
                do(room, command)
                if room.session.phase != "ended":
                    screens += [student_screen(room, ada, 0), projector_screen(room, 0)]
        seen.append(screens)
    assert seen[0] == seen[1]
