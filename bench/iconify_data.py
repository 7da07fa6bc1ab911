"""390,628 real icons, the same ones on both sides: files for Iconify's server, rows in Postgres for ours.

They are those of ``@iconify/json`` but for one that has no size, all of them shown, without other names for
the same icon: of those the two sides know different things. Both are made at the first run, and kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from sqlalchemy import URL

from bench.npm import CACHE, installed
from bench.seed import text
from bench.seed.loading import Loader
from bench.seed.tables import Table
from vectoricons.common import migrate

PACKAGE = "@iconify/json@2.2.535"
SOURCE = CACHE / "iconify-json"
PEER = CACHE / "iconify-peer"
DATABASE = "iconify"
ICON_TYPE, BEGIN = (
    1,
    1_700_000_000,
)  # Unix time of the first icon; each is a second younger than the one before
SIDES = ("left", "top", "width", "height")
USUAL = {"left": 0, "top": 0, "width": 16, "height": 16}
PICTURES = ("webp", "png")
_FAMILY, _SET, _ICON, _IMAGE = 1, 2, 3, 4


@dataclass(frozen=True)
class Collection:
    """One of Iconify's sets, as it comes."""

    number: int
    path: Path

    @cached_property
    def told(self) -> dict[str, Any]:
        """Its file."""
        read: dict[str, Any] = json.loads(self.path.read_bytes())
        return read

    @property
    def prefix(self) -> str:
        """What its icons are called before the colon."""
        return self.path.stem

    @property
    def spdx(self) -> str:
        """Its licence."""
        return str(self.told["info"]["license"].get("spdx") or "other")

    def icons(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Its icons by name, each with its whole box; one whose box is nothing is none."""
        usual = {**USUAL, **{side: self.told[side] for side in SIDES if side in self.told}}
        for name, icon in self.told["icons"].items():
            box = {side: icon.get(side, usual[side]) for side in SIDES}
            if box["width"] > 0 and box["height"] > 0:
                yield name, {"body": icon["body"], **box}


def collections() -> list[Collection]:
    """All of Iconify's sets, by prefix."""
    folder = installed((PACKAGE,), SOURCE) / "@iconify" / "json" / "json"
    return [Collection(number, path) for number, path in enumerate(sorted(folder.glob("*.json")))]


def peer_folder() -> Path:
    """Where Iconify's server starts, with the sets it reads."""
    ready = PEER / PACKAGE.rpartition("@")[2]
    if not ready.exists():
        shutil.rmtree(PEER, ignore_errors=True)
        (PEER / "icons").mkdir(parents=True)
        for each in collections():
            told = {"prefix": each.prefix, "info": each.told["info"]}
            written = json.dumps({**told, "icons": dict(each.icons())}, separators=(",", ":"))
            (PEER / "icons" / each.path.name).write_text(written)
        ready.touch()
    return PEER


def fill(server: Callable[[str], URL], console: Console) -> URL:
    """The database with all icons, on this *server*."""
    where = server(DATABASE)
    with psycopg.connect(_dsn(server("postgres")), autocommit=True) as connection:
        there = connection.execute("select from pg_database where datname = %s", [DATABASE]).fetchone()
        if there is None:
            connection.execute(f"create database {DATABASE}".encode())
    migrate.upgrade(where)
    with psycopg.connect(_dsn(where)) as connection:
        filled = connection.execute("select exists (select from icons)").fetchone()
        if filled == (False,):
            _load(connection, console)
    return where


def _load(connection: psycopg.Connection, console: Console) -> None:
    found = collections()
    owner = connection.execute(
        "insert into users (email, username, display_name, is_verified)"
        " values ('iconify@example.org', 'iconify', 'Iconify', true) returning id"
    ).fetchone()
    assert owner is not None
    for spdx in sorted({each.spdx for each in found}):
        connection.execute(
            "insert into licenses (value, name, type, spdx) values (lower(%s), %s, 'free', %s)"
            " on conflict (value) do nothing",
            [spdx, spdx, spdx],
        )
    rows = connection.execute("select coalesce(spdx, value), id from licenses").fetchall()
    total = sum(1 for each in found for _ in each.icons())
    rowsets = _Rows(found, owner[0], dict(rows))
    Loader(connection, console).load(
        [
            Table("families", _COLLECTION, len(found), rowsets.families()),
            Table("sets", (*_COLLECTION, "family_id", "product_type_id"), len(found), rowsets.sets()),
            Table("icons", _ITEM, total, rowsets.items()),
            Table("images", _PICTURE, total * len(PICTURES), rowsets.images()),
        ]
    )
    # No numbers of their own, so that the loader of the seed does not know them.
    _copy(connection, "open_sets", ("set_id", "prefix", "palette"), rowsets.open_sets())
    _copy(connection, "open_icons", ("icon_id", "prefix", "name", "body", *_BOX), rowsets.open_icons())
    connection.execute(
        "update sets set item_count = n from (select set_id, count(*) n from icons group by 1) c"
        " where c.set_id = sets.id"
    )
    connection.commit()
    connection.autocommit = True
    connection.execute("vacuum (analyze)")


_BOX = ("x", "y", "width", "height")
_NAMED = ("id", "unique_id", "name", "price", "license_id", "user_id", "created_at", "updated_at")
_COLLECTION = _NAMED
_ITEM = (*_NAMED, "set_id", "family_id", "width", "height", "tag_names", "svg_key")
_PICTURE = (
    *("id", "unique_id", "entity_type", "entity_id", "kind", "format", "visibility", "access", "name"),
    *("object_key", "image_hash", "size_bytes", "width", "height"),
)


class _Rows:
    """Lines of ``COPY``: a family with one set of its name for each of Iconify's sets."""

    def __init__(self, found: list[Collection], owner: int, licenses: dict[str, int]) -> None:
        self._found = found
        self._owner = owner
        self._licenses = licenses

    def families(self) -> Iterator[str]:
        for each in self._found:
            yield f"{self._named(each, _FAMILY)}\n"

    def sets(self) -> Iterator[str]:
        for each in self._found:
            yield f"{self._named(each, _SET)}\t{each.number + 1}\t{ICON_TYPE}\n"

    def items(self) -> Iterator[str]:
        for id_, (each, name, icon) in enumerate(self._icons(), 1):
            at, parent = _moment(id_), each.number + 1
            yield (
                f"{id_}\t{text.unique_id(_ICON, id_)}\t{name.replace('-', ' ')}\t0.00\t"
                f"{self._licenses[each.spdx]}\t{self._owner}\t{at}\t{at}\t{parent}\t{parent}\t"
                f"{icon['width']:.2f}\t{icon['height']:.2f}\t{{}}\tsvg/{text.digest(str(id_))}.svg\n"
            )

    def images(self) -> Iterator[str]:
        number = 0
        for id_, _ in enumerate(self._icons(), 1):
            for encoding in PICTURES:
                number += 1
                key = text.digest(f"image {number}")
                yield (
                    f"{number}\t{text.unique_id(_IMAGE, number)}\ticon\t{id_}\tthumbnail\t{encoding}\t"
                    f"public\tall\ticon {id_}\timages/{key}.{encoding}\t{key}\t1000\t128\t128\n"
                )

    def open_sets(self) -> Iterator[tuple[object, ...]]:
        for each in self._found:
            yield each.number + 1, each.prefix, bool(each.told["info"].get("palette"))

    def open_icons(self) -> Iterator[tuple[object, ...]]:
        for id_, (each, name, icon) in enumerate(self._icons(), 1):
            yield id_, each.prefix, name, icon["body"], *(float(icon[side]) for side in SIDES)

    def _icons(self) -> Iterator[tuple[Collection, str, dict[str, Any]]]:
        for each in self._found:
            for name, icon in each.icons():
                yield each, name, icon

    def _named(self, each: Collection, kind: int) -> str:
        at, id_ = _moment(each.number), each.number + 1
        name = f"{each.told['info']['name']} {each.prefix}"  # two sets have one name
        unique = text.unique_id(kind, id_)
        return f"{id_}\t{unique}\t{name}\t0.00\t{self._licenses[each.spdx]}\t{self._owner}\t{at}\t{at}"


def _copy(
    connection: psycopg.Connection, table: str, columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]
) -> None:
    with connection.cursor().copy(f"copy {table} ({', '.join(columns)}) from stdin".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _moment(number: int) -> str:
    return datetime.fromtimestamp(BEGIN + number, tz=UTC).isoformat()


def _dsn(where: URL) -> str:
    return where.set(drivername="postgresql").render_as_string(hide_password=False)
