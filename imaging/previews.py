"""The picture of a family: some of its drawings together, with its name and who drew it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from PIL import Image as Pixels
from PIL import ImageChops

from imaging import grounds
from imaging.captions import clean, isolate
from imaging.encoding import webp
from imaging.grounds import Colours, Tile, lay_tiles, paint_ground
from imaging.pictures import Image, Recipe
from imaging.raster import draw, draw_square
from imaging.rejections import Reason, Rejected
from imaging.sanitising import Drawing, read_drawing

Theme = Literal["light", "dark"]

_COLOURS = {"light": grounds.LIGHT, "dark": grounds.DARK}
_PROBE = 96  # pixels: enough to see where a drawing's ink is and whether it shows
_FILLED = 0.58  # of a tile's shorter side, by a drawing of middling shape
_LARGEST = 0.74  # of the same, by the longest side of any drawing
_EVENED = 0.22  # how far a drawing may be made larger or smaller for looks: its lines get thicker with it
_STANDS_OUT = 60  # levels of 255 between ink and tile, in the channel where they differ most
_ENOUGH = 0.2  # of the ink: an outline will do
_INKED = [0] * 32 + [255] * 224  # by alpha: the faint edge of a shadow is none
_ENCODING = Recipe(quality=84, effort=4)  # once a family, and seen large: worth the time


def compose_preview(
    svgs: Sequence[bytes],
    *,
    family: str,
    contributor: str,
    count: int,
    seed: int | str,
    noun: str = "icon",
    size: tuple[int, int] = (1200, 630),
    theme: Theme = "light",
) -> Image:
    """A WebP of *size*: random ones of *svgs* (the same for one *seed*) over the *family*'s name.

    Under the name stand *contributor* and "*count* *noun*s": the whole family's number, not that of *svgs*.
    Drawings that cannot be taken are passed over; raises ``Rejected`` when none is left.
    """
    colours = _COLOURS[theme]
    probes = _choose(svgs, seed, colours)
    if not probes:
        raise Rejected(Reason.EMPTY_PICTURE, "has no drawing to show")
    width, height = size
    scale = height / grounds.HEIGHT
    tiles = lay_tiles(len(probes), width / scale)
    probes = probes[: len(tiles)]
    words = f"by {isolate(clean(contributor))}  ·  {count:,} {noun}" + ("" if count == 1 else "s")
    fills = _fill_tiles(probes, colours)
    under = list(zip(tiles, fills, strict=True))
    ground = draw(paint_ground(under, clean(family), words, (width, height), colours))
    preview = Pixels.new("RGBA", ground.size)
    preview.paste(ground)
    for tile, probe, factor in zip(tiles, probes, _even_out(probes), strict=True):
        _place(preview, probe, tile, factor, scale)
    return Image.of("preview", "webp", (width, height), webp(preview.convert("RGB"), _ENCODING))


@dataclass(frozen=True, slots=True)
class _Probe:
    """A drawing, a small *picture* of it, and where in that its *ink* is: left, top, right, bottom."""

    drawing: Drawing
    picture: Pixels.Image
    ink: tuple[int, int, int, int]

    @property
    def longest(self) -> float:
        """The longer side of its ink, as a share of the square the drawing fits in."""
        left, top, right, bottom = self.ink
        return max(right - left, bottom - top) / _PROBE

    @property
    def spread(self) -> float:
        """How large its ink looks: the longer side counts for more, but a thin one does not look large."""
        left, top, right, bottom = self.ink
        area = (right - left) * (bottom - top) / _PROBE**2
        return float(self.longest**0.6 * area**0.2)

    def shows_on(self, fill: str) -> bool:
        """Enough of its ink stands out from a tile of that colour."""
        plain = Pixels.new("RGB", self.picture.size, fill)
        red, green, blue = ImageChops.difference(self.picture.convert("RGB"), plain).split()
        furthest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
        levels = furthest.histogram(self.picture.getchannel("A").point(_INKED))
        return sum(levels[_STANDS_OUT:]) > sum(levels) * _ENOUGH


def _choose(svgs: Sequence[bytes], seed: int | str, colours: Colours) -> list[_Probe]:
    order = random.Random(seed).sample(range(len(svgs)), len(svgs))  # noqa: S311 - for looks, not for secrets
    probes: list[_Probe] = []
    for index in order:
        probe = _probe(svgs[index], colours)
        if probe is not None:
            probes.append(probe)
        if len(probes) == grounds.MOST_DRAWINGS:
            break
    return probes


def _probe(svg: bytes, colours: Colours) -> _Probe | None:
    try:
        drawing = read_drawing(svg)
        if "color" not in drawing.root.attrib:
            drawing.root.set("color", colours.ink)
        picture = draw_square(drawing, _PROBE)
    except Rejected:
        return None
    ink = picture.getchannel("A").point(_INKED).getbbox()
    return _Probe(drawing, picture, ink) if ink else None


def _fill_tiles(probes: list[_Probe], colours: Colours) -> list[str]:
    """A colour for each tile: one for all where most drawings show on it, the other for those that do not."""
    usual, other = colours.tile, colours.contrast
    if sum(probe.shows_on(usual) for probe in probes) * 2 < len(probes):
        usual, other = other, usual
    return [usual if probe.shows_on(usual) or not probe.shows_on(other) else other for probe in probes]


def _even_out(probes: list[_Probe]) -> list[float]:
    """How much to enlarge each drawing so that all look the same size."""
    factors = [1 / probe.spread for probe in probes]
    usual = median(factors)
    return [min(max(factor, usual * (1 - _EVENED)), usual * (1 + _EVENED)) for factor in factors]


def _place(preview: Pixels.Image, probe: _Probe, tile: Tile, factor: float, scale: float) -> None:
    """Draw the ink of *probe* in the middle of *tile*."""
    room = min(tile.width, tile.height) * scale
    side = room * min(_FILLED * factor, _LARGEST / probe.longest)
    picture = draw_square(probe.drawing, max(1, round(side)))
    ink = picture.crop(picture.getbbox())
    x, y = (tile.x + tile.width / 2) * scale, (tile.y + tile.height / 2) * scale
    preview.alpha_composite(ink, (round(x - ink.width / 2), round(y - ink.height / 2)))
