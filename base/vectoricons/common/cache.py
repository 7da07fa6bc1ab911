"""Caches of reads. A cache knows its own keys by namespace, so a write forgets exactly what it made stale."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Protocol

from redis import Redis
from redis.exceptions import RedisError

from vectoricons.common import log

logger = log.get(__name__)

DEFAULT_TTL = 60.0


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
    def clear(self, namespace: str) -> int: ...


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

    def clear(self, namespace: str) -> int:
        """Nothing was there."""
        return 0


class Memory:
    """A cache in this process: for one process, or for tests."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._versions: dict[str, int] = {}
        self._kept: dict[str, dict[str, tuple[float, bytes]]] = {}

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
            if version == self.version(namespace):
                self._kept.setdefault(namespace, {})[key] = (time.monotonic() + ttl, value)

    def clear(self, namespace: str) -> int:
        """Forget the namespace; how many values that were."""
        with self._lock:
            self._versions[namespace] = self.version(namespace) + 1
            return len(self._kept.pop(namespace, {}))


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
        [operation, dict(arguments), viewer], sort_keys=True, default=str, separators=(",", ":")
    )
    return f"{operation}:{hashlib.sha256(canonical.encode()).hexdigest()}"
