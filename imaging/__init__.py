"""Pixels: SVG and raster in, PNG, WebP and ICO out; sanitising, watermark, family previews.

It knows no database and no AWS.

clean = sanitise(svg)                          # bytes; raises Rejected
with Renderer() as renderer:                   # a supervised child: one bad file costs one item
    rendered = renderer.render(svg, Recipe())  # sanitised SVG, images, palette
images = convert(source, OPAQUE)               # images alone, of a drawing or a raster picture, here
"""

from imaging.pictures import OPAQUE, Format, Image, Kind, Output, Recipe, Rendered
from imaging.previews import Theme, compose_preview
from imaging.rejections import Reason, Rejected
from imaging.renderer import Renderer
from imaging.rendering import convert, render
from imaging.sanitising import sanitise

__all__ = [
    "OPAQUE",
    "Format",
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
    "render",
    "sanitise",
]
