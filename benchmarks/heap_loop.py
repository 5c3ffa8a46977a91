"""What an experienced programmer would write by hand: one heap of departures, a queue for each instance."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush, heapreplace
from itertools import chain, count
from math import inf

from .workload import Requests


def serve(requests: Requests) -> list[int]:
    """When each request is done (ns)."""
    done = [0] * len(requests.arrival)
    service = requests.service
    waiting: list[deque[int]] = [deque() for _ in range(requests.instances)]
    busy = [False] * requests.instances
    departures: list[tuple[float, int, int]] = []
    the_end = (-1, inf, 0)
    for number, now, instance in chain(zip(count(), requests.arrival, requests.instance), [the_end]):
        while departures and departures[0][0] <= now:
            when, where, finished = departures[0]
            done[finished] = int(when)
            if waiting[where]:
                following = waiting[where].popleft()
                heapreplace(departures, (when + service[following], where, following))
            else:
                busy[where] = False
                heappop(departures)
        if busy[instance]:
            waiting[instance].append(number)
        else:
            busy[instance] = True
            heappush(departures, (now + service[number], instance, number))
    return done
