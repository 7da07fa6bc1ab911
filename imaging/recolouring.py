"""A drawing of one colour in another."""

from __future__ import annotations

from PIL import ImageColor

from imaging.paints import repaint, single_colour
from imaging.rejections import Reason, Rejected
from imaging.sanitising import read_drawing


def recolour(svg: bytes, colour: str) -> bytes:
    """*svg*, sanitised, with everything in it drawn in *colour* (``#rrggbb``), and as opaque as before.

    Raises ``Rejected`` for what cannot be taken at all and for drawings of more than one colour.
    """
    red, green, blue, *_ = ImageColor.getrgb(colour)
    drawing = read_drawing(svg)
    if single_colour(drawing.root) is None:
        raise Rejected(Reason.MANY_COLOURS)
    repaint(drawing.root, (red, green, blue))
    return drawing.to_bytes()
