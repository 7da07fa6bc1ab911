"""The seed: a believable marketplace, the same each time, that keeps every rule of the schema."""

from __future__ import annotations

import io
import json
from hashlib import sha256

import psycopg
import pytest
from rich.console import Console
from sqlalchemy import Connection, text

from bench.seed.loading import Loader
from bench.seed.marketplace import fill, tables
from bench.seed.scale import SMALL
from bench.seed.tables import Table
from bench.seed.text import unique_id
from local.postgres import Postgres
from tests.databases import cloned
from vectoricons.common.database import Database
from vectoricons.common.keyset import Ask
from vectoricons.products import catalogue
from vectoricons.products.catalogue_search import Sort, search

ROLES = {"contributor": 2, "customer": 1}
_SHAPE = text("""
    select indexdef from pg_indexes where schemaname = 'public'
    union all select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated
        from pg_constraint where connamespace = 'public'::regnamespace
    union all select tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text
        from pg_trigger where not tgisinternal
    order by 1
""")


def quiet() -> Console:
    return Console(file=io.StringIO())


@pytest.fixture(scope="module")
def seeded(database: Database) -> Database:
    fill(database.url, "small", 1, quiet())
    return database


@pytest.fixture(scope="module")
def reader(seeded: Database) -> Connection:
    with seeded.reader() as connection:
        yield connection  # type: ignore[misc]  # pytest's own form of a fixture with an end


def test_the_same_seed_makes_the_same_rows_and_another_other_ones() -> None:
    def made(seed: int) -> dict[str, str]:
        return {
            table.name: sha256("".join(table.lines).encode()).hexdigest()
            for table in tables(SMALL, seed, ROLES)
        }

    first, again, other = made(1), made(1), made(2)
    assert first == again
    assert first["icons"] != other["icons"]


def test_it_makes_what_its_scale_says(reader: Connection) -> None:
    assert reader.scalar(text("select count(*) from icons where is_live")) == SMALL.icons == 2_000
    for table in tables(SMALL, 1, ROLES):
        assert reader.scalar(text(f"select count(*) from {table.name}")) == table.rows > 0  # noqa: S608 - our own names


def test_the_schema_is_as_it_was_and_goes_on_numbering(
    seeded: Database, reader: Connection, postgres_server: Postgres, template: str
) -> None:
    with cloned(postgres_server, template) as url:
        untouched = Database(url)
        with untouched.reader() as connection:
            shape = connection.scalars(_SHAPE).all()
        untouched.close()
    assert reader.scalars(_SHAPE).all() == shape
    with seeded.writer.connect() as connection:
        new = connection.scalar(text("insert into tags (name) values ('never seen before') returning id"))
        assert new == 1 + (
            connection.scalar(text("select max(id) from tags where id <> :new"), {"new": new}) or 0
        )
        connection.rollback()


@pytest.mark.parametrize(
    "wrong",
    [
        """select * from (select set_id, count(*) n from icons where is_live group by 1
            union all select set_id, count(*) from illustrations where is_live group by 1) counted
            full join sets on sets.id = set_id where n is distinct from item_count""",
        """select * from (select family_id, sum(item_count) n, count(*) sets from sets group by 1) counted
            full join families on families.id = family_id
            where n is distinct from icon_count + illustration_count or sets is distinct from set_count""",
        """select * from (select tag_id, count(*) n from entity_to_tags group by 1) counted
            right join tags on tags.id = tag_id where coalesce(n, 0) <> use_count""",
        """select * from icons where tag_names <> array(select name::text from entity_to_tags link
            join tags on tags.id = tag_id where entity_type = 'icon' and entity_id = icons.id
            order by name collate "C")""",
        """select * from (select entity_id, count(*) n from (
                select entity_id from purchased_items where entity_type = 'icon' union all
                select entity_id from downloads where entity_type = 'icon') wanted group by 1) counted
            right join icons on icons.id = entity_id where coalesce(n, 0) <> popularity""",
        """select * from (select entity_id, count(*) n from favorites
                where entity_type = 'icon' and is_active group by 1) counted
            right join icons on icons.id = entity_id where coalesce(n, 0) <> like_count""",
        """select * from (select order_id, sum(amount) total from order_items group by 1) line
            right join orders on order_id = orders.id where total is distinct from total_amount""",
        """select * from downloads where granted_by = 'purchased' and not exists (select from purchased_items
            bought where bought.user_id = downloads.user_id and bought.entity_type = downloads.entity_type
            and bought.entity_id = downloads.entity_id)""",
        """select transaction_id from transaction_items item
            join transaction_types type on type.id = item.transaction_type_id
            group by 1 having sum(item.amount * type.operation) <> 0""",
        """select * from (select account_id, sum(item.amount * operation) total
                from transaction_items item
                join transaction_types type on type.id = item.transaction_type_id group by 1) posted
            right join accounts on account_id = accounts.id where coalesce(total, 0) <> balance""",
        "select * from icons where (price = 0) = (license_id = 21) or created_at > '2026-11-02'",
    ],
    ids=[
        "items of a set",
        "sets of a family",
        "uses of a tag",
        "words of an icon",
        "popularity",
        "likes",
        "orders",
        "downloads",
        "ledger",
        "balances",
        "licences",
    ],
)
def test_what_is_counted_or_repeated_agrees_with_what_it_is_of(reader: Connection, wrong: str) -> None:
    assert reader.execute(text(wrong)).first() is None


def test_the_catalogue_is_read_from_it(reader: Connection) -> None:
    newest = catalogue.page(reader, catalogue.ICONS, Ask(key="k", sort_by="icons"), "")
    assert len(json.loads(newest.items)) == 20
    hits = search(reader, Ask(key="k", sort_by=Sort.RELEVANCE, filters={"q": "arrow"}), "")
    assert all("arrow" in card["name"] for card in json.loads(hits.items)[:5])


def test_what_is_there_is_kept_and_nothing_else_is_put_over_it(seeded: Database) -> None:
    again = fill(seeded.url, "small", 1, quiet())
    assert again["kept"]
    assert again["rows_by_table"]["icons"] == SMALL.icons
    with pytest.raises(SystemExit, match="is not empty"):
        fill(seeded.url, "small", 2, quiet())


def test_a_run_that_dies_leaves_nothing(postgres_server: Postgres, template: str) -> None:
    with cloned(postgres_server, template) as url:
        plain = url.replace("+psycopg", "")
        half = Table("tags", ("id", "name"), 2, iter(["1\tsea\n"]))
        with (
            pytest.raises(RuntimeError, match="1 rows came, and 2 were announced"),
            psycopg.connect(plain) as connection,
        ):
            Loader(connection, quiet()).load([half])
        with psycopg.connect(plain) as connection:
            assert connection.execute("select count(*) from tags").fetchone() == (0,)
            assert connection.execute(
                "select count(*) from pg_indexes where tablename = 'tags'"
            ).fetchone() == (4,)


def test_public_ids_are_never_the_same_twice() -> None:
    made = {unique_id(table, number) for table in range(1, 6) for number in range(20_000)}
    assert len(made) == 100_000
    assert {len(one) for one in made} == {12}
