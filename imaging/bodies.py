"""A drawing as it is put into another's ``<svg>``: its body, and the box that is drawn in."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from imaging.measures import numbers
from imaging.paints import inked, use_current_colour
from imaging.sanitising import Drawing, read_drawing
from imaging.vocabulary import PROPERTIES, SVG, XLINK

_OWN = ("width", "height", "viewBox", "version", "preserveAspectRatio")
_ABOUT_THE_PAGE = PROPERTIES & {"x", "y", "display", "overflow"}


@dataclass(frozen=True, slots=True)
class Body:
    """What is inside of ``<svg>``, and its view box. One dark colour for all of it is ``currentColor``."""

    body: str = field(repr=False)
    x: float
    y: float
    width: float
    height: float


def read_body(svg: bytes) -> Body:
    """The body of *svg*, sanitised; raises ``Rejected``."""
    return body_of(read_drawing(svg))


def body_of(drawing: Drawing) -> Body:
    """The body of *drawing*, in which what its root says of its parts still holds."""
    root = deepcopy(drawing.root)
    x, y, width, height = numbers(root.get("viewBox"))
    if inked(root):
        use_current_colour(root)
    said = {name: value for name, value in root.items() if name not in {*_OWN, *_ABOUT_THE_PAGE}}
    if not drawing.has_style_sheet:
        said.pop("class", None)
    elif said:  # a sheet may mean the root: it stays what it is, at its place
        for name, length in (("x", x), ("y", y), ("width", width), ("height", height)):
            root.set(name, f"{length:g}")
        return Body(_within(_outer(root)), x, y, width, height)
    return Body(_within(_group(root, said) if said else _plain(root)), x, y, width, height)


def _empty() -> etree._Element:
    return etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG, "xlink": XLINK})


def _outer(root: etree._Element) -> etree._Element:
    outer = _empty()
    outer.append(root)
    return outer


def _group(root: etree._Element, said: dict[str, str]) -> etree._Element:
    outer = _empty()
    group = etree.SubElement(outer, f"{{{SVG}}}g")
    group.attrib.update(said)
    group.extend(list(root))
    return outer


def _plain(root: etree._Element) -> etree._Element:
    outer = _empty()
    outer.extend(list(root))
    return outer


def _within(outer: etree._Element) -> str:
    """All of *outer* but itself. It has no attributes, so that its first ``>`` is the end of its tag."""
    written = etree.tostring(outer, encoding="unicode")
    return written[written.index(">") + 1 : written.rindex("<")]
