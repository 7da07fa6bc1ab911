"""Pixels: SVG and raster in, PNG, WebP and ICO out; sanitising, watermark, family previews.

It knows no database and no AWS.

clean = sanitise(svg)                          # bytes; raises Rejected
with Renderer() as renderer:                   # a supervised child: one bad file costs one item
    rendered = renderer.render(svg, Recipe())  # sanitised SVG, images, palette, hints
images = convert(source, OPAQUE)               # images alone, of a drawing or a raster picture, here
"""

from imaging.bodies import Body, read_body
from imaging.hints import Hint
from imaging.likeness import ALIKE, distance
from imaging.pictures import OPAQUE, Format, Image, Kind, Output, Recipe, Rendered
from imaging.previews import Theme, compose_preview
from imaging.recolouring import recolour
from imaging.rejections import Reason, Rejected
from imaging.renderer import Renderer
from imaging.rendering import convert, render
from imaging.sanitising import sanitise

__all__ = [
    "ALIKE",
    "OPAQUE",
    "Body",
    "Format",
    "Hint",
    "Image",
    "Kind",
    "Output",
    "Reason",
    "Recipe",
    "Rejected",
    "Rendered",
    "Renderer",
    "Theme",
    "compose_preview",
    "convert",
    "distance",
    "read_body",
    "recolour",
    "render",
    "sanitise",
]
