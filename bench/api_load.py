"""Load: in a closed loop, where each connection waits for its answer, and in an open one, where nobody waits.

In the open loop requests leave at moments drawn beforehand, as visitors come: at random, one after the other
or several at once. Latency is counted from that moment, whatever kept the request from leaving, so that a
server that stalls pays for all who queue behind the stall (no coordinated omission).
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count
from random import Random
from statistics import quantiles

from bench.api_journey import Asked

SWITCHING = 0.0005  # seconds until a thread of ours lets another run: a late look at the clock is latency
AT_ONCE = 64
"""Requests that may be on their way at one time in the open loop; more than these wait, on the clock."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an answer took, in milliseconds, and its status; 0 when there was none."""

    kind: str
    ms: float
    status: int

    @property
    def is_good(self) -> bool:
        """Whether it is what was asked for."""
        return 200 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: of half, of 95 and of 99 of a hundred answers no more."""

    number: int
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, taken: Iterable[Taken]) -> Times:
        """Of all these answers."""
        ms = sorted(one.ms for one in taken)
        cuts = quantiles(ms, n=100, method="inclusive") if len(ms) > 1 else ms * 99
        return cls(len(ms), cuts[49], cuts[94], cuts[98])


class Client:
    """Asks services, with a connection to each that every thread keeps.

    Each thread has an address of its own, as visitors have: what is limited is limited for each.
    """

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = ports
        self._own = threading.local()
        self._visitors = count()
        sys.setswitchinterval(SWITCHING)

    def ask(self, asked: Asked, due: float | None = None) -> Taken:
        """Send *asked* and read all of the answer; the clock runs since *due*, or since now."""
        began = time.perf_counter() if due is None else due
        try:
            status = self._status(asked)
        except (OSError, HTTPException):
            self._own.__dict__.pop(asked.service).close()
            status = 0
        return Taken(asked.kind, (time.perf_counter() - began) * 1000, status)

    def _status(self, asked: Asked) -> int:
        connection = self._own.__dict__.get(asked.service)
        if connection is None:
            address = self._own.__dict__.setdefault("address", f"127.0.0.{next(self._visitors) % 250 + 2}")
            connection = HTTPConnection("127.0.0.1", self._ports[asked.service], source_address=(address, 0))
            self._own.__dict__[asked.service] = connection
        connection.request(asked.method, asked.path, asked.body, dict(asked.headers))
        answer = connection.getresponse()
        answer.read()
        status: int = answer.status
        return status


def closed(client: Client, make: Callable[[Random], Asked], connections: int, seconds: float) -> list[Taken]:
    """What the answers took that *connections* got in *seconds*, each asking again as soon as it has one."""
    end = time.perf_counter() + seconds

    def keep_asking(number: int) -> list[Taken]:
        draw, taken = Random(number), []
        while time.perf_counter() < end:
            taken.append(client.ask(make(draw)))
        return taken

    with ThreadPoolExecutor(connections) as threads:
        return [one for each in threads.map(keep_asking, range(connections)) for one in each]


def opened(client: Client, journey: Sequence[Asked], per_second: float, draw: Random) -> list[Taken]:
    """What the answers of a *journey* took whose requests come at random, so many a second."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        due, answers = time.perf_counter() + 0.1, []
        for asked in journey:
            time.sleep(max(0.0, due - time.perf_counter()))
            answers.append(threads.submit(client.ask, asked, due))
            due += draw.expovariate(per_second)
        return [answer.result() for answer in answers]
