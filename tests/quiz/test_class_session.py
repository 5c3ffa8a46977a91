"""The course of a class: whatever the teacher does, and whenever."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploylab.model.errors import QuizError
from deploylab.quiz.classroom.session import (
    LONGEST,
    Session,
    act,
    after_crash,
    allowed,
    check_open,
    tick,
)

COMMANDS = ("start", "close", "reveal", "again", "next", "pause", "go-on", "extend", "reopen", "discuss",
            "leave", "play", "leaders", "skip", "end", "nonsense")  # fmt: skip
QUESTIONS = ("one", "two", "three")
HISTORY = st.lists(
    st.tuples(st.sampled_from(COMMANDS), st.integers(0, 40_000), st.sampled_from([0, 10, 60])), max_size=40
)


def walk(history: list[tuple[str, int, int]]) -> list[tuple[Session, str, Session, int]]:
    """Each step that was allowed: before, command, after, and when."""
    session, now, steps = Session(QUESTIONS), 0, []
    for command, later, seconds in history:
        now += later
        session = tick(session, now)
        if command in allowed(session):
            after = act(session, command, now, seconds)
            steps.append((session, command, after, now))
            session = after
        else:
            with pytest.raises(QuizError, match="cannot be done now"):
                act(session, command, now, seconds)
    return steps


@given(HISTORY)
def test_a_class_never_goes_back(history: list[tuple[str, int, int]]) -> None:
    for before, _, after, _ in walk(history):
        assert after.step == before.step + 1
        assert (after.place, after.round) >= (before.place, before.round)


@given(HISTORY)
def test_a_question_that_was_revealed_is_never_open_again(history: list[tuple[str, int, int]]) -> None:
    for before, command, after, _ in walk(history):
        if before.phase == "revealed":
            stays = command == "leaders" and after == replace(
                before, step=after.step, leaders=not before.leaders
            )
            assert stays or after.phase == "ended" or after.place == before.place + 1


@given(HISTORY)
def test_who_leads_is_shown_in_place_of_the_answers_and_of_nothing_else(
    history: list[tuple[str, int, int]],
) -> None:
    for *_, after, _ in walk(history):
        assert not after.leaders or after.phase in ("revealed", "ended")


@given(HISTORY)
def test_only_what_was_revealed_counts(history: list[tuple[str, int, int]]) -> None:
    revealed: list[str] = []
    for _, command, after, _ in walk(history):
        revealed += [after.question] if command == "reveal" else []
        assert list(after.done) == revealed


@given(HISTORY)
def test_a_deadline_is_there_only_while_a_question_is_open(history: list[tuple[str, int, int]]) -> None:
    for _, _, after, now in walk(history):
        assert after.deadline is None or after.phase == "open"
        assert after.left is None or after.phase == "paused"
        assert (after.time_left(now) or 0) >= 0


@given(HISTORY, st.integers(0, 100_000))
def test_an_answer_is_taken_while_its_question_is_open_and_at_no_other_time(
    history: list[tuple[str, int, int]], later: int
) -> None:
    for _, _, session, then in walk(history):
        now = then + later
        in_time = session.deadline is None or now < session.deadline
        taken = True
        try:
            check_open(session, session.question, session.round, now)
        except QuizError:
            taken = False
        assert taken == (session.phase == "open" and in_time)
        with pytest.raises(QuizError):
            check_open(session, session.question, session.round + 1, now)


@given(HISTORY)
def test_a_pause_costs_no_time(history: list[tuple[str, int, int]]) -> None:
    for before, command, after, now in walk(history):
        if command in ("pause", "go-on"):
            assert after.time_left(now) == before.time_left(now)


@given(HISTORY)
def test_something_can_be_done_until_the_end(history: list[tuple[str, int, int]]) -> None:
    for _, _, session, now in walk(history):
        assert bool(allowed(session)) == (session.phase != "ended")
        if session.phase != "ended":
            assert act(session, "end", now).phase == "ended"


@given(HISTORY)
def test_the_usual_step_leads_to_the_end(history: list[tuple[str, int, int]]) -> None:
    steps = walk(history)
    session, now = (steps[-1][2], steps[-1][3]) if steps else (Session(QUESTIONS), 0)
    for _ in range(4 * len(QUESTIONS) + 2):
        if session.phase != "ended":
            session = act(session, allowed(session)[0], now)
    assert session.phase == "ended"


@given(HISTORY, st.integers(0, 30_000))
def test_after_a_crash_an_open_question_waits_with_the_time_it_had(
    history: list[tuple[str, int, int]], alive: int
) -> None:
    for _, _, session, then in walk(history):
        back = after_crash(session, then + alive)
        if session.phase == "open":
            assert (back.phase, back.left) == ("paused", session.time_left(then + alive))
        else:
            assert back == session


def test_time_is_given_only_to_a_question_that_has_a_limit() -> None:
    for seconds in (0, 30):
        session = act(Session(QUESTIONS), "start", 0, seconds)
        for one in (session, act(session, "pause", 0)):
            assert ("extend" in allowed(one)) == (seconds > 0)


def test_a_second_round_comes_once() -> None:
    session = Session(QUESTIONS)
    for command in ("start", "close", "discuss", "again", "close"):
        session = act(session, command, 0)
    assert session.round == 2
    assert "discuss" not in allowed(session)


@pytest.mark.parametrize("seconds", [-1, LONGEST + 1])
def test_a_time_limit_that_makes_no_sense_is_refused(seconds: int) -> None:
    with pytest.raises(QuizError, match="seconds"):
        act(Session(QUESTIONS), "start", 0, seconds)
