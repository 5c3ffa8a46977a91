"""Who may come in: signed seats, secret links, the hosts that are meant, no more than a person sends."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from hmac import compare_digest
from urllib.parse import urlsplit

from tornado.web import create_signed_value, decode_signed_value

from deploylab.quiz.classroom.store import Settings

_SEAT = "seat"
TERM = 2  # days that a seat is kept


def sign(settings: Settings, student: str) -> str:
    """The token of a seat: nobody who lacks the secret of this class can make one.

    >>> from dataclasses import fields
    >>> one = Settings("a", "", "", "", "", "", secret="s" * 32)
    >>> whose(one, sign(one, "ada")), whose(one, sign(one, "ada").replace("0", "1"))
    ('ada', '')
    """
    return create_signed_value(settings.secret, _SEAT, student).decode()


def whose(settings: Settings, token: str | None) -> str:
    """The student of a token; nobody's when it is not ours."""
    found = decode_signed_value(settings.secret, _SEAT, token, max_age_days=TERM) if token else None
    return found.decode() if found else ""


def opens(secret: str, given: str) -> bool:
    """Whether a secret is the right one, in a time that tells nothing about it."""
    return compare_digest(secret.encode(), given.encode())


def known_host(host: str, own: Collection[str]) -> bool:
    """Whether a request was meant for us: a foreign name that points here is an attack (DNS rebinding).

    >>> known_host("192.168.1.5:8765", []), known_host("[::1]:80", []), known_host("evil.example", [])
    (True, True, False)
    """
    name = urlsplit(f"//{host}").hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in ("localhost", socket.gethostname().lower(), *own)
    return True


class Bucket:
    """So many at once, and so many a second in the long run.

    >>> bucket = Bucket(most=2, rate=1)
    >>> [bucket.take("ada", now) for now in (0, 0, 0, 1000)]
    [True, True, False, True]
    """

    def __init__(self, most: int, rate: float) -> None:
        self._most, self._rate = most, rate
        self._levels: dict[str, tuple[float, int]] = {}

    def take(self, who: str, now: int) -> bool:
        """Whether one more is allowed now (ms)."""
        if len(self._levels) > 10_000:  # strangers must not fill the memory
            self._levels = {one: at for one, at in self._levels.items() if now - at[1] < 60_000}
        level, at = self._levels.get(who, (float(self._most), now))
        level = min(self._most, level + max(0, now - at) * self._rate / 1000)
        allowed = level >= 1
        self._levels[who] = (level - allowed, now)
        return allowed


def lan_address() -> str:
    """This machine's address in the network, as far as it can be told; no packet is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])
