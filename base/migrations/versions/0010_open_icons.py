"""Open icons: what is free has an address of its own, and its drawing beside it as text."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STAMPS = """
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp()
"""
KEBAB = "~ '^[a-z0-9]+(-[a-z0-9]+)*$'"

OPEN_SETS = f"""
    create table open_sets (
        set_id bigint constraint pk_open_sets primary key
            constraint fk_open_sets_set_id references sets (id) on delete cascade,
        prefix varchar(255) not null constraint uq_open_sets_prefix unique
            constraint ck_open_sets_prefix check (prefix {KEBAB}),
        palette boolean not null default false,
        {STAMPS}
    );
"""
OPEN_ICONS = f"""
    create table open_icons (
        icon_id bigint constraint pk_open_icons primary key
            constraint fk_open_icons_icon_id references icons (id) on delete cascade,
        prefix varchar(255) not null
            constraint fk_open_icons_prefix references open_sets (prefix) on delete cascade,
        name varchar(255) not null constraint ck_open_icons_name check (name {KEBAB}),
        body text not null,
        x double precision not null,
        y double precision not null,
        width double precision not null constraint ck_open_icons_width check (width > 0),
        height double precision not null constraint ck_open_icons_height check (height > 0),
        {STAMPS},
        constraint uq_open_icons_prefix_name unique (prefix, name)
    );
    create index ix_open_icons_prefix_updated_at on open_icons (prefix, updated_at);
"""


# Of a common word's hits those with short names are shown first: they are looked at first.
SHORT_NAMES = """
    create index ix_icons_search_short on icons using gin (search)
        where is_live and price = 0 and length(name) <= 12
"""


def upgrade() -> None:
    op.execute(OPEN_SETS)
    op.execute(OPEN_ICONS)
    op.execute(SHORT_NAMES)
