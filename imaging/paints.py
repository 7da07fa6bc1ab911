"""The colours of a drawing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree
from PIL import Image as Pixels
from PIL import ImageColor

from imaging.vocabulary import local_name

Colour = tuple[int, int, int]

_BLACK: Colour = (0, 0, 0)
_MOST_COLOURS = 16
_OPAQUE = 255
_DARKEST_PAINT = 0x40  # of each channel, for a paint that is ink and no colour
_INKS = ("fill", "stroke", "color")

_PAINTS = ("fill", "stroke", "stop-color", "flood-color", "lighting-color")
_DECLARATION = re.compile(rf"(?:{'|'.join(_PAINTS)}):([^;}}!]+)")

_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_CONTAINERS = frozenset({"svg", "g", "defs", "switch", "clipPath", "title", "desc"})
_BLENDING = re.compile(r"blend|filter|mask|marker")


def palette(root: etree._Element, picture: Pixels.Image) -> tuple[str, ...]:
    """The drawing's paints as ``#rrggbb``, the most seen in its *picture* (RGBA, small) first, at most 16."""
    declared = dict.fromkeys(_declared(root))
    seen: Counter[Colour] = Counter()
    for count, pixel in picture.getcolors(picture.width * picture.height) or ():
        match pixel:
            case (red, green, blue, alpha) if alpha == _OPAQUE:
                seen[red, green, blue] += count
    if seen[_BLACK]:
        declared.setdefault(_BLACK)  # what has no fill is filled black
    ranked = sorted(declared, key=lambda colour: -seen[colour])
    return tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in ranked[:_MOST_COLOURS])


def single_colour(root: etree._Element) -> Colour | None:
    """The one colour everything is drawn in, in any opacity; None for more, or where it is hard to tell."""
    colours: set[Colour] = set()
    if _collect(root, _Inherited("black", "none", "black"), colours) and len(colours) == 1:
        return colours.pop()
    return None


def repaint(root: etree._Element, colour: Colour) -> None:
    """Draw everything of a drawing of one colour in another, each part as opaque as it was."""
    if "fill" not in root.attrib:
        root.set("fill", "black")
    for element in root.iter():
        for name in _INKS:
            paint = element.get(name, "none")
            if paint != "none":
                element.set(name, "#" + bytes((*colour, *_alpha(paint))).hex())


def inked(root: etree._Element) -> bool:
    """Whether everything is drawn in one colour that stands for ink: opaque, and black or nearly so."""
    colour = single_colour(root)
    return (
        colour is not None
        and max(colour) <= _DARKEST_PAINT
        and not any(_alpha(element.get(name, "none")) for element in root.iter() for name in _INKS)
    )


def use_current_colour(root: etree._Element) -> None:
    """Draw everything of an inked drawing in the colour of the text around it."""
    if "fill" not in root.attrib:
        root.set("fill", "currentColor")
    for element in root.iter():
        element.attrib.pop("color", None)
        for name in ("fill", "stroke"):
            if element.get(name, "none") != "none":
                element.set(name, "currentColor")


def _alpha(paint: str) -> Sequence[int]:
    """The opacity in a paint such as ``#ff000080``, if there is any in it."""
    try:
        return ImageColor.getrgb(paint.strip())[3:]
    except ValueError:
        return ()  # currentColor


class _Inherited(NamedTuple):
    """The paint properties children take over."""

    fill: str
    stroke: str
    color: str


def _collect(element: etree._Element, above: _Inherited, colours: set[Colour]) -> bool:
    """Add the colours *element* is drawn in; False when it does more than fill and stroke plainly."""
    name = local_name(element)
    if "style" in element.attrib or (name not in _SHAPES and name not in _CONTAINERS):
        return False
    if any(_BLENDING.search(key) for key in element.attrib):
        return False
    here = _Inherited(*(element.get(field, value) for field, value in above._asdict().items()))
    if name in _SHAPES:
        for paint in (here.fill, here.stroke):
            if paint == "none":
                continue
            colour = _parse(here.color if paint.lower() == "currentcolor" else paint)
            if colour is None:
                return False
            colours.add(colour)
    return all(_collect(child, here, colours) for child in element)


def _declared(root: etree._Element) -> list[Colour]:
    """Every paint in the drawing, in document order."""
    paints: list[str] = []
    for element in root.iter():
        paints.extend(element.get(name, "none") for name in _PAINTS)
        paints.extend(_DECLARATION.findall(element.get("style", "")))
        if local_name(element) == "style":
            paints.extend(_DECLARATION.findall(element.text or ""))
    colours = (_BLACK if paint.lower() == "currentcolor" else _parse(paint) for paint in paints)
    return [colour for colour in colours if colour is not None]


def _parse(paint: str) -> Colour | None:
    try:
        red, green, blue, *_ = ImageColor.getrgb(paint.strip())
    except ValueError:
        return None  # none, inherit, url(#gradient)
    return red, green, blue
