"""How far uploads are, as their contributor sees it: JSON that Postgres builds, and what changed lately.

A batch is asked for together with whose it must be; only :func:`changes` trusts its caller to have done so.
"""
# ruff: noqa: S608 - statements are put together from constants of this module; values are always bound

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from vectoricons.common.keyset import Ask
from vectoricons.products.catalogue import JsonPage, Listing, page
from vectoricons.products.catalogue_cards import KINDS, pictures, reference, slug

_SETTLED = """(batch.state in ('refused', 'duplicate')
    or batch.state = 'published' and batch.ready_count + batch.rejected_count = batch.item_count)"""

_BATCH = f"""json_build_object(
    'id', batch.id, 'filename', batch.filename, 'sizeBytes', batch.size_bytes,
    'state', batch.state, 'isSettled', {_SETTLED},
    'code', batch.reason_code, 'detail', batch.reason_detail, 'hint', batch.reason_hint,
    'duplicateOf', batch.duplicate_of,
    'family', (select {reference("family")} from families family where family.id = batch.family_id),
    'counts', json_build_object(
        'total', batch.item_count, 'ready', batch.ready_count, 'rejected', batch.rejected_count,
        'rendering', working.rendering,
        'queued', batch.item_count - batch.ready_count - batch.rejected_count - working.rendering),
    'createdAt', batch.created_at, 'publishedAt', batch.published_at)"""

_WORKING = """cross join lateral (
    select count(*) as rendering from upload_items item
    where item.batch_id = batch.id and item.state = 'rendering'
) working"""

_SOURCE = f"upload_batches batch {_WORKING}"

_BECAME = " ".join(
    f"""when '{kind.name}' then (
        select json_build_object('type', '{kind.name}', 'id', item.unique_id, 'slug', {slug("item.name")},
            'thumbnail', {pictures(kind, "image.kind = 'thumbnail'")})
        from {kind.table} item where item.id = entry.entity_id)"""
    for kind in KINDS
)
_ENTRY = f"""json_build_object(
    'entryNo', entry.entry_no, 'filename', entry.filename, 'name', entry.name, 'state', entry.state,
    'code', entry.reason_code, 'detail', entry.reason_detail, 'hint', entry.reason_hint,
    'item', case entry.entity_type {_BECAME} end)"""

_DETAIL = text(f"""
    select jsonb_set({_BATCH}::jsonb, '{{items}}', coalesce(
        (select jsonb_agg({_ENTRY} order by entry.entry_no)
            from upload_items entry where entry.batch_id = batch.id), '[]'))::text
    from {_SOURCE}
    where batch.id = :id and batch.contributor_id = :contributor_id
""")

_CHANGES = text(f"""
    select batch.id, statement_timestamp() as at, {_SETTLED} as is_settled, {_BATCH}::text as batch,
        array(
            select array[entry.entry_no::text, {_ENTRY}::text] from upload_items entry
            where entry.batch_id = batch.id and entry.updated_at >= :since
            order by entry.entry_no
        ) as entries
    from {_SOURCE}
    where batch.id = any(:ids)
""")

UPLOADS = Listing(
    name="uploads",
    table="upload_batches",
    alias="batch",
    shown=(),
    card=_BATCH,
    source=_SOURCE,
    conditions={"contributor": "contributor_id = :contributor"},
)


@dataclass(frozen=True, slots=True)
class Change:
    """A batch and those of its files that changed, as JSON texts; *at* is the database's clock."""

    batch_id: UUID
    at: datetime
    is_settled: bool
    batch: str
    entries: dict[int, str]


def uploads(connection: Connection, asked: Ask) -> JsonPage:
    """A page of uploads, newest first, without files; ``asked.filters["contributor"]`` is whose (an id)."""
    return page(connection, UPLOADS, asked, assets="")


def upload(connection: Connection, contributor_id: int, batch_id: UUID, assets: str) -> bytes | None:
    """One upload with all its files; None when there is none or it is somebody else's."""
    found: str | None = connection.execute(
        _DETAIL, {"id": batch_id, "contributor_id": contributor_id, "assets": assets}
    ).scalar_one_or_none()
    return found.encode() if found else None


def changes(
    connection: Connection, batch_ids: Collection[UUID], since: datetime, assets: str
) -> list[Change]:
    """How far *batch_ids* are, with the files touched at or after *since* (the database's clock)."""
    rows = connection.execute(_CHANGES, {"ids": list(batch_ids), "since": since, "assets": assets})
    return [
        Change(
            row.id, row.at, row.is_settled, row.batch, {int(number): entry for number, entry in row.entries}
        )
        for row in rows
    ]
