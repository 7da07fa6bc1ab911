"""Drawings for tests of open icons, and how they get their address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.factories import SYSTEM, Shelf
from vectoricons.products.items import Item
from vectoricons.products.open_icons import Body, publish
from vectoricons.products.sets import Set

PREFIX = "things"
FLAG = '<path fill="currentColor" d="M4 2h2v20H4zM6 2h12v6H6z"/>'
DRAWINGS: Mapping[str, Body] = {
    "home": Body(FLAG, 0, 0, 24, 24),
    "home-up": Body(FLAG, 0, 0, 24, 24),
    "tall": Body(FLAG, 0, 0, 16, 24),
    "aside": Body('<path stroke="currentColor" d="M-1 4h8"/>', -2, 3, 20, 10.5),
    "wide-house": Body('<path fill="#f00" d="M0 0h40v1H0z"/><use xlink:href="#a"/>', 0.25, 0, 40, 1.75),
}


def opened(shelf: Shelf, into: Set, drawings: Mapping[str, Body], **columns: Any) -> list[Item]:
    """Icons in a set, with their addresses as far as they are free."""
    items = shelf.items(into, [name.replace("-", " ") for name in drawings], **columns)
    with shelf.database.unit_of_work(SYSTEM) as work:
        publish(work.session, dict(zip([item.id for item in items], drawings.values(), strict=True)))
    return items
