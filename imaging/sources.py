"""What a file is, by its first bytes and not by its name."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal

from imaging.rejections import Reason, Rejected

RasterFormat = Literal["png", "jpeg", "gif", "tiff", "psd"]

_SIGNATURES: tuple[tuple[bytes, RasterFormat], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"8BPS\0\1", "psd"),
)
_BY_SUFFIX: dict[str, RasterFormat | Literal["svg"]] = {
    ".svg": "svg",
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".gif": "gif",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".psd": "psd",
}


def raster_format(source: bytes) -> RasterFormat | None:
    """Which of the raster formats read here *source* is in; None for everything else, every SVG among it."""
    return next((name for signature, name in _SIGNATURES if source.startswith(signature)), None)


def check_name(name: str, source: bytes) -> None:
    """Raise ``Rejected`` when *source* is empty, or is not what the suffix of its file *name* says."""
    if not source:
        raise Rejected(Reason.EMPTY_FILE)
    declared = _BY_SUFFIX.get(PurePosixPath(name).suffix.lower())
    found = raster_format(source)
    if declared is None or declared == (found or "svg"):
        return
    is_called = f"is called {PurePosixPath(name).suffix}"
    if found is not None:
        raise Rejected(Reason.WRONG_SUFFIX, f"{is_called} but is a {found.upper()} picture")
    if source.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise Rejected(Reason.WRONG_SUFFIX, f"{is_called} but is an XML document")
    raise Rejected(Reason.NOT_A_PICTURE, f"{is_called} but is no {declared.upper()} picture")
