"""Where the objects of uploads are: no key holds what a contributor typed, images are named by contents."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID


def archive_key(contributor_uuid: UUID, batch_id: UUID) -> str:
    """The ZIP of a batch, in the uploads bucket."""
    return f"uploads/{contributor_uuid}/{batch_id}/source.zip"


def source_key(batch_id: UUID, entry_no: int) -> str:
    """A drawing as it was uploaded, in the private bucket."""
    return f"sources/{batch_id}/{entry_no}.svg"


def svg_key(svg: bytes) -> str:
    """A sanitised drawing, in the private bucket."""
    return f"svg/{sha256(svg).hexdigest()}.svg"


def image_key(digest: str, format: str) -> str:  # noqa: A002 - the images' own word
    """An image by the SHA-256 of its bytes, in the public bucket, or in the private one for what is sold."""
    return f"images/{digest}.{format}"
