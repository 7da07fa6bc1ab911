"""Reading on: whatever is made at the same moment or in between, no page repeats or misses a row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import text

from tests.api.factories import SYSTEM, Shelf
from vectoricons.common.database import Database
from vectoricons.products import catalogue

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_what_is_switched_off_hides_everything_below_it(client: FlaskClient, shelf: Shelf) -> None:
    off = shelf.family("Off", is_active=False)
    hidden = shelf.item(shelf.set(off))
    gone = shelf.item(shelf.set(shelf.family("On")), is_deleted=True)
    sleeping = shelf.item(shelf.set(shelf.family("Half"), is_active=False))

    listed = {item["id"] for item in client.get("/api/v1/icons?limit=100").json["items"]}
    assert listed.isdisjoint({hidden.unique_id, gone.unique_id, sleeping.unique_id})
    for item in (hidden, gone, sleeping):
        assert client.get(f"/api/v1/icons/{item.unique_id}").status_code == 404
    assert client.get(f"/api/v1/families/{off.unique_id}").status_code == 404


def walk(client: FlaskClient, path: str, way: str = "next", token: str | None = None) -> list[Any]:
    """The answers from *token* (or the first page) on, following *way* to its end."""
    answers = []
    while not answers or token:
        answers.append(client.get(path + (f"&cursor={token}" if token else "")).json)
        token = answers[-1]["page"][way]
    return answers


def ids(answer: Any) -> list[str]:
    return [item["id"] for item in answer["items"]]


@how(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    moments=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    limit=st.integers(1, 5),
    path=st.sampled_from(
        ["icons?limit={}", "search?limit={}&family={}", "search?limit={}&q=drawn&family={}"]
    ),
)
def test_reading_on_misses_nothing_and_repeats_nothing(
    client: FlaskClient, shelf: Shelf, moments: list[int], limit: int, path: str
) -> None:
    """Whatever was made at the same moment, and in whichever of the two tables."""
    family = shelf.family()
    icons, pictures = shelf.set(family), shelf.set(family, of="illustration")
    for number, moment in enumerate(moments):
        of, into = ("illustration", pictures) if number % 3 == 2 and "search" in path else ("icon", icons)
        item = shelf.item(into, f"drawn {number}", of=of)
        shelf.age(f"{of}s", item.id, LONG_AGO + timedelta(microseconds=moment))
    address = "/api/v1/" + path.format(limit, family.unique_id)
    address += "" if "family=" in address else f"&family={family.unique_id}"

    forwards = walk(client, address)
    read = [unique_id for page in forwards for unique_id in ids(page)]

    assert len(read) == len(set(read)) == len(moments)
    assert all(len(ids(page)) == limit for page in forwards[:-1])
    assert forwards[0]["page"]["prev"] is None
    if token := forwards[-1]["page"]["prev"]:
        backwards = walk(client, address, "prev", token)
        assert [ids(page) for page in reversed(backwards)] == [ids(page) for page in forwards[:-1]]


def test_what_comes_new_does_not_shift_the_next_page(client: FlaskClient, shelf: Shelf) -> None:
    made = shelf.set(shelf.family("Growing"))
    first = [shelf.item(made).unique_id for _ in range(4)]
    address = f"/api/v1/icons?limit=2&set={made.unique_id}"
    token = client.get(address).json["page"]["next"]
    shelf.item(made, "new")
    rest = [item["id"] for item in client.get(f"{address}&cursor={token}").json["items"]]
    assert rest == [first[1], first[0]]


def test_a_deep_page_is_read_from_the_index_by_row_comparison(shelf: Shelf, database: Database) -> None:
    made = shelf.set(shelf.family("Many"))
    with database.unit_of_work(SYSTEM) as work:
        work.session.execute(
            text("""
                insert into icons (name, set_id, family_id, user_id, price, created_at)
                select 'icon ' || n, :set, :family, :user, 0, timestamptz '2024-01-01' + n * interval '1 s'
                from generate_series(1, 20000) n
            """),
            {"set": made.id, "family": made.family_id, "user": made.user_id},
        )
    statement = catalogue.page_statement(catalogue.ICONS, frozenset(), placed=True, backwards=False)
    values = {"assets": "", "limit": 40, "at": datetime(2024, 1, 1, 3, tzinfo=UTC), "after": 1}
    with database.reader() as connection:
        connection.execute(text("analyze icons"))
        plan = "\n".join(connection.execute(text(f"explain {statement.text}"), values).scalars())
    assert "Index Scan using ix_icons_newest" in plan, plan
    assert "Index Cond: (ROW(created_at, id) < ROW(" in plan, plan
