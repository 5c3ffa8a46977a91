"""The same world once more, event by event, in plain Python: slow, and simple enough to be believed.

It is written from what the model promises (the docstrings of `Platform`, `Status`, `Step` and `Observation`)
and shares nothing with the engine but the drawn chance: `draw` and `start_up_luck`. Every arrival, answer,
timeout, signal and message to the balancer is an event of its own. At the same nanosecond an answer comes
before a client's patience ends, that before what the platform does, and that before new requests.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from heapq import heappop, heappush
from math import floor, inf

import numpy as np

from deploylab.engine.simulated import Recording
from deploylab.engine.workload import copy_words, draw, restart_luck, start_up_luck, user_luck
from deploylab.model.fault import CrashOnStart, IncompatibleData, Leak, Overload
from deploylab.model.order import Order, Release
from deploylab.model.record import AccessLog, Instance, Status
from deploylab.model.rollout import Counts, Observation, Step
from deploylab.model.scenario import Scenario
from deploylab.model.version import Version

ANSWER, PATIENCE, PLATFORM, ARRIVAL = range(4)  # the order of events at the same nanosecond


@dataclass(eq=False)
class Request:
    number: int
    time: int
    work: int
    luck: int
    server: Server | None = None
    copy: bool = False
    fate: Status | None = None
    known: int = 0
    spoiled: bool = False  # the version cannot read the user's data
    crowded: bool = False  # too many were there before it


@dataclass(eq=False)
class Server:
    number: int
    name: str
    version: int
    started: int
    service: int
    unlucky: int
    launched: int
    ready: int | None = None
    first_ready: int | None = None
    starting: bool = False
    restarts: int = 0
    crashes: int = 0
    draining: int | None = None
    stopped: int | None = None
    killed: bool = False
    listening: bool = True
    busy: list[Request] = field(default_factory=list)
    queue: deque[Request] = field(default_factory=deque)


@dataclass(frozen=True)
class Table:
    """Upper bounds of places and their servers, the versions' weights, and the same for copies."""

    bounds: list[int]
    servers: list[Server | None]
    weights: list[Fraction] | None
    mirror: float
    copy_bounds: list[int]
    copy_servers: list[Server]


class Reference:
    """A fleet, like `SimulatedFleet`."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.now = 0
        self.events: list[tuple[int, int, int, Callable[[], None]]] = []
        self.ties = 0
        self.over = False
        self.writer: dict[int, int] = {}  # whose data a user has
        self.servers: list[Server] = []
        self.requests: list[Request] = []
        self.copies: list[Request] = []
        self.completed: list[Request] = []  # since the last observation
        self.builds = [scenario.stable, scenario.candidate]  # released so far
        self.given: list[Order | Release] = []  # since the last observation
        self.awaited = len(scenario.orders)
        self.words: list[int] = []  # of the copies
        self.step = Step({scenario.stable.name: scenario.replicas})
        for _ in range(scenario.replicas):
            server = self.new_server(0)  # it has been available for a long time
            server.ready = server.first_ready = server.launched = -(10**15)
            self.plan_leak(server)
        self.table = self.deal()
        self.minutes = 1
        for order in scenario.orders:
            self.at(ns(order.at), PLATFORM, partial(self.hear, order))
        self.next_arrival()

    def hear(self, order: Order | Release) -> None:
        self.awaited -= 1
        if isinstance(order, Release):
            self.builds.append(order.version)
            order = Release(order.at, Version(order.version.name))
        self.given.append(order)

    # What the strategy asks for

    def apply(self, step: Step) -> Observation:
        start, self.step = self.now, step
        for version, build in enumerate(self.builds):
            self.scale(version, int(step.replicas.get(build.name, 0)))
        self.tell_balancer()
        for server in self.servers:
            if server.ready is not None:
                self.look_at(server.ready + ns(step.min_ready_seconds))
        exceeded = self.wait()
        if not exceeded:
            self.hold(step)
        return self.observe(start, exceeded)

    def hold(self, step: Step) -> None:
        """Moment by moment until the end, or until somebody speaks whom the step heeds."""
        end = ns(self.scenario.duration) if step.hold == inf else self.now + ns(step.hold)
        while not (step.heeds and self.given):
            if not self.awaited or not step.heeds:
                self.run_until(max(end, self.now))
                return
            when, kind = self.events[0][:2]
            if step.hold < inf and (when, kind) >= (end, ARRIVAL):
                self.run_until(end)
                return
            self.run_until(when + (kind == ARRIVAL))

    def wait(self) -> bool:
        before, progress = self.counts(), self.now
        best = achieved(before)
        while not (self.step.heeds and self.given) and self.waits(before):
            patient = self.step.progress_deadline < inf
            deadline = progress + ns(self.step.progress_deadline) if patient else ns(self.scenario.duration)
            when, kind = self.events[0][:2]
            if (when, kind) >= (deadline, ARRIVAL):
                self.run_until(max(deadline, self.now))
                return patient
            self.run_until(when + (kind == ARRIVAL))
            if (after := self.counts()) != before:
                if self.step.until == "changed":
                    return False
                before = after
                if achieved(after) > best:
                    best, progress = achieved(after), self.now
        return False

    def waits(self, counts: dict[str, Counts]) -> bool:
        settled = all(c.available == c.current == c.desired for c in counts.values())
        return {"changed": True, "available": not settled, "now": False}[self.step.until]

    def scale(self, version: int, desired: int) -> None:
        alive = [s for s in self.servers if s.version == version and s.draining is None]
        for _ in range(len(alive), desired):
            ordinal = sum(s.version == version for s in self.servers)
            luck = start_up_luck(self.scenario.seed, version, ordinal)
            server = self.new_server(version)
            self.launch(server, luck)
        # First those that are not ready, then by how often their time of being ready has doubled. Of equals
        # the one that was restarted most often, and of equals in that the newest.
        alive.reverse()
        alive.sort(key=lambda s: s.restarts, reverse=True)
        alive.sort(key=lambda s: -1 if s.ready is None else halvings(self.now - s.ready))
        for server in alive[: max(0, len(alive) - desired)]:
            self.stop(server)

    # The lives of the servers

    def new_server(self, version: int) -> Server:
        build = self.builds[version]
        ordinal = 1 + sum(s.version == version for s in self.servers)
        self.servers.append(
            Server(
                len(self.servers), f"{build.name}-{ordinal}", version, self.now,
                ns(build.service_time), round(build.error_rate * 2**24), self.now,
            )
        )  # fmt: skip
        return self.servers[-1]

    def build(self, server: Server) -> Version:
        return self.builds[server.version]

    def luck(self, server: Server) -> tuple[float, float]:
        ordinal = int(server.name.rpartition("-")[2]) - 1
        return restart_luck(self.scenario.seed, server.version, ordinal, server.restarts)

    def launch(self, server: Server, luck: float) -> None:
        build, server.starting, server.launched = self.build(server), True, self.now
        takes = ns(build.startup_time) + floor(ns(build.startup_jitter) * luck)
        self.at(self.now + takes, PLATFORM, partial(self.come_up, server))

    def come_up(self, server: Server) -> None:
        server.starting = False
        if server.draining is not None:
            return
        crash = self.build(server).fault(CrashOnStart)
        if crash is not None and self.luck(server)[0] < crash.probability:
            self.back_off(server)
            return
        server.ready, server.listening = self.now, True
        if server.first_ready is None:
            server.first_ready = self.now
        self.plan_leak(server)
        self.tell_balancer()
        self.look_at(self.now + ns(self.step.min_ready_seconds))

    def plan_leak(self, server: Server) -> None:
        leak = self.build(server).fault(Leak)
        if leak is not None:
            self.at(self.now + ns(leak.after), PLATFORM, lambda: self.out_of_memory(server))

    def out_of_memory(self, server: Server) -> None:
        if server.stopped is None:
            self.lose_all(server)
            server.ready, server.listening = None, False
            self.tell_balancer()
            if server.draining is None:
                self.back_off(server)
            else:
                server.stopped, server.killed = self.now, True

    def back_off(self, server: Server) -> None:
        """At once, after 10 s, 20 s, 40 s ... 300 s; at once again after ten minutes of running."""
        server.crashes = 0 if self.now - server.launched >= 600 * 10**9 else server.crashes
        delay = min(300, 10 * 2 ** (server.crashes - 1)) if server.crashes else 0
        server.crashes += 1
        self.at(self.now + delay * 10**9, PLATFORM, lambda: self.restart(server))

    def restart(self, server: Server) -> None:
        if server.draining is None and not self.over:
            server.restarts += 1
            self.launch(server, self.luck(server)[1])

    def lose_all(self, server: Server) -> None:
        for request in (*server.busy, *server.queue):
            self.decide(request, Status.LOST)
        server.busy.clear()
        server.queue.clear()

    def stop(self, server: Server) -> None:
        platform = self.scenario.platform
        server.draining = self.now
        grace, sleep = ns(platform.termination_grace_period), ns(platform.pre_stop)
        sleep = min(sleep, grace)  # it ends with the grace period, and two seconds are left in any case
        grace = sleep + max(grace - sleep, 2 * 10**9)
        self.at(self.now + min(sleep, grace), PLATFORM, lambda: self.sigterm(server))
        self.at(self.now + grace, PLATFORM, lambda: self.sigkill(server))

    def sigterm(self, server: Server) -> None:
        server.listening = False
        self.tell_balancer()
        if not server.busy and server.stopped is None:
            server.stopped = self.now

    def sigkill(self, server: Server) -> None:
        if server.stopped is None:
            server.stopped, server.killed = self.now, True
            self.lose_all(server)

    # The lives of the requests

    def next_arrival(self) -> None:
        """Put the next request on the calendar; draw more of them when there are no more."""
        traffic, seed = self.scenario.traffic, self.scenario.seed
        number = len(self.requests)
        while number >= len(load := draw(traffic, seed, 60.0 * self.minutes)):
            self.minutes += 1
        request = Request(number, int(load.time[number]), int(load.work[number]), int(load.luck[number]))
        self.requests.append(request)
        place, user = int(load.route[number]), int(load.user[number])
        self.at(request.time, ARRIVAL, lambda: self.arrive(request, place, user))

    def arrive(self, request: Request, place: int, user: int) -> None:
        self.next_arrival()
        sticky = self.scenario.traffic.sticky
        self.reach(request, self.favourite(user) if sticky else self.at_place(place), user)
        if (word := self.word(request.number)) >> 16 & 2**24 - 1 < round(self.table.mirror / 100 * 2**24):
            copy = Request(request.number, request.time, request.work, request.luck, copy=True)
            self.copies.append(copy)
            at = bisect_right(self.table.copy_bounds, word & 65_535)
            self.reach(copy, self.table.copy_servers[at], user)

    def reach(self, request: Request, server: Server | None, user: int) -> None:
        """The request is at the door of a server, or of none."""
        request.server = server
        if server is None or not server.listening:
            self.decide(request, Status.REFUSED)
            return
        patience = request.time + ns(self.scenario.platform.request_timeout)
        self.at(patience, PATIENCE, lambda: self.decide(request, Status.TIMEOUT))
        self.meet(server, request, user)
        server.queue.append(request)
        self.serve_next(server)

    def word(self, number: int) -> int:
        """The random word of a request's copy; drawn a minute after the other."""
        while number >= len(self.words):
            minute = 0 if not self.words else self.requests[len(self.words)].time // (60 * 10**9)
            load = draw(self.scenario.traffic, self.scenario.seed, 60.0 * (minute + 1))
            self.words = copy_words(load, self.scenario.seed, 0).tolist()
        return self.words[number]

    def meet(self, server: Server, request: Request, user: int) -> None:
        """What the request finds at the server when it arrives."""
        build = self.build(server)
        overload = build.fault(Overload)
        if overload is not None and len(server.busy) + len(server.queue) > overload.above:
            request.crowded = request.luck < round(overload.error_rate * 2**24)
        if self.writer.get(user, server.version) != server.version:
            request.spoiled = True
        elif build.fault(IncompatibleData) is not None:
            self.writer[user] = server.version

    def serve_next(self, server: Server) -> None:
        """A free worker takes the request that has waited longest."""
        if server.queue and len(server.busy) < self.scenario.platform.workers:
            request = server.queue.popleft()
            server.busy.append(request)
            takes = request.work * server.service // 2**20
            takes += takes * self.coldness(server, request.time) // 65_536
            self.at(self.now + takes, ANSWER, lambda: self.answer(server, request))

    def coldness(self, server: Server, arrival: int) -> int:
        """By how much a request that arrives then takes longer, in parts of 65,536."""
        build = self.build(server)
        whole = ns(build.warm_up_time)
        left = (server.ready or 0) + whole - arrival
        return max(0, round((build.cold_factor - 1) * 65_536) * left // whole) if whole else 0

    def answer(self, server: Server, request: Request) -> None:
        if request not in server.busy:  # killed meanwhile
            return
        bad = request.luck < server.unlucky or request.spoiled or request.crowded
        self.decide(request, Status.ERROR if bad else Status.OK)
        server.busy.remove(request)
        self.serve_next(server)
        if not server.busy and not server.listening:
            server.stopped = self.now

    def decide(self, request: Request, fate: Status) -> None:
        """A request has one fate: the earliest."""
        if request.fate is None:
            request.fate, request.known = fate, self.now
            self.completed.append(request)

    # The balancer

    def tell_balancer(self) -> None:
        """It learns late of everything: who is ready, and how to divide the traffic."""
        table = self.deal()
        self.at(self.now + ns(self.scenario.platform.endpoint_lag), PLATFORM, lambda: self.set_table(table))

    def set_table(self, table: Table) -> None:
        self.table = table

    def at_place(self, place: int) -> Server | None:
        return self.table.servers[bisect_right(self.table.bounds, place)]

    def favourite(self, user: int) -> Server | None:
        """The server that a sticky user meets: the version by rank, within it the one with the best score."""
        weights = self.table.weights
        ranks, words = user_luck(self.scenario.seed, self.scenario.traffic.users)
        place = user % len(ranks)
        version = None if weights is None else self.chosen(weights, int(ranks[place]), len(ranks))
        eligible = [s for s in self.table.servers if s is not None and version in (None, s.version)]
        return max(eligible, key=lambda s: score(int(words[place]), s.number + 1), default=None)

    @staticmethod
    def chosen(weights: list[Fraction], rank: int, ranks: int) -> int:
        """The version of a user with this rank: the first users belong to the newest."""
        for version in reversed(range(1, len(weights))):
            if rank < round(sum(weights[version:], Fraction(0)) * ranks):
                return version
        return 0

    def deal(self) -> Table:
        """How requests are divided now: where nobody is ready, among those that stop and listen still."""
        versions = self.scenario.versions
        here = [s for s in self.servers if s.ready is not None and s.listening]
        ready, leaving = (
            [[s for s in here if s.version == version and stops == (s.draining is not None)]
             for version in range(len(versions))]
            for stops in (False, True)
        )  # fmt: skip
        newest = ready[len(self.builds) - 1]
        if self.step.traffic is not None:
            ready = [first or last for first, last in zip(ready, leaving, strict=True)]
        elif not any(ready):
            ready = leaving
        everyone: list[Server | None] = [server for servers in ready for server in servers]
        weights = None
        if self.step.traffic is None:
            everyone = everyone or [None]
            shares = [Fraction(1, len(everyone))] * len(everyone)
        else:
            everyone, shares = [], []
            whole = sum(map(Fraction, self.step.traffic.values()))
            weights = [Fraction(self.step.traffic.get(name, 0)) / whole for name in versions]
            for part, servers in zip(weights, ready, strict=True):
                if part:
                    everyone += servers or [None]
                    shares += [part / max(1, len(servers))] * max(1, len(servers))
        copy_bounds = bounds([Fraction(1, len(newest))] * len(newest)) if newest else []
        mirror = self.step.mirror if newest else 0
        return Table(bounds(shares), everyone, weights, mirror, copy_bounds, newest)

    # The clock

    def at(self, when: int, kind: int, action: Callable[[], None]) -> None:
        self.ties += 1
        heappush(self.events, (when, kind, self.ties, action))

    def look_at(self, when: int) -> None:
        if when > self.now:
            self.at(when, PLATFORM, lambda: None)

    def run_until(self, when: int) -> None:
        """Everything up to this moment happens, but the requests that arrive at it are still to come."""
        while self.events[0][:2] < (when, ARRIVAL):
            self.now, _, _, action = heappop(self.events)
            action()
        self.now = when

    # What was seen

    def counts(self) -> dict[str, Counts]:
        counts = {}
        for version, name in enumerate(build.name for build in self.builds):
            here = [s for s in self.servers if s.version == version and s.stopped is None]
            alive = [s for s in here if s.draining is None]
            since = [self.now - s.ready for s in alive if s.ready is not None]
            counts[name] = Counts(
                desired=self.step.replicas.get(name, 0), current=len(alive), ready=len(since),
                available=sum(t >= ns(self.step.min_ready_seconds) for t in since),
                terminating=len(here) - len(alive),
            )  # fmt: skip
        return counts

    def observe(self, start: int, exceeded: bool) -> Observation:
        done = sorted((r for r in self.completed if r.known < self.now), key=lambda r: r.number)
        self.completed = [r for r in self.completed if r.known >= self.now]
        done.sort(key=lambda r: r.copy)  # first the requests, then the copies
        by_version = {
            build.name: [r for r in done if r.server is not None and r.server.version == version]
            for version, build in enumerate(self.builds)
        }
        given, self.given = tuple(self.given), []
        return Observation(
            start / 1e9,
            self.now / 1e9,
            self.counts(),
            {name: len(mine) for name, mine in by_version.items()},
            {name: sum(r.fate is not Status.OK for r in mine) for name, mine in by_version.items()},
            {
                name: np.array(
                    [r.known - r.time for r in mine if r.fate in (Status.OK, Status.ERROR)], np.int64
                )
                for name, mine in by_version.items()
            },
            sum(r.server is None for r in done),
            exceeded,
            {name: sum(r.copy for r in mine) for name, mine in by_version.items()},
            given,
        )

    def finish(self) -> Recording:
        self.run_until(max(self.now, ns(self.scenario.duration)))
        end, self.over = self.now, True
        waiting = [r for r in (*self.requests, *self.copies) if r.fate is None and r.time < end]
        while self.on_its_way() or waiting:
            self.run_until(self.events[0][0] + 1)
            waiting = [r for r in waiting if r.fate is None]
        log, mirrored = (
            self.as_log([r for r in some if r.time < end]) for some in (self.requests, self.copies)
        )
        lives = tuple(
            Instance(
                s.name, self.scenario.versions[s.version], s.started / 1e9,
                seconds(s.first_ready), seconds(s.draining), seconds(s.stopped), s.killed, s.restarts,
            )
            for s in self.servers
        )  # fmt: skip
        return Recording(log, mirrored, lives, (), end / 1e9)

    def as_log(self, requests: list[Request]) -> AccessLog:
        load = draw(self.scenario.traffic, self.scenario.seed, 60.0 * self.minutes)
        return AccessLog(
            np.array([r.time for r in requests], np.int64),
            np.array([r.work for r in requests], np.int64),
            load.user[[r.number for r in requests]] if requests else np.zeros(0, np.uint32),
            np.array([-1 if r.server is None else r.server.version for r in requests], np.int8),
            np.array([-1 if r.server is None else r.server.number for r in requests], np.int32),
            np.array([r.fate for r in requests], np.uint8),
            np.array([r.known - r.time for r in requests], np.int64),
        )

    def on_its_way(self) -> bool:
        """Whether a server is still starting or stopping."""
        return any(s.starting if s.draining is None else s.stopped is None for s in self.servers)


def bounds(shares: list[Fraction]) -> list[int]:
    """Who gets which of the 65,536 places, as upper bounds; exact fractions, largest remainders first."""
    exact = [share * 65_536 for share in shares]
    places = [floor(number) for number in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: places[i] - exact[i])
    for i in by_remainder[: 65_536 - sum(places)]:
        places[i] += 1
    return [sum(places[: i + 1]) for i in range(len(places))]


def halvings(age: int) -> int:
    return 0 if age < 1 else 1 + halvings(age // 2)


def achieved(counts: dict[str, Counts]) -> int:
    """Progress is more of this than ever before in the step."""
    return sum(c.ready + c.available - c.terminating for c in counts.values())


def ns(value: float) -> int:
    return round(value * 10**9)


def seconds(time: int | None) -> float | None:
    return None if time is None else max(0, time) / 1e9


def score(word: int, number: int) -> int:
    """SplitMix64's finalizer of a user's word and a server's number."""
    mask = 2**64 - 1
    x = word ^ (number * 0x9E3779B97F4A7C15 & mask)
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & mask
    x = (x ^ x >> 27) * 0x94D049BB133111EB & mask
    return x ^ x >> 31
