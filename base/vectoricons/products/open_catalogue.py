"""Open icons as Iconify's clients read them: JSON that Postgres builds.

What is not free or not live is not there, whatever ``open_icons`` holds of it: every read asks.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, text

from vectoricons.products.open_icons import Body

SAMPLES = 3
_WORD = re.compile("[a-z0-9]+")
MOST_KEYWORDS = 100

SHOWN_SET = """sets on sets.id = home.set_id and sets.is_live
    join families family on family.id = sets.family_id and family.is_live"""
_HOME = f"open_sets home join {SHOWN_SET}"
# An icon may have been moved: what hides it is above it, and not above its address.
_SHOWN = """icons item on item.id = open.icon_id and item.is_live and item.price = 0
    join sets above on above.id = item.set_id and above.is_live
    join families top on top.id = above.family_id and top.is_live"""


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Which sets are asked about: those of these names, and those whose names begin so; none named is all."""

    names: Sequence[str] = ()
    beginnings: Sequence[str] = ()

    @classmethod
    def of(cls, *given: str) -> Prefixes:
        """Those *given*; one that ends in a dash is a beginning."""
        beginnings = [prefix for prefix in given if prefix.endswith("-")]
        return cls([prefix for prefix in given if not prefix.endswith("-")], beginnings)

    @property
    def are_all(self) -> bool:
        """Whether no set is left out."""
        return not self.names and not self.beginnings

    def parameters(self) -> dict[str, list[str] | bool]:
        """As statements take them."""
        patterns = [f"{beginning}%" for beginning in self.beginnings]
        return {"prefixes": list(self.names), "patterns": patterns, "all": self.are_all}


NAMED = "(:all or home.prefix = any(:prefixes) or home.prefix like any(:patterns))"


def drawing(connection: Connection, prefix: str, name: str) -> Body | None:
    """The drawing at an address; None when nothing free and live is there."""
    found = connection.execute(_DRAWING, {"prefix": prefix, "name": name}).one_or_none()
    return Body(*found) if found else None


def icons(connection: Connection, prefix: str, names: Sequence[str]) -> bytes | None:
    """The icons of a set by their names, and the names that are not there; None when there is no such set."""
    return _json(connection, _ICONS, prefix=prefix, names=list(names))


def collections(connection: Connection, prefixes: Prefixes) -> bytes:
    """What each of the sets is, by prefix."""
    return _json(connection, _COLLECTIONS, **prefixes.parameters()) or b"{}"


def collection(connection: Connection, prefix: str, *, info: bool) -> bytes | None:
    """The names of all icons of a set; None when there is no such set."""
    return _json(connection, _COLLECTION, prefix=prefix, info=info)


def last_modified(connection: Connection, prefixes: Prefixes) -> bytes:
    """When an icon of each of the sets was drawn last, in seconds of Unix time."""
    return _json(connection, _LAST_MODIFIED, **prefixes.parameters()) or b'{"lastModified":{}}'


def keywords(connection: Connection, word: str, *, anywhere: bool) -> tuple[bool, list[str]]:
    """Whether *word* is one that items are found by, and the longer ones that begin with it, or end."""
    if not _WORD.fullmatch(word):
        return False, []
    patterns = [f"{word}_%", f"%_{word}"] if anywhere else [f"{word}_%"]
    found = connection.execute(_KEYWORDS, {"word": word, "patterns": patterns, "most": MOST_KEYWORDS}).one()
    return found.known, found.matches


def _json(connection: Connection, statement: TextClause, **parameters: object) -> bytes | None:
    found: str | None = connection.execute(statement, parameters).scalar_one_or_none()
    return None if found is None else found.encode()


def info(*more: str) -> str:
    """A set of the aliases ``home``, ``sets`` and ``family`` as its licence and its looks say it."""
    return f"""json_strip_nulls(json_build_object(
        'name', case when lower(sets.name) = lower(family.name) then sets.name
            else family.name || ': ' || sets.name end,
        'total', sets.item_count,
        'author', (select json_build_object('name', coalesce(nullif(display_name, ''), username))
            from users where users.id = sets.user_id),
        'license', (select json_build_object('title', license.name, 'spdx', license.spdx, 'url', license.url)
            from licenses license where license.id = sets.license_id),
        'category', (select min(category.name)
            from entity_to_categories link join categories category on category.id = link.category_id
            where category.is_active and (link.entity_type, link.entity_id) in
                (('set', sets.id), ('family', family.id))),
        'palette', home.palette{"".join(f", {member}" for member in more)}))"""


_SAMPLES = f"""'samples', (select json_agg(name order by name) from (
    select open.name from open_icons open join {_SHOWN}
    where open.prefix = home.prefix order by open.name limit {SAMPLES}) shown)"""
_LAST = "(select extract(epoch from max(updated_at))::bigint from open_icons where prefix = home.prefix)"

_DRAWING = text(f"""
    select open.body, open.x, open.y, open.width, open.height
    from open_icons open join {_SHOWN}
    where open.prefix = :prefix and open.name = :name
""")
_ICONS = text(f"""
    with found as (
        select open.name, json_strip_nulls(json_build_object('body', open.body, 'left', nullif(open.x, 0),
            'top', nullif(open.y, 0), 'width', open.width, 'height', open.height)) as icon
        from open_icons open join {_SHOWN}
        where open.prefix = :prefix and open.name = any(:names)
    )
    select json_strip_nulls(json_build_object(
        'prefix', home.prefix, 'lastModified', {_LAST}, 'aliases', '{{}}'::json,
        'icons', (select coalesce(json_object_agg(name, icon order by name), '{{}}') from found),
        'not_found', (select json_agg(distinct name) from unnest(cast(:names as text[])) name
            where name not in (select name from found))))::text
    from {_HOME} where home.prefix = :prefix
""")
_COLLECTIONS = text(f"""
    select coalesce(json_object_agg(home.prefix, {info(_SAMPLES)} order by home.prefix), '{{}}')::text
    from {_HOME} where {NAMED}
""")
_COLLECTION = text(f"""
    select json_strip_nulls(json_build_object(
        'prefix', home.prefix, 'total', coalesce(json_array_length(names), 0), 'title', family.name,
        'info', case when :info then {info(_SAMPLES)} end, 'uncategorized', coalesce(names, '[]')))::text
    from {_HOME}, lateral (
        select json_agg(open.name order by open.name) as names
        from open_icons open join {_SHOWN} where open.prefix = home.prefix) listed
    where home.prefix = :prefix
""")
_LAST_MODIFIED = text(f"""
    select json_build_object('lastModified',
        coalesce(json_object_agg(home.prefix, {_LAST} order by home.prefix), '{{}}'))::text
    from {_HOME} where {NAMED}
""")
_KEYWORDS = text("""
    select exists (select from tags where name = :word and is_active and use_count > 0) as known,
        coalesce((select array_agg(name order by length(name), name) from (
            select name from tags
            where name like any(:patterns) and is_active and use_count > 0 and name ~ '^[a-z0-9]+$'
            order by length(name), name limit :most) longer), '{}') as matches
""")
