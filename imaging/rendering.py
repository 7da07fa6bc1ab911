"""One picture to its images, in this process and in memory."""

from __future__ import annotations

from PIL import Image as Pixels

from imaging.bodies import body_of
from imaging.hints import find_hints
from imaging.likeness import perceptual_hash
from imaging.paints import palette, single_colour
from imaging.pictures import Image, Recipe, Rendered
from imaging.raster import draw_square, draw_square_on, is_blank
from imaging.rejections import Reason, Rejected
from imaging.renditions import Artwork, fit, make_images
from imaging.sanitising import Drawing, read_drawing
from imaging.sources import check_name, raster_format

_SAMPLE = 128  # pixels a side: enough to see which colours there are, and where


def render(svg: bytes, recipe: Recipe) -> Rendered:
    """Sanitise, draw and encode *svg* here; raises ``Rejected``. For strangers' files: ``Renderer``."""
    drawing = read_drawing(svg)
    pixels = _draw(drawing, recipe.side)
    sample = fit(pixels, _SAMPLE)
    return Rendered(
        svg=drawing.to_bytes(),
        body=body_of(drawing),
        width=drawing.size.width,
        height=drawing.size.height,
        palette=palette(drawing.root, sample),
        perceptual_hash=perceptual_hash(sample),
        hints=find_hints(drawing.root),
        images=make_images(Artwork.of(pixels, single_colour(drawing.root)), recipe),
    )


def convert(source: bytes, recipe: Recipe, name: str = "") -> tuple[Image, ...]:
    """The images alone of *source*, a drawing or a raster picture; raises ``Rejected``.

    *name* is the file's, if it had one: what it is called must be what it is.
    """
    check_name(name, source)
    encoding = raster_format(source)
    if encoding is None:
        return make_images(draw_artwork(read_drawing(source), recipe), recipe)
    from imaging import magick  # loads ImageMagick, which drawings never need

    return make_images(Artwork(magick.read(source, encoding)), recipe)


def draw_artwork(drawing: Drawing, recipe: Recipe) -> Artwork:
    """The picture that all images of the *recipe* are made of; raises ``Rejected`` (``empty-picture``)."""
    colour = single_colour(drawing.root)
    if colour is None and recipe.ground is not None:
        pixels = draw_square_on(drawing, recipe.side, recipe.ground)
        if pixels.getcolors(1) is None:  # something is seen on the ground
            return Artwork(pixels)
    return Artwork.of(_draw(drawing, recipe.side), colour)


def _draw(drawing: Drawing, side: int) -> Pixels.Image:
    pixels = draw_square(drawing, side)
    if is_blank(pixels):
        raise Rejected(Reason.EMPTY_PICTURE)
    return pixels
