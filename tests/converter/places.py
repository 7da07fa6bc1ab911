"""A folder and a bucket, as a test fills and looks at them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from containers.converter.folder import Folder
from containers.converter.s3 import Bucket
from containers.converter.storage import Storage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Place(Protocol):
    """Somewhere files can be."""

    url: str

    def storage(self) -> Storage: ...
    def put(self, key: str, data: bytes) -> None: ...
    def delete(self, key: str) -> None: ...
    def contents(self) -> dict[str, bytes]: ...


class FolderPlace:
    """A folder that is not there before something is put into it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.url = str(root)

    def storage(self) -> Storage:
        return Folder(self._root)

    def put(self, key: str, data: bytes) -> None:
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def delete(self, key: str) -> None:
        (self._root / key).unlink()

    def contents(self) -> dict[str, bytes]:
        files = (path for path in self._root.rglob("*") if path.is_file())
        return {str(path.relative_to(self._root)): path.read_bytes() for path in files}


class BucketPlace:
    """A prefix of a bucket."""

    def __init__(self, client: S3Client, name: str, root: str = "in/") -> None:
        self.client = client
        self.name = name
        self._root = root
        self.url = f"s3://{name}/{root}"
        client.create_bucket(Bucket=name)

    def storage(self) -> Storage:
        return Bucket(self.client, self.name, self._root)

    def beside(self, root: str) -> BucketPlace:
        """Another prefix of the same bucket."""
        return BucketPlace(self.client, self.name, root)

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=self._root + key, Body=data)

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=self._root + key)

    def deny(self, action: str, key: str) -> None:
        """Let nobody do *action* to *key* any more."""
        statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": action,
            "Resource": f"arn:aws:s3:::{self.name}/{self._root}{key}",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self.client.put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))

    def contents(self) -> dict[str, bytes]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self._root)
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return {
            key.removeprefix(self._root): self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
            for key in keys
        }
