"""Pixels to bytes. Settings were chosen on 60 line icons and 60 emoji of 512 px (mean CPU time and size):

PNG of line icons: Pillow RGBA level 6: 6.4 ms, 9.6 KB; libvips unfiltered: 2.0 ms, 9.8 KB; one palette colour
    with the alpha as index, run lengths only: 0.6 ms, 7.0 KB, and exact.
PNG of emoji: Pillow RGBA level 6: 6.5 ms, 21.8 KB; libvips unfiltered level 6: 2.3 ms, 19.1 KB, level 1:
    1.4 ms, 29.6 KB. Rows of flat colour repeat as they are; filters only spoil that.
WebP: the table of docs/pixels.md, which ``make bench-webp`` makes anew.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import pyvips
from PIL import Image as Pixels

from imaging.paints import Colour
from imaging.pictures import Recipe

_UNFILTERED = 0x08  # VIPS_FOREIGN_PNG_FILTER_NONE
_EVERY_ALPHA = bytes(range(256))
_ALPHA_LEVELS = [round(round(alpha * 63 / 255) * 255 / 63) for alpha in range(256)]


def png(picture: Pixels.Image) -> bytes:
    """An RGBA or RGB picture as PNG, exact."""
    width, height = picture.size
    bands = len(picture.getbands())
    image = pyvips.Image.new_from_memory(picture.tobytes(), width, height, bands, "uchar")
    encoded: bytes = image.copy(interpretation="srgb").pngsave_buffer(compression=6, filter=_UNFILTERED)
    return encoded


def png_of_one_colour(alpha: Pixels.Image, colour: Colour) -> bytes:
    """A PNG of one *colour* under *alpha* (mode L), which is the index into a palette of that colour."""
    indexed = Pixels.frombytes("P", alpha.size, alpha.tobytes())
    indexed.putpalette(bytes(colour) * 256)
    return _save(indexed, "PNG", transparency=_EVERY_ALPHA, compress_level=1, compress_type=zlib.Z_RLE)


def webp(picture: Pixels.Image, recipe: Recipe) -> bytes:
    """A picture as lossy WebP, its alpha in 64 levels: no eye tells more, and they take a fifth less time."""
    if picture.mode == "RGBA":
        picture = picture.copy()
        picture.putalpha(picture.getchannel("A").point(_ALPHA_LEVELS))
    return _save(picture, "WEBP", quality=recipe.quality, method=recipe.effort)


def lossless_webp(picture: Pixels.Image) -> bytes:
    """A picture as exact WebP: for art of one colour both smaller and faster than lossy."""
    return _save(picture, "WEBP", lossless=True, quality=0, method=1)


def ico(pictures: Sequence[Pixels.Image]) -> bytes:
    """One icon file that holds all *pictures*, squares of up to 256 pixels, the largest last."""
    from imaging import magick  # loads ImageMagick, which other formats never need

    return magick.write_ico(pictures)


def _save(picture: Pixels.Image, encoding: str, **settings: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, encoding, **settings)
    return file.getvalue()
