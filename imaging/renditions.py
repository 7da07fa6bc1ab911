"""From one render to every image asked for: scaled, laid on a ground, marked, encoded."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image as Pixels

from imaging import encoding
from imaging.paints import Colour
from imaging.pictures import Image, Output, Recipe
from imaging.watermark import watermark

_ICON_SIDES = (16, 24, 32, 48, 64, 128, 256)
_SHRINKING, _GROWING = Pixels.Resampling.HAMMING, Pixels.Resampling.BICUBIC


@dataclass(frozen=True, slots=True)
class Artwork:
    """A picture to make images of. *pixels* are RGBA; or RGB, when they lie on a ground already; or, where
    all ink is of one *colour*, L: how much of it there is.
    """

    pixels: Pixels.Image
    colour: Colour | None = None


def make_images(artwork: Artwork, recipe: Recipe) -> tuple[Image, ...]:
    """The recipe's outputs, in its order, from *artwork*'s pixels alone."""
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
            known = watermark(self._finish(side, marked=False)) if marked else self._lay(self._scale(side))
            self._finished[side, marked] = known
        return known

    def _lay(self, picture: Pixels.Image) -> Pixels.Image:
        ground, colour = self._recipe.ground, self._artwork.colour
        if colour is not None:
            flat = Pixels.new("RGB", picture.size, colour if ground is None else ground)
            if ground is None:
                flat.putalpha(
                    picture
                )  # not what librsvg gives: its faint pixels have lost their exact colour
            else:
                flat.paste(colour, mask=picture)
            return flat
        if ground is None or picture.mode == "RGB":
            return picture
        flat = Pixels.new("RGB", picture.size, ground)
        flat.paste(picture, mask=picture)
        return flat

    def _scale(self, side: int | None) -> Pixels.Image:
        if side not in self._scaled:
            self._scaled[side] = self._artwork.pixels if side is None else fit(self._artwork.pixels, side)
        return self._scaled[side]


def fit(picture: Pixels.Image, side: int) -> Pixels.Image:
    """The whole *picture* as large as it fits in the middle of a square of *side* pixels."""
    longest = max(picture.size)
    if longest != side:
        factor, rest = divmod(longest, side)
        if picture.width == picture.height and not rest:
            return picture.reduce(factor)  # a 4 x 4 box beats drawing again at 128, and costs less
        width, height = (max(1, round(length * side / longest)) for length in picture.size)
        picture = picture.resize((width, height), _SHRINKING if longest > side else _GROWING)
    if picture.width == picture.height:
        return picture
    square = Pixels.new(picture.mode, (side, side))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square
