"""What people did: carts, orders and their lines, downloads, favourites, searches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from bench.seed import text
from bench.seed.catalogue import PRICES, entity
from bench.seed.catalogue_plan import Ints, Plan
from bench.seed.scale import BEGIN, END
from bench.seed.tables import Table
from bench.seed.text import NULL
from bench.seed.wishes import STATUSES

STAMPS = ("created_at", "updated_at")
CART = ("id", "user_id", "subtotal", "total", "status", *STAMPS)
CART_ITEM = ("id", "cart_id", "entity_type", "entity_id", "price", *STAMPS)
ORDER = (
    "id", "unique_id", "user_id", "cart_id", "idempotency_key", "total_amount", "discounted_total", "status",
    *STAMPS,
)  # fmt: skip
ORDER_ITEM = (
    "id", "order_id", "entity_type", "entity_id", "cart_item_id", "seller_id", "name", "amount",
    "discounted_amount", "refunded_at", *STAMPS,
)  # fmt: skip
DOWNLOAD = (
    "id", "unique_id", "entity_type", "entity_id", "user_id", "entity_unique_id", "format", "object_key",
    "granted_by", *STAMPS,
)  # fmt: skip
FAVORITE = ("id", "entity_type", "entity_id", "user_id", *STAMPS)
SEARCH = ("id", "search_term", "user_id", "session_id", "searched_on", "times", "hits", *STAMPS)
_ORDERS, _DOWNLOADS, _KINDS = 6, 7, {"icon": 3, "illustration": 4}


def trade(plan: Plan) -> list[Table]:
    """What buyers left behind, in the order in which one thing refers to another."""
    wishes = plan.wishes
    orders, lines = len(wishes.order_buyer), len(wishes.sales)
    return [
        Table("carts", CART, orders, _carts(plan)),
        Table("cart_items", CART_ITEM, lines, _cart_items(plan)),
        Table("orders", ORDER, orders, _orders(plan)),
        Table("order_items", ORDER_ITEM, lines, _order_items(plan)),
        Table("downloads", DOWNLOAD, len(wishes.downloads), _downloads(plan)),
        Table("favorites", FAVORITE, len(wishes.likes), _favorites(plan)),
        Table("search_activity", SEARCH, plan.scale.searches, _searches(plan)),
    ]


def buyer_id(plan: Plan, buyer: int) -> int:
    """The user a buyer is: contributors come before them."""
    return plan.scale.contributors + buyer + 1


def cents(plan: Plan) -> list[int]:
    """The price of each sale."""
    icon, illustration = (int(float(PRICES[kind]) * 100) for kind in ("icon", "illustration"))
    of: list[int] = np.where(plan.wishes.sales.item < plan.scale.icons, icon, illustration).tolist()
    return of


def order_cents(plan: Plan) -> list[int]:
    """The sum of each order."""
    sums = np.bincount(plan.wishes.sales.by, cents(plan), len(plan.wishes.order_buyer))
    of: list[int] = sums.astype(int).tolist()
    return of


def money(amount: int) -> str:
    """Cents as dollars."""
    return f"{amount // 100}.{amount % 100:02}"


def seller_id(plan: Plan, item: int) -> int:
    """The user an item belongs to."""
    return int(plan.family_owner[plan.set_family[plan.item_set[item]]]) + 1


def _carts(plan: Plan) -> Iterator[str]:
    at, sums = text.moments(plan.wishes.order_at), order_cents(plan)
    for place, buyer in enumerate(plan.wishes.order_buyer.tolist()):
        total = money(sums[place])
        yield f"{place + 1}\t{buyer_id(plan, buyer)}\t{total}\t{total}\tordered\t{at[place]}\t{at[place]}\n"


def _cart_items(plan: Plan) -> Iterator[str]:
    at, prices = text.moments(plan.wishes.order_at), cents(plan)
    sales = plan.wishes.sales
    for place, (order, item) in enumerate(zip(sales.by.tolist(), sales.item.tolist(), strict=True)):
        kind, id_ = entity(plan, item)
        yield f"{place + 1}\t{order + 1}\t{kind}\t{id_}\t{money(prices[place])}\t{at[order]}\t{at[order]}\n"


def _orders(plan: Plan) -> Iterator[str]:
    at, sums = text.moments(plan.wishes.order_at), order_cents(plan)
    status = plan.wishes.order_status.tolist()
    for place, buyer in enumerate(plan.wishes.order_buyer.tolist()):
        total = money(sums[place])
        yield (
            f"{place + 1}\t{text.unique_id(_ORDERS, place)}\t{buyer_id(plan, buyer)}\t{place + 1}\t"
            f"seed-{place + 1}\t{total}\t{total}\t{STATUSES[status[place]]}\t{at[place]}\t{at[place]}\n"
        )


def _order_items(plan: Plan) -> Iterator[str]:
    at, prices = text.moments(plan.wishes.order_at), cents(plan)
    sales, status = plan.wishes.sales, plan.wishes.order_status.tolist()
    refunded = STATUSES.index("refunded")
    for place, (order, item) in enumerate(zip(sales.by.tolist(), sales.item.tolist(), strict=True)):
        (kind, id_), price = entity(plan, item), money(prices[place])
        name = plan.words.name(int(plan.item_concept[item]))
        back = at[order] if status[order] == refunded else NULL
        yield (
            f"{place + 1}\t{order + 1}\t{kind}\t{id_}\t{place + 1}\t{seller_id(plan, item)}\t{name}\t"
            f"{price}\t{price}\t{back}\t{at[order]}\t{at[order]}\n"
        )


def _downloads(plan: Plan) -> Iterator[str]:
    downloads, paid = plan.wishes.downloads, plan.item_is_paid.tolist()
    at = _since(plan.item_at[downloads.item])
    for place, (buyer, item) in enumerate(zip(downloads.by.tolist(), downloads.item.tolist(), strict=True)):
        kind, id_ = entity(plan, item)
        yield (
            f"{place + 1}\t{text.unique_id(_DOWNLOADS, place)}\t{kind}\t{id_}\t{buyer_id(plan, buyer)}\t"
            f"{text.unique_id(_KINDS[kind], id_)}\tsvg\tsvg/{text.digest(f'{kind} {id_}')}.svg\t"
            f"{'purchased' if paid[item] else 'free'}\t{at[place]}\t{at[place]}\n"
        )


def _favorites(plan: Plan) -> Iterator[str]:
    likes = plan.wishes.likes
    at = _since(plan.item_at[likes.item])
    for place, (buyer, item) in enumerate(zip(likes.by.tolist(), likes.item.tolist(), strict=True)):
        kind, id_ = entity(plan, item)
        yield f"{place + 1}\t{kind}\t{id_}\t{buyer_id(plan, buyer)}\t{at[place]}\t{at[place]}\n"


def _since(begin: Ints) -> list[str]:
    """For each moment another one between it and the end of the story."""
    share = np.arange(len(begin)) * 0.618034 % 1
    return text.moments((begin + share * (END.timestamp() - begin)).astype(np.int64))


def _searches(plan: Plan) -> Iterator[str]:
    """Somebody's searches, one a day: of every three one is a guest's, who is known by a session alone."""
    names, days = plan.words, (END - BEGIN).days
    uses = np.bincount(plan.tags, minlength=len(names.words)).tolist()
    numbers = count(1)
    for place in range(plan.scale.searches):
        id_, word = next(numbers), place * 7_919 % len(names.words)
        who = (
            f"{NULL}\tguest-{place}"
            if place % 3 == 0
            else f"{buyer_id(plan, place % plan.scale.buyers)}\t{NULL}"
        )
        day = np.datetime64(BEGIN.date()) + (place * 31 + place // plan.scale.buyers) % days
        yield f"{id_}\t{names.words[word]}\t{who}\t{day}\t1\t{uses[word]}\t{day}\t{day}\n"
