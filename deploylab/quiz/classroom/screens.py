"""What each of the three screens may show right now: the student's, the projector's and the teacher's.

Pure functions of the room. Nothing that tells what is right is in a student's or in the projector's screen
before the reveal; that is decided here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

from deploylab.quiz.amount import tell
from deploylab.quiz.ask import tell_answer
from deploylab.quiz.classroom.flow import flow, moves, stops, told
from deploylab.quiz.classroom.room import Answers, Room
from deploylab.quiz.classroom.session import allowed
from deploylab.quiz.classroom.tally import beliefs, places, tally, worth_a_second_round
from deploylab.quiz.kinds.numeric import Numeric
from deploylab.quiz.kinds.predict import Predict
from deploylab.quiz.markdown import html, inline
from deploylab.quiz.sheet import grade_sheet, question_sheet, result_sheet

_LEADERS = 5
_BELIEFS = 8


def student_screen(room: Room, student: str, now: int) -> dict[str, Any]:
    """For one student: the question, the own saved answer, and after the reveal what it is worth."""
    seat = room.seats[student]
    if seat.removed:
        return {"phase": "removed", "title": room.paper.quiz.title}
    session, name = room.session, room.session.question
    screen = _base(room, now) | {"you": seat.name}
    if session.phase == "ended":
        result = room.result(student)
        return screen | {"result": result and result_sheet(result)}
    if not name:
        return screen
    words = room.answer(student, name, session.round)
    screen |= {
        "question": _question(room, name),
        "saved": list(words),
        "earlier": list(room.answer(student, name, 1)) if session.round == 2 else [],
        "told": [inline(line) for line in tell_answer(room.items[name].ask, room.counted(student, name))]
        if room.counted(student, name) else [],
    }  # fmt: skip
    if session.phase == "revealed":
        given = room.counted(student, name)
        graded = grade_sheet(room.items[name].question, room.grade(name, given)) if given else {}
        screen |= {
            "saved": list(given),
            "revealed": {"verdict": "open", "remarks": {}} | graded | _key(room, name),
        }
    return screen


def projector_screen(room: Room, now: int) -> dict[str, Any]:
    """For the wall: the way in, the question, how many have answered; the picture only after the reveal."""
    session, name = room.session, room.session.question
    screen = _base(room, now) | {"present": len(room.present)}
    if session.phase == "lobby":
        return screen | {"names": [seat.name for seat in room.present.values()][-60:]}
    if session.phase == "ended":
        return screen | {"results": _results(room), "leaders": _leaders(room)}
    screen |= {"question": _question(room, name), "answered": len(room.answers(name, session.round))}
    if session.phase == "revealed":
        screen |= _votes(room, name, public=True) | {"key": _key(room, name), "leaders": _leaders(room)}
        screen["leading"] = session.leaders
    if session.phase in ("playing", "revealed"):
        screen["animation"] = isinstance(room.items[name].question.kind, Predict)
    return screen


def teacher_screen(room: Room, now: int, online: Collection[str]) -> dict[str, Any]:
    """For the teacher alone: everything, also before the reveal, and what can be done next."""
    session, name = room.session, room.session.question
    given = room.answers(name, session.round)
    screen = _base(room, now) | {
        "allowed": _steps(room),
        "seconds": room.settings.seconds,
        "last": session.last,
        "present": len(room.present),
        "answered": len(given),
        "students": [
            {"id": one, "name": seat.name, "removed": seat.removed, "online": one in online,
             "answered": one in given}
            for one, seat in room.seats.items()
        ],
        "beliefs": [
            {"html": inline(one.text), "topic": one.topic, "first": one.first, "count": one.last}
            for one in beliefs(room)[:_BELIEFS]
        ],
        "results": _results(room),
        "leaders": _leaders(room),
        "coming": [item.question.topic for item in room.paper.items[session.place + 1 :]],
    }  # fmt: skip
    if name and session.phase != "ended":
        screen |= {"question": _question(room, name), "key": _key(room, name), "advice": _advice(room, name)}
        screen |= _votes(room, name, public=False)
    return screen


def _base(room: Room, now: int) -> dict[str, Any]:
    session, quiz = room.session, room.paper.quiz
    return {
        "title": quiz.title,
        "language": quiz.language,
        "phase": session.phase,
        "step": session.step,
        "place": session.place + 1,
        "of": len(session.questions),
        "round": session.round,
        "left": session.time_left(now),
    }


def _question(room: Room, name: str) -> dict[str, Any]:
    """As a sheet, but a figure is fetched once and not sent with each change; there are no hints in class."""
    item = room.items[name]
    sheet = question_sheet(item, item.question.points)
    if sheet["figure"]:
        sheet["figure"]["src"] = f"/figure/{room.session.questions.index(name)}"
    return sheet | {"hints": []}


def _key(room: Room, name: str) -> dict[str, Any]:
    question, ask = room.items[name].question, room.items[name].ask
    kind = getattr(question.kind, "resolved", question.kind)  # a prediction's, after its run
    near = (
        [f"Right as well: {kind.right_as_well}."] if isinstance(kind, Numeric) and kind.right_as_well else []
    )
    return {
        "solution": [inline(line) for line in (*tell_answer(ask, question.kind.key), *near)],
        "figure": question.kind.told if isinstance(question.kind, Predict) else "",
        "explanation": html(question.explanation),
        "source": inline(question.source),
    }


def _votes(room: Room, name: str, public: bool) -> dict[str, Any]:
    """The picture of the answers; of both rounds, and the way from one to the other, when there were two."""
    second = room.session.round == 2
    shown = {"tally": _tally(room, name, room.final(name), public)}
    if not second:
        return shown
    went = moves(stops(room, name, 1), stops(room, name, 2))
    before = _tally(room, name, room.answers(name, 1), public)
    return shown | {"before": before, "flow": flow(went), "told": told(went)}


def _tally(room: Room, name: str, given: Answers, public: bool) -> dict[str, Any]:
    counted, ask = tally(room, name, given, public), room.items[name].ask
    if ask.single and ask.single.how == "order":
        counted = replace(counted, groups=places(room, name, given))
    return asdict(counted) | {"share": round(counted.share)}


def _steps(room: Room) -> list[str]:
    """What can be done now, first what is advised: a reveal cannot be taken back."""
    steps, name = list(allowed(room.session)), room.session.question
    if room.session.phase == "revealed":
        if not room.settings.leaderboard:
            steps.remove("leaders")
        return steps if room.session.leaders else sorted(steps, key=lambda step: step != "leaders")
    if room.session.phase != "closed":
        return steps
    counted = tally(room, name, room.answers(name, 1))
    talk = not room.session.talked and counted.answered
    talk = talk and worth_a_second_round(counted.share, room.settings.window)
    if not isinstance(room.items[name].question.kind, Predict):  # there is no run
        steps.remove("play")
    first = "discuss" if talk and "discuss" in steps else "play"
    return sorted(steps, key=lambda step: step != first)


def _advice(room: Room, name: str) -> str:
    if room.session.phase != "closed" or room.session.round == 2:
        return ""
    counted, window = tally(room, name, room.answers(name, 1)), room.settings.window
    if not counted.answered:
        return "Nobody has answered."
    right = f"Right: {counted.right} of {counted.answered}, {counted.share:.3g} %."
    then = "play the run, then reveal" if isinstance(room.items[name].question.kind, Predict) else "reveal"
    if room.session.talked:
        return f"{right} No second vote: {then}."
    if worth_a_second_round(counted.share, window):
        return f"{right} Let them discuss, and vote again."
    if counted.share < window[0]:
        return f"{right} Few can convince the others: {then}, and explain it."
    return f"{right} Most know it: {then}, and go on."


def _results(room: Room) -> list[dict[str, Any]]:
    """Of each question that counts: how many were right, before and after talking."""
    found = []
    for name in room.session.done:
        first, last = (tally(room, name, given) for given in (room.answers(name, 1), room.final(name)))
        row = {
            "topic": room.items[name].question.topic,
            "answered": last.answered,
            "share": round(last.share),
        }
        found.append(row | {"before": round(first.share) if room.answers(name, 2) else None})
    return found


def _leaders(room: Room) -> list[dict[str, Any]]:
    """A few with the most points, when the teacher wants that; those with equal points share a place."""
    if not room.settings.leaderboard:
        return []
    scores = {one: result.score for one in room.present if (result := room.result(one)) and result.score > 0}
    best = sorted(scores, key=lambda one: (-scores[one], room.seats[one].name.casefold()))
    rows: list[dict[str, Any]] = [
        {"place": 1 + sum(other > scores[one] for other in scores.values()), "name": room.seats[one].name,
         "score": tell(scores[one])}
        for one in best[:_LEADERS]
    ]  # fmt: skip
    if more := sum(scores[one] == scores[best[_LEADERS - 1]] for one in best[_LEADERS:]):
        rows.append({"place": "", "name": f"and {more} more", "score": rows[-1]["score"]})
    return rows
