"""What people ask of the class over HTTP: the page, the screen, to join and to speak; and who asks."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from deploylab.model.errors import QuizError
from deploylab.quiz.classroom.door import TERM, known_host, opens, whose
from deploylab.quiz.classroom.hall import Hall
from deploylab.quiz.classroom.lines import Person

PAGES = Path(__file__).with_name("pages")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws://{host} wss://{host}; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class Handler(RequestHandler):
    """What all answers share: who asks, from where, and what the page may do."""

    hall: Hall
    who: Person | None

    def initialize(self, hall: Hall, hosts: Collection[str], **made: Any) -> None:
        self.hall, self._hosts, self._made = hall, hosts, made

    def set_default_headers(self) -> None:
        host = re.sub(r"[^\w.:\[\]-]", "", self.request.host)
        self.set_header("Content-Security-Policy", _POLICY.format(host=host))
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def prepare(self) -> None:
        host, origin = self.request.host, self.request.headers.get("Origin")
        try:
            meant = known_host(host, self._hosts) and (origin is None or urlsplit(origin).netloc == host)
        except ValueError:  # such as "[", which is no address at all
            meant = False
        if not meant:
            raise HTTPError(403)
        self.who = self._person(*self.path_args[:2])

    def _person(self, role: str | None = None, secret: str | None = None, *_: object) -> Person | None:
        settings = self.hall.room.settings
        if role == "t" and opens(settings.teacher, secret or ""):
            return Person("teacher")
        if role == "p" and opens(settings.projector, secret or ""):
            return Person("projector")
        if role:
            raise HTTPError(404)
        student = whose(settings, self.get_cookie(cookie(self.hall)))
        return Person("student", student) if student in self.hall.room.seats else None

    def _known(self) -> Person:
        if self.who is None:
            raise HTTPError(403)
        return self.who

    def _message(self) -> Any:
        if self.request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            raise HTTPError(415)
        try:
            return json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise HTTPError(400) from None

    def write_error(self, status_code: int, **_: Any) -> None:
        self.finish({"refused": "not allowed" if status_code == 403 else f"error {status_code}"})


class Page(Handler):
    def get(self, *_: str) -> None:
        role = self.who.role if self.who else "student"  # who has no seat yet is asked to join
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write(Template((PAGES / "page.html").read_text("utf-8")).substitute(role=role))


class Screen(Handler):
    """The screen for those who have no WebSocket, asked for again and again."""

    def get(self, *_: str) -> None:
        self.write({"screen": self.hall.screen(self.who) if self.who else None})


class Say(Handler):
    """What somebody says, without a WebSocket."""

    async def post(self, *_: str) -> None:
        self.write(await self.hall.hear(self._known(), self._message()))


class Join(Handler):
    def post(self) -> None:
        message = self._message()
        if self.who:  # one browser, one seat
            self.write({"joined": True})
            return
        try:
            code, name = str(message["code"]), str(message["name"])
            token = self.hall.join(code, name, self.request.remote_ip or "")
        except (KeyError, TypeError):
            raise HTTPError(400) from None
        except QuizError as error:
            self.write({"refused": str(error)})
            return
        self.set_cookie(cookie(self.hall), token, httponly=True, samesite="Strict", expires_days=TERM,
                        secure=self.request.protocol == "https")  # fmt: skip
        self.write({"joined": True})


class Talk(Handler, WebSocketHandler):
    """The open line to a screen."""

    def open(self, *_: str) -> None:
        if self.who is None:
            self.close(4001, "join first")
        else:
            self.hall.lines.enter(self, self.who)

    async def on_message(self, message: str | bytes) -> None:
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            said = None
        if not self.who:
            return
        if isinstance(said, dict) and said.get("screen"):
            reply = {"screen": self.hall.screen(self.who)}
        else:
            number = said.get("re") if isinstance(said, dict) else None
            reply = await self.hall.hear(self.who, said) | {"re": number if isinstance(number, int) else 0}
        with suppress(WebSocketClosedError):
            await self.write_message(json.dumps(reply))  # whoever does not listen is not heard either

    def on_close(self) -> None:
        self.hall.lines.leave(self)


def cookie(hall: Hall) -> str:
    """The name of the cookie: two classes on one machine keep apart."""
    return f"class-{hall.room.settings.id}"
