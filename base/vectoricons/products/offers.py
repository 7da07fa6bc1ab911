"""Offers: what can be bought, and what it costs now. The only place a price comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

from vectoricons.common.errors import Invalid

FREE = Decimal(0)
CREDIT_PRICE = Decimal("1.00")
CREDIT_PACKS = (10, 25, 50, 100, 250, 500)


class OfferType(StrEnum):
    """What can be in a cart. The id of a ``credit`` is the pack's size, of a ``subscription`` the plan's."""

    ICON = "icon"
    ILLUSTRATION = "illustration"
    SET = "set"
    FAMILY = "family"
    CREDIT = "credit"
    SUBSCRIPTION = "subscription"

    @classmethod
    def of(cls, value: str) -> OfferType:
        """The type called *value* in any case. Raises Invalid."""
        try:
            return cls(value.lower())
        except ValueError as error:
            raise Invalid(f'"{value}" cannot be bought. What can is: {", ".join(cls)}.') from error


ITEM_PRICES = {OfferType.ICON: Decimal(2), OfferType.ILLUSTRATION: Decimal(5)}
"""What one item costs, in US dollars, unless it is free."""

OfferKey = tuple[OfferType, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something for sale now. ``seller_id`` is whose work it is, ``unique_id`` its name in the catalogue;
    credits and subscriptions are nobody's and have none."""

    entity_type: OfferType
    entity_id: int
    name: str
    price: Decimal
    seller_id: int | None = None
    unique_id: str | None = None

    @property
    def key(self) -> OfferKey:
        """What the offer is of."""
        return self.entity_type, self.entity_id


_ITEM = """
    select '{kind}', item.id, item.name, item.price, item.user_id, item.unique_id
    from {kind}s item
        join sets on sets.id = item.set_id and sets.is_live
        join families on families.id = item.family_id and families.is_live
    where item.is_live and item.price is not null and item.id = any(:{kind})
"""
_ON_SALE = text(f"""
    {_ITEM.format(kind="icon")} union all {_ITEM.format(kind="illustration")}
    union all
    select 'set', sets.id, sets.name, sets.price, sets.user_id, sets.unique_id
    from sets join families on families.id = sets.family_id and families.is_live
    where sets.is_live and sets.price is not null and sets.id = any(:set)
    union all
    select 'family', id, name, price, user_id, unique_id
    from families where is_live and price is not null and id = any(:family)
    union all
    select 'subscription', id, title, price, null, null
    from subscription_plans where is_active and id = any(:subscription)
""")  # noqa: S608  (two names of tables, ours)


def on_sale(session: Session, keys: Iterable[OfferKey]) -> dict[OfferKey, Offer]:
    """The offers of *keys* that are on sale now. One query, however many."""
    wanted: dict[str, list[int]] = {kind.value: [] for kind in OfferType}
    for kind, id in keys:
        wanted[kind].append(id)
    packs = [_pack(size) for size in wanted.pop(OfferType.CREDIT) if size in CREDIT_PACKS]
    rows = session.execute(_ON_SALE, wanted) if any(wanted.values()) else ()
    works = [
        Offer(
            entity_type=OfferType(kind),
            entity_id=id,
            name=name,
            price=price,
            seller_id=seller,
            unique_id=unique_id,
        )
        for kind, id, name, price, seller, unique_id in rows
    ]
    return {offer.key: offer for offer in [*packs, *works]}


def _pack(size: int) -> Offer:
    return Offer(
        entity_type=OfferType.CREDIT, entity_id=size, name=f"{size} credits", price=size * CREDIT_PRICE
    )
