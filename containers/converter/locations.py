"""Where a URL leads: ``s3://bucket/prefix``, or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from containers.converter.folder import Folder
from containers.converter.reasons import CannotRun
from containers.converter.storage import Storage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Location:
    """A bucket and the beginning of its keys, or (without a bucket) a folder's absolute path."""

    bucket: str
    root: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ``CannotRun`` for what is neither."""
        parts = urlsplit(text)
        if parts.scheme == "s3" and parts.netloc:
            path = parts.path.strip("/")
            return cls(parts.netloc, f"{path}/" if path else "")
        if parts.scheme or parts.netloc:
            raise CannotRun(f"{text} is neither a bucket nor a folder. Write s3://bucket/prefix, or a path.")
        return cls("", str(Path(text).expanduser().resolve()))

    @property
    def is_bucket(self) -> bool:
        """Whether it is in S3."""
        return bool(self.bucket)

    def holds(self, other: Location) -> bool:
        """Whether *other* is this very place, or below it."""
        if self.bucket != other.bucket:
            return False
        if self.is_bucket:
            return other.root.startswith(self.root)
        return Path(other.root).is_relative_to(self.root)

    def open(self, s3: S3Client | None) -> Storage:
        """The place as a storage; *s3* is for buckets."""
        if not self.is_bucket:
            return Folder(Path(self.root))
        if s3 is None:
            raise CannotRun(f"{self} needs an S3 client.")
        from containers.converter.s3 import Bucket

        return Bucket(s3, self.bucket, self.root)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.root}" if self.bucket else self.root


def check_apart(source: Location, target: Location) -> None:
    """Raise ``CannotRun`` when the images would land among the files they are made of."""
    if source.holds(target):
        where = "the source itself" if source == target else "inside the source"
        raise CannotRun(
            f"The target, {target}, is {where}: its images would be converted in turn. Name a place outside."
        )
