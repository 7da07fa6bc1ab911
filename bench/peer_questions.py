"""What servers are asked that are measured beside one another: the same in every run."""

# ruff: noqa: S608 - queries are put together from constants of this module
from __future__ import annotations

import random
from typing import Any

from sqlalchemy import URL, create_engine, text

WORDS, SETS, EACH, PAGES = 500, 40, 50, 1_000
COLOURS = ("red", "%23ba3329", "rgb(10%2C20%2C30)", "")
HEIGHTS = ("", "24", "1.5em", "48px")


def words(where: URL) -> list[str]:
    """Words of icons' names: a fifth of them common, two fifths less so, two fifths rare."""
    counted = _rows(
        where,
        "select word, count(*) from icons, unnest(string_to_array(name, ' ')) word"
        " where word ~ '^[a-z]{3,}$' group by 1 order by 2 desc, 1",
    )
    known = [word for word, number in counted if number >= 3]
    draw, fifth = random.Random("words"), WORDS // 5
    common, middle, rare = known[:300], known[300:3000], known[3000:]
    picked = draw.sample(common, fifth) + draw.sample(middle, 2 * fifth) + draw.sample(rare, 2 * fifth)
    draw.shuffle(picked)
    return picked


def addresses(where: URL) -> list[str]:
    """Icons of some sets, so few that either side has all of them in memory."""
    found = _rows(
        where,
        f"""with large as (
            select prefix from open_icons
            group by 1 having count(*) >= {EACH} order by md5(prefix) limit {SETS}
        ), ranked as (
            select prefix || '/' || name as address,
                row_number() over (partition by prefix order by icon_id) nth
            from open_icons join large using (prefix)
        )
        select address from ranked where nth <= {EACH} order by md5(address)""",
    )
    return [address for (address,) in found]


def everywhere(where: URL) -> list[str]:
    """Icons of all sets, more than are asked for in a round."""
    query = "select prefix || '/' || name from open_icons order by md5(prefix || name) limit 100000"
    found = _rows(where, query)
    return [address for (address,) in found]


def places(where: URL) -> list[tuple[Any, ...]]:
    """Where pages begin: at random depths."""
    return _rows(where, f"select created_at, id from icons order by md5(id::text) limit {PAGES}")


def _rows(where: URL, query: str) -> list[tuple[Any, ...]]:
    engine = create_engine(where)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return rows


def drawn(address: str, place: int) -> str:
    """The path of the drawing at *address*, by turns in each colour and size."""
    colour, height = COLOURS[place % len(COLOURS)], HEIGHTS[place // len(COLOURS) % len(HEIGHTS)]
    return f"/{address}.svg?color={colour}&height={height}"
