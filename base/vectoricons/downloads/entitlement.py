"""Entitlement: by what right somebody may download a product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from vectoricons.common.access_control import is_privileged
from vectoricons.common.actor import Actor
from vectoricons.images import Access
from vectoricons.products.offers import OfferType
from vectoricons.products.purchased_items import owned


class Grant(StrEnum):
    """The right a download was given by, the first that holds."""

    ADMIN = "admin"
    OWNER = "owner"
    FREE = "free"
    PURCHASED = "purchased"
    SUBSCRIPTION = "subscription"


_BUYERS = frozenset({Access.ALL, Access.USER, Access.CUSTOMER, Access.PURCHASER})
OPENS: Mapping[Grant, frozenset[Access]] = {
    Grant.FREE: frozenset({Access.ALL}),
    Grant.PURCHASED: _BUYERS,
    Grant.SUBSCRIPTION: _BUYERS | {Access.SUBSCRIBER},
    Grant.OWNER: frozenset(Access) - {Access.ADMIN},
    Grant.ADMIN: frozenset(Access),
}
"""Whose pictures a right opens."""


@dataclass(frozen=True, slots=True)
class Right:
    """A grant; of a subscription, with the month it is of and whether it took one of its credits."""

    grant: Grant
    billing_period_id: int | None = None
    is_charged: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """What is to be downloaded. ``is_live`` says whether the public sees it."""

    entity_type: OfferType
    id: int
    unique_id: str
    owner_id: int
    price: Decimal | None
    is_live: bool

    @property
    def is_item(self) -> bool:
        """Whether it is one drawing, and not a collection."""
        return self.entity_type in {OfferType.ICON, OfferType.ILLUSTRATION}


_ITEM = """
    select item.id, item.user_id, item.price, item.is_live and sets.is_live and families.is_live
    from {table} item
        join sets on sets.id = item.set_id join families on families.id = item.family_id
    where item.unique_id = :unique_id
"""
_FIND: Mapping[OfferType, TextClause] = {
    OfferType.ICON: text(_ITEM.format(table="icons")),
    OfferType.ILLUSTRATION: text(_ITEM.format(table="illustrations")),
    OfferType.SET: text("""
        select sets.id, sets.user_id, sets.price, sets.is_live and families.is_live
        from sets join families on families.id = sets.family_id where sets.unique_id = :unique_id
    """),
    OfferType.FAMILY: text("select id, user_id, price, is_live from families where unique_id = :unique_id"),
}


def find(session: Session, kind: OfferType, unique_id: str) -> Product | None:
    """The product of this kind with this public id, seen by the public or not."""
    if kind not in _FIND:
        return None
    found = session.execute(_FIND[kind], {"unique_id": unique_id}).one_or_none()
    return Product(kind, found[0], unique_id, *found[1:]) if found else None


def standing(session: Session, actor: Actor, product: Product) -> Grant | None:
    """The right that *actor* has to the product without using anything up; None without one."""
    if is_privileged(actor):
        return Grant.ADMIN
    if actor.id is not None and actor.id == product.owner_id:
        return Grant.OWNER
    if product.is_live and product.price == 0:
        return Grant.FREE
    if actor.id is not None and owned(session, actor.id, product.entity_type, [product.unique_id]):
        return Grant.PURCHASED  # what was bought stays the buyer's, though it is sold no more
    return None
