"""What buyers do: download what is free, put something into the cart, and buy what is in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from random import Random
from uuid import uuid4

from sqlalchemy import text

from bench.api_journey import API, Asked
from bench.api_stand import KEY
from bench.seed.people import username
from bench.seed.scale import SCALES
from vectoricons.auth.access_tokens import AccessTokens
from vectoricons.carts import CartService
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.users import User, UserService

BUYERS = 600
"""Enough that nobody's limit is met, and that a cart is bought before its buyer fills the next."""
PER_CART = 3
WRITES = ("download", "cart add", "checkout")
DRAWN = 5_000
_ICONS = text("""
    select id, unique_id, coalesce(price, 0) > 0 as is_sold from icons
    where is_live order by unique_id limit :drawn
""")
# What an earlier run left in a cart would be priced anew at each change.
_EMPTIED = text("""
    delete from cart_items using carts where carts.id = cart_items.cart_id and carts.user_id = any(:buyers)
""")
Make = Callable[[Random], Asked]


@dataclass(frozen=True, slots=True)
class Buyer:
    """Somebody of the marketplace, who is signed in."""

    user: User
    token: str

    def sends(self, kind: str, path: str, body: dict[str, str], **headers: str) -> Asked:
        """A POST of theirs."""
        known = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
        return Asked(kind, f"{API}{path}", "POST", json.dumps(body).encode(), tuple(known.items()))


def writes(database: Database, scale: str) -> dict[str, Make]:
    """The kinds of writes, each with what makes one. Who checks out does nothing else."""
    with database.reader() as connection:
        icons = connection.execute(_ICONS, {"drawn": DRAWN}).all()
    sold = [icon for icon in icons if icon.is_sold]
    free = [icon.unique_id for icon in icons if not icon.is_sold]
    everybody = _buyers(database, SCALES[scale].contributors)
    visitors, payers = everybody[::2], cycle(everybody[1::2])

    def download(draw: Random) -> Asked:
        wanted = {"entityType": "icon", "entityId": draw.choice(free), "format": "svg"}
        return draw.choice(visitors).sends("download", "/downloads", wanted)

    def add(draw: Random) -> Asked:
        wanted = {"entityType": "icon", "entityId": draw.choice(sold).unique_id}
        return draw.choice(visitors).sends("cart add", "/carts/current/items", wanted)

    def checkout(draw: Random) -> Asked:
        buyer = next(payers)
        with database.unit_of_work(Actor.of(buyer.user)) as work:
            chosen = [("icon", icon.id) for icon in draw.sample(sold, PER_CART)]
            total = CartService(work).add_many(buyer.user.id, chosen).total
        return buyer.sends("checkout", "/orders", {"total": str(total)}, **{"Idempotency-Key": str(uuid4())})

    return {"download": download, "cart add": add, "checkout": checkout}


def _buyers(database: Database, contributors: int) -> list[Buyer]:
    """Some who buy: they come after the contributors."""
    tokens = AccessTokens([KEY], life=timedelta(hours=1))
    with database.unit_of_work(Actor.system("bench")) as work:
        users = UserService(work)
        known = [users.get_by_username(username(contributors + nth)) for nth in range(1, BUYERS + 1)]
        buyers = [user for user in known if user is not None]
        work.session.execute(_EMPTIED, {"buyers": [user.id for user in buyers]})
    return [Buyer(user, tokens.issue(user)) for user in buyers]
