"""What a drawing may cost, told before it is drawn (the renderer's own limits are the guard behind it)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from imaging.filters import filter_cost, function_cost
from imaging.measures import Size, numbers
from imaging.rejections import Reason, Rejected
from imaging.vocabulary import LINKS, local_name

MOST_BYTES = 2_000_000
_MOST_ELEMENTS = 20_000
_DEEPEST = 64
_MOST_PATH_DATA = 600_000  # characters of d and points together
_MOST_REPEATED = 20_000  # elements drawn again by use, markers, masks and patterns
_LONGEST_CHAIN = 200  # elements from the root to a leaf, through references
_MOST_FILTER_MS = 4_000  # estimated at 512 px: above every honest drawing met, below the limit of CPU time
_FINEST_DASH = 1e-4  # of the viewBox: finer ones are thousands of dashes in a pixel

_OWN_PART = re.compile(r"""url\(\s*["']?#([^"')]{1,200})""")


def check_parts(root: etree._Element) -> None:
    """Raise ``Rejected`` when the file has too many elements, too deep, or too much path data."""
    stack = [(root, 1)]
    count = path_data = 0
    while stack:
        element, depth = stack.pop()
        count += 1
        path_data += len(element.get("d", "")) + len(element.get("points", ""))
        if depth > _DEEPEST:
            raise Rejected(Reason.TOO_COMPLEX, "nests its elements too deep", element.sourceline)
        if count > _MOST_ELEMENTS:
            raise Rejected(Reason.TOO_COMPLEX, f"has more than {_MOST_ELEMENTS:,} elements")
        if path_data > _MOST_PATH_DATA:
            raise Rejected(Reason.TOO_COMPLEX, "has too much path data", element.sourceline)
        stack.extend((child, depth + 1) for child in element)


def check_cost(root: etree._Element, size: Size) -> None:
    """Raise ``Rejected`` when drawing would repeat or filter too much, or go round in a circle."""
    _Ledger(root, size).check()


@dataclass(frozen=True, slots=True)
class _Cost:
    elements: int
    filter_ms: float


class _Ledger:
    """The cost of each element with all it refers to, counted once and added up however often it is drawn."""

    def __init__(self, root: etree._Element, size: Size) -> None:
        self._root = root
        self._size = size
        self._costs: dict[etree._Element, _Cost] = {}
        self._open: set[etree._Element] = set()
        self._named: dict[str, etree._Element] = {}
        self._most_elements = _MOST_REPEATED
        for element in root.iter():
            self._most_elements += 1
            name = element.get("id")
            if name is not None:
                self._named.setdefault(name, element)

    def check(self) -> None:
        self._cost(self._root)

    def _cost(self, element: etree._Element) -> _Cost:
        known = self._costs.get(element)
        if known is not None:
            return known
        if element in self._open or len(self._open) >= _LONGEST_CHAIN:
            raise Rejected(Reason.USE_BOMB)
        self._open.add(element)
        cost = self._sum(element)
        self._open.discard(element)
        if cost.elements > self._most_elements:
            raise Rejected(Reason.USE_BOMB)
        if cost.filter_ms > _MOST_FILTER_MS:
            raise Rejected(Reason.FILTER_TOO_HEAVY)
        self._costs[element] = cost
        return cost

    def _sum(self, element: etree._Element) -> _Cost:
        _check_dashes(element, self._size)
        elements, filter_ms = 1, 0.0
        for child in element:
            cost = self._cost(child)
            elements += cost.elements
            if local_name(child) != "filter":  # costs nothing until it is used
                filter_ms += cost.filter_ms
        if local_name(element) == "filter":
            filter_ms += filter_cost(element, self._size)
        else:
            filter_ms += function_cost(element, self._size)
        for name, times in _references(element):
            target = self._named.get(name)
            if target is not None:
                cost = self._cost(target)
                elements += cost.elements * times
                filter_ms += cost.filter_ms * times
        return _Cost(elements, filter_ms)


def _references(element: etree._Element) -> Iterator[tuple[str, int]]:
    """The ids an element refers to and how often it draws each."""
    for key, value in element.items():
        if key in LINKS:
            yield unquote(value[1:]), 1
        elif "url(" in value:
            times = _count_vertices(element) if "marker" in key + value else 1
            yield from ((name, times) for name in _own_parts(value))
    if local_name(element) == "style":
        yield from ((name, 1) for name in _own_parts(element.text or ""))


def _own_parts(css: str) -> list[str]:
    return [unquote(name.strip()) for name in _OWN_PART.findall(css)]


def _count_vertices(element: etree._Element) -> int:
    return 1 + len(numbers(element.get("d") or element.get("points"))) // 2


def _check_dashes(element: etree._Element, size: Size) -> None:
    dashes = element.get("stroke-dasharray")
    style = element.get("style", "")
    if dashes is None and "stroke-dasharray:" in style:
        dashes = style.partition("stroke-dasharray:")[2].partition(";")[0]
    if dashes and 0 < sum(numbers(dashes)) < size.box * _FINEST_DASH:
        raise Rejected(Reason.TOO_COMPLEX, "has dashes too fine to draw", element.sourceline)
