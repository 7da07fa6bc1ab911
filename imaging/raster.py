"""Drawing by librsvg, through libvips, in memory."""

from __future__ import annotations

import os

from PIL import Image as Pixels

from imaging.rejections import Reason, Rejected
from imaging.sanitising import Drawing
from imaging.vocabulary import SVG

# One thread a process: there are as many processes as cores. libvips and librsvg read it once, when loaded.
os.environ["VIPS_CONCURRENCY"] = os.environ["RAYON_NUM_THREADS"] = "1"
import pyvips

pyvips.cache_set_max(0)  # no picture is ever drawn twice

_DPI = 96  # a CSS inch: at libvips' own 72, lengths in mm and pt come out a quarter too small
_SCALE = 72 / _DPI  # takes back that libvips then enlarges the whole picture


def draw(svg: bytes) -> Pixels.Image:
    """The drawing at its own size in pixels, RGBA; raises ``Rejected`` (``renderer-failed``).

    *svg* has been sanitised: nothing here keeps it from its size or from its cost.
    """
    try:
        picture = pyvips.Image.svgload_buffer(svg, dpi=_DPI, scale=_SCALE)
        pixels = picture.write_to_memory()
    except pyvips.Error as error:
        raise Rejected(Reason.RENDERER_FAILED) from error
    return Pixels.frombuffer("RGBA", (picture.width, picture.height), pixels, "raw", "RGBA", 0, 1)


def draw_square(drawing: Drawing, side: int) -> Pixels.Image:
    """The whole drawing as large as it fits in the middle of a transparent square of *side* pixels."""
    x, y, width, height = _place(drawing, side)
    picture = draw(drawing.to_bytes_at(width, height))
    if picture.size == (side, side):
        return picture
    square = Pixels.new("RGBA", (side, side))
    square.paste(picture, (x, y))
    return square


def draw_square_on(drawing: Drawing, side: int, ground: str) -> Pixels.Image:
    """As ``draw_square``, on a *ground* that librsvg paints under it: RGB, and nothing to flatten later."""
    if drawing.has_style_sheet:  # it would apply to what is laid under the drawing, too
        return flatten(draw_square(drawing, side), ground)
    x, y, width, height = _place(drawing, side)
    under = (
        f'<svg xmlns="{SVG}" width="{side}" height="{side}"><path fill="{ground}" d="M0 0h{side}v{side}H0z"/>'
    )
    placed = drawing.to_bytes_at(width, height, x, y)
    return draw(b"".join((under.encode(), placed, b"</svg>"))).convert("RGB")


def flatten(picture: Pixels.Image, ground: str) -> Pixels.Image:
    """An RGBA *picture* laid on a *ground*: RGB."""
    flat = Pixels.new("RGB", picture.size, ground)
    flat.paste(picture, mask=picture)
    return flat


def _place(drawing: Drawing, side: int) -> tuple[int, int, int, int]:
    scale = side / max(drawing.size.width, drawing.size.height)
    width, height = (max(1, round(length * scale)) for length in (drawing.size.width, drawing.size.height))
    return (side - width) // 2, (side - height) // 2, width, height


def is_blank(picture: Pixels.Image) -> bool:
    """Nothing is to be seen: all transparent, or all of one white."""
    least, most = picture.getchannel("A").getextrema()
    if least == 255:
        return picture.tobytes() == Pixels.new("RGBA", picture.size, "white").tobytes()
    return most == 0
