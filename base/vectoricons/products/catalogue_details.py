"""Single things of the catalogue, as far as who looks may see them: JSON that Postgres builds, or nothing."""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, TextClause, text

from vectoricons.products.catalogue_cards import (
    EVERY_SET_SOURCE,
    FAMILY_PREVIEW,
    PERSON,
    PREMIUM,
    PUBLIC,
    SET_CARD,
    SET_FIELDS,
    Kind,
    Viewer,
    every_item_source,
    item_card,
    item_source,
    money,
    pictures,
    reference,
    seen,
    shelves,
    slug,
)

RELATED = 12
IN_STYLE = 5
POPULAR_TAGS = 8

_LICENSE = """json_build_object('value', license.value, 'name', license.name, 'type', license.type,
    'spdx', license.spdx, 'url', license.url)"""
_STYLE = (
    "case when style.id is not null then json_build_object('value', style.value, 'label', style.label) end"
)

# Whoever has not paid sees the watermark; what is free is shown and given away as it is.
_SHOWN = f"image.kind = case when {PREMIUM} then 'watermark' else 'preview' end"
_GIVEN = f"image.kind in ('thumbnail', 'preview') and not ({PREMIUM})"


def item(
    connection: Connection, kind: Kind, unique_id: str, assets: str, viewer: Viewer = PUBLIC
) -> bytes | None:
    """The item with this public id, with everything its page says; None when there is none to see."""
    return _one(connection, _item_statement(kind), unique_id, assets, viewer)


def family(connection: Connection, unique_id: str, assets: str, viewer: Viewer = PUBLIC) -> bytes | None:
    """The family with this public id, with its live sets; None when there is none to see."""
    return _one(connection, _FAMILY, unique_id, assets, viewer)


def item_set(connection: Connection, unique_id: str, assets: str, viewer: Viewer = PUBLIC) -> bytes | None:
    """The set with this public id; None when there is none to see."""
    return _one(connection, _SET, unique_id, assets, viewer)


def contributor(connection: Connection, username: str) -> bytes | None:
    """Who has this user name and something on sale, with how much of it; None for anybody else."""
    found: str | None = connection.execute(_CONTRIBUTOR, {"username": username.lower()}).scalar_one_or_none()
    return found.encode() if found else None


def related(connection: Connection, kind: Kind, unique_id: str, assets: str) -> bytes:
    """Some other items of the same family and kind, as cards."""
    found: str = connection.execute(
        _others_statement(kind, kind, "family_id"),
        {"unique_id": unique_id, "assets": assets, "limit": RELATED},
    ).scalar_one()
    return found.encode()


def in_style(connection: Connection, kind: Kind, unique_id: str, shown: Kind, assets: str) -> bytes:
    """The newest items of the kind *shown* that are drawn as the item of *kind* with this id, as cards."""
    found: str = connection.execute(
        _others_statement(kind, shown, "style_id"),
        {"unique_id": unique_id, "assets": assets, "limit": IN_STYLE},
    ).scalar_one()
    return found.encode()


def totals(connection: Connection) -> bytes:
    """How many icons, illustrations, families and sets the public sees: a sum of what families count."""
    found: str = connection.execute(_TOTALS).scalar_one()
    return found.encode()


@dataclass(frozen=True, slots=True)
class Source:
    """Where the clean SVG of an item is kept, and what it is called when somebody downloads it."""

    key: str
    filename: str


def free_svg(connection: Connection, kind: Kind, unique_id: str) -> Source | None:
    """The SVG of a free item; None when there is none, or when it costs money."""
    found = connection.execute(_svg_statement(kind), {"unique_id": unique_id}).one_or_none()
    return Source(found.svg_key, f"{found.slug or unique_id}.svg") if found else None


def popular_tags(connection: Connection) -> list[str]:
    """The words that most items have."""
    return list(connection.execute(_TAGS, {"limit": POPULAR_TAGS}).scalars())


def _one(
    connection: Connection, statement: TextClause, unique_id: str, assets: str, viewer: Viewer
) -> bytes | None:
    who = {"viewer": viewer.id, "sees_all": viewer.sees_all}
    asked = {"unique_id": unique_id, "assets": assets, **who}
    found: str | None = connection.execute(statement, asked).scalar_one_or_none()
    return found.encode() if found else None


@cache
def _item_statement(kind: Kind) -> TextClause:
    return text(f"""
        select json_build_object(
            'type', '{kind.name}', 'id', item.unique_id, 'name', item.name, 'slug', {slug("item.name")},
            'price', {money("item.price")}, 'isPremium', {PREMIUM}, 'likes', item.like_count,
            'width', item.width, 'height', item.height, 'colors', item.palette, 'tags', item.tag_names,
            'family', {reference("family")}, 'set', {reference("sets")}, 'contributor', {PERSON},
            'style', {_STYLE}, 'license', {_LICENSE},
            'thumbnail', {pictures(kind, "image.kind = 'thumbnail'")},
            'preview', {pictures(kind, _SHOWN)},
            'downloads', (
                select coalesce(json_agg(json_build_object('format', image.format, 'size', image.width,
                    'url', :assets || '/' || image.object_key) order by image.width desc, image.format), '[]')
                from images image
                where image.entity_type = '{kind.name}' and image.entity_id = item.id
                  and image.visibility = 'public' and image.is_live and {_GIVEN}),
            'hasSvg', item.svg_key is not null and not ({PREMIUM}),
            'categories', {shelves(kind.name, "item")}, {_state("item")})::text
        from {every_item_source(kind)}
            join licenses license on license.id = item.license_id
            left join styles style on style.id = item.style_id
        where item.unique_id = :unique_id and {seen("item", "sets", "family")}
    """)


@cache
def _others_statement(kind: Kind, shown: Kind, column: str) -> TextClause:
    """The newest of *shown* that have *column* in common with the item of *kind*."""
    return text(f"""
        select coalesce(json_agg(card), '[]')::text
        from (
            select {item_card(shown)} as card
            from {item_source(shown)}
            where item.{column} = (select {column} from {kind.table} where unique_id = :unique_id)
              and item.unique_id <> :unique_id and item.is_live
            order by item.created_at desc, item.id desc
            limit :limit
        ) others
    """)


@cache
def _svg_statement(kind: Kind) -> TextClause:
    return text(f"""
        select item.svg_key, {slug("item.name")} as slug
        from {item_source(kind)}
        where item.unique_id = :unique_id and item.is_live and item.svg_key is not null and not ({PREMIUM})
    """)


def _state(alias: str) -> str:
    """What is known of any row that can be switched off and put away."""
    return f"""'isActive', {alias}.is_active, 'isDeleted', {alias}.is_deleted,
            'createdAt', {alias}.created_at, 'updatedAt', {alias}.updated_at"""


_FAMILY = text(f"""
    select json_build_object(
        'id', family.unique_id, 'name', family.name, 'slug', {slug("family.name")},
        'description', family.description,
        'price', {money("family.price")}, 'isPremium', coalesce(family.price, 0) > 0,
        'likes', family.like_count,
        'contributor', {PERSON}, 'license', {_LICENSE}, 'preview', {FAMILY_PREVIEW},
        'itemCount', family.icon_count + family.illustration_count, 'setCount', family.set_count,
        'iconCount', family.icon_count, 'illustrationCount', family.illustration_count,
        'sets', (
            select coalesce(json_agg({SET_CARD} order by item.sort, item.name), '[]')
            from (select * from sets where sets.family_id = family.id and sets.is_live) item
                join product_types product_type on product_type.id = item.product_type_id
                left join styles style on style.id = item.style_id),
        'categories', {shelves("family", "family")}, {_state("family")})::text
    from families family
        join users person on person.id = family.user_id
        join licenses license on license.id = family.license_id
    where family.unique_id = :unique_id and {seen("family")}
""")

_SET = text(f"""
    select json_build_object({SET_FIELDS},
        'description', item.description, 'license', {_LICENSE}, 'sort', item.sort,
        'categories', {shelves("set", "item")},
        'isActive', item.is_active, 'isDeleted', item.is_deleted, 'updatedAt', item.updated_at)::text
    from {EVERY_SET_SOURCE} join licenses license on license.id = item.license_id
    where item.unique_id = :unique_id and {seen("item", "family")}
""")

_CONTRIBUTOR = text("""
    select json_build_object(
        'username', person.username,
        'displayName', coalesce(nullif(person.display_name, ''), person.username),
        'image', person.image, 'families', count(*), 'sets', sum(family.set_count),
        'icons', sum(family.icon_count), 'illustrations', sum(family.illustration_count),
        'likes', sum(family.like_count), 'since', min(family.created_at))::text
    from users person join families family on family.user_id = person.id and family.is_live
    where person.username = :username and person.is_active and not person.is_deleted
    group by person.id
""")

_TAGS = text("""
    select name from tags where is_active and use_count > 0 order by use_count desc, name limit :limit
""")

_TOTALS = text("""
    select json_build_object(
        'icons', coalesce(sum(icon_count), 0), 'illustrations', coalesce(sum(illustration_count), 0),
        'families', count(*), 'sets', coalesce(sum(set_count), 0))::text
    from families where is_live
""")
