"""The mark over pictures of what is for sale: a lattice of hairlines with our V in the meshes."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image as Pixels

from imaging.raster import draw

# A middle grey shows on white, on black and on nothing. The V is a path between two anchor points, as drawing
# programs show it. Shapes only: no font is needed to draw it.
_DESIGN = """
<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 512 512">
  <defs>
    <pattern id="lattice" width="128" height="128" patternUnits="userSpaceOnUse">
      <g fill="none" stroke="#7d828c" stroke-opacity=".42" stroke-width="1.5">
        <path d="M-8 136 44 84M84 44 136-8M-8-8 44 44M84 84 136 136"/>
      </g>
      <g fill="none" stroke="#7d828c" stroke-opacity=".55" stroke-width="5" stroke-linecap="round"
         stroke-linejoin="round">
        <path d="M51 54 64 78 77 54"/>
        <path d="M45 48h9v9h-9zM74 48h9v9h-9z" stroke-width="2.5"/>
      </g>
    </pattern>
  </defs>
  <rect width="512" height="512" fill="url(#lattice)"/>
</svg>
"""


def watermark(picture: Pixels.Image) -> Pixels.Image:
    """*picture* (RGBA or RGB) under the mark, its own alpha kept."""
    mark = _mark(picture.size)
    if picture.mode == "RGBA":
        return Pixels.alpha_composite(picture, mark)
    marked = picture.copy()
    marked.paste(mark, mask=mark)
    return marked


@lru_cache(maxsize=8)  # sizes are few where they are many: pictures of their own size
def _mark(size: tuple[int, int]) -> Pixels.Image:
    side = max(size)
    return draw(_DESIGN.format(side=side).encode()).crop((0, 0, *size))
