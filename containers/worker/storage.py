"""Objects in S3: one client, kept connections, several transfers at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TRANSFERS = 4  # at a time: they hide S3's latency behind the drawing, and more would cost processor time
WAITING = 32  # objects at most in memory, made and not yet stored
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Put:
    """An object to store. Without *cache_control* it is not for browsers."""

    bucket: str
    key: str
    data: bytes = field(repr=False)
    content_type: str
    cache_control: str | None = None


class ObjectChanged(Exception):
    """Another object is in its place."""


def s3_client() -> S3Client:
    """An S3 client that signs for any region, spares the second checksum, and retries what may be."""
    client: S3Client = boto3.client(
        "s3",
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"mode": "standard", "max_attempts": 5},
            connect_timeout=5,
            read_timeout=20,
            max_pool_connections=TRANSFERS,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return client


class Transfers:
    """Puts that go on in the background while the caller makes the next object; at most a few are waiting."""

    def __init__(self, s3: S3Client, pool: ThreadPoolExecutor) -> None:
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
        self._pending.append(self._pool.submit(_store, self._s3, put))

    def wait(self) -> None:
        """Until everything is stored; raises what failed."""
        while self._pending:
            self._pending.pop(0).result()


class Storage:
    """The buckets, through one client and a pool of threads."""

    def __init__(self, s3: S3Client) -> None:
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
        return list(self._pool.map(lambda key: self._read(bucket, key), keys))

    def _read(self, bucket: str, key: str) -> bytes | None:
        try:
            return self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return None

    def download(self, bucket: str, key: str, path: Path, *, etag: str) -> None:
        """The object into the file *path*, if it still is what an event told of; else ``ObjectChanged``."""
        unchanged: dict[str, Any] = {"IfMatch": etag} if etag else {}
        try:
            body = self._s3.get_object(Bucket=bucket, Key=key, **unchanged)["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "PreconditionFailed":
                raise ObjectChanged(key) from error
            raise
        with path.open("wb") as file:
            for piece in body.iter_chunks(1024 * 1024):
                file.write(piece)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()


def _store(s3: S3Client, put: Put) -> None:
    extra: dict[str, Any] = {"CacheControl": put.cache_control} if put.cache_control else {}
    s3.put_object(Bucket=put.bucket, Key=put.key, Body=put.data, ContentType=put.content_type, **extra)
