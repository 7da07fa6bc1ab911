"""Licences: what a buyer or a finder may do with an item. Two types: free and premium."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import Activatable, Managed
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasIsActive, HasTimestamps, Row, one_of

DEFAULT_LICENSE_ID = 21


class LicenseType(StrEnum):
    """Whether the item costs money."""

    FREE = "free"
    PREMIUM = "premium"


class LicenseRow(Row, HasIsActive, HasTimestamps):
    __tablename__ = "licenses"
    __table_args__ = (
        one_of("type", LicenseType),
        Index("uq_licenses_is_default", "is_default", unique=True, postgresql_where=sql("is_default")),
    )

    value: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(16))
    spdx: Mapped[str | None] = mapped_column(String(64))
    url: Mapped[str | None] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(server_default=sql("false"))
    text: Mapped[str] = mapped_column(Text, server_default="")


class License(Timestamped):
    """A licence: ``value`` names it in manifests, ``spdx`` to machines, ``text`` to people."""

    id: int
    value: str
    name: str
    type: LicenseType
    spdx: str | None
    url: str | None
    text: str
    is_default: bool
    is_active: bool


class LicenseRepository(Repository[LicenseRow, License]):
    """Licences."""

    unique_key = ("value",)


class LicenseService(Managed[License], Activatable[License]):
    """Licences."""

    repository: LicenseRepository

    def get_default(self) -> License:
        """The licence of an item that names none."""
        return self.assert_exists(DEFAULT_LICENSE_ID)

    def get_by_value(self, value: str) -> License | None:
        """The licence a manifest names: by value, or by ``free`` or ``premium`` the first of that type."""
        return self.get_one({"value": value}) or self.get_one({"type": value, "is_active": True})
