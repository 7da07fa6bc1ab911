"""A bucket, or a prefix of one, as a storage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from containers.converter.reasons import CannotRun, Cause, Failed
from containers.converter.results import Found
from containers.converter.storage import Metadata, Object

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3 import S3Client

FOREVER = "public, max-age=31536000, immutable"
_DENIED = frozenset({"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})
_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})


def client(session: boto3.Session, connections: int) -> S3Client:
    """An S3 client with a kept connection for each thread, which spares the second checksum."""
    made: S3Client = session.client(
        "s3",
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"mode": "standard", "max_attempts": 5},
            connect_timeout=5,
            read_timeout=20,
            max_pool_connections=connections,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return made


class Bucket:
    """The objects of *bucket* below *root* (empty, or ending in ``/``)."""

    def __init__(
        self, s3: S3Client, bucket: str, root: str = "", *, cache_control: str | None = None
    ) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._root = root
        self._headers: dict[str, Any] = {"CacheControl": cache_control} if cache_control else {}
        self.url = f"s3://{bucket}/{root}".rstrip("/")

    def is_empty(self) -> bool:
        """Whether there is no object; false where the bucket may not be listed."""
        try:
            found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=self._root, MaxKeys=1)
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and _code(error) in _DENIED:
                return False
            raise self._unlistable(error) from error
        return found["KeyCount"] == 0

    def pages(self, prefix: str) -> Iterator[Sequence[Found]]:
        """As S3 lists them: a thousand at a time, by key."""
        listing = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._root + prefix
        )
        try:
            for page in listing:
                yield [
                    Found(each["Key"].removeprefix(self._root), each["Size"], each["ETag"].strip('"'))
                    for each in page.get("Contents", ())
                    if not each["Key"].endswith("/")  # what consoles make to show a folder
                ]
        except (ClientError, BotoCoreError) as error:
            raise self._unlistable(error) from error

    def find(self, key: str) -> Found | None:
        """The object, or ``None``."""
        head = self._head(key)
        return None if head is None else Found(key, head["ContentLength"], head["ETag"].strip('"'))

    def read(self, found: Found) -> bytes:
        """The contents, if the object is still the one that was listed."""
        unchanged: dict[str, Any] = {"IfMatch": f'"{found.version}"'} if found.version else {}
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=self._root + found.key, **unchanged)
            return answer["Body"].read()
        except ClientError as error:
            if _code(error) in {"PreconditionFailed", "412"}:
                raise Failed(Cause.CHANGED) from error
            if _code(error) in _MISSING:
                raise Failed(Cause.MISSING) from error
            if _code(error) in _DENIED:
                raise Failed(Cause.UNREADABLE) from error
            raise Failed(Cause.NOT_ANSWERING, f"could not be read: S3 says {_code(error)}") from error
        except BotoCoreError as error:
            raise Failed(Cause.NOT_ANSWERING, f"cannot be reached: {error}") from error

    def metadata(self, key: str) -> Metadata | None:
        """The object's user metadata. One that may not be asked for is taken to be missing."""
        head = self._head(key)
        return None if head is None else head["Metadata"]

    def write(self, stored: Object) -> None:
        """S3 shows an object whole or not at all."""
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=self._root + stored.key,
                Body=stored.data,
                ContentType=stored.content_type,
                Metadata=dict(stored.metadata),
                **self._headers,
            )
        except ClientError as error:
            if _code(error) in _DENIED:
                raise Failed(Cause.UNWRITABLE) from error
            said = f"was converted, but its images could not be stored: S3 says {_code(error)}"
            raise Failed(Cause.NOT_ANSWERING, said) from error
        except BotoCoreError as error:
            raise Failed(Cause.NOT_ANSWERING, f"cannot be reached: {error}") from error

    def _head(self, key: str) -> Any:
        try:
            return self._s3.head_object(Bucket=self._bucket, Key=self._root + key)
        except ClientError as error:
            if _code(error) in _MISSING | _DENIED:  # without ListBucket S3 says 403 of what is not there
                return None
            raise Failed(Cause.NOT_ANSWERING, f"could not be looked up: S3 says {_code(error)}") from error
        except BotoCoreError as error:
            raise Failed(Cause.NOT_ANSWERING, f"cannot be reached: {error}") from error

    def _unlistable(self, error: ClientError | BotoCoreError) -> CannotRun:
        if not isinstance(error, ClientError):
            return CannotRun(f"{self.url} cannot be reached: {error}. Check the network and the region.")
        match _code(error):
            case "NoSuchBucket":
                return CannotRun(f"{self.url}: there is no such bucket. Check its name and the account.")
            case code if code in _DENIED:
                return CannotRun(
                    f"{self.url} may not be listed ({code}). Grant s3:ListBucket, or give --assume-role."
                )
            case code:
                return CannotRun(f"{self.url} cannot be listed: S3 says {code}. Try again later.")


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "nothing")
