"""Illustrations: single assets of their own kind."""

from __future__ import annotations

from vectoricons.config.enums import EntityType
from vectoricons.products.items import Item, ItemRepository, ItemRow, ItemService


class IllustrationRow(ItemRow):
    __tablename__ = "illustrations"
    pictured_as = EntityType.ILLUSTRATION


class Illustration(Item):
    """A single illustration."""


class IllustrationRepository(ItemRepository[IllustrationRow, Illustration]):
    """Illustrations."""


class IllustrationService(ItemService[Illustration]):
    """Illustrations."""

    repository: IllustrationRepository
