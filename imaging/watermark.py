"""The mark over pictures of what is for sale: a grid of hairlines with our V in the meshes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from PIL import Image as Pixels

from imaging.raster import draw

# A middle grey shows on white, on black and on nothing. Hairlines go along the pixels, two of them wide: WebP
# predicts such a line from what is beside it, so the mark adds 2 KB to a picture where slanted lines added 6,
# and hardly any time. Shapes only: no font is needed to draw it.
DESIGN = """
<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 512 512">
  <defs>
    <pattern id="grid" width="128" height="128" patternUnits="userSpaceOnUse">
      <path d="M0 0h128v2H2v126H0z" fill="#7d828c" fill-opacity=".412"/>
      <path d="M50 52 65 80 80 52" fill="none" stroke="#7d828c" stroke-opacity=".549" stroke-width="6"
         stroke-linecap="round" stroke-linejoin="round"/>
    </pattern>
  </defs>
  <rect width="512" height="512" fill="url(#grid)"/>
</svg>
"""
_Piece = tuple[Pixels.Image, tuple[int, int]]  # and where its left upper corner belongs

_SHADES = [round(level / 35) * 35 for level in range(256)]  # of its edges; both opacities are among them


def watermark(picture: Pixels.Image) -> Pixels.Image:
    """*picture* (RGBA or RGB) under the mark, its own alpha kept."""
    marked = picture.copy()
    for part, place in _parts(picture.size):
        if picture.mode == "RGBA":
            marked.alpha_composite(part, place)
        else:
            marked.paste(part, place, part)
    return marked


@lru_cache(maxsize=8)  # sizes are few where pictures are many
def _parts(size: tuple[int, int]) -> list[_Piece]:
    """The mark over a picture of *size* in pieces, each with its place: most of it is empty."""
    side = max(size)
    mark = draw(DESIGN.format(side=side).encode())
    mark.putalpha(mark.getchannel("A").point(_SHADES))
    mark = mark.crop((0, 0, *size))
    edges = [side * mesh // 4 for mesh in range(5)]
    thick = side // 128  # of a hairline, and a pixel to spare
    rows = [(0, edge, side, edge + thick) for edge in edges]
    columns = [(edge, 0, edge + thick, side) for edge in edges]
    corners = zip(product(edges[:-1], repeat=2), product(edges[1:], repeat=2), strict=True)
    meshes = [(left, top, right, bottom) for (left, top), (right, bottom) in corners]
    return [piece for box in (*rows, *columns, *meshes) for piece in _cut(mark, box)]


def _cut(mark: Pixels.Image, box: tuple[int, int, int, int]) -> Iterator[_Piece]:
    """Take what is in *box* out of *mark*, if anything is."""
    piece = mark.crop(box)
    mark.paste((0, 0, 0, 0), box)
    ink = piece.getbbox()
    if ink is not None:
        yield piece.crop(ink), (box[0] + ink[0], box[1] + ink[1])
