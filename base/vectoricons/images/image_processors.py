"""Image processors: which objects are worth a processor's while, told by what storage says of them.

The bytes have the last word, and imaging reads those. This is asked before anything is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from vectoricons.common.errors import Invalid


class SourceType(StrEnum):
    """The content types that pictures are made from."""

    SVG = "image/svg+xml"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"


def source_type(metadata: Mapping[str, str], name: str) -> SourceType:
    """What the object *name* is, by the ``Content-Type`` of its *metadata*. Raises Invalid in words."""
    stated = next((value for key, value in metadata.items() if key.lower() == "content-type"), "")
    essence = stated.partition(";")[0].strip().lower()
    if not essence:
        raise Invalid(f"{name}: storage does not say what it is. Upload it again with its content type.")
    if essence not in set(SourceType):
        raise Invalid(f"{name}: {essence} is no picture we read. Send SVG, PNG, JPEG or WebP.")
    return SourceType(essence)
