"""Icons: single assets of their own kind."""

from __future__ import annotations

from sqlalchemy import Index, text

from vectoricons.config.enums import EntityType
from vectoricons.products.items import Item, ItemRepository, ItemRow, ItemService

SHORT_NAME = 12
"""Letters of a name that is looked at first among the free: a search shows the shortest first."""


class IconRow(ItemRow):
    __tablename__ = "icons"
    pictured_as = EntityType.ICON


Index(
    "ix_icons_search_short",
    IconRow.search,
    postgresql_using="gin",
    postgresql_where=text(f"is_live and price = 0 and length(name) <= {SHORT_NAME}"),
)


class Icon(Item):
    """A single icon."""


class IconRepository(ItemRepository[IconRow, Icon]):
    """Icons."""


class IconService(ItemService[Icon]):
    """Icons."""

    repository: IconRepository
