"""After class: a table for the gradebook, and every answer as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from deploylab.quiz.amount import tell
from deploylab.quiz.classroom.room import Room
from deploylab.quiz.classroom.tally import beliefs, tally
from deploylab.quiz.gradebook import gradebook
from deploylab.quiz.score import Result


def grades_csv(room: Room) -> str:
    """The gradebook of the questions that count, of the students of the class."""
    students = ((room.seats[student].name, room.result(student)) for student in room.present)
    return gradebook(room.session.done, students)


def answers_json(room: Room) -> str:
    """All that the class said, with the settings that matter and none of the secrets."""
    quiz, found = room.paper.quiz, beliefs(room)
    content: dict[str, Any] = {
        "deploylab_class": 1,
        "quiz": quiz.id,
        "version": quiz.version,
        "session": room.settings.id,
        "questions": [
            {"id": name, "counts": name in room.session.done, "topic": item.question.topic,
             "type": item.question.kind.type,
             "rounds": [_round(room, name, number) for number in (1, 2) if room.answers(name, number)]}
            for name, item in room.items.items()
        ],
        "misconceptions": [
            {"belief": one.text, "question": one.topic, "first_vote": one.first, "students": one.last}
            for one in found
        ],
        "students": [
            {"student": student, "name": seat.name,
             "answers": [
                 {"question": name, "round": number, "response": list(words),
                  "correct": room.grade(name, words).correct, "score": tell(room.grade(name, words).score)}
                 for name in room.items for number in (1, 2) if (words := room.answer(student, name, number))
             ]}
            for student, seat in room.present.items()
        ],
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def results(room: Room) -> list[Result]:
    """The result of everybody who answered anything, on what they met, for the statistics of the questions.

    Whoever comes late or leaves does not meet the questions before the first or after the last one that they
    answer; those between that they left open are worth nothing.
    """
    found = (room.result(student) for student in room.present)
    return [_met(result) for result in found if result and result.answered]


def _met(result: Result) -> Result:
    answered = [place for place, grade in enumerate(result.grades) if grade.answered]
    met = slice(answered[0], answered[-1] + 1)
    return Result(replace(result.paper, items=result.paper.items[met]), result.grades[met])


def _round(room: Room, name: str, number: int) -> dict[str, Any]:
    """Of the second vote also what those had said before who did not vote again: it counts."""
    given = room.answers(name, number)
    counted = tally(room, name, room.final(name) if number == 2 else given)
    groups = [[{"answer": row["id"], "count": row["count"]} for row in group["rows"] if row["count"]]
              for group in asdict(counted)["groups"]]  # fmt: skip
    numbers = {"voted": len(given), "answered": counted.answered, "right": counted.right}
    return {"round": number, **numbers, "fields": groups}
