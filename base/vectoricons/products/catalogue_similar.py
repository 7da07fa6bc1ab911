"""Items like another one: of its set, with its words, in its style, looking alike."""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, TextClause, text

from vectoricons.products.catalogue_cards import Kind, item_card, item_source
from vectoricons.products.catalogue_filters import SHOWN_ITEM

SIMILAR = 12
RAREST_TAGS = 8
PER_TAG = 100
SIBLINGS = 50
COMPARED = 300
ALIKE = 10
"""Bits of 64 in which the perceptual hashes of drawings of the same thing may differ."""


def similar(
    connection: Connection, kind: Kind, unique_id: str, assets: str, limit: int = SIMILAR
) -> bytes | None:
    """Items of *kind* that are like the one with this public id, the most alike first, as cards.

    None when the public may not see that one.

    Its cost is bounded, however common its words: of the items that have one of its rarest tags, the newest
    are compared, and those of its own set.
    """
    found: str | None = connection.execute(
        _statement(kind),
        {
            "unique_id": unique_id,
            "assets": assets,
            "limit": limit,
            "rarest": RAREST_TAGS,
            "per_tag": PER_TAG,
            "siblings": SIBLINGS,
            "compared": COMPARED,
            "alike": ALIKE,
        },
    ).scalar_one()
    return found.encode() if found is not None else None


@cache
def _statement(kind: Kind) -> TextClause:
    return text(f"""
        with subject as materialized (
            select id, set_id, style_id, perceptual_hash from {kind.table}
            where unique_id = :unique_id and is_live
        ), rare as materialized (
            select link.tag_id, 1 / ln(2 + tags.use_count) as weight
            from entity_to_tags link join tags on tags.id = link.tag_id
            where link.entity_type = '{kind.name}' and link.entity_id = (select id from subject)
            order by tags.use_count
            limit :rarest
        ), near as (
            select id, sum(weight) as shared
            from (
                select link.entity_id as id, rare.weight
                from rare cross join lateral (
                    select entity_id from entity_to_tags
                    where tag_id = rare.tag_id and entity_type = '{kind.name}'
                    order by entity_id desc limit :per_tag
                ) link
                union all
                (select id, 0 from {kind.table}
                 where set_id = (select set_id from subject) and is_live
                 order by created_at desc, id desc limit :siblings)
            ) candidate
            where id <> (select id from subject)
            group by id
            order by shared desc, id desc
            limit :compared
        ), closest as (
            select item.id, near.shared
                + (item.style_id is not distinct from subject.style_id)::int * 0.2
                + (item.set_id = subject.set_id)::int * 0.2
                + coalesce((bit_count(('x' || item.perceptual_hash)::bit(64)
                    # ('x' || subject.perceptual_hash)::bit(64)) <= :alike)::int, 0) as likeness,
                item.popularity
            from near join {kind.table} item on item.id = near.id cross join subject
            where item.is_live and {SHOWN_ITEM}
            order by likeness desc, popularity desc, item.id desc
            limit :limit
        )
        select case when exists (select from subject) then coalesce(json_agg(
            (select {item_card(kind)} from {item_source(kind)} where item.id = closest.id)
            order by likeness desc, popularity desc, closest.id desc), '[]')::text end
        from closest
    """)
