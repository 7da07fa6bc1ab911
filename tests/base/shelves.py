"""What is on sale in one unit of work, and what its visitors find."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from tests.base.world import World
from vectoricons.common.keyset import Ask
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products.catalogue_facets import facets
from vectoricons.products.catalogue_search import Sort, search
from vectoricons.products.icons import IconRepository, IconService
from vectoricons.products.illustrations import IllustrationRepository
from vectoricons.products.items import Item

REPOSITORIES: dict[str, Any] = {"icon": IconRepository, "illustration": IllustrationRepository}


class Shop:
    """What is on sale in one unit of work, and what its visitors see."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self.world = World(work)
        self.connection: Connection = work.session.connection()

    def item(self, name: str, *tags: str, of: str = "icon", **given: Any) -> Item:
        world = self.world
        where = {"user_id": world.contributor.id, "family_id": world.family.id, "set_id": world.set.id}
        source = {"source_batch_id": uuid4(), "source_entry_no": 1}
        made = REPOSITORIES[of](self.work.session).create({**where, **source, "name": name, **given})
        return IconService(self.work).retag(made.id, *tags) if tags and of == "icon" else made

    def found(self, sort: str = Sort.RELEVANCE, **filters: str) -> list[str]:
        return names(search(self.connection, Ask(key="k", sort_by=sort, filters=filters), "").items)

    def counted(self, facet: str, **filters: str) -> dict[str, int]:
        return {one["value"]: one["count"] for one in json.loads(facets(self.connection, filters))[facet]}


def names(found: bytes | None) -> list[str]:
    assert found
    return [item["name"] for item in json.loads(found)]


@pytest.fixture
def shop(work: UnitOfWork) -> Shop:
    return Shop(work)


@pytest.fixture
def arrows(shop: Shop) -> Shop:
    """Four hits of "arrow": the very word, in names, by a tag; two kinds, two prices, one bestseller."""
    shop.item("arrow left", "back", price=0, popularity=9)
    shop.item("compass", "arrow", "travel", price=2, popularity=5)
    shop.item("arrow", "up", "travel", price=0)
    shop.item("arrow frog", of="illustration", price=5, popularity=7)
    shop.item("red fox", of="illustration", price=0)
    return shop
