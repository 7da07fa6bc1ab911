"""What narrows the catalogue's lists and searches: the names of filters, and the condition each stands for.

Every filter is text, so that a page token can be bound to it. A filter that is not given costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from vectoricons.common.errors import Invalid
from vectoricons.products.catalogue_cards import PREMIUM, Kind

QUERY = "to_tsquery('public.catalogue', :words)"
SHORTEST_BEGINNING = 3
UNEVEN = frozenset({"q", "tag", "all_tags"})
"""Filters of which one value fits everything and another hardly anything: no plan serves both."""
FEW = frozenset({"contributor", "family", "set"})
"""Filters that leave some hundred items, which an index of their own finds."""
_WORD = re.compile(r"\w+")

Conditions = Mapping[str, str]


def words(query: str) -> str:
    """*query* as a text search: every word must be there, the last may be the beginning of one.

    One or two letters are a word and no beginning: half of all words begin with some.
    """
    found = _WORD.findall(query)
    if found and len(found[-1]) >= SHORTEST_BEGINNING:
        found[-1] += ":*"
    return " & ".join(found)


def finds_nothing(filters: Mapping[str, str]) -> bool:
    """Whether *filters* ask for text in which there is no word: an empty page, and not the newest."""
    return "q" in filters and not words(filters["q"])


def parameters(filters: Mapping[str, str]) -> dict[str, Any]:
    """The values of *filters*, as their conditions take them."""
    if "q" not in filters:
        return dict(filters)
    return {**filters, "words": words(filters["q"]), "q": filters["q"].strip().lower()}


def chosen(conditions: Conditions, filters: Mapping[str, str] | frozenset[str]) -> list[str]:
    """The conditions *filters* stand for, in one order. Raises Invalid for a filter there is not."""
    for name in sorted(filters):
        if name not in conditions:
            raise Invalid(
                f'This list cannot be narrowed by "{name}", only by {", ".join(sorted(conditions))}.'
            )
    return [conditions[name] for name in sorted(filters)]


# What is switched off takes everything below it along. The few that are become one hash, asked for each row.
SHOWN_SET = "item.family_id not in (select id from families where not is_live)"
_HIDDEN_SETS = """
    select id from sets where not is_live
    union all
    select sets.id from sets join families on families.id = sets.family_id where not families.is_live"""
SHOWN_ITEM = f"item.set_id not in ({_HIDDEN_SETS})"
# Where many parts of a statement ask, they are looked up, and planned, once for all.
HIDDEN = f"hidden as materialized ({_HIDDEN_SETS})"
NOT_HIDDEN = "item.set_id not in (select id from hidden)"

_PRICE = "({premium}) = (:price = 'premium')"
# What there is not is looked for once, and not in every row.
_LICENSE = """exists (select from licenses where value = :license)
    and {alias}.license_id = (select id from licenses where value = :license)"""
_TEAM = "{alias}.user_id in (select user_id from team_members where team_id = :team)"
_CONTRIBUTOR = "{alias}.user_id = (select id from users where username = :contributor)"
_FAMILY = "{alias}.family_id = (select id from families where unique_id = :family)"
_STYLE = "{alias}.style_id = (select id from styles where value = :style)"
_SHELVED = """{column} in (
    select link.entity_id
    from entity_to_categories link join categories category on category.id = link.category_id
    where category.name = :category and category.is_active and link.entity_type = '{entity_type}')"""


def _shared(alias: str) -> dict[str, str]:
    return {
        "q": f"{alias}.search @@ {QUERY}",
        "contributor": _CONTRIBUTOR.format(alias=alias),
        "team": _TEAM.format(alias=alias),
        "license": _LICENSE.format(alias=alias),
        "price": _PRICE.format(premium=PREMIUM.replace("item.", f"{alias}.")),
    }


def _shelved(**columns: str) -> str:
    """On the shelf itself, or in something that is."""
    places = (_SHELVED.format(entity_type=kind, column=column) for kind, column in columns.items())
    return f"exists (select from categories where name = :category) and ({' or '.join(places)})"


FAMILIES: Conditions = {**_shared("family"), "category": _shelved(family="family.id")}
SETS: Conditions = {
    **_shared("item"),
    "family": _FAMILY.format(alias="item"),
    "style": _STYLE.format(alias="item"),
    "type": "item.product_type_id = (select id from product_types where value = :type)",
    "category": _shelved(set="item.id", family="item.family_id"),
}


def states(alias: str) -> Conditions:
    """The filters of lists that are not the public's."""
    return {
        "own": f"{alias}.user_id = :own",
        "is_active": f"{alias}.is_active = :is_active",
        "is_deleted": f"{alias}.is_deleted = :is_deleted",
    }


def of_items(kind: Kind) -> Conditions:
    """The filters of items of one kind. ``tag`` is any of several with commas, ``all_tags`` all of them."""
    return {
        **_shared("item"),
        "family": _FAMILY.format(alias="item"),
        "set": "item.set_id = (select id from sets where unique_id = :set)",
        "style": _STYLE.format(alias="item"),
        "tag": "item.tag_names && string_to_array(:tag, ',')",
        "all_tags": "item.tag_names @> string_to_array(:all_tags, ',')",
        "category": _shelved(**{kind.name: "item.id", "set": "item.set_id", "family": "item.family_id"}),
    }
