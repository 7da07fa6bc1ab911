"""S3: objects of any bucket, through one client that keeps its connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from vectoricons.aws import CONNECTIONS, AwsFailed, config, failing_to

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FOREVER = "public, max-age=31536000, immutable"
PIECE = 1024 * 1024  # bytes
LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Put:
    """An object to store. Without *cache_control* it is not for browsers. *metadata* is short ASCII text."""

    bucket: str
    key: str
    data: bytes = field(repr=False)
    content_type: str
    cache_control: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """What S3 knows of an object besides its contents."""

    key: str
    size: int
    etag: str
    content_type: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A signed form: POST *fields* and then the file, as multipart, to *url*."""

    url: str
    fields: dict[str, str]


def client(session: boto3.Session | None = None, *, connections: int = CONNECTIONS, **more: Any) -> S3Client:
    """A client that signs for any region and spares the second checksum."""
    made: S3Client = (session or boto3.Session()).client(
        "s3",
        config=config(
            connections=connections,
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
        **more,
    )
    return made


class S3:
    """Objects. Safe to use from several threads. Raises AwsFailed, in words."""

    def __init__(self, s3: S3Client) -> None:
        self._s3 = s3

    def fetch(self, bucket: str, key: str, *, etag: str = "") -> bytes:
        """The contents; with an *etag*, if the object still is that one."""
        with failing_to(f"fetch s3://{bucket}/{key}"):
            return self._s3.get_object(Bucket=bucket, Key=key, **_unchanged(etag))["Body"].read()

    def find(self, bucket: str, key: str) -> bytes | None:
        """The contents, or None if there is no such object."""
        try:
            return self.fetch(bucket, key)
        except AwsFailed as failure:
            if failure.is_missing:
                return None
            raise

    def download(self, bucket: str, key: str, path: Path, *, etag: str = "") -> None:
        """The object into the file *path*, a piece at a time."""
        with failing_to(f"fetch s3://{bucket}/{key}"):
            body = self._s3.get_object(Bucket=bucket, Key=key, **_unchanged(etag))["Body"]
            with path.open("wb") as file:
                for piece in body.iter_chunks(PIECE):
                    file.write(piece)

    def head(self, bucket: str, key: str) -> Head | None:
        """What is known of the object, or None if there is none."""
        try:
            with failing_to(f"look up s3://{bucket}/{key}"):
                found = self._s3.head_object(Bucket=bucket, Key=key)
        except AwsFailed as failure:
            if failure.is_missing:
                return None
            raise
        etag = found["ETag"].strip('"')
        return Head(key, found["ContentLength"], etag, found["ContentType"], found["Metadata"])

    def tags(self, bucket: str, key: str) -> dict[str, str]:
        """The object's tags."""
        with failing_to(f"read the tags of s3://{bucket}/{key}"):
            found = self._s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def put(self, put: Put) -> None:
        """Store it; S3 shows an object whole or not at all."""
        extra: dict[str, Any] = {"CacheControl": put.cache_control} if put.cache_control else {}
        with failing_to(f"store s3://{put.bucket}/{put.key}"):
            self._s3.put_object(
                Bucket=put.bucket,
                Key=put.key,
                Body=put.data,
                ContentType=put.content_type,
                Metadata=dict(put.metadata),
                **extra,
            )

    def delete(self, bucket: str, key: str) -> None:
        """See that there is no such object."""
        with failing_to(f"delete s3://{bucket}/{key}"):
            self._s3.delete_object(Bucket=bucket, Key=key)

    def pages(self, bucket: str, prefix: str = "", *, size: int = LARGEST_PAGE) -> Iterator[Sequence[Head]]:
        """What is below *prefix*, by key, *size* at a time."""
        listing = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": size}
        )
        with failing_to(f"list s3://{bucket}/{prefix}"):
            for page in listing:
                yield [
                    Head(each["Key"], each["Size"], each["ETag"].strip('"'))
                    for each in page.get("Contents", ())
                ]

    def has_bucket(self, bucket: str) -> bool:
        """Whether there is such a bucket, and it is ours to use."""
        try:
            with failing_to(f"look up s3://{bucket}"):
                self._s3.head_bucket(Bucket=bucket)
        except AwsFailed as failure:
            if failure.is_missing or failure.is_denied:
                return False
            raise
        return True

    def link(self, bucket: str, key: str, life: timedelta, *, filename: str | None = None) -> str:
        """An address that anybody may fetch the object from for a while, as *filename* where one is given."""
        named = {"ResponseContentDisposition": f'attachment; filename="{filename}"'} if filename else {}
        return self._s3.generate_presigned_url(
            "get_object",
            Params={"Bucket": bucket, "Key": key, **named},
            ExpiresIn=round(life.total_seconds()),
        )

    def form(self, bucket: str, key: str, life: timedelta, *, size: int, **fields: str) -> Form:
        """A form that puts one object of at most *size* bytes at exactly *key*, with these *fields* alone."""
        conditions = [*({name: value} for name, value in fields.items()), ["content-length-range", 1, size]]
        signed = self._s3.generate_presigned_post(
            bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=round(life.total_seconds())
        )
        return Form(signed["url"], signed["fields"])


def _unchanged(etag: str) -> dict[str, Any]:
    return {"IfMatch": etag if etag.startswith('"') else f'"{etag}"'} if etag else {}
