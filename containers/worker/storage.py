"""Objects in S3: one client, kept connections, several transfers at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vectoricons.aws import AwsFailed
from vectoricons.aws.s3 import S3, Put

TRANSFERS = 4  # at a time: they hide S3's latency behind the drawing, and more would cost processor time
WAITING = 32  # objects at most in memory, made and not yet stored


class ObjectChanged(Exception):
    """Another object is in its place."""


class Transfers:
    """Puts that go on in the background while the caller makes the next object; at most a few are waiting."""

    def __init__(self, s3: S3, pool: ThreadPoolExecutor) -> None:
        self._s3 = s3
        self._pool = pool
        self._keys: set[tuple[str, str]] = set()
        self._pending: list[Future[Any]] = []

    def put(self, put: Put) -> None:
        """Begin to store *put*; raises what an earlier one failed with. The same key is stored once."""
        if (put.bucket, put.key) in self._keys:
            return
        self._keys.add((put.bucket, put.key))
        if len(self._pending) >= WAITING:
            self._pending.pop(0).result()
        self._pending.append(self._pool.submit(self._s3.put, put))

    def wait(self) -> None:
        """Until everything is stored; raises what failed."""
        while self._pending:
            self._pending.pop(0).result()


class Storage:
    """The buckets, through one client and a pool of threads."""

    def __init__(self, s3: S3) -> None:
        self._s3 = s3
        self._pool = ThreadPoolExecutor(TRANSFERS, thread_name_prefix="s3")

    @contextmanager
    def transfers(self) -> Iterator[Transfers]:
        """A group of puts that are all done when the block ends."""
        transfers = Transfers(self._s3, self._pool)
        yield transfers
        transfers.wait()

    def read_all(self, bucket: str, keys: Iterable[str]) -> list[bytes | None]:
        """The contents of *keys*, in their order, several at a time; ``None`` for one that is not there."""
        return list(self._pool.map(lambda key: self._s3.find(bucket, key), keys))

    def download(self, bucket: str, key: str, path: Path, *, etag: str) -> None:
        """The object into the file *path*, if it still is what an event told of; else ``ObjectChanged``."""
        try:
            self._s3.download(bucket, key, path, etag=etag)
        except AwsFailed as failure:
            if failure.is_changed:
                raise ObjectChanged(key) from failure
            raise

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()
