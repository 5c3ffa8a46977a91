"""The class on a port: pages, WebSockets, and plain requests for networks that block those; no logic here.

Every address is there three times: for students at /, the wall at /p/SECRET/, the teacher at /t/SECRET/.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import segno
from tornado.web import Application, HTTPError

from deploylab.quiz.classroom.export import answers_json, grades_csv
from deploylab.quiz.classroom.hall import Hall
from deploylab.quiz.classroom.handlers import PAGES, Handler, Join, Page, Say, Screen, Talk
from deploylab.quiz.classroom.lines import Person
from deploylab.quiz.kinds.predict import Predict
from deploylab.quiz.kinds.simulate import Simulate

LARGEST = 16 * 1024  # bytes of one message
_SHARED = [Path(__file__).parents[1] / name for name in ("quiz.js", "quiz.css")]
_KINDS = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "json": "application/json",
          "html": "text/html"}  # fmt: skip
# A picture and a player may style and move themselves, in a frame of nobody's origin that reaches nothing.
_SEALED = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)


class _Figure(Handler):
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


class _Animation(Handler):
    """The run that a prediction was about, once nobody can answer any more."""

    def get(self, *_: str) -> None:
        room, known = self.hall.room, self._known()
        kind = room.question.kind if room.question else None
        seen = room.session.phase in ("playing", "revealed") and known.role != "student"
        if not (seen and isinstance(kind, Predict)):
            raise HTTPError(404)
        self.set_header("Content-Security-Policy", _SEALED)
        self.write(self._made["animate"](kind.simulate))


class _Download(Handler):
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


class _File(Handler):
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
            (r"/", Page, shared),
            (r"/screen", Screen, shared),
            (r"/say", Say, shared),
            (r"/talk", Talk, shared),
            (r"/join", Join, shared),
            (r"/figure/(\d{1,3})", _Figure, shared),
            (r"/files/([\w.-]{1,40})", _Style, shared | {"files": files}),
            (secret, Page, shared),
            (secret + "screen", Screen, shared),
            (secret + "say", Say, shared),
            (secret + "talk", Talk, shared),
            (secret + "animation", _Animation, shared | {"animate": look.animate}),
            (secret + r"(grades\.csv|answers\.json)", _Download, shared),
            (secret + r"(qr\.svg|join\.json)", _File, shared | {"files": private}),
        ],
        websocket_max_message_size=LARGEST,
        websocket_ping_interval=20,
        log_function=lambda _: None,  # addresses hold secrets, and a log of who came is nobody's business
    )


def on_wall(player: str) -> str:
    """A player that fills the frame that it is shown in."""
    return (PAGES / "run.html").read_text("utf-8").replace("$player", player)


def qr(address: str) -> str:
    """The picture of an address, dark on light in every theme: that is what cameras read."""
    picture = BytesIO()
    made = segno.make(address, error="m", micro=False)
    made.save(picture, kind="svg", xmldecl=False, border=3, light="#ffffff", dark="#111318", scale=8)
    return picture.getvalue().decode()
