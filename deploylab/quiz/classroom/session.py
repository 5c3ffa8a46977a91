"""The course of a class, as pure data and pure steps: what the teacher may do now, and what that leads to.

    lobby → open ⇄ paused → closed → revealed → open (the next question) … → ended
                              ↓ ↑  ↘ playing (the run of a prediction) ↗
                            discuss → open (the second round)

Time is milliseconds by the teacher's clock, and always an argument: nothing here looks at a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from deploylab.model.errors import QuizError

Phase = Literal["lobby", "open", "paused", "closed", "discuss", "playing", "revealed", "ended"]
LONGEST = 3600  # seconds that a question can be open, or be extended by


@dataclass(frozen=True)
class Session:
    """Where a class is: at which question, in which round, until when.

    `deadline` is set while a question with a time limit is open, `left` while it is paused. `step` counts all
    changes, so that a command given for an earlier screen, as by a double click, can be told. `leaders`: the
    wall shows who leads in place of what was revealed. `talked`: they have discussed this question.

    >>> session = act(Session(("batch-size", "deadline")), "start", now=0, seconds=30)
    >>> session.question, session.phase, session.deadline
    ('batch-size', 'open', 30000)
    >>> tick(session, 30_000).phase
    'closed'
    """

    questions: tuple[str, ...]
    phase: Phase = "lobby"
    place: int = -1
    round: int = 1
    deadline: int | None = None
    left: int | None = None
    step: int = 0
    skipped: tuple[str, ...] = ()
    leaders: bool = False
    talked: bool = False

    @property
    def question(self) -> str:
        """The id of the current question; none in the lobby."""
        return self.questions[self.place] if self.place >= 0 else ""

    @property
    def last(self) -> bool:
        """Whether no question comes after this one."""
        return self.place == len(self.questions) - 1

    @property
    def done(self) -> tuple[str, ...]:
        """The questions that were asked and revealed: those that count."""
        behind = max(0, self.place + (self.phase in ("revealed", "ended")))
        return tuple(name for name in self.questions[:behind] if name not in self.skipped)

    def time_left(self, now: int) -> int | None:
        """Milliseconds until the question closes; None without a limit, or when none is open."""
        return self.left if self.deadline is None else max(0, self.deadline - now)


def allowed(session: Session) -> tuple[str, ...]:
    """The commands that the teacher can give now; the first is the usual next step.

    >>> allowed(Session(("batch-size",)))
    ('start', 'end')
    """
    limited = session.deadline is not None or session.left is not None
    senseless = {"discuss": session.round > 1, "extend": not limited}
    return tuple(
        name for name, (phases, _) in _STEPS.items()
        if session.phase in phases and not senseless.get(name, False)
    )  # fmt: skip


def act(session: Session, command: str, now: int, seconds: int = 0) -> Session:
    """The session after a command; `seconds`: how long a question is open, or how much more; 0: no limit."""
    if command not in allowed(session):
        known = ", ".join(allowed(session)) or "nothing more"
        raise QuizError(f"{command[:20]!r} cannot be done now ({session.phase}); allowed are: {known}")
    if not 0 <= seconds <= LONGEST:
        raise QuizError(f"seconds: {seconds} is not allowed; use 0 to {LONGEST}")
    return replace(_STEPS[command][1](session, now, seconds), step=session.step + 1)


def tick(session: Session, now: int) -> Session:
    """The session as time goes by: a question closes at its deadline."""
    over = session.phase == "open" and session.deadline is not None and session.deadline <= now
    return act(session, "close", now) if over else session


def check_open(session: Session, question: str, round_: int, now: int) -> None:
    """Refuse an answer that is not to the open question, or late."""
    current = tick(session, now)
    if (question, round_) != (current.question, current.round) or current.phase not in ("open", "paused"):
        raise QuizError("this question is closed; your answer came too late")
    if current.phase == "paused":
        raise QuizError("the class pauses; answer when it goes on")


def after_crash(session: Session, heard: int) -> Session:
    """The session as it is taken up again: an open question pauses, with what was left when last heard of."""
    return act(session, "pause", heard) if session.phase == "open" else session


def _open(session: Session, now: int, seconds: int) -> Session:
    return replace(session, phase="open", deadline=now + 1000 * seconds if seconds else None, left=None)


def _next(session: Session, now: int, seconds: int) -> Session:
    if session.last:
        return _end(session, now, seconds)
    return _open(
        replace(session, place=session.place + 1, round=1, leaders=False, talked=False), now, seconds
    )


def _end(session: Session, _now: int, _seconds: int) -> Session:
    """What was asked but not revealed does not count: nobody has been told what is right."""
    unseen = session.phase not in ("lobby", "revealed") and session.question not in session.skipped
    skipped = (*session.skipped, session.question) if unseen else session.skipped
    skipped += session.questions[session.place + 1 :]
    return replace(session, phase="ended", deadline=None, left=None, skipped=skipped)


def _skip(session: Session, now: int, seconds: int) -> Session:
    return _next(replace(session, skipped=(*session.skipped, session.question)), now, seconds)


def _close(session: Session, _now: int, _seconds: int) -> Session:
    return replace(session, phase="closed", deadline=None, left=None)


def _pause(session: Session, now: int, _seconds: int) -> Session:
    return replace(session, phase="paused", left=session.time_left(now), deadline=None)


def _go_on(session: Session, now: int, _seconds: int) -> Session:
    deadline = None if session.left is None else now + session.left
    return replace(session, phase="open", deadline=deadline, left=None)


def _extend(session: Session, _now: int, seconds: int) -> Session:
    more = 1000 * seconds
    if session.phase == "paused":
        return replace(session, left=None if session.left is None else session.left + more)
    return replace(session, deadline=None if session.deadline is None else session.deadline + more)


def _discuss(session: Session, _now: int, _seconds: int) -> Session:
    return replace(session, phase="discuss", talked=True)


def _again(session: Session, now: int, seconds: int) -> Session:
    return _open(replace(session, round=2), now, seconds)


def _play(session: Session, _now: int, _seconds: int) -> Session:
    return replace(session, phase="playing")


def _reveal(session: Session, _now: int, _seconds: int) -> Session:
    return replace(session, phase="revealed")


def _leaders(session: Session, _now: int, _seconds: int) -> Session:
    return replace(session, leaders=not session.leaders)


# Each command: from which phases, and how. In the order in which the buttons stand, the usual step first.
_STEPS: Mapping[str, tuple[tuple[Phase, ...], Callable[[Session, int, int], Session]]] = {
    "start": (("lobby",), _next),
    "go-on": (("paused",), _go_on),
    "close": (("open", "paused"), _close),
    "reveal": (("closed", "playing"), _reveal),
    "again": (("discuss",), _again),
    "next": (("revealed",), _next),
    "leaders": (("revealed",), _leaders),
    "pause": (("open",), _pause),
    "extend": (("open", "paused"), _extend),
    "reopen": (("closed",), _open),
    "discuss": (("closed",), _discuss),
    "play": (("closed",), _play),
    "leave": (("discuss",), _close),
    "skip": (("open", "paused", "closed", "discuss", "playing"), _skip),
    "end": (("lobby", "open", "paused", "closed", "discuss", "playing", "revealed"), _end),
}
