"""How big a drawing is: its own size in CSS pixels and the box it draws in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from imaging.rejections import Reason, Rejected

LONGEST_SIDE = 16_384  # units: what browsers and image programs still open

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"  # one way to read it: never slow
_LENGTH = re.compile(rf"\s*({_NUMBER})(px|pt|pc|mm|cm|in|em|rem|ex)?\s*")
_PIXELS = {
    "px": 1,
    "pt": 4 / 3,
    "pc": 16,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96,
    "em": 16,
    "rem": 16,
    "ex": 8,
}
_NUMBERS = re.compile(_NUMBER)
_BOX = re.compile(rf"\s*{_NUMBER}(?:[\s,]+{_NUMBER}){{3}}\s*")


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in CSS pixels, and the longer side of the viewBox in user units."""

    width: float
    height: float
    box: float


def measure(root: etree._Element) -> Size:
    """The size of a drawing by its root; raises ``Rejected`` (``svg-no-size``, ``svg-huge-canvas``)."""
    line = root.sourceline
    width, height = pixels(root.get("width")), pixels(root.get("height"))
    box = _read_box(root.get("viewBox"), line)
    if box is None:
        if width is None or height is None:
            raise Rejected(Reason.NO_SIZE, line=line)
        box = (width, height)
    if min(box) > 0:
        ratio = box[0] / box[1]
        if width is None:
            width = box[0] if height is None else height * ratio
        if height is None:
            height = width / ratio
    sides = (width or 0, height or 0, *box)
    if min(sides) <= 0:
        raise Rejected(Reason.NO_SIZE, "has no width or no height", line)
    if max(sides) > LONGEST_SIDE:
        raise Rejected(Reason.HUGE_CANVAS, f"has a canvas of {max(sides):,.0f} units", line)
    return Size(sides[0], sides[1], max(box))


def pixels(length: str | None) -> float | None:
    """An absolute CSS length in pixels; None for shares of the page (``100%``, ``auto``) and for nonsense."""
    match = _LENGTH.fullmatch(length or "")
    return float(match[1]) * _PIXELS[match[2] or "px"] if match else None


def numbers(text: str | None) -> list[float]:
    """All numbers in *text*, in order."""
    return [float(number) for number in _NUMBERS.findall(text or "")]


def _read_box(box: str | None, line: int | None) -> tuple[float, float] | None:
    if box is None:
        return None
    if not _BOX.fullmatch(box):
        raise Rejected(Reason.NO_SIZE, "has a viewBox that is not four numbers", line)
    _, _, width, height = numbers(box)
    return width, height
