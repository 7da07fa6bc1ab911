"""Finding drawings: what the catalogue is searched by, and counters that are kept and never counted."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLLECTIONS = ("families", "sets")
ITEMS = ("icons", "illustrations")
NEWEST = "created_at desc, id desc"

COLLECTION = """
    alter table {table}
        add constraint ck_{table}_price check (price >= 0),
        add popularity integer not null default 0,
        add like_count integer not null default 0,
        add search tsvector not null generated always as (catalogue_search(name, array[]::text[])) stored;
    create index ix_{table}_popular on {table} (popularity desc, id desc) where is_live;
    create index ix_{table}_search on {table} using gin (search) where is_live;
    -- an item under something hidden is hidden: these few are looked up once, not once for each item
    create index ix_{table}_hidden on {table} (id) where not is_live;
"""
ITEM = f"""
    alter table {{table}}
        add constraint ck_{{table}}_price check (price >= 0),
        add like_count integer not null default 0,
        add perceptual_hash varchar(16)
            constraint ck_{{table}}_perceptual_hash check (perceptual_hash ~ '^[0-9a-f]{{{{16}}}}$');
    create index ix_{{table}}_style_newest on {{table}} (style_id, {NEWEST}) where is_live;
    -- words and style are met in the index: of a common word's hits only those of the style are looked at
    drop index ix_{{table}}_search;
    create index ix_{{table}}_search on {{table}} using gin (search, style_id) where is_live;
    -- a common word is looked up among the hundredth that is wanted most, then the tenth, then all
    create index ix_{{table}}_search_best on {{table}} using gin (search, style_id)
        where is_live and popularity >= 20;
    create index ix_{{table}}_search_popular on {{table}} using gin (search, style_id)
        where is_live and popularity >= 4;
"""
WORDS = """
    alter table tags add use_count integer not null default 0;
    create index ix_tags_name_beginning on tags (name varchar_pattern_ops);
"""

# Each counter has one trigger a statement for each way its rows change. Rows are held in the order of their
# ids, and always items before sets before families, so that two writers never wait for one another.
FUNCTION = """
    create function {name}_{event}() returns trigger language plpgsql as $$
    begin
        with change as (
            select id, {sums} from ({rows}) changed group by id having {any}
        ), held as (
            select id from {counted} where id in (select id from change) order by id for no key update
        )
        update {counted} set {sets} from change join held using (id) where {counted}.id = change.id;
        return null;
    end $$;
    create trigger {name}_{event} after {event} on {table} referencing {transition}
        for each statement execute function {name}_{event}();
"""
TRANSITIONS = {
    "insert": "new table as added",
    "delete": "old table as removed",
    "update": "old table as removed new table as added",
}
SOURCES = {"insert": {"added": 1}, "delete": {"removed": -1}, "update": {"added": 1, "removed": -1}}

ITEM_COUNT = "select set_id as id, is_live::int as item_count from {source}"
# What is switched off takes everything below it along: a family counts only what its live sets hold.
FAMILY_COUNTS = """
    select family_id as id,
        case when is_live and product_type_id = 1 then item_count else 0 end as icon_count,
        case when is_live and product_type_id = 2 then item_count else 0 end as illustration_count,
        (is_live and item_count > 0)::int as set_count
    from {source}
"""
USE_COUNT = "select tag_id as id, 1 as use_count from {source}"

SOLD = {"families": "family", "sets": "set", "icons": "icon", "illustrations": "illustration"}
LIKES = "select entity_id as id, 1 as like_count from {source} where entity_type = '{kind}' and is_active"
# A sale counts while its order is completed and the line not refunded; whoever downloads their own does not.
SALES_OF_ORDERS = """
    select line.entity_id as id, 1 as popularity
    from {source} join order_items line on line.order_id = {source}.id
    where line.entity_type = '{kind}' and {source}.status = 'completed' and line.refunded_at is null
"""
SALES_OF_LINES = """
    select {source}.entity_id as id, 1 as popularity
    from {source} join orders on orders.id = {source}.order_id
    where {source}.entity_type = '{kind}' and orders.status = 'completed' and {source}.refunded_at is null
"""
DOWNLOADS = """
    select entity_id as id, 1 as popularity from {source}
    where entity_type = '{kind}' and granted_by in ('free', 'purchased', 'subscription')
"""
POPULARITY = {"orders": SALES_OF_ORDERS, "order_items": SALES_OF_LINES, "downloads": DOWNLOADS}


def upgrade() -> None:
    op.execute("create extension if not exists btree_gin")
    for table in COLLECTIONS:
        op.execute(COLLECTION.format(table=table))
    for table in ITEMS:
        op.execute(ITEM.format(table=table))
    op.execute(WORDS)
    for table in ITEMS:
        _count(ITEM_COUNT, of=table, on="sets", columns=("item_count",))
    _count(FAMILY_COUNTS, of="sets", on="families", columns=("icon_count", "illustration_count", "set_count"))
    _count(USE_COUNT, of="entity_to_tags", on="tags", columns=("use_count",))
    for table, kind in SOLD.items():
        _count(_of(LIKES, kind), of="favorites", on=table, columns=("like_count",))
        for source, rows in POPULARITY.items():
            _count(_of(rows, kind), of=source, on=table, columns=("popularity",))


def _of(rows: str, kind: str) -> str:
    return rows.replace("{kind}", kind)


def _count(rows: str, *, of: str, on: str, columns: tuple[str, ...]) -> None:
    """Let each of *columns* of the table *on* be the sum over the *rows* made of the table *of*."""
    for event, sources in SOURCES.items():
        signed = (
            f"select id, {', '.join(f'{sign} * {column} as {column}' for column in columns)}"  # noqa: S608  (names of this file)
            f" from ({rows.format(source=source)}) {source}_rows"
            for source, sign in sources.items()
        )
        op.execute(
            FUNCTION.format(
                name=f"count_{of}_of_{on}",
                event=event,
                table=of,
                counted=on,
                transition=TRANSITIONS[event],
                rows=" union all ".join(signed),
                sums=", ".join(f"sum({column}) as {column}" for column in columns),
                any=" or ".join(f"sum({column}) <> 0" for column in columns),
                sets=", ".join(f"{column} = {on}.{column} + change.{column}" for column in columns),
            )
        )
