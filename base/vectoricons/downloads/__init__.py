"""Downloads: who got which file when, by what right. No link is given without a row here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Protocol

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.billing_periods import BillingPeriod, BillingPeriodRepository
from vectoricons.common.access_control import anybody, nobody
from vectoricons.common.entity import Timestamped
from vectoricons.common.errors import Forbidden, NotFound
from vectoricons.common.mixins.service import AccessControlled, Addressable, Observable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasEntity, HasPublicId, HasTimestamps, Row, one_of
from vectoricons.downloads import files
from vectoricons.downloads.entitlement import Grant, Product, Right, find, standing
from vectoricons.downloads.files import File
from vectoricons.images import Format
from vectoricons.products.offers import OfferType
from vectoricons.transactions.settlement import Settlement
from vectoricons.users.users_to_subscription_plans import SubscriptionRepository


class DownloadRow(Row, HasPublicId, HasEntity, HasTimestamps):
    """``is_charged`` marks the one download of a thing in a month of a subscription that took a credit."""

    __tablename__ = "downloads"
    __table_args__ = (
        one_of("entity_type", OfferType),
        one_of("granted_by", Grant),
        one_of("format", Format),
        CheckConstraint("not is_charged or billing_period_id is not null", name="charged"),
        Index(
            "uq_downloads_charged",
            "billing_period_id",
            "entity_type",
            "entity_id",
            unique=True,
            postgresql_where=text("is_charged"),
        ),
        Index("ix_downloads_user_id", "user_id", "id"),
        Index("ix_downloads_entity_id", "entity_type", "entity_id", "id"),
        Index("ix_downloads_ip", "ip", "created_at"),
    )

    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="set null"))
    entity_unique_id: Mapped[str] = mapped_column(String(12))
    format: Mapped[str] = mapped_column(String(8))
    object_key: Mapped[str] = mapped_column(String(255), index=True)
    granted_by: Mapped[str] = mapped_column(String(16))
    ip: Mapped[str | None] = mapped_column(String(45))
    billing_period_id: Mapped[int | None] = mapped_column(BigInteger)
    is_charged: Mapped[bool] = mapped_column(server_default=text("false"))


class Download(Timestamped):
    """That somebody was given a link to a file. A collection is a row for each of its files."""

    id: int
    unique_id: str
    user_id: int | None
    entity_type: OfferType
    entity_id: int
    entity_unique_id: str
    format: Format
    object_key: str
    granted_by: Grant
    ip: str | None
    billing_period_id: int | None
    is_charged: bool


class DownloadRepository(Repository[DownloadRow, Download]):
    """Downloads."""


class Sign(Protocol):
    """Makes a short-lived link to a private object, which downloads under a name."""

    def __call__(self, key: str, filename: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Link:
    """A file and where it is for the next minute."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks to download, in which format, and from where."""

    entity_type: str
    unique_id: str
    format: Format = Format.SVG
    ip: str | None = None


class DownloadService(Observable[Download], AccessControlled[Download], Addressable[Download]):
    """Downloads: anybody asks for one, and whoever has a right to it gets it; people see their own."""

    repository: DownloadRepository
    public: ClassVar = False
    policies: ClassVar = {
        **dict.fromkeys(("create", "update", "upsert", "delete"), nobody),
        "issue": anybody,
    }

    def issue(self, wanted: Wanted, sign: Sign) -> list[Link]:
        """Links to the files of a product. What they use up is used up in the transaction that logs them.

        Raises NotFound for what nobody may know of, Forbidden for what has to be bought first,
        NotEnoughCredits when the subscription's month is used up. A subscription gives items, no collections.
        """
        return self._perform(Write(name="issue"), lambda: self._issued(wanted, sign))

    def get_by_entity(self, entity_type: str, entity_id: int) -> list[Download]:
        """The downloads of one thing."""
        return self.get_where({"entity_type": entity_type, "entity_id": entity_id})

    def get_recent_by_ip(self, ip: str, within: timedelta) -> list[Download]:
        """What one address downloaded lately."""
        row = self.repository.row
        return self.get_where((row.ip == ip) & (row.created_at > func.statement_timestamp() - within))

    def _issued(self, wanted: Wanted, sign: Sign) -> list[Link]:
        product = self._product(wanted)
        right = self._right(product)
        found = files.of(self.work.session, product, right.grant, wanted.format)
        if not found:
            raise NotFound(f"There is no {wanted.format} file of it.")
        self._log(product, right, found, wanted)
        return [Link(file.name, sign(file.key, file.name)) for file in found]

    def _product(self, wanted: Wanted) -> Product:
        kind = OfferType.of(wanted.entity_type)
        product = find(self.work.session, kind, wanted.unique_id)
        if product is None:
            raise NotFound(f"{kind.capitalize()} not found.")
        return product

    def _right(self, product: Product) -> Right:
        grant = standing(self.work.session, self.work.actor, product)
        if grant is not None:
            return Right(grant)
        if not product.is_live:
            raise NotFound(f"{product.entity_type.capitalize()} not found.")
        user_id = self.work.actor.id
        month = self._month(user_id) if product.is_item and user_id is not None else None
        if month is None:
            raise Forbidden("Buy it, or subscribe, to download it.")
        return self._from_subscription(product, month)

    def _month(self, user_id: int) -> BillingPeriod | None:
        """The month of the user's subscription that is now. The subscription stays locked until the end of
        the transaction, so that of clicks at once each sees what the one before took."""
        held = SubscriptionRepository(self.work.session).live(user_id)
        now = self.work.session.scalars(select(func.statement_timestamp())).one()
        current = held is not None and held.is_current(now)
        return BillingPeriodRepository(self.work.session).at(held.id, now) if held and current else None

    def _from_subscription(self, product: Product, month: BillingPeriod) -> Right:
        """One of the month's credits, for a thing that took none of them yet."""
        pair = {"entity_type": product.entity_type, "entity_id": product.id}
        taken = self.repository.exists({"billing_period_id": month.id, "is_charged": True, **pair})
        if not taken:
            key = f"{month.id}:{product.entity_type}:{product.id}"
            Settlement(self.work).download(month.user_id, product.owner_id, key=key)
        return Right(Grant.SUBSCRIPTION, month.id, is_charged=not taken)

    def _log(self, product: Product, right: Right, found: list[File], wanted: Wanted) -> None:
        self.repository.create_many(
            {
                "user_id": self.work.actor.id,
                "entity_type": product.entity_type,
                "entity_id": product.id,
                "entity_unique_id": product.unique_id,
                "format": wanted.format,
                "object_key": file.key,
                "granted_by": right.grant,
                "billing_period_id": right.billing_period_id,
                "is_charged": right.is_charged,
                "ip": wanted.ip,
            }
            for file in found
        )
