"""The class on a port: pages, WebSockets, and plain requests for networks that block those; no logic here.

Every address is there three times: for students at /, the wall at /p/SECRET/, the teacher at /t/SECRET/.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler

from deploylab.model.errors import QuizError
from deploylab.quiz.classroom.door import TERM, known_host, opens, whose
from deploylab.quiz.classroom.export import answers_json, grades_csv
from deploylab.quiz.classroom.hall import Hall, Person
from deploylab.quiz.kinds.predict import Predict
from deploylab.quiz.kinds.simulate import Simulate

PAGES = Path(__file__).with_name("pages")
_SHARED = [Path(__file__).parents[1] / name for name in ("quiz.js", "quiz.css")]
_KINDS = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "json": "application/json",
          "html": "text/html"}  # fmt: skip
LARGEST = 16 * 1024  # bytes of one message
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws://{host} wss://{host}; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# A picture and a player may style and move themselves, in a frame of nobody's origin that reaches nothing.
_SEALED = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)


class _Handler(RequestHandler):
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
        if not known_host(self.request.host, self._hosts):
            raise HTTPError(403)
        origin = self.request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.request.host:
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


class _Page(_Handler):
    def get(self, *_: str) -> None:
        page = {"teacher": "teacher", "projector": "projector"}.get(
            self.who.role if self.who else "", "student"
        )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write((PAGES / f"{page}.html").read_text("utf-8"))


class _Screen(_Handler):
    """The screen for those who have no WebSocket, asked for again and again."""

    def get(self, *_: str) -> None:
        self.write({"screen": self.hall.screen(self.who) if self.who else None})


class _Say(_Handler):
    """What somebody says, without a WebSocket."""

    async def post(self, *_: str) -> None:
        self.write(await self.hall.hear(self._known(), self._message()))


class _Join(_Handler):
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


class _Talk(_Handler, WebSocketHandler):
    """The open line to a screen."""

    def open(self, *_: str) -> None:
        if self.who is None:
            self.close(4001, "join first")
        else:
            self.hall.enter(self, self.who)

    async def on_message(self, message: str | bytes) -> None:
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            said = None
        if self.who and isinstance(said, dict) and said.get("screen"):
            self.write_message(json.dumps({"screen": self.hall.screen(self.who)}))
        elif self.who:
            number = said.get("re") if isinstance(said, dict) else None
            reply = await self.hall.hear(self.who, said)
            if self.ws_connection:
                self.write_message(json.dumps(reply | {"re": number if isinstance(number, int) else 0}))

    def on_close(self) -> None:
        self.hall.leave(self)


class _Figure(_Handler):
    """The picture of a question that has been asked."""

    def get(self, number: str) -> None:
        session, place = self.hall.room.session, int(number)
        if place > session.place:
            raise HTTPError(404)
        figure = self.hall.room.items[session.questions[place]].question.figure
        if not figure or not figure.data:
            raise HTTPError(404)
        head, _, data = figure.data.partition(",")
        self.set_header("Content-Type", head.removeprefix("data:").removesuffix(";base64"))
        self.set_header("Content-Security-Policy", _SEALED)
        self.write(b64decode(data))

    def _person(self, *_: object) -> Person | None:
        return None


class _Animation(_Handler):
    """The run that a prediction was about, once it is revealed."""

    def get(self, *_: str) -> None:
        room, known = self.hall.room, self._known()
        kind = room.question.kind if room.question else None
        if known.role == "student" or room.session.phase != "revealed" or not isinstance(kind, Predict):
            raise HTTPError(404)
        self.set_header("Content-Security-Policy", _SEALED)
        self.write(self._made["animate"](kind.simulate))


class _Download(_Handler):
    def get(self, _role: str, _secret: str, name: str) -> None:
        if self._known().role != "teacher":
            raise HTTPError(404)
        make, kind = {
            "grades.csv": (grades_csv, "text/csv"),
            "answers.json": (answers_json, "application/json"),
        }[name]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header(
            "Content-Disposition", f'attachment; filename="{self.hall.room.paper.quiz.id}-{name}"'
        )
        self.write(make(self.hall.room))


class _File(_Handler):
    """A script, a style or a picture: one of these few, by its name."""

    def get(self, *path: str) -> None:
        files: Mapping[str, str] = self._made["files"]
        if path[-1] not in files:
            raise HTTPError(404)
        self.set_header("Content-Type", f"{_KINDS[path[-1].rpartition('.')[2]]}; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.write(files[path[-1]])


class _Style(_File):
    """The same for everybody, whoever asks."""

    def _person(self, *_: object) -> Person | None:
        return None


@dataclass(frozen=True)
class Look:
    """What the composer of the package gives, for the quiz knows neither theme nor player.

    `colours` are CSS variables, `animate` makes the page of a run.
    """

    colours: str
    animate: Callable[[Simulate], str]


def application(hall: Hall, join: str, look: Look) -> Application:
    """The class as a web application; `join` is the address that students are given."""
    shared = {"hall": hall, "hosts": [urlsplit(join).hostname or ""]}
    files = {path.name: path.read_text("utf-8") for path in [*PAGES.glob("*.*"), *_SHARED]}
    files["colours.css"] = f":root{{{look.colours}}}"
    told = json.dumps({"address": join.partition("#")[0], "code": hall.room.settings.code})
    private = {"qr.svg": qr(join), "join.json": told}
    secret = r"/([tp])/([\w-]{20,60})/"
    return Application(
        [
            (r"/", _Page, shared),
            (r"/screen", _Screen, shared),
            (r"/say", _Say, shared),
            (r"/talk", _Talk, shared),
            (r"/join", _Join, shared),
            (r"/figure/(\d{1,3})", _Figure, shared),
            (r"/files/([\w.-]{1,40})", _Style, shared | {"files": files}),
            (secret, _Page, shared),
            (secret + "screen", _Screen, shared),
            (secret + "say", _Say, shared),
            (secret + "talk", _Talk, shared),
            (secret + "animation", _Animation, shared | {"animate": look.animate}),
            (secret + r"(grades\.csv|answers\.json)", _Download, shared),
            (secret + r"(qr\.svg|join\.json)", _File, shared | {"files": private}),
        ],
        websocket_max_message_size=LARGEST,
        websocket_ping_interval=20,
        log_function=lambda _: None,  # addresses hold secrets, and a log of who came is nobody's business
    )


def qr(address: str) -> str:
    """The picture of an address, dark on light in every theme: that is what cameras read."""
    picture = BytesIO()
    made = segno.make(address, error="m", micro=False)
    made.save(picture, kind="svg", xmldecl=False, border=3, light="#ffffff", dark="#111318", scale=8)
    return picture.getvalue().decode()


def cookie(hall: Hall) -> str:
    """The name of the cookie: two classes on one machine keep apart."""
    return f"class-{hall.room.settings.id}"
