"""What lies under a family's drawings: tiles on a soft ground, the family's name, who drew it, our mark."""

from __future__ import annotations

import html
from dataclasses import dataclass

from imaging.captions import FONT, Line

HEIGHT = 630.0  # of the design; other heights are scaled to
_MARGIN = 60.0
_LOGO = 80.0  # kept free at the right of the name
_BRAND = 200.0  # and of the words
_GRID_TOP = 56.0
_GRID_HEIGHT = 396.0
_WIDEST_GAP = 22.0
_TALLEST_TILE = 1.35  # of its width
_GRIDS = ((8, 3), (7, 3), (6, 3), (6, 2), (5, 2), (4, 2), (3, 2), (5, 1), (4, 1), (3, 1), (2, 1), (1, 1))

MOST_DRAWINGS = 24  # more would be too small to tell apart where links are shown


@dataclass(frozen=True, slots=True)
class Colours:
    """A theme. *tile* is under most drawings, *contrast* under those that would not show on it."""

    top: str
    bottom: str
    tile: str
    contrast: str
    edge: str
    name: str
    words: str
    ink: str  # of drawings that leave their colour to the page


LIGHT = Colours("#f6f7fb", "#e6e9f3", "#ffffff", "#232838", "#dfe3ee", "#171b28", "#5b6275", "#1d2233")
DARK = Colours("#1b1f2d", "#11141e", "#262b3b", "#f1f3f9", "#343a4d", "#f4f6fb", "#a3abbf", "#eef1f8")


@dataclass(frozen=True, slots=True)
class Tile:
    """A place for a drawing, in units of the design."""

    x: float
    y: float
    width: float
    height: float


def lay_tiles(count: int, width: float) -> list[Tile]:
    """Places for *count* drawings, or fewer to keep the grid full, on a design *width* wide."""
    columns, rows = next(grid for grid in _GRIDS if grid[0] * grid[1] <= count)
    gap = _WIDEST_GAP if columns * rows <= 12 else _WIDEST_GAP * 0.75
    tile_width = (width - 2 * _MARGIN - (columns - 1) * gap) / columns
    tile_height = min((_GRID_HEIGHT - (rows - 1) * gap) / rows, tile_width * _TALLEST_TILE)
    top = _GRID_TOP + (_GRID_HEIGHT - rows * tile_height - (rows - 1) * gap) / 2
    return [
        Tile(_MARGIN + column * (tile_width + gap), top + row * (tile_height + gap), tile_width, tile_height)
        for row in range(rows)
        for column in range(columns)
    ]


def paint_ground(
    tiles: list[tuple[Tile, str]], name: str, words: str, size: tuple[int, int], colours: Colours
) -> bytes:
    """The ground as SVG of *size* pixels: *tiles* with their colours, *name* and *words* under them."""
    width = HEIGHT * size[0] / size[1]
    left, right = _MARGIN, width - _MARGIN
    name = html.escape(Line(44, "bold", right - left - _LOGO).fit(name))
    words = html.escape(Line(24, "normal", right - left - _BRAND).fit(words))
    return f"""
<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}"
     viewBox="0 0 {width:g} {HEIGHT:g}">
  <defs>
    <linearGradient id="ground" x2="0" y2="1">
      <stop stop-color="{colours.top}"/><stop offset="1" stop-color="{colours.bottom}"/>
    </linearGradient>
  </defs>
  <rect width="{width:g}" height="{HEIGHT:g}" fill="url(#ground)"/>
  {"".join(_paint_tile(tile, fill, colours) for tile, fill in tiles)}
  <g font-family="{FONT}">
    <text x="{left:g}" y="536" font-size="44" font-weight="bold" fill="{colours.name}">{name}</text>
    <g font-size="24" fill="{colours.words}">
      <text x="{left:g}" y="580">{words}</text>
      <text x="{right:g}" y="580" text-anchor="end">VectorIcons</text>
    </g>
  </g>
  <g transform="translate({right - 42:g} 507)" fill="none" stroke="{colours.name}" stroke-width="4"
     stroke-linecap="round" stroke-linejoin="round">
    <path d="M9 9 21 33 33 9"/>
    <path d="M2 1h10v10H2zM30 1h10v10H30z" fill="{colours.tile}" stroke-width="3"/>
  </g>
</svg>""".encode()


def _paint_tile(tile: Tile, fill: str, colours: Colours) -> str:
    radius = min(28.0, tile.width * 0.16)
    place = f'x="{tile.x:.2f}" width="{tile.width:.2f}" height="{tile.height:.2f}" rx="{radius:.2f}"'
    return (
        f'<rect {place} y="{tile.y + 5:.2f}" fill="#0a0e1e" fill-opacity=".05"/>'
        f'<rect {place} y="{tile.y:.2f}" fill="{fill}" stroke="{colours.edge}"/>'
    )
