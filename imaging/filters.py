"""What a filter costs to draw. Weights are milliseconds of librsvg for a whole picture of 512 px."""

from __future__ import annotations

import re

from lxml import etree

from imaging.measures import Size, numbers
from imaging.rejections import Reason, Rejected
from imaging.vocabulary import local_name

_MOST_PRIMITIVES = 50
_WIDEST_BLUR = 1 / 8  # of the viewBox; the widest of 3,174 emoji with soft shadows
_WIDEST_REGION = 3.0  # of what is filtered, a side

_BLURS = re.compile(r"blur\(([^)]*)")
_CALLS = re.compile(r"(?:blur|brightness|contrast|drop-shadow|grayscale|hue-rotate|invert|saturate|sepia)\(")
_PLAIN_MS = 10.0
_BLUR_MS = 26.0
_LIGHT_MS = 31.0
_DISPLACEMENT_MS = 208.0


def filter_cost(element: etree._Element, size: Size) -> float:
    """Milliseconds to draw what this ``<filter>`` is put on, once; raises ``Rejected`` when out of bounds."""
    if len(element) > _MOST_PRIMITIVES:
        raise Rejected(Reason.FILTER_TOO_HEAVY, f"has a filter of {len(element)} steps", element.sourceline)
    area = _region(element, size)
    box = 1.0 if element.get("primitiveUnits") == "objectBoundingBox" else size.box
    return sum(_primitive_cost(primitive, box) for primitive in element) * area


def function_cost(element: etree._Element, size: Size) -> float:
    """Milliseconds to draw the filters an element calls by name: ``filter="blur(2px)"``."""
    calls = element.get("filter", "") + element.get("style", "").partition("filter:")[2]
    widths = [width for blur in _BLURS.findall(calls) for width in numbers(blur)]
    if max(widths, default=0) > size.box * _WIDEST_BLUR:
        raise Rejected(Reason.FILTER_TOO_HEAVY, "has a blur that is too wide", element.sourceline)
    return _BLUR_MS * len(_CALLS.findall(calls))


def _primitive_cost(primitive: etree._Element, box: float) -> float:
    match local_name(primitive):
        case "feGaussianBlur" | "feDropShadow":
            if max([0, *numbers(primitive.get("stdDeviation"))]) > box * _WIDEST_BLUR:
                raise Rejected(Reason.FILTER_TOO_HEAVY, "has a blur that is too wide", primitive.sourceline)
            return _BLUR_MS
        case "feMorphology":
            radius = max([0, *numbers(primitive.get("radius"))])
            if radius > box * _WIDEST_BLUR:
                raise Rejected(Reason.FILTER_TOO_HEAVY, "grows or thins shapes too far", primitive.sourceline)
            return _PLAIN_MS + min(840.0, 42_000 * radius / box)
        case "feConvolveMatrix":
            order = numbers(primitive.get("order")) or [3]
            return _PLAIN_MS + max(0, 2.2 * order[0] * order[-1])
        case "feTurbulence":
            return _PLAIN_MS + 12 * max([1, *numbers(primitive.get("numOctaves"))])
        case "feDisplacementMap":
            return _DISPLACEMENT_MS
        case "feDiffuseLighting" | "feSpecularLighting":
            return _LIGHT_MS
    return _PLAIN_MS


def _region(element: etree._Element, size: Size) -> float:
    """The share of the picture it works on, at most 1; all of it when the region is in units of the shape."""
    whole = size.box if element.get("filterUnits") == "userSpaceOnUse" else 1.0
    sides = [_side(element.get(name), whole) for name in ("width", "height")]
    if max(sides) > _WIDEST_REGION:
        raise Rejected(Reason.FILTER_TOO_HEAVY, "has a filter region that is too wide", element.sourceline)
    if whole == 1.0:
        return 1.0
    width, height = (min(max(side, 0.0), 1.0) for side in sides)
    return width * height


def _side(length: str | None, whole: float) -> float:
    values = numbers(length)
    if not values:
        return 1.2  # the default, 120 %
    return values[0] / 100 if "%" in (length or "") else values[0] / whole
