"""Open icons: free icons under an address of their own, ``prefix:name``, with their drawing as text.

Written with the icon, in the same transaction, and for what is free alone. An address once given is kept
while the icon is there, whatever becomes of the names it was made of. ``open_catalogue`` reads them.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; values are always bound
from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Connection,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from vectoricons.common.row import HasTimestamps, Table
from vectoricons.products.catalogue_cards import slug

KEBAB = "~ '^[a-z0-9]+(-[a-z0-9]+)*$'"
LONGEST = 100  # characters of a prefix or name before what tells it from another's


class OpenSetRow(Table, HasTimestamps):
    """The prefix of a set that has had a free icon; ``palette`` says that some bring colours of their own."""

    __tablename__ = "open_sets"
    __table_args__ = (CheckConstraint(f"prefix {KEBAB}", name="prefix"),)

    set_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("sets.id", ondelete="cascade"), primary_key=True, autoincrement=False
    )
    prefix: Mapped[str] = mapped_column(String(255), unique=True)
    palette: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class OpenIconRow(Table, HasTimestamps):
    """The address of a free icon; ``body`` is what is inside of ``<svg>``, the rest its view box."""

    __tablename__ = "open_icons"
    __table_args__ = (
        UniqueConstraint("prefix", "name"),
        Index("ix_open_icons_prefix_updated_at", "prefix", "updated_at"),
        CheckConstraint(f"name {KEBAB}", name="name"),
        CheckConstraint("width > 0", name="width"),
        CheckConstraint("height > 0", name="height"),
    )

    icon_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("icons.id", ondelete="cascade"), primary_key=True, autoincrement=False
    )
    prefix: Mapped[str] = mapped_column(String(255), ForeignKey("open_sets.prefix", ondelete="cascade"))
    name: Mapped[str] = mapped_column(String(255))
    body: Mapped[str] = mapped_column(Text)
    x: Mapped[float] = mapped_column(Float)
    y: Mapped[float] = mapped_column(Float)
    width: Mapped[float] = mapped_column(Float)
    height: Mapped[float] = mapped_column(Float)


@dataclass(frozen=True, slots=True)
class Body:
    """A drawing without its ``<svg>``, and the box it is drawn in."""

    body: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Undrawn:
    """A free icon without an address, and where its drawing is kept."""

    icon_id: int
    svg_key: str


def publish(session: Session, bodies: Mapping[int, Body]) -> None:
    """Give the free ones of these icons, by id, their address and *bodies*; the others lose theirs.

    A constant number of statements. Doing it twice changes nothing; two at once find names of their own.
    """
    drawn = json.dumps([{"icon_id": icon_id, **asdict(body)} for icon_id, body in bodies.items()])
    for statement in _WRITES:
        session.execute(statement, {"ids": list(bodies), "drawn": drawn})


def undrawn(db: Connection, after: int, limit: int) -> list[Undrawn]:
    """Free icons without an address, those with an id beyond *after*, by id."""
    return [Undrawn(**row) for row in db.execute(_UNDRAWN, {"after": after, "limit": limit}).mappings()]


def hold_sets(session: Session, icon_ids: Collection[int]) -> None:
    """Let others who publish icons of the same sets wait for the end of this transaction."""
    session.execute(_HOLD, {"ids": list(icon_ids)})


def _kebab(column: str, otherwise: str) -> str:
    """The words of *column* in plain letters; what has none is called *otherwise*."""
    cut = f"trim(both '-' from left({slug(f'unaccent({column})')}, {LONGEST}))"
    return f"coalesce(nullif({cut}, ''), '{otherwise}')"


# "Everyday Things" with its sets "Outline" and "Everyday Things" is everyday-things-outline, everyday-things.
_PREFIX = f"""case
    when {slug("unaccent(sets.name)")} ~ ('^' || {_kebab("family.name", "family")} || '(-|$)')
        then {_kebab("sets.name", "set")}
    else {_kebab("family.name || ' ' || sets.name", "set")} end"""
_SOMEBODYS = f"coalesce('-' || nullif({slug('unaccent(person.username)')}, ''), '')"
_NAME = _kebab("item.name", "icon")


def _give_prefix(prefix: str) -> str:
    """For sets without one, unless it is taken: then the next statement has another to offer."""
    return f"""
        insert into open_sets (set_id, prefix)
        select sets.id, {prefix}
        from sets
            join families family on family.id = sets.family_id
            join users person on person.id = sets.user_id
        where sets.id in (select set_id from icons where id = any(:ids) and price = 0)
          and not exists (select from open_sets where open_sets.set_id = sets.id)
        order by sets.id
        on conflict do nothing
    """


_DRAWN = """json_to_recordset(:drawn) as drawn (icon_id bigint, body text, x float8, y float8,
    width float8, height float8)"""


def _give_name(name: str) -> str:
    """For icons without one, unless it is taken."""
    return f"""
        insert into open_icons (icon_id, prefix, name, body, x, y, width, height)
        select item.id, home.prefix, {name}, body, x, y, drawn.width, drawn.height
        from {_DRAWN}
            join icons item on item.id = drawn.icon_id and item.price = 0
            join open_sets home on home.set_id = item.set_id
        where not exists (select from open_icons where open_icons.icon_id = item.id)
        order by item.id
        on conflict do nothing
    """


_CLOSE = """
    delete from open_icons
    where icon_id = any(:ids) and icon_id not in (select id from icons where id = any(:ids) and price = 0)
"""
# Whoever deletes an icon and uploads it anew finds it where it was.
_VACATE = f"""
    delete from open_icons using icons gone
    where gone.id = open_icons.icon_id and gone.is_deleted and (open_icons.prefix, open_icons.name) in (
        select home.prefix, {_NAME}
        from icons item join open_sets home on home.set_id = item.set_id
        where item.id = any(:ids))
"""
_REDRAW = f"""
    update open_icons
    set body = drawn.body, x = drawn.x, y = drawn.y, width = drawn.width, height = drawn.height,
        updated_at = statement_timestamp()
    from {_DRAWN}
    where open_icons.icon_id = drawn.icon_id
      and (open_icons.body, open_icons.x, open_icons.y, open_icons.width, open_icons.height)
          is distinct from (drawn.body, drawn.x, drawn.y, drawn.width, drawn.height)
"""
_COLOUR = """
    update open_sets set palette = true, updated_at = statement_timestamp()
    where not palette and prefix in (
        select prefix from open_icons where icon_id = any(:ids) and position('currentColor' in body) = 0)
"""
_WRITES = tuple(
    map(
        text,
        (
            _give_prefix(_PREFIX),
            _give_prefix(f"{_PREFIX} || {_SOMEBODYS}"),
            _give_prefix(f"{_PREFIX} || '-' || sets.unique_id"),
            _CLOSE,
            _VACATE,
            _REDRAW,
            _give_name(_NAME),
            _give_name(f"{_NAME} || '-' || item.unique_id"),
            _COLOUR,
        ),
    )
)
_UNDRAWN = text("""
    select item.id as icon_id, item.svg_key
    from icons item
    where item.id > :after and item.price = 0 and not item.is_deleted and item.svg_key is not null
      and not exists (select from open_icons where open_icons.icon_id = item.id)
    order by item.id
    limit :limit
""")
_HOLD = text("""
    select from sets where id in (select set_id from icons where id = any(:ids))
    order by id for no key update
""")
