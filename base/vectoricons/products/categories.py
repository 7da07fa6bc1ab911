"""Categories: the shelves of the shop. Two may have the same name."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import Activatable, Managed
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasIsActive, HasTimestamps, Row


class CategoryRow(Row, HasIsActive, HasTimestamps):
    __tablename__ = "categories"

    name: Mapped[str] = mapped_column(String(255), index=True)


class Category(Timestamped):
    """A shelf."""

    id: int
    name: str
    is_active: bool


class CategoryRepository(Repository[CategoryRow, Category]):
    """Categories."""


class CategoryService(Managed[Category], Activatable[Category]):
    """Categories."""

    repository: CategoryRepository
