"""User addresses: where people live and what their invoices say."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.repository import Data, Repository
from vectoricons.common.row import HasTimestamps, Row


class UserAddressRow(Row, HasTimestamps):
    __tablename__ = "user_addresses"
    __table_args__ = (
        UniqueConstraint("user_id", "address_line_1"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    address_line_1: Mapped[str] = mapped_column(String(255))
    address_line_2: Mapped[str | None] = mapped_column(String(255))
    city: Mapped[str | None] = mapped_column(String(255))
    province: Mapped[str | None] = mapped_column(String(255))
    postal_code: Mapped[str | None] = mapped_column(String(32))
    country: Mapped[str | None] = mapped_column(String(2))
    job: Mapped[str | None] = mapped_column(String(255))
    company_name: Mapped[str | None] = mapped_column(String(255))
    vat_number: Mapped[str | None] = mapped_column(String(32))
    website: Mapped[str | None] = mapped_column(Text)


class UserAddress(Timestamped):
    """A postal address of a person or their company; the country by its two letters (ISO 3166)."""

    id: int
    user_id: int
    address_line_1: str
    address_line_2: str | None
    city: str | None
    province: str | None
    postal_code: str | None
    country: str | None
    job: str | None
    company_name: str | None
    vat_number: str | None
    website: str | None


class UserAddressRepository(Repository[UserAddressRow, UserAddress]):
    """Addresses."""

    unique_key = ("user_id", "address_line_1")

    def values(self, data: Data) -> dict[str, Any]:
        """Column values, the country in upper case."""
        given = super().values(data)
        return {**given, "country": given["country"].upper()} if given.get("country") else given


class UserAddressService(Observable[UserAddress], Pluggable[UserAddress], AccessControlled[UserAddress]):
    """Addresses: people keep their own."""

    repository: UserAddressRepository
    public: ClassVar = False

    def get_by_user(self, user_id: int) -> list[UserAddress]:
        """The user's addresses."""
        return self.get_where({"user_id": user_id})
