"""ImageMagick, for what it is good at: raster sources to pixels in sRGB, and icons of many sizes.

It is never given an SVG: its own renderer draws nearly half of them blank. What it may do at all stands in
``policy.xml`` beside this file, which it reads once, when it is loaded.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from PIL import Image as Pixels
from PIL import ImageCms

from imaging.rejections import Reason, Rejected
from imaging.sources import RasterFormat, raster_format

os.environ["MAGICK_CONFIGURE_PATH"] = str(Path(__file__).parent)
os.environ.setdefault("WAND_MAGICK_LIBRARY_SUFFIX", "-6.Q16")  # found at once, and not after 23 other names
from wand.api import library
from wand.exceptions import WandException
from wand.image import Image

LONGEST_SIDE = 16_000
MOST_PIXELS = 25_000_000  # 10 bytes each in ImageMagick, and twice at a time

library.MagickProfileImage.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]
library.MagickProfileImage.restype = ctypes.c_bool


def read(source: bytes, encoding: RasterFormat) -> Pixels.Image:
    """The first picture of *source*, which is in that *encoding*: RGBA in sRGB, upright."""
    if raster_format(source) != encoding:
        raise Rejected(Reason.NOT_A_PICTURE)
    first = f"{encoding}[0]"  # of an animation or of layers; says the format, so that none is guessed
    try:
        with Image.ping(blob=source, format=first) as header:
            _check_size(header.width, header.height)
        with Image(blob=source, format=first) as image:
            return _pixels(image)
    except WandException as error:
        raise Rejected(Reason.RASTER_DAMAGED) from error


def write_ico(pictures: Sequence[Pixels.Image]) -> bytes:
    """*pictures*, squares of up to 256 pixels, as one icon file."""
    with ExitStack() as opened:
        icon, *others = (opened.enter_context(_image(picture)) for picture in pictures)
        icon.sequence.extend(others)
        icon.format = "ico"
        blob: bytes = icon.make_blob()
        return blob


def _image(picture: Pixels.Image) -> Image:
    data = picture.convert("RGBA").tobytes()
    return Image(blob=data, format="rgba", width=picture.width, height=picture.height, depth=8)


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Rejected(Reason.RASTER_TOO_LARGE, f"is a picture of {width:,} x {height:,} pixels")


def _pixels(image: Image) -> Pixels.Image:
    image.auto_orient()
    if "icc" in (image.profiles or {}):
        profile = _srgb()
        library.MagickProfileImage(image.wand, b"icc", profile, len(profile))
    image.transform_colorspace("srgb")
    image.depth = 8
    image.format = "rgba"
    return Pixels.frombuffer("RGBA", image.size, image.make_blob(), "raw", "RGBA", 0, 1)


@cache
def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
