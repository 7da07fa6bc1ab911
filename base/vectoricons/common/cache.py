"""Caches of reads. A cache knows its own keys by namespace, so a write forgets exactly what it made stale."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from redis import Redis
from redis.exceptions import RedisError

from vectoricons.common import log
from vectoricons.common.access_control import is_privileged
from vectoricons.common.actor import Actor

logger = log.get(__name__)

T = TypeVar("T")

DEFAULT_TTL = 60.0
SWEEP = 120.0  # seconds until a process lets go of what nobody asks for


class Cache(Protocol):
    """Bytes by namespace (an entity kind) and key.

    A reader takes the namespace's ``version`` before it asks the database and gives it to ``put``: what was
    read before a write committed is thus never stored after it.
    """

    def version(self, namespace: str) -> int: ...
    def get(self, namespace: str, key: str) -> bytes | None: ...
    def put(
        self, namespace: str, key: str, value: bytes, *, version: int, ttl: float = DEFAULT_TTL
    ) -> None: ...
    def keys(self, namespace: str) -> list[str]: ...
    def delete(self, namespace: str, *keys: str) -> int: ...
    def clear(self, namespace: str) -> int: ...
    def clear_all(self) -> int: ...


class Nowhere:
    """No cache: every read is a read."""

    def version(self, namespace: str) -> int:
        """Always the same: nothing is kept."""
        return 0

    def get(self, namespace: str, key: str) -> bytes | None:
        """Always a miss."""
        return None

    def put(self, namespace: str, key: str, value: bytes, *, version: int, ttl: float = DEFAULT_TTL) -> None:
        """Keeps nothing."""

    def keys(self, namespace: str) -> list[str]:
        """There are none."""
        return []

    def delete(self, namespace: str, *keys: str) -> int:
        """Nothing was there."""
        return 0

    def clear(self, namespace: str) -> int:
        """Nothing was there."""
        return 0

    def clear_all(self) -> int:
        """Nothing was there."""
        return 0


class Memory:
    """A cache in this process: for one process, or for tests."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._versions: dict[str, int] = {}
        self._kept: dict[str, dict[str, tuple[float, bytes]]] = {}
        self._next_sweep = time.monotonic() + SWEEP

    def version(self, namespace: str) -> int:
        """How often the namespace was cleared."""
        return self._versions.get(namespace, 0)

    def get(self, namespace: str, key: str) -> bytes | None:
        """The value, unless it was never put, cleared, or has lived its time."""
        expires, value = self._kept.get(namespace, {}).get(key, (0.0, None))
        return value if time.monotonic() < expires else None

    def put(self, namespace: str, key: str, value: bytes, *, version: int, ttl: float = DEFAULT_TTL) -> None:
        """Keep *value* for *ttl* seconds, unless the namespace was cleared since *version*."""
        with self._lock:
            self._sweep()
            if version == self.version(namespace):
                self._kept.setdefault(namespace, {})[key] = (time.monotonic() + ttl, value)

    def clear(self, namespace: str) -> int:
        """Forget the namespace; how many values that were."""
        with self._lock:
            self._versions[namespace] = self.version(namespace) + 1
            return len(self._kept.pop(namespace, {}))

    def keys(self, namespace: str) -> list[str]:
        """What of the namespace is kept, sorted."""
        with self._lock:
            return sorted(self._kept.get(namespace, {}))

    def delete(self, namespace: str, *keys: str) -> int:
        """Forget some keys; how many were kept."""
        with self._lock:
            kept = self._kept.get(namespace, {})
            return sum(kept.pop(key, None) is not None for key in keys)

    def clear_all(self) -> int:
        """Forget everything; how many values that were."""
        return sum(self.clear(namespace) for namespace in list(self._kept))

    def _sweep(self) -> None:
        """Let go of what has lived its time, now and then."""
        now = time.monotonic()
        if now < self._next_sweep:
            return
        self._next_sweep = now + SWEEP
        for namespace, values in self._kept.items():
            self._kept[namespace] = {key: kept for key, kept in values.items() if now < kept[0]}


_PUT = """
if (redis.call('get', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
redis.call('set', KEYS[3], ARGV[2], 'px', ARGV[3])
redis.call('sadd', KEYS[2], KEYS[3])
redis.call('pexpire', KEYS[2], ARGV[3], 'nx')
redis.call('pexpire', KEYS[2], ARGV[3], 'gt')
return 1
"""
_CLEAR = """
redis.call('incr', KEYS[1])
local kept, gone = redis.call('smembers', KEYS[2]), 0
for _, key in ipairs(kept) do gone = gone + redis.call('unlink', key) end
redis.call('unlink', KEYS[2])
return gone
"""


class Shared:
    """A cache in Valkey, shared by every process. A set remembers the keys of each namespace.

    While Valkey is away nothing is kept and nothing breaks: reads are reads.
    """

    def __init__(self, valkey: Redis, prefix: str = "cache") -> None:
        self._valkey = valkey
        self._prefix = prefix
        self._put = valkey.register_script(_PUT)
        self._clear = valkey.register_script(_CLEAR)

    def version(self, namespace: str) -> int:
        """How often the namespace was cleared."""
        return int(self._reading(self._names(namespace)[0]) or 0)

    def get(self, namespace: str, key: str) -> bytes | None:
        """The value, unless it was never put, cleared, or has lived its time."""
        return self._reading(self._key(namespace, key))

    def put(self, namespace: str, key: str, value: bytes, *, version: int, ttl: float = DEFAULT_TTL) -> None:
        """Keep *value* for *ttl* seconds, unless the namespace was cleared since *version*."""
        keys = [*self._names(namespace), self._key(namespace, key)]
        self._tolerant(lambda: self._put(keys=keys, args=[version, value, round(ttl * 1000)]))

    def clear(self, namespace: str) -> int:
        """Forget the namespace; how many values that were."""
        return int(self._tolerant(lambda: self._clear(keys=list(self._names(namespace)))) or 0)

    def keys(self, namespace: str) -> list[str]:
        """What of the namespace was put and not forgotten since, sorted."""
        tracked = self._tolerant(lambda: self._valkey.smembers(self._names(namespace)[1])) or ()
        start = len(self._key(namespace, ""))
        return sorted(name.decode()[start:] for name in tracked)

    def delete(self, namespace: str, *keys: str) -> int:
        """Forget some keys; how many were kept."""
        names = [self._key(namespace, key) for key in keys]
        tracked = self._names(namespace)[1]

        def forget() -> int:
            with self._valkey.pipeline() as together:
                together.unlink(*names)
                together.srem(tracked, *names)
                return int(together.execute()[0])

        return int(self._tolerant(forget) or 0) if names else 0

    def clear_all(self) -> int:
        """Forget everything below the prefix; how many values that were."""
        start, end = f"{self._prefix}:{{", "}:keys"
        names = self._tolerant(lambda: list(self._valkey.scan_iter(match=f"{start}*{end}", count=1000)))
        namespaces = [name.decode().removeprefix(start).removesuffix(end) for name in names or ()]
        return sum(self.clear(namespace) for namespace in namespaces)

    def _reading(self, name: str) -> bytes | None:
        value = self._tolerant(lambda: self._valkey.get(name))
        return value if isinstance(value, bytes) else None

    def _tolerant(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except RedisError as error:
            logger.warning("cache is away", reason=str(error))
            return None

    def _names(self, namespace: str) -> tuple[str, str]:
        return f"{self._prefix}:{{{namespace}}}:version", f"{self._prefix}:{{{namespace}}}:keys"

    def _key(self, namespace: str, key: str) -> str:
        return f"{self._prefix}:{{{namespace}}}:{key}"


def key_of(operation: str, arguments: Mapping[str, Any], viewer: str) -> str:
    """One key per operation, arguments and viewer; the order of the arguments does not matter."""
    canonical = json.dumps(
        [operation, dict(arguments), viewer], sort_keys=True, default=_canonical, separators=(",", ":")
    )
    return f"{operation}:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _canonical(value: Any) -> list[Any]:
    """What JSON has no type for, with its type: a Decimal is not the text that looks like it."""
    is_set = isinstance(value, set | frozenset)
    return [type(value).__name__, sorted(value, key=str) if is_set else str(value)]


class Mode(StrEnum):
    """What a reader wants of the cache: as ever; not to be asked; to forget; to be made anew."""

    DEFAULT = "default"
    SKIP = "skip"
    BUST = "bust"
    REFRESH = "refresh"

    @classmethod
    def asked(cls, word: str | None, actor: Actor) -> Mode:
        """The mode called *word*, for administrators; for others, and for another word, the default."""
        if word not in set(cls) or not is_privileged(actor):
            return cls.DEFAULT
        return cls(word)


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was read, and whether the cache knew it."""

    value: T
    from_cache: bool


class CacheService:
    """Reads through a cache, in one of four modes."""

    def __init__(self, cache: Cache, mode: Mode = Mode.DEFAULT) -> None:
        self.cache = cache
        self.mode = mode

    def read(
        self,
        namespace: str,
        key: str,
        ask: Callable[[], T],
        *,
        freeze: Callable[[T], bytes | None],
        thaw: Callable[[bytes], T],
        ttl: float = DEFAULT_TTL,
    ) -> Answer[T]:
        """What *ask* answers, or answered before. What cannot be frozen (None) is not kept."""
        if self.mode is Mode.SKIP:
            return Answer(ask(), from_cache=False)
        if self.mode in {Mode.BUST, Mode.REFRESH}:
            self.cache.delete(namespace, key)
        version = self.cache.version(namespace)
        kept = self.cache.get(namespace, key) if self.mode is Mode.DEFAULT else None
        if kept is not None:
            return Answer(thaw(kept), from_cache=True)
        value = ask()
        frozen = freeze(value)
        if frozen is not None and self.mode is not Mode.BUST:
            self.cache.put(namespace, key, frozen, version=version, ttl=ttl)
        return Answer(value, from_cache=False)

    def clear_where(self, namespace: str, matches: Callable[[str], bool]) -> int:
        """Forget the keys of the namespace that *matches* says; how many were kept."""
        return self.cache.delete(namespace, *filter(matches, self.cache.keys(namespace)))
