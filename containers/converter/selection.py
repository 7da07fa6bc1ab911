"""Which files a run is about: filters by name, and its share of the keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import translate
from hashlib import blake2b
from typing import Self

from containers.converter.results import Found


@dataclass(frozen=True, slots=True)
class Shard:
    """The *number*-th of *count* shares of all keys, counted from 1. A key is always in the same one."""

    number: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """``2/4``; raises ``ValueError``."""
        match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
        number, count = map(int, match.groups()) if match else (0, 0)
        if not 1 <= number <= count:
            raise ValueError(f'"{text}" is not a shard. Write its number and how many there are: 2/4')
        return cls(number, count)

    def holds(self, key: str) -> bool:
        """Whether *key* is in this share."""
        digest = blake2b(key.encode(), digest_size=8).digest()
        return int.from_bytes(digest) % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


class Selection:
    """Keys that match one of *include*, none of *exclude*, and are in the shard.

    Patterns are those of a shell, case ignored; ``*`` also stands for what has a ``/`` in it.
    """

    def __init__(self, include: Iterable[str], exclude: Iterable[str], shard: Shard) -> None:
        self._include = _any_of(include)
        self._exclude = _any_of(exclude)
        self._shard = shard

    def of(self, found: Iterable[Found]) -> Iterator[Found]:
        """Those of *found* that this run is about."""
        return (each for each in found if self.takes(each.key))

    def takes(self, key: str) -> bool:
        """Whether this run is about *key*."""
        return (
            self._include.fullmatch(key) is not None
            and self._exclude.fullmatch(key) is None
            and self._shard.holds(key)
        )


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)) or r"(?!)", re.IGNORECASE)
