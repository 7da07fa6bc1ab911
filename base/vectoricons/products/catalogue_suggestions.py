"""What to search for: words that begin as what was typed, and what was meant by a word nobody uses."""

from __future__ import annotations

import re

import orjson
from sqlalchemy import Connection, text

from vectoricons.products.catalogue_filters import words

SUGGESTED = 8
FAMILIES = 3
_LETTER = re.compile(r"\w")
_LAST = "\U0010ffff"  # no word goes on with it: what begins with a word stands before the word and this


def suggestions(connection: Connection, beginning: str, limit: int = SUGGESTED) -> bytes:
    """Tags that begin with *beginning*, the most used first, and families that have the word in their name.

    ``[{"type": "tag" | "family", "text", "id", "count"}, ...]``: an id is a family's, a count a tag's.
    """
    typed = " ".join(beginning.lower().split())
    if not _LETTER.search(typed):
        return orjson.dumps([])
    found: str = connection.execute(
        _SUGGESTIONS,
        {"from": typed, "to": typed + _LAST, "words": words(typed), "limit": limit, "families": FAMILIES},
    ).scalar_one()
    return found.encode()


def meant(connection: Connection, query: str) -> str | None:
    """*query* with each word that is no tag as the tag that looks most like it; None when nothing changes."""
    typed = [word for word in re.findall(r"\w+", query.lower()) if word]
    if not typed:
        return None
    closest: list[str | None] = list(connection.execute(_CLOSEST, {"typed": typed}).scalars())
    corrected = [better or word for better, word in zip(closest, typed, strict=True)]
    return None if corrected == typed else " ".join(corrected)


# By range and not by "like": so the index serves whichever way the statement was planned.
_SUGGESTIONS = text("""
    select coalesce(json_agg(json_build_object('type', type, 'text', text, 'id', id, 'count', count)
        order by place, count desc, text), '[]')::text
    from (
        (select 1 as place, 'tag' as type, name as text, null as id, use_count as count
         from tags
         where name ~>=~ :from and name ~<~ :to and is_active and use_count > 0
         order by use_count desc, name
         limit :limit)
        union all
        (select 2, 'family', name, unique_id, null
         from families
         where search @@ to_tsquery('public.catalogue', :words) and is_live
         order by popularity desc, id desc
         limit :families)
    ) suggested
""")

_CLOSEST = text("""
    select (
        select name from tags
        where name % word and is_active and use_count > 0
        order by name = word desc, similarity(name, word) desc, use_count desc, name
        limit 1)
    from unnest(cast(:typed as text[])) with ordinality typed (word, nth)
    order by nth
""")
