"""The record of every AWS call made in the region: who asked for what, and whether it was allowed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from threading import Lock

KEPT = 200_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call. *principal* is a role's or user's name, or `anonymous`; *why* is empty when allowed."""

    number: int
    principal: str
    kind: str
    permission: str
    resource: str
    allowed: bool
    why: str

    def as_dict(self) -> dict[str, str | int | bool]:
        """The call as JSON-ready fields."""
        return asdict(self)


class CallLog:
    """The latest calls, oldest first; safe to read while calls are made."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._numbers = count(1)
        self._lock = Lock()

    def record(self, principal: str, kind: str, permission: str, resource: str, *, why: str = "") -> None:
        """Note a call; *why* says why it was refused."""
        with self._lock:
            call = Call(next(self._numbers), principal, kind, permission, resource, not why, why)
            self._calls.append(call)

    def since(self, number: int = 0) -> list[Call]:
        """The calls after the one numbered *number*."""
        with self._lock:
            return [call for call in self._calls if call.number > number]

    def __iter__(self) -> Iterator[Call]:
        return iter(self.since())
