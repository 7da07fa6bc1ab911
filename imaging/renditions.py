"""From one render to every image asked for: scaled, laid on a ground, marked, encoded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from PIL import Image as Pixels
from PIL import ImageColor

from imaging import encoding
from imaging.paints import Colour
from imaging.pictures import Image, Output, Recipe
from imaging.raster import flatten
from imaging.watermark import watermark

_ICON_SIDES = (16, 24, 32, 48, 64, 128, 256)
_SHRINKING, _GROWING = Pixels.Resampling.HAMMING, Pixels.Resampling.BICUBIC


@dataclass(frozen=True, slots=True)
class Artwork:
    """A picture to make images of: RGBA, or RGB when it lies on its ground already; or, where all ink is of
    one *colour*, L: how much of it there is.
    """

    pixels: Pixels.Image
    colour: Colour | None = None

    @classmethod
    def of(cls, pixels: Pixels.Image, colour: Colour | None) -> Self:
        """Of RGBA *pixels*, all of them of that *colour* if there is one."""
        return cls(pixels) if colour is None else cls(pixels.getchannel("A"), colour)


def make_images(artwork: Artwork, recipe: Recipe) -> tuple[Image, ...]:
    """The recipe's outputs, in its order, from *artwork*'s pixels alone."""
    if artwork.pixels.mode == "RGBA" and recipe.ground is not None:
        artwork = Artwork(flatten(artwork.pixels, recipe.ground))
    press = _Press(artwork, recipe)
    return tuple(press.make(output) for output in recipe.outputs)


class _Press:
    """Makes the images of one artwork; what several of them share it makes once."""

    def __init__(self, artwork: Artwork, recipe: Recipe) -> None:
        self._artwork = artwork
        self._recipe = recipe
        self._scaled: dict[int | None, Pixels.Image] = {}
        self._finished: dict[tuple[int | None, bool], Pixels.Image] = {}

    def make(self, output: Output) -> Image:
        if output.format == "ico":
            sides = [side for side in _ICON_SIDES if side < (output.side or 0)]
            data = encoding.ico([self._finish(side, marked=False) for side in [*sides, output.side]])
            return Image.of(output.kind, "ico", self._scale(output.side).size, data)
        marked = output.kind == "watermark"
        encode = self._png if output.format == "png" else self._webp
        return Image.of(
            output.kind, output.format, self._scale(output.side).size, encode(output.side, marked)
        )

    def _png(self, side: int | None, marked: bool) -> bytes:
        colour = self._artwork.colour
        if colour is not None and self._recipe.ground is None and not marked:
            return encoding.png_of_one_colour(self._scale(side), colour)
        return encoding.png(self._finish(side, marked))

    def _webp(self, side: int | None, marked: bool) -> bytes:
        picture = self._finish(side, marked)
        if self._artwork.colour is not None:
            return encoding.lossless_webp(picture)
        return encoding.webp(picture, self._recipe)

    def _finish(self, side: int | None, marked: bool) -> Pixels.Image:
        """The pixels that are seen: RGB on a ground, RGBA without one."""
        known = self._finished.get((side, marked))
        if known is None:
            known = watermark(self._finish(side, marked=False)) if marked else self._plain(side)
            self._finished[side, marked] = known
        return known

    def _plain(self, side: int | None) -> Pixels.Image:
        colour = self._artwork.colour
        return self._scale(side) if colour is None else self._lay(self._scale(side), colour)

    def _lay(self, ink: Pixels.Image, colour: Colour) -> Pixels.Image:
        if self._recipe.ground is None:
            flat = Pixels.new("RGB", ink.size, colour)
            flat.putalpha(ink)  # not what librsvg gives: its faint pixels have lost their exact colour
            return flat
        flat = Pixels.frombytes("P", ink.size, ink.tobytes())
        flat.putpalette(_shades(colour, self._recipe.ground))
        return flat.convert("RGB")

    def _scale(self, side: int | None) -> Pixels.Image:
        if side not in self._scaled:
            pixels = self._artwork.pixels
            self._scaled[side] = pixels if side is None else fit(pixels, side, self._recipe.ground)
        return self._scaled[side]


def fit(picture: Pixels.Image, side: int, ground: str | None = None) -> Pixels.Image:
    """The whole *picture* as large as it fits in the middle of a square of *side* pixels."""
    longest = max(picture.size)
    if longest != side:
        factor, rest = divmod(longest, side)
        if picture.width == picture.height and not rest:
            return picture.reduce(factor)  # a 4 x 4 box beats drawing again at 128, and costs less
        width, height = (max(1, round(length * side / longest)) for length in picture.size)
        method = _SHRINKING if longest > side else _GROWING
        picture = picture.resize((width, height), method, reducing_gap=3)
    if picture.width == picture.height:
        return picture
    square = Pixels.new(picture.mode, (side, side), 0 if ground is None else ground)
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square


@lru_cache(maxsize=64)
def _shades(colour: Colour, ground: str) -> list[int]:
    """A palette from *ground* to *colour*, of 32 shades: no eye tells more, and WebP keeps them in less."""
    levels = (round(level * 31 / 255) / 31 for level in range(256))
    pairs = list(zip(ImageColor.getrgb(ground), colour, strict=True))
    return [round(under + (over - under) * level) for level in levels for under, over in pairs]
