"""Which of these products a buyer has: what a card, a cart and a download ask. Who bought what is elsewhere.

A set or family covers everything in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from vectoricons.products.offers import OfferType

_COVERED_BY: Mapping[OfferType, tuple[str, str]] = {
    OfferType.ICON: ("icons", "('icon', product.id), ('set', product.set_id), ('family', product.family_id)"),
    OfferType.ILLUSTRATION: (
        "illustrations",
        "('illustration', product.id), ('set', product.set_id), ('family', product.family_id)",
    ),
    OfferType.SET: ("sets", "('set', product.id), ('family', product.family_id)"),
    OfferType.FAMILY: ("families", "('family', product.id)"),
}
_OWNED = {
    kind: text(f"""
        select product.unique_id from {table} product
        where product.unique_id = any(:unique_ids) and exists (
            select from purchased_items bought
            where bought.user_id = :buyer and (bought.entity_type, bought.entity_id) in ({pairs}))
    """)  # noqa: S608  (the constants above)
    for kind, (table, pairs) in _COVERED_BY.items()
}


def owned(
    connection: Connection | Session, buyer_id: int, kind: OfferType, unique_ids: Iterable[str]
) -> frozenset[str]:
    """Those of the products *unique_ids* that the buyer has, by themselves or by their set or family."""
    if kind not in _OWNED:
        return frozenset()
    asked = {"buyer": buyer_id, "unique_ids": list(unique_ids)}
    return frozenset(connection.execute(_OWNED[kind], asked).scalars())
