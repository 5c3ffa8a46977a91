"""The class on a port of this machine: what comes over the line, and who is let in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from deploylab.quiz.classroom import hold
from deploylab.quiz.classroom.hall import Hall, clock
from deploylab.quiz.classroom.handlers import PAGES, Talk
from deploylab.quiz.classroom.hold import Where, listen, open_doors
from deploylab.quiz.classroom.lines import Person
from deploylab.quiz.classroom.room import Room
from deploylab.quiz.classroom.server import LARGEST, Look
from tests.quiz.classroom import RIGHT, do, new_class

EVIL = ["<script>alert(1)</script>", "‮gnp.exe", "A" * 10_000, "a" + "́" * 500, "'; DROP TABLE seat; --"]


@dataclass
class Client:
    """A browser as the server sees it; `heard` is every byte that it got."""

    base: str
    cookie: str = ""
    heard: list[bytes] = field(default_factory=list)

    async def ask(self, path: str, said: Any = None, **headers: str) -> HTTPResponse:
        body = None if said is None else json.dumps(said)
        headers = {"Cookie": self.cookie, "Content-Type": "application/json", **headers}
        request = HTTPRequest(f"{self.base}{path}", "POST" if body else "GET", headers, body)
        reply = await AsyncHTTPClient().fetch(request, raise_error=False)
        self.heard += [reply.body or b"", str(reply.headers).encode()]
        if found := reply.headers.get("Set-Cookie"):
            self.cookie = found.partition(";")[0]
        return reply

    async def say(self, path: str, said: Any, **headers: str) -> Any:
        return json.loads((await self.ask(path, said, **headers)).body)

    async def screen(self, path: str = "/screen") -> Any:
        return json.loads((await self.ask(path)).body)["screen"]

    async def read(self, line: WebSocketClientConnection) -> Any:
        message = await line.read_message()
        assert message is not None
        self.heard.append(message.encode() if isinstance(message, str) else message)
        return json.loads(message)


@dataclass
class Class:
    """A class that is open, and browsers for it."""

    room: Room
    base: str
    lines: list[WebSocketClientConnection] = field(default_factory=list)

    @property
    def desk(self) -> str:
        return f"/t/{self.room.settings.teacher}/"

    @property
    def wall(self) -> str:
        return f"/p/{self.room.settings.projector}/"

    async def student(self, name: str) -> Client:
        client = Client(self.base)
        assert await client.say("/join", {"code": self.room.settings.code, "name": name}) == {"joined": True}
        return client

    async def line(self, client: Client, path: str = "/talk", **headers: str) -> WebSocketClientConnection:
        address = f"ws{self.base.removeprefix('http')}{path}"
        headers = {"Cookie": client.cookie, **headers}
        self.lines.append(await websocket_connect(HTTPRequest(address, headers=headers)))
        return self.lines[-1]

    async def command(self, name: str, seconds: int = 0) -> Any:
        said = {"do": name, "step": self.room.session.step, "seconds": seconds}
        return await Client(self.base).say(f"{self.desk}say", said)


@asynccontextmanager
async def open_class(folder: Path, **options: Any) -> AsyncIterator[Class]:
    room = new_class(folder, **options)
    where = Where(port=0)
    server, base = open_doors(room, listen(where), where, Look("--dl-ink:#000", lambda _: "<p>the run</p>"))
    held = Class(room, base)
    yield held
    for line in held.lines:
        line.close()
    server.stop()
    await server.close_all_connections()
    room.store.close()


def with_class(
    **options: Any,
) -> Callable[[Callable[[Class], Coroutine[Any, Any, None]]], Callable[[Path], None]]:
    """Run a test in a loop of its own, with a class that is open."""

    def around(test: Callable[[Class], Coroutine[Any, Any, None]]) -> Callable[[Path], None]:
        async def whole(folder: Path) -> None:
            async with open_class(folder, **options) as held:
                await asyncio.wait_for(test(held), 60)

        def run(tmp_path: Path) -> None:
            asyncio.run(whole(tmp_path))

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return run

    return around


def answering(room: Room, word: str) -> dict[str, Any]:
    return {"answer": [word], "question": room.session.question, "round": room.session.round}


@with_class()
async def test_no_byte_before_the_reveal_tells_what_is_right(held: Class) -> None:
    ada = await held.student("Ada")
    line = await held.line(ada)
    for path in ["/", "/screen", *(f"/files/{page.name}" for page in PAGES.iterdir())]:
        await ada.ask(path)
    assert (await ada.read(line))["screen"]["phase"] == "lobby"
    await held.command("start", 60)
    for place, (question, right) in enumerate(RIGHT.items()):
        assert (await ada.read(line))["screen"]["question"]["id"] == question
        await line.write_message(json.dumps({**answering(held.room, right), "re": 7}))
        assert (await ada.read(line)) == {"saved": [right], "question": question, "round": 1, "re": 7}
        for command in ("pause", "go-on", "extend", "close", "discuss", "again", "close"):
            assert await held.command(command, 30) == {"done": command}
            await ada.read(line)
            await ada.ask("/screen")
            await ada.ask(f"/figure/{place}")
            await ada.ask(f"/figure/{place + 1}")
        assert b"KEY" not in b"".join(ada.heard)
        await held.command("skip" if place < 2 else "reveal", 60)
    told = (await ada.read(line))["screen"]["revealed"]
    assert told["verdict"] == "right"
    assert b"KEY-11" in b"".join(ada.heard)


@with_class()
async def test_a_class_can_be_held_without_any_websocket(held: Class) -> None:
    ada = await held.student("Ada")
    await held.command("start", 60)
    assert (await ada.screen())["question"]["id"] == "batch"
    assert await ada.say("/say", answering(held.room, "hurt")) == {
        "saved": ["hurt"],
        "question": "batch",
        "round": 1,
    }
    assert (await ada.screen())["saved"] == ["hurt"]
    await held.command("close")
    refused = await ada.say("/say", answering(held.room, "fast"))
    assert refused == {"refused": "this question is closed; your answer came too late"}
    assert (await Client(held.base).screen(f"{held.wall}screen"))["answered"] == 1
    await held.command("reveal")
    assert (await ada.screen())["revealed"]["verdict"] == "right"


def test_many_taps_at_once_are_one_answer_each_and_one_wait_for_the_disk(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    students = [room.join(f"Student {number}") for number in range(100)]
    do(room, "start")
    statements: list[str] = []
    room.store._file.set_trace_callback(statements.append)

    async def tap() -> list[Any]:
        hall, said = Hall(room), answering(room, "hurt")
        return await asyncio.gather(*(hall.hear(Person("student", one), said) for one in students * 2))

    replies = asyncio.run(tap())
    assert replies == [{"saved": ["hurt"], "question": "batch", "round": 1}] * 200
    assert len(room.answers("batch", 1)) == 100
    assert statements.count("COMMIT") == 1


@with_class()
async def test_the_deadline_is_the_servers(held: Class) -> None:
    ada = await held.student("Ada")
    line = await held.line(ada)
    await ada.read(line)
    await held.command("start", 1)
    assert 0 < (await ada.read(line))["screen"]["left"] <= 1000
    assert (await ada.read(line))["screen"]["phase"] == "closed"  # nobody said a word


@with_class()
async def test_a_reload_and_a_second_tab_come_back_to_the_same_seat(held: Class) -> None:
    ada = await held.student("Ada")
    await held.command("start", 60)
    lines = [await held.line(ada) for _ in range(2)]
    screens = [(await ada.read(line))["screen"] for line in lines]
    assert [screen["you"] for screen in screens] == ["Ada", "Ada"]
    assert await ada.say("/join", {"code": "wrong", "name": "Other"}) == {"joined": True}
    assert len(held.room.seats) == 1
    lines += [await held.line(ada) for _ in range(3)]
    while await lines[0].read_message() is not None:
        pass
    assert lines[0].close_code == 4000  # five tabs are one too many: the oldest makes room


@with_class()
async def test_another_tab_hears_of_an_answer(held: Class) -> None:
    ada, bob = await held.student("Ada"), await held.student("Bob")
    await held.command("start", 60)
    first, second, other = [await held.line(one) for one in (ada, ada, bob)]
    for line in (first, second, other):
        assert (await ada.read(line))["screen"]["saved"] == []
    await second.write_message(json.dumps({**answering(held.room, "hurt"), "re": 1}))
    assert (await ada.read(first))["screen"]["saved"] == ["hurt"]
    await other.write_message(json.dumps({**answering(held.room, "fast"), "re": 2}))
    assert (await bob.read(other))["re"] == 2


@with_class()
async def test_four_tabs_stay_open_and_a_fifth_takes_the_place_of_the_first(held: Class) -> None:
    ada = await held.student("Ada")
    tabs = []
    for _ in range(4):
        tabs.append(await held.line(ada))
        for tab in tabs:
            await tab.write_message('{"screen": true}')
            assert "screen" in await ada.read(tab)
    await ada.read(await held.line(ada))
    while await tabs[0].read_message() is not None:  # what was still on its way
        pass
    assert tabs[0].close_code == 4000
    assert all(tab.close_code is None for tab in tabs[1:])


@with_class()
async def test_a_late_student_is_where_the_others_are(held: Class) -> None:
    await held.command("start", 60)
    late = await held.student("Late")
    screen = await late.screen()
    assert (screen["phase"], screen["question"]["id"]) == ("open", "batch")
    assert screen["left"] > 0


@with_class()
async def test_the_teacher_renames_and_removes(held: Class) -> None:
    ada = await held.student("Rude")
    line = await held.line(ada)
    await ada.read(line)
    (student,) = held.room.seats
    desk = Client(held.base)
    assert await desk.say(f"{held.desk}say", {"student": student, "name": "Ada"}) == {"done": "seat"}
    assert (await ada.read(line))["screen"]["you"] == "Ada"
    await desk.say(f"{held.desk}say", {"student": student, "removed": True})
    assert (await ada.read(line))["screen"] == {"phase": "removed", "title": "A small quiz"}
    await held.command("start")
    assert "refused" in await ada.say("/say", answering(held.room, "hurt"))


@with_class()
async def test_nobody_but_the_teacher_commands(held: Class) -> None:
    ada = await held.student("Ada")
    said = {"do": "start", "step": 0}
    assert "refused" in await ada.say("/say", said)
    assert await ada.say(f"{held.wall}say", said) == {"refused": "the wall only listens"}
    for secret in ("x" * 32, held.room.settings.projector):
        assert (await ada.ask(f"/t/{secret}/say", said)).code == 404
    assert (await ada.ask(f"{held.wall}grades.csv")).code == 404
    assert (await ada.ask(f"{held.desk}grades.csv")).code == 200
    assert held.room.session.phase == "lobby"


@with_class()
async def test_a_seat_cannot_be_forged(held: Class) -> None:
    ada = await held.student("Ada")
    name, _, token = ada.cookie.partition("=")
    assert "HttpOnly" in b"".join(ada.heard).decode()
    forged = [
        f"{name}={token[:-1]}{'0' if token[-1] != '0' else '1'}",
        f"{name}=",
        f"{name}={'x' * 5000}",
        "",
    ]
    for cookie in forged:
        other = Client(held.base, cookie)
        assert await other.screen() is None
        assert (await other.ask("/say", {"answer": ["hurt"]})).code == 403
        line = await held.line(other)
        assert await line.read_message() is None
        assert line.close_code == 4001


@with_class()
async def test_another_site_cannot_speak_for_a_student(held: Class) -> None:
    ada = await held.student("Ada")
    await held.command("start")
    said = answering(held.room, "hurt")
    assert (await ada.ask("/say", said, Origin="http://evil.example")).code == 403
    assert (await ada.ask("/say", said, Host="evil.example")).code == 403
    assert (await ada.ask("/say", said, **{"Content-Type": "text/plain"})).code == 415
    with pytest.raises(Exception, match="403"):
        await held.line(ada, Origin="http://evil.example")
    assert held.room.answers("batch", 1) == {}
    await held.line(ada, Origin=held.base)


@with_class()
async def test_every_answer_carries_the_strict_policy(held: Class) -> None:
    ada = await held.student("Ada")
    for path in ("/", "/screen", "/files/quiz.js", held.desk, held.wall, f"{held.wall}qr.svg", "/files/none"):
        headers = (await ada.ask(path)).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert headers["Referrer-Policy"] == "no-referrer"


def test_no_page_asks_for_anything_from_elsewhere() -> None:
    for page in PAGES.iterdir():
        text = page.read_text(encoding="utf-8")
        assert "http://" not in text.replace("^http", ""), page.name
        assert "style=" not in text, page.name
        assert "url(" not in text, page.name
        assert page.suffix != ".html" or "<script>" not in text, page.name


@pytest.mark.parametrize("evil", EVIL, ids=["script", "right-to-left", "long", "tower", "sql"])
def test_a_name_is_only_a_name(tmp_path: Path, evil: str) -> None:
    @with_class()
    async def test(held: Class) -> None:
        client = Client(held.base)
        reply = await client.say("/join", {"code": held.room.settings.code, "name": evil})
        if "joined" not in reply:
            return
        (seat,) = held.room.seats.values()
        assert 0 < len(seat.name) <= 40
        assert "‮" not in seat.name
        await held.command("start")
        await held.command("skip")
        await client.say("/say", answering(held.room, evil))
        await held.command("close")
        await held.command("reveal")
        for row in (await client.screen(f"{held.desk}screen"))["tally"]["groups"][0]["rows"]:
            assert "<script" not in row["html"]
            assert "‮" not in row["html"]

    test(tmp_path)


@with_class()
async def test_codes_cannot_be_guessed_for_long(held: Class) -> None:
    guesser = Client(held.base)
    replies = [(await guesser.say("/join", {"code": f"GUESS{n}", "name": "G"}))["refused"] for n in range(35)]
    assert replies[0] == "this code is not right; look at the screen in front"
    assert replies[-1] == "too many wrong codes; wait a few seconds"
    right = {"code": held.room.settings.code.lower(), "name": "G"}
    assert (await guesser.say("/join", right))["refused"] == replies[-1]  # the next guess could be right


@with_class()
async def test_right_codes_are_no_guesses(held: Class) -> None:
    for number in range(35):
        await held.student(f"S{number}")


@with_class()
async def test_an_address_that_is_none_is_turned_away(held: Class) -> None:
    for headers in ({"Host": "["}, {"Host": "[::1"}, {"Origin": "http://["}):
        assert (await Client(held.base).ask("/join", {"code": "X", "name": "x"}, **headers)).code == 403


@with_class()
async def test_a_code_of_half_a_character_is_a_wrong_one(held: Class) -> None:
    reply = await Client(held.base).say("/join", {"code": "\ud800", "name": "x"})
    assert reply["refused"] == "this code is not right; look at the screen in front"


def test_who_asks_and_does_not_listen_fills_no_memory(tmp_path: Path) -> None:
    class Deaf(Talk):
        def __init__(self) -> None:
            self.hall, self.who = Hall(room), Person("student", ada)
            self.pending: list[asyncio.Future[None]] = []

        def write_message(self, *_: Any) -> asyncio.Future[None]:
            self.pending.append(asyncio.get_running_loop().create_future())
            return self.pending[-1]

    async def flood() -> None:
        deaf = Deaf()
        heard = asyncio.ensure_future(deaf.on_message('{"screen": true}'))
        await asyncio.sleep(0)
        assert not heard.done()  # so the next message is not read before this one is sent
        deaf.pending[0].set_exception(WebSocketClosedError())
        await heard

    room = new_class(tmp_path)
    ada = room.join("Ada")
    asyncio.run(flood())


def test_a_clock_that_is_set_in_class_moves_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    before = clock()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert before <= clock() < before + 60_000


@with_class()
async def test_a_flood_of_answers_is_slowed_down(held: Class) -> None:
    ada = await held.student("Ada")
    await held.command("start")
    replies = [await ada.say("/say", answering(held.room, "hurt")) for _ in range(40)]
    assert {"refused": "too many answers at once; wait a second", "later": True} in replies


@with_class()
async def test_what_is_no_message_is_answered_and_nothing_breaks(held: Class) -> None:
    ada = await held.student("Ada")
    await held.command("start")
    junk: list[Any] = [
        {"answer": ["x"], "question": "batch", "round": float("inf")},
        [],
        1,
        "x",
        {},
        {"answer": 1, "question": "batch", "round": 1},
        {"answer": [["x"]]},
    ]
    junk += [
        {"answer": ["hurt"], "question": "none", "round": 1},
        {"answer": ["hurt"], "question": "batch", "round": "x"},
    ]
    line = await held.line(ada)
    await ada.read(line)
    for said in junk:
        assert set(await ada.say("/say", said)) == {"refused"}
        await line.write_message(json.dumps(said))
        assert set(await ada.read(line)) == {"refused", "re"}
    await line.write_message("{" * 100)
    assert set(await ada.read(line)) == {"refused", "re"}
    assert (await ada.ask("/say", {"answer": ["x" * 5 * LARGEST]})).code in (400, 413, 599)
    await line.write_message("x" * (LARGEST + 1))
    while await line.read_message() is not None:
        pass
    assert await ada.say("/say", answering(held.room, "hurt")) == {
        "saved": ["hurt"],
        "question": "batch",
        "round": 1,
    }


@with_class()
async def test_a_full_disk_is_told_and_the_answer_can_be_sent_again(held: Class) -> None:
    ada = await held.student("Ada")
    await held.command("start")
    held.room.store._file.execute("PRAGMA max_page_count = 1")
    held.room.store._file.execute("PRAGMA query_only = 1")
    assert "cannot be kept" in (await ada.say("/say", answering(held.room, "hurt")))["refused"]
    assert (await ada.screen())["saved"] == []
    held.room.store._file.execute("PRAGMA query_only = 0")
    held.room.store._file.execute("PRAGMA max_page_count = 100000")
    assert (await ada.say("/say", answering(held.room, "hurt")))["saved"] == ["hurt"]


def test_a_question_that_closes_on_a_full_disk_saves_nothing_that_is_not_saved(tmp_path: Path) -> None:
    room = new_class(tmp_path)
    ada = room.join("Ada")
    do(room, "start")

    async def hold_on() -> None:
        hall, said = Hall(room), answering(room, "hurt")
        room.store._file.execute("PRAGMA query_only = 1")
        close = {"do": "close", "step": room.session.step}
        replies = await asyncio.gather(
            hall.hear(Person("student", ada), said), hall.hear(Person("teacher"), close)
        )
        assert all("cannot be kept" in reply["refused"] for reply in replies)
        assert hall.screen(Person("student", ada))["saved"] == []
        room.store._file.execute("PRAGMA query_only = 0")
        assert (await hall.hear(Person("student", ada), said))["saved"] == ["hurt"]
        assert await hall.hear(Person("teacher"), close) == {"done": "close"}

    asyncio.run(hold_on())


@with_class()
async def test_the_terminal_shows_the_way_in(held: Class) -> None:
    told = hold._told(held.room, Where(port=0), held.base)
    assert f"{held.base}/t/{held.room.settings.teacher}/" in told
    assert held.room.settings.code in told
    assert "Only this machine can reach it" in told
    assert "█" in told
