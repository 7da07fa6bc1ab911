"""A bucket, or a prefix of one, as a storage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from containers.converter.reasons import CannotRun, Cause, Failed
from containers.converter.results import Found
from containers.converter.storage import Metadata, Object
from vectoricons.aws import AwsFailed
from vectoricons.aws.s3 import S3, Head, Put

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Bucket:
    """The objects of *bucket* below *root* (empty, or ending in ``/``)."""

    def __init__(
        self, s3: S3Client, bucket: str, root: str = "", *, cache_control: str | None = None
    ) -> None:
        self._s3 = S3(s3)
        self._bucket = bucket
        self._root = root
        self._cache_control = cache_control
        self.url = f"s3://{bucket}/{root}".rstrip("/")

    def is_empty(self) -> bool:
        """Whether there is no object; false where the bucket may not be listed."""
        try:
            return not any(self._s3.pages(self._bucket, self._root, size=1))
        except AwsFailed as failure:
            if failure.is_denied:
                return False
            raise self._unlistable(failure) from failure

    def pages(self, prefix: str) -> Iterator[Sequence[Found]]:
        """As S3 lists them: a thousand at a time, by key."""
        try:
            for page in self._s3.pages(self._bucket, self._root + prefix):
                # what ends in a slash is what consoles make to show a folder
                yield [self._found(each) for each in page if not each.key.endswith("/")]
        except AwsFailed as failure:
            raise self._unlistable(failure) from failure

    def find(self, key: str) -> Found | None:
        """The object, or ``None``."""
        head = self._head(key)
        return None if head is None else self._found(head)

    def read(self, found: Found) -> bytes:
        """The contents, if the object is still the one that was listed."""
        try:
            return self._s3.fetch(self._bucket, self._root + found.key, etag=found.version)
        except AwsFailed as failure:
            if failure.is_changed:
                raise Failed(Cause.CHANGED) from failure
            if failure.is_missing:
                raise Failed(Cause.MISSING) from failure
            if failure.is_denied:
                raise Failed(Cause.UNREADABLE) from failure
            raise Failed(Cause.NOT_ANSWERING, f"could not be read: {_said(failure)}") from failure

    def metadata(self, key: str) -> Metadata | None:
        """The object's user metadata. One that may not be asked for is taken to be missing."""
        head = self._head(key)
        return None if head is None else head.metadata

    def write(self, stored: Object) -> None:
        """S3 shows an object whole or not at all."""
        put = Put(
            self._bucket,
            self._root + stored.key,
            stored.data,
            stored.content_type,
            self._cache_control,
            stored.metadata,
        )
        try:
            self._s3.put(put)
        except AwsFailed as failure:
            if failure.is_denied:
                raise Failed(Cause.UNWRITABLE) from failure
            said = f"was converted, but its images could not be stored: {_said(failure)}"
            raise Failed(Cause.NOT_ANSWERING, said) from failure

    def _found(self, head: Head) -> Found:
        return Found(head.key.removeprefix(self._root), head.size, head.etag)

    def _head(self, key: str) -> Head | None:
        try:
            return self._s3.head(self._bucket, self._root + key)
        except AwsFailed as failure:
            if failure.is_denied:  # without ListBucket S3 says so of what is not there
                return None
            raise Failed(Cause.NOT_ANSWERING, f"could not be looked up: {_said(failure)}") from failure

    def _unlistable(self, failure: AwsFailed) -> CannotRun:
        match failure.aws_code:
            case "":
                return CannotRun(f"{self.url} cannot be reached. Check the network and the region.")
            case "NoSuchBucket":
                return CannotRun(f"{self.url}: there is no such bucket. Check its name and the account.")
            case code if failure.is_denied:
                return CannotRun(
                    f"{self.url} may not be listed ({code}). Grant s3:ListBucket, or give --assume-role."
                )
            case code:
                return CannotRun(f"{self.url} cannot be listed: S3 says {code}. Try again later.")


def _said(failure: AwsFailed) -> str:
    return f"S3 says {failure.aws_code}" if failure.aws_code else "S3 cannot be reached"
