"""Raster files for tests: good ones in every format that is read, and ones made to harm."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image as Pixels
from PIL import ImageCms

SIZE = (60, 40)
TURNED = (
    b"Exif\0\0" + b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHIII", 0x0112, 3, 1, 6, 0)
)  # the camera was held upright: a quarter turn to the right shows it so


def picture() -> Pixels.Image:
    """Red on the left, blue on the right."""
    whole = Pixels.new("RGB", SIZE, "#ff0000")
    whole.paste("#0000ff", (SIZE[0] // 2, 0, *SIZE))
    return whole


def encoded(encoding: str, image: Pixels.Image | None = None, **settings: object) -> bytes:
    """*image*, or ``picture()``, in an *encoding* of Pillow's."""
    file = io.BytesIO()
    (image or picture()).save(file, encoding, **settings)
    return file.getvalue()


def psd() -> bytes:
    """``picture()`` as Photoshop has it, without layers and not compressed."""
    width, height = SIZE
    planes = b"".join(channel.tobytes() for channel in picture().split())
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3)
    return head + struct.pack(">III", 0, 0, 0) + struct.pack(">H", 0) + planes


def animation() -> bytes:
    """A GIF whose first picture is ``picture()`` and whose other one is green."""
    green = Pixels.new("RGB", SIZE, "#00ff00")
    return encoded("GIF", picture(), save_all=True, append_images=[green], duration=9)


def swapped_profile() -> bytes:
    """An ICC profile like sRGB but with its red and its blue exchanged."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")


def bomb(width: int, height: int) -> bytes:
    """A PNG of *width* x *height* white pixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
