"""One drawing to its images, in this process and in memory."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image as Pixels

from imaging import encoding
from imaging.paints import Colour, palette, single_colour
from imaging.pictures import Image, Kind, Recipe, Rendered
from imaging.raster import draw_square, is_blank
from imaging.rejections import Reason, Rejected
from imaging.sanitising import read_drawing
from imaging.watermark import watermark


def render(svg: bytes, recipe: Recipe) -> Rendered:
    """Sanitise, draw and encode *svg* here; raises ``Rejected``. For strangers' files: ``Renderer``."""
    drawing = read_drawing(svg)
    preview = draw_square(drawing, recipe.preview)
    if is_blank(preview):
        raise Rejected(Reason.EMPTY_PICTURE)
    thumbnail = preview.reduce(recipe.reduction)  # a 4 x 4 box beats drawing again at 128, and costs less
    colour = single_colour(drawing.root)
    if colour is None:
        images = _encode(thumbnail, preview, recipe)
    else:
        images = _encode_one_colour(thumbnail, preview, colour)
    return Rendered(
        svg=drawing.to_bytes(),
        width=drawing.size.width,
        height=drawing.size.height,
        palette=palette(drawing.root, thumbnail),
        images=tuple(images),
    )


def _encode(thumbnail: Pixels.Image, preview: Pixels.Image, recipe: Recipe) -> Iterator[Image]:
    for kind, picture in _named(thumbnail, preview):
        yield Image.of(kind, "png", picture.size, encoding.png(picture))
        yield Image.of(kind, "webp", picture.size, encoding.webp(picture, recipe))
    yield Image.of("watermark", "webp", preview.size, encoding.webp(watermark(preview), recipe))


def _encode_one_colour(thumbnail: Pixels.Image, preview: Pixels.Image, colour: Colour) -> Iterator[Image]:
    for kind, picture in _named(thumbnail, preview):
        alpha = picture.getchannel("A")
        flat = Pixels.new("RGB", alpha.size, colour)
        flat.putalpha(alpha)  # not what librsvg gives: its faint pixels have lost their exact colour
        yield Image.of(kind, "png", alpha.size, encoding.png_of_one_colour(alpha, colour))
        yield Image.of(kind, "webp", alpha.size, encoding.lossless_webp(flat))
    yield Image.of("watermark", "webp", preview.size, encoding.lossless_webp(watermark(preview)))


def _named(thumbnail: Pixels.Image, preview: Pixels.Image) -> tuple[tuple[Kind, Pixels.Image], ...]:
    return ("thumbnail", thumbnail), ("preview", preview)
