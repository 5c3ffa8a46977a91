"""Hold a class: print the addresses, serve until the teacher stops it, and leave the file in good order."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from tornado.httpserver import HTTPServer

from deploylab.model.errors import QuizError
from deploylab.quiz.classroom.door import lan_address
from deploylab.quiz.classroom.hall import Hall
from deploylab.quiz.classroom.room import Room
from deploylab.quiz.classroom.server import LARGEST, Look, application

LOCAL = "127.0.0.1"


_FILES = 8192  # connections and the rest: a class of a thousand, each with several tabs


@dataclass(frozen=True)
class Where:
    """Where a class is reached: the address and port of this machine, and the one that students are told."""

    address: str = LOCAL
    port: int = 8765  # 0: any that is free
    url: str = ""  # when it differs, as behind a proxy

    def __post_init__(self) -> None:
        if not (0 < len(self.address) < 64 and self.address.isascii()):
            raise QuizError(f"--address {self.address[:64]!r} is no address; use one such as 192.168.1.20")
        if not 0 <= self.port <= 65535:
            raise QuizError(f"--port {self.port} is not allowed; use 0 to 65535; 0: any that is free")
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in ("http", "https") and parts.hostname and len(self.url) <= 200
        except ValueError:
            usable = False
        if self.url and not usable:
            raise QuizError(f"--url {self.url[:60]!r} is no address of a page; use https://class.example.org")


def hold(room: Room, listening: socket.socket, where: Where, look: Look) -> None:
    """Serve the class until it is stopped with Ctrl-C."""
    asyncio.run(_hold(room, listening, where, look))


async def _hold(room: Room, listening: socket.socket, where: Where, look: Look) -> None:
    _allow_many_files()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: loop.call_soon_threadsafe(stopped.set))
    server, base = open_doors(room, listening, where, look)
    print(_told(room, where, base), flush=True)
    await stopped.wait()
    server.stop()
    await server.close_all_connections()
    room.store.close()
    print(f"\nThe class is in {room.store.path}; deploylab class resume {room.store.path} goes on with it.")


def listen(where: Where) -> socket.socket:
    """The door, before there is a class: a port that is taken leaves nothing behind."""
    family = socket.AF_INET6 if ":" in where.address else socket.AF_INET
    try:
        return socket.create_server((where.address, where.port), family=family, backlog=1024)
    except OSError as error:
        reason = str(error.strerror or error).partition(" (while")[0]
        mine = "127.0.0.1, or one of this machine in the students' network"
        wrong = error.errno not in (errno.EADDRINUSE, errno.EACCES)
        advice = f"--address {where.address} is none of this machine; use {mine}" if wrong else "try --port 0"
        raise QuizError(f"{where.address}:{where.port} cannot be opened ({reason}); {advice}") from None


def open_doors(room: Room, listening: socket.socket, where: Where, look: Look) -> tuple[HTTPServer, str]:
    """Let people in; the server, and the address of its pages."""
    listening.setblocking(False)
    port, everywhere = listening.getsockname()[1], where.address in ("0.0.0.0", "::")
    host = (lan_address() or LOCAL) if everywhere else where.address
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    public = (where.url or base).rstrip("/")
    web = application(Hall(room), f"{public}/#{room.settings.code}", look)
    server = HTTPServer(
        web, xheaders=bool(where.url),  # a proxy says who asks, and that it is HTTPS
        max_body_size=4 * LARGEST, max_header_size=LARGEST,
        idle_connection_timeout=30, body_timeout=10,  # else those who dawdle take all the room
    )  # fmt: skip
    server.add_socket(listening)
    return server, base


def _allow_many_files() -> None:
    """Each phone is an open file, and macOS allows 256 unless one asks for more."""
    if sys.platform != "win32":
        import resource

        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
        if now != resource.RLIM_INFINITY and now < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _told(room: Room, where: Where, base: str) -> str:
    public, settings = (where.url or base).rstrip("/"), room.settings
    lines = [
        f"{room.paper.quiz.title}: a class of {len(room.items)} questions, kept in {room.store.path}",
        "",
        f"Students   {public}/   code {settings.code}",
        f"Projector  {base}/p/{settings.projector}/",
        f"Teacher    {base}/t/{settings.teacher}/   (keep this one to yourself)",
        "",
        _code(f"{public}/#{settings.code}"),
    ]
    if room.left_out:
        lines.append(f"A class leaves out what this quiz has besides: {', '.join(room.left_out)}.")
    if where.address == LOCAL and not where.url:
        lines.append(
            "Only this machine can reach it. To let phones in, stop it and name this machine's address in\n"
            f"their network: --address {lan_address() or '192.168.…'}"
        )
    return "\n".join([*lines, "Stop it with Ctrl-C."])


def _code(address: str) -> str:
    """The picture for a terminal that can show it."""
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        return ""
    rows = [list(row) for row in segno.make(address, error="l", micro=False).matrix_iter(border=2)]
    rows += [[0] * len(rows[0])] if len(rows) % 2 else []
    blocks = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join(
        "".join(blocks[above, below] for above, below in zip(*pair, strict=True)) for pair in pairs
    )
