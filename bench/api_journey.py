"""What visitors ask for, drawn at random from what is on sale: the kinds of requests, and how often each."""

# ruff: noqa: S608 - statements are put together from constants of this file; values are always bound
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from sqlalchemy import Connection, text

from bench.api_stand import KEY
from vectoricons.common import cursor
from vectoricons.common.cursor import Position
from vectoricons.common.keyset import Ask
from vectoricons.products.catalogue import ICONS, Order

DRAWN = 5_000
HOT = 50
"""So many icons are what everybody looks at just now."""
PAGE = 40
HEAD, MID, TAIL = (0.05, 1.0), (0.0025, 0.01), (0.0, 0.0004)
"""Which share of all items has a common word, a middling one, a rare one."""
API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a *kind*, to a *service* of the api image."""

    kind: str
    path: str
    method: str = "GET"
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    service: str = "serve"


@dataclass(frozen=True, slots=True)
class Stock:
    """What requests are made of, read once from the marketplace."""

    icons: list[str]
    tokens: list[str]
    deepest: list[str]
    head: list[str]
    mid: list[str]
    tail: list[str]
    contributors: list[str]
    drawings: list[str]

    @classmethod
    def read(cls, connection: Connection, drawings: list[str]) -> Stock:
        """Icons drawn at random, page tokens of random depth and of the end, words by how many have them."""

        def strings(query: str, **values: object) -> list[str]:
            return list(connection.execute(text(query), {"drawn": DRAWN, **values}).scalars())

        def words(least: float, most: float) -> list[str]:
            return strings(_WORDS, least=least, most=most)

        def tokens(query: str) -> list[str]:
            sort = Ask(key=KEY, sort_by=ICONS.by(Order.NEWEST)).sort
            found = connection.execute(text(query), {"drawn": DRAWN})
            return [cursor.encode(KEY, Position((row.created_at, row.id)), sort=sort) for row in found]

        return cls(
            icons=strings(f"select unique_id from {_SOME} where is_live"),
            tokens=tokens(f"select created_at, id from {_SOME} where is_live"),
            deepest=tokens(
                "select created_at, id from icons where is_live order by created_at, id limit :drawn"
            ),
            head=words(*HEAD),
            mid=words(*MID),
            tail=words(*TAIL),
            contributors=strings("select distinct username from users join families on user_id = users.id"),
            drawings=drawings,
        )


_SOME = """(select * from icons where id in (
    select 1 + floor(random() * (select max(id) from icons))::int from generate_series(1, :drawn))) drawn"""
_WORDS = """
    select name from tags, (select count(*) as number from icons) icons
    where use_count between greatest(:least * icons.number, 1) and greatest(:most * icons.number, 3)
      and length(name) > 2
    order by use_count
"""


def reads(stock: Stock) -> dict[str, Callable[[Random], Asked]]:
    """The kinds of reads, each with what makes one."""

    def search(kind: str, *words: list[str], **rest: str) -> Callable[[Random], Asked]:
        def asked(draw: Random) -> Asked:
            q = " ".join(draw.choice(some) for some in words)
            return Asked(kind, f"{API}/search?{urlencode({'q': q, **rest})}")

        return asked

    def of_icon(kind: str, path: str) -> Callable[[Random], Asked]:
        return lambda draw: Asked(kind, path.format(draw.choice(stock.icons)))

    def beginning(draw: Random) -> Asked:
        word = draw.choice(draw.choice((stock.head, stock.mid, stock.tail)))
        return Asked("autocomplete", f"{API}/suggestions?q={word[: draw.randint(2, 5)]}")

    def of_contributor(draw: Random) -> Asked:
        given = {"q": draw.choice(stock.head), "contributor": draw.choice(stock.contributors)}
        return Asked("search, head, one contributor", f"{API}/search?{urlencode(given)}")

    def cold(draw: Random) -> Asked:
        colour = f"?color=%23{draw.getrandbits(24):06x}"
        return Asked("SVG, cold", draw.choice(stock.drawings[HOT:]) + colour, service="icons")

    return {
        "catalogue, random depth": lambda draw: Asked(
            "catalogue, random depth", f"{API}/icons?limit={PAGE}&cursor={draw.choice(stock.tokens)}"
        ),
        "search, head": search("search, head", stock.head),
        "search, mid": search("search, mid", stock.mid),
        "search, tail": search("search, tail", stock.tail),
        "search, head, narrowed": search(
            "search, head, narrowed", stock.head, price="premium", style="outline", type="icon"
        ),
        "search, head, one contributor": of_contributor,
        "search, two words": search("search, two words", stock.head, stock.mid),
        "search, mid, bestseller": search("search, mid, bestseller", stock.mid, sort="bestseller"),
        "autocomplete": beginning,
        "icon": of_icon("icon", f"{API}/icons/{{}}"),
        "similar icons": of_icon("similar icons", f"{API}/icons/{{}}/similar"),
        "SVG, cold": cold,
        "SVG, cached": lambda draw: Asked("SVG, cached", draw.choice(stock.drawings[:HOT]), service="icons"),
    }


OFTEN = {
    "catalogue, random depth": 20,
    "search, head": 10,
    "search, mid": 10,
    "search, tail": 5,
    "search, head, narrowed": 4,
    "search, head, one contributor": 2,
    "search, two words": 5,
    "search, mid, bestseller": 3,
    "autocomplete": 16,
    "icon": 15,
    "similar icons": 5,
    "SVG, cold": 8,
    "SVG, cached": 12,
    "download": 4,
    "cart add": 4,
    "checkout": 3,
}
"""Of a hundred and some requests of the journey, how many are of each kind."""


def journey(made: Mapping[str, Callable[[Random], Asked]], number: int, draw: Random) -> list[Asked]:
    """*number* requests, mixed as visitors mix them."""
    kinds = list(made)
    chosen = draw.choices(kinds, [OFTEN[kind] for kind in kinds], k=number)
    return [made[kind](draw) for kind in chosen]
