"""Drawings that look like one there is already: what the studio warns a contributor of."""

# ruff: noqa: S608 - the statement is put together from constants; values are always bound
from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from vectoricons.common.reason import Reason
from vectoricons.uploads.reasons import Cause

ALIKE = 6
"""Bits of 64 in which the perceptual hashes of two pictures of one drawing may differ."""
NEWEST = 2000
"""How many of a contributor's items a new one is compared with."""

# Drawings of which the hash sees nothing, as a plain square, have this one in common.
_FEATURELESS = "0" * 16


def look_alikes(session: Session, table: str, ids: Iterable[int]) -> dict[int, Reason]:
    """Those of the items *ids* of *table* that look like an earlier one, with a remark that names it.

    Compared are the newest of the same contributor, with a few bits' grace; and those of the whole catalogue
    that have the very same hash, which an index finds.
    """
    bits = "bit_count(('x' || twin.perceptual_hash)::bit(64) # ('x' || item.perceptual_hash)::bit(64))"
    statement = text(f"""
        select item.id, twin.name, families.name as family
        from {table} item
        cross join lateral (
            (select id, name, family_id, {bits} as bits from (
                select * from {table}
                where user_id = item.user_id and is_live and id < item.id
                order by created_at desc, id desc limit :newest
             ) twin
             where {bits} <= :alike
             order by bits, id limit 1)
            union all
            (select id, name, family_id, 0 from {table} twin
             where twin.perceptual_hash = item.perceptual_hash and twin.is_live and twin.id < item.id
             order by id limit 1)
            order by bits, id limit 1
        ) twin
        join families on families.id = twin.family_id
        where item.id = any(:ids) and item.perceptual_hash <> :featureless
    """)
    found = session.execute(
        statement, {"ids": list(ids), "alike": ALIKE, "newest": NEWEST, "featureless": _FEATURELESS}
    )
    return {row.id: Reason.of(Cause.LOOKS_ALIKE, f"looks like “{row.name}” in {row.family}") for row in found}
