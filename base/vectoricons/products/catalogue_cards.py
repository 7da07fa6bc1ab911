"""Pieces of SQL the catalogue's reads are put together from: what items, sets and families look like as JSON.

The pieces expect the aliases ``item``, ``family`` and ``person``, and the parameter ``:assets``, the address
that public object keys are appended to.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item: what it is called in JSON and URLs, and the table it is in."""

    name: str
    table: str


ICON = Kind("icon", "icons")
ILLUSTRATION = Kind("illustration", "illustrations")
KINDS = (ICON, ILLUSTRATION)

TIERS = {"best": 20, "popular": 4, "known": 2}
"""Sales and downloads that put an item among the hundredth, the tenth and the quarter that a search looks at
first."""

PREMIUM = "coalesce(item.price, 0) > 0"
PERSON = """json_build_object('username', person.username,
    'displayName', coalesce(nullif(person.display_name, ''), person.username))"""


def slug(column: str) -> str:
    """The words of *column* as they stand in a URL. Cosmetic: the unique id finds the row."""
    return f"trim(both '-' from regexp_replace(lower({column}), '[^a-z0-9]+', '-', 'g'))"


def money(column: str) -> str:
    """*column* as dollars with two decimals; where no price is named, nothing is asked."""
    return f"coalesce({column}, 0)::numeric(10, 2)::text"


def reference(alias: str) -> str:
    """A family, set or item as others point at it."""
    return (
        f"json_build_object('id', {alias}.unique_id, 'name', {alias}.name, 'slug', {slug(f'{alias}.name')})"
    )


def pictures(kind: Kind, condition: str) -> str:
    """The item's public pictures that fit *condition* as ``{"webp": url, "png": url}``, or null."""
    return f"""(select json_object_agg(image.format, :assets || '/' || image.object_key)
        from images image
        where image.entity_type = '{kind.name}' and image.entity_id = item.id
          and image.visibility = 'public' and image.is_live and {condition})"""


def item_card(kind: Kind) -> str:
    """An item as a tile shows it."""
    return f"""json_build_object(
        'type', '{kind.name}', 'id', item.unique_id, 'name', item.name, 'slug', {slug("item.name")},
        'price', {money("item.price")}, 'isPremium', {PREMIUM}, 'likes', item.like_count,
        'family', {reference("family")}, 'contributor', {PERSON},
        'thumbnail', {pictures(kind, "image.kind = 'thumbnail'")},
        'createdAt', item.created_at)"""


_ITEM_SOURCE = """{table} item
        join families family on family.id = item.family_id{family}
        join sets on sets.id = item.set_id{sets}
        join users person on person.id = item.user_id"""


def every_item_source(kind: Kind) -> str:
    """The rows an item is made of, whoever may see it."""
    return _ITEM_SOURCE.format(table=kind.table, family="", sets="")


def item_source(kind: Kind) -> str:
    """The rows an item is made of. What is switched off takes everything below it along."""
    return _ITEM_SOURCE.format(table=kind.table, family=" and family.is_live", sets=" and sets.is_live")


FAMILY_PREVIEW = """(select json_build_object(image.format, :assets || '/' || image.object_key)
    from images image
    where image.id = family.preview_image_id and image.visibility = 'public' and image.is_live)"""

FAMILY_CARD = f"""json_build_object(
    'id', family.unique_id, 'name', family.name, 'slug', {slug("family.name")},
    'price', {money("family.price")}, 'isPremium', coalesce(family.price, 0) > 0,
    'likes', family.like_count,
    'contributor', {PERSON},
    'itemCount', family.icon_count + family.illustration_count, 'setCount', family.set_count,
    'preview', {FAMILY_PREVIEW},
    'createdAt', family.created_at)"""

FAMILY_SOURCE = "families family join users person on person.id = family.user_id"

SET_FIELDS = f"""
    'id', item.unique_id, 'name', item.name, 'slug', {slug("item.name")},
    'type', product_type.value, 'style', style.value,
    'price', {money("item.price")}, 'isPremium', {PREMIUM}, 'likes', item.like_count,
    'itemCount', item.item_count,
    'family', {reference("family")}, 'contributor', {PERSON},
    'createdAt', item.created_at"""

SET_CARD = f"json_build_object({SET_FIELDS})"

_SET_SOURCE = """sets item
    join families family on family.id = item.family_id{shown}
    join users person on person.id = item.user_id
    join product_types product_type on product_type.id = item.product_type_id
    left join styles style on style.id = item.style_id"""

SET_SOURCE = _SET_SOURCE.format(shown=" and family.is_live")

EVERY_SET_SOURCE = _SET_SOURCE.format(shown="")
"""The rows a set is made of, whoever may see it."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the public, somebody who sees also what is theirs, or one who sees all there is."""

    id: int | None = None
    sees_all: bool = False


PUBLIC = Viewer()


def seen(*levels: str) -> str:
    """That the viewer may see it: all its *levels* are live, or the first is theirs."""
    live = " and ".join(f"{level}.is_live" for level in levels)
    return f"({live} or {levels[0]}.user_id = cast(:viewer as bigint) or :sees_all)"


def shelves(entity_type: str, alias: str) -> str:
    """The categories of a thing, by name."""
    return f"""(select coalesce(json_agg(json_build_object('id', category.id, 'name', category.name)
            order by category.name, category.id), '[]')
        from entity_to_categories link join categories category on category.id = link.category_id
        where link.entity_type = '{entity_type}' and link.entity_id = {alias}.id and category.is_active)"""
