"""A class under load, and one that is killed: python -m benchmarks.class_load [--clients 1000] [--kills 100].

Each student is a WebSocket of its own. All answer within one second, a tenth of them by a double tap, and
every acknowledged answer is looked for in the file afterwards. Server and students share this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

ROOT = Path(__file__).parents[1]
QUIZ = """
id: load
version: 1
title: A class under load
questions:
  - id: count
    type: numeric
    prompt: How far have you counted?
    value: 7
"""


@dataclass(frozen=True)
class Running:
    """A class in a process of its own."""

    process: subprocess.Popen[str]
    base: str
    code: str
    wall: str
    desk: str

    def kill(self) -> None:
        """Cut its power."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running_class(*arguments: str, port: str = "0") -> Iterator[Running]:
    """`deploylab class` with these arguments; 0: on a free port."""
    command = [sys.executable, "-u", "-m", "deploylab", "class", *arguments, "--port", port]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, encoding="utf-8")
    assert process.stdout
    told = ""
    while "Stop it with" not in told:
        line = process.stdout.readline()
        assert line, f"the class ended: {told}"
        told += line
    found = re.search(r"(http\S+?)/ +code (\S+)\nProjector +(\S+)\nTeacher +(\S+)", told)
    assert found, told
    try:
        yield Running(process, *found.groups())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


async def post(address: str, said: Any, cookie: str = "") -> tuple[Any, str]:
    """The reply, and the cookie that came with it."""
    headers = {"Content-Type": "application/json", "Cookie": cookie}
    request = HTTPRequest(address, "POST", headers, json.dumps(said), request_timeout=60)
    reply = await AsyncHTTPClient(max_clients=50).fetch(request)
    return json.loads(reply.body), reply.headers.get("Set-Cookie", "").partition(";")[0]


async def command(held: Running, name: str) -> None:
    """A command of the teacher's."""
    reply = await AsyncHTTPClient().fetch(f"{held.desk}screen")
    step = json.loads(reply.body)["screen"]["step"]
    done, _ = await post(f"{held.desk}say", {"do": name, "step": step, "seconds": 0})
    assert "done" in done, done


class Student:
    """A student who counts: each answer is one more than the last."""

    def __init__(self, name: str) -> None:
        self.name, self.cookie, self.sent, self.saved = name, "", 0, 0
        self.waits: list[float] = []
        self.line: WebSocketClientConnection

    async def join(self, held: Running) -> None:
        """Take a seat, and open the line."""
        if not self.cookie:
            _, self.cookie = await post(f"{held.base}/join", {"code": held.code, "name": self.name})
        address = f"ws{held.base.removeprefix('http')}/talk"
        self.line = await websocket_connect(HTTPRequest(address, headers={"Cookie": self.cookie}))
        await self.line.read_message()

    async def answer(self, taps: int = 1) -> None:
        """Answer, and wait until it is saved."""
        self.sent += 1
        said = json.dumps({"answer": [str(self.sent)], "question": "count", "round": 1, "re": self.sent})
        start = time.perf_counter()
        for _ in range(taps):
            await self.line.write_message(said)
        while taps:
            message = await self.line.read_message()
            if message is None:
                raise ConnectionError
            reply = json.loads(message)
            if "re" in reply:
                assert reply.get("saved") == [str(self.sent)], reply
                self.saved = self.sent
                self.waits.append(time.perf_counter() - start)
                taps -= 1


def kept(path: Path) -> list[tuple[str, int]]:
    """What the file holds: the student and the answer, a row each."""
    with sqlite3.connect(path) as file:
        rows = file.execute("SELECT name, response FROM answer JOIN seat USING (session, student)").fetchall()
    file.close()
    return [(name, int(json.loads(response)[0])) for name, response in rows]


async def load(held: Running, clients: int) -> dict[str, float]:
    """All join, all answer within one second; the times in milliseconds."""
    students = [Student(f"Student {number}") for number in range(clients)]
    start = time.perf_counter()
    for block in range(0, clients, 50):
        await asyncio.gather(*(one.join(held) for one in students[block : block + 50]))
    joined = time.perf_counter() - start
    start = time.perf_counter()
    await command(held, "start")
    await asyncio.gather(*(one.line.read_message() for one in students))
    opened = time.perf_counter() - start
    chance = random.Random(1)

    async def one(student: Student) -> None:
        await asyncio.sleep(chance.random())
        await student.answer(2 if chance.random() < 0.1 else 1)

    await asyncio.gather(*map(one, students))
    memory = psutil.Process(held.process.pid).memory_info().rss / 2**20
    waits = sorted(1000 * wait for student in students for wait in student.waits)
    for student in students:
        student.line.close()
    return {
        "students": clients, "messages": len(waits), "all joined, s": joined,
        "question on all phones, ms": 1000 * opened,
        "acknowledged, median, ms": waits[len(waits) // 2], "p99, ms": waits[int(0.99 * len(waits))],
        "longest, ms": waits[-1], "memory of the server, MiB": memory,
    }  # fmt: skip


async def until_killed(held: Running, students: list[Student], seconds: float) -> None:
    """All answer as fast as they can until the process is killed in the middle of it."""
    await asyncio.gather(*(one.join(held) for one in students))
    await asyncio.gather(*(one.answer() for one in students if not one.saved))  # however slow the machine is

    async def count(student: Student) -> None:
        with suppress(ConnectionError, WebSocketClosedError):
            while True:
                await student.answer()
                await asyncio.sleep(0.25)  # within the limit of a person

    counting = asyncio.gather(*map(count, students))
    await asyncio.sleep(seconds)
    held.kill()
    await counting
    for student in students:
        student.line.close()


def kills(folder: Path, rounds: int, seed: int = 1) -> int:
    """How many acknowledged answers a class lost that was killed so often; 0, or something is broken."""
    quiz, path, chance = folder / "load.yaml", folder / "load.class", random.Random(seed)
    quiz.write_text(QUIZ, encoding="utf-8")
    students, lost = [Student(f"Student {number}") for number in range(8)], 0
    for number in range(rounds):
        begin = ("resume", str(path)) if number else (str(quiz), "--file", str(path), "--seconds", "0")
        with running_class(*begin) as held:
            asyncio.run(one_life(held, students, "go-on" if number else "start", 0.05 + chance.random()))
        found = dict(kept(path))
        lost += sum(not one.saved <= found.get(one.name, 0) <= one.sent for one in students)
    assert all(one.saved for one in students)
    return lost


async def one_life(held: Running, students: list[Student], first: str, seconds: float) -> None:
    await command(held, first)
    await until_killed(held, students, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "load.yaml").write_text(QUIZ, encoding="utf-8")
        path = folder / "first.class"
        seats = ("--seats", str(options.clients), "--seconds", "0")
        with running_class(str(folder / "load.yaml"), "--file", str(path), *seats) as held:
            figures = asyncio.run(load(held, options.clients))
        found = kept(path)
        lost = {f"Student {n}" for n in range(options.clients)} - {
            name for name, answer in found if answer == 1
        }
        for words, value in figures.items():
            print(f"{words}: {value:.1f}".removesuffix(".0"))
        print(f"lost: {len(lost)}, doubled: {len(found) - len(dict(found))}")
        print(f"{options.kills} kills, lost: {kills(folder, options.kills) if options.kills else '–'}")


if __name__ == "__main__":
    main()
