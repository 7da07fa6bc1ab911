"""Icons: single assets of their own kind."""

from __future__ import annotations

from vectoricons.config.enums import EntityType
from vectoricons.products.items import Item, ItemRepository, ItemRow, ItemService


class IconRow(ItemRow):
    __tablename__ = "icons"
    pictured_as = EntityType.ICON


class Icon(Item):
    """A single icon."""


class IconRepository(ItemRepository[IconRow, Icon]):
    """Icons."""


class IconService(ItemService[Icon]):
    """Icons."""

    repository: IconRepository
