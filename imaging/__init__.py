"""Pixels: SVG in, PNG and WebP out; sanitising, watermark, family previews. Knows no database and no AWS.

clean = sanitise(svg)                          # bytes; raises Rejected
with Renderer() as renderer:                   # a supervised child: one bad file costs one item
    rendered = renderer.render(svg, Recipe())  # sanitised SVG, images, palette
"""

from imaging.pictures import Format, Image, Kind, Recipe, Rendered
from imaging.previews import Theme, compose_preview
from imaging.rejections import Reason, Rejected
from imaging.renderer import Renderer
from imaging.rendering import render
from imaging.sanitising import sanitise

__all__ = [
    "Format",
    "Image",
    "Kind",
    "Reason",
    "Recipe",
    "Rejected",
    "Rendered",
    "Renderer",
    "Theme",
    "compose_preview",
    "render",
    "sanitise",
]
