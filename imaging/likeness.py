"""How alike two drawings look: a hash that stays nearly the same when a picture is scaled or retouched."""

from __future__ import annotations

from itertools import pairwise

from PIL import Image as Pixels
from PIL import ImageStat

ALIKE = 6  # bits that may differ of 64; drawings of one family differ in more

_SIDE = 8
_NOTICED = 2  # levels of 255 from one pixel to the next: less is rounding


def perceptual_hash(picture: Pixels.Image) -> str:
    """The dHash of *picture* (RGBA) in hex: where it becomes lighter from left to right, in 8 x 8 places.

    It lies on white; on black, if it is so light that it would not show there.
    """
    ink = ImageStat.Stat(picture.convert("L"), picture.getchannel("A").point([0] + [255] * 255)).mean[0]
    ground = Pixels.new("RGBA", picture.size, "black" if ink > 191 else "white")
    grey = Pixels.alpha_composite(ground, picture).convert("L")
    small = grey.resize((_SIDE + 1, _SIDE), Pixels.Resampling.BOX)
    levels = small.tobytes()
    bits = 0
    for row in range(0, len(levels), _SIDE + 1):
        for left, right in pairwise(levels[row : row + _SIDE + 1]):
            bits = bits << 1 | (right - left > _NOTICED)
    return f"{bits:016x}"


def distance(one: str, other: str) -> int:
    """In how many of their 64 bits two hashes differ; up to ``ALIKE`` the pictures look the same."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
