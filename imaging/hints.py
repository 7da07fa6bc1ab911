"""What is drawn here otherwise than in a browser: told to the contributor, who can draw it another way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from imaging.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class Hint:
    """A drawing was taken, but may not look as its maker meant.

    ``detail`` completes the file's name into a sentence, ``advice`` is one; ``line`` counts from 1.
    """

    code: str
    detail: str
    advice: str
    line: int | None


@dataclass(frozen=True, slots=True)
class _Difference:
    """Something that librsvg draws in its own way, and how to tell an element that has it."""

    code: str
    detail: str
    advice: str
    is_in: Callable[[etree._Element, str], bool]


def _says(pattern: str) -> Callable[[etree._Element, str], bool]:
    return lambda _, said: re.search(pattern, said) is not None


def _is(*names: str) -> Callable[[etree._Element, str], bool]:
    return lambda element, _: local_name(element) in names


_DIFFERENCES = (
    _Difference(
        "svg-transform-origin",
        "turns or scales a shape about an origin that is ignored in pictures here",
        "Apply transforms to the shapes before exporting.",
        _says(r"transform-(origin|box)"),
    ),
    _Difference(
        "svg-path-length",
        "measures dashes by pathLength, which is ignored in pictures here",
        "Give dashes in the drawing's own units, or expand them to shapes.",
        lambda element, said: "pathLength" in element.attrib and "stroke-dasharray" in said,
    ),
    _Difference(
        "svg-text",
        "contains text, which is drawn in another font where its own is not installed",
        "Convert text to outlines.",
        _is("text"),
    ),
    _Difference(
        "svg-linear-rgb",
        "blends a gradient in linearRGB, which pictures here blend in sRGB",
        "Remove color-interpolation, and add stops where the colours need them.",
        lambda element, said: "Gradient" in local_name(element) and "color-interpolation:linearRGB" in said,
    ),
    _Difference(
        "svg-turbulence",
        "makes a texture by feTurbulence, which comes out differently in every program",
        "Expand the texture to shapes.",
        _is("feTurbulence"),
    ),
    _Difference(
        "svg-selector",
        "styles shapes by :is(), :where() or :has(), which pictures here do not know",
        "Write out the selectors, or set fill and stroke on the shapes.",
        lambda element, said: (
            local_name(element) == "style" and re.search(r":(is|where|has)\(", said) is not None
        ),
    ),
)


def find_hints(root: etree._Element) -> tuple[Hint, ...]:
    """One hint for each difference that a sanitised drawing has, at the first place it has it."""
    return tuple(_find(root))


def _find(root: etree._Element) -> Iterator[Hint]:
    left = list(_DIFFERENCES)
    for element in root.iter():
        said = _said(element)
        for difference in [each for each in left if each.is_in(element, said)]:
            left.remove(difference)
            yield Hint(difference.code, difference.detail, difference.advice, element.sourceline)


def _said(element: etree._Element) -> str:
    """All an element says about looks, as one style: its attributes, its style, the sheet in it."""
    attributes = ";".join(f"{name}:{value}" for name, value in element.items())
    return f"{attributes};{element.text or ''}" if local_name(element) == "style" else attributes
