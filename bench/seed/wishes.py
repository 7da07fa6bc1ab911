"""What people want: who buys, downloads and likes which item, and when an order was made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.seed.scale import END, Scale

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PER_CART = 3
"""How many things are put into a cart; twice the same is once, and what is free is not bought."""
STATUSES = ("completed", "refunded", "failed")
LIKELY = (0.94, 0.02, 0.04)
COMPLETED = 0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Who (or which order) chose which item: places, two by two, no pair twice."""

    by: Ints
    item: Ints

    @classmethod
    def of(cls, by: Ints, item: Ints, items: int) -> Pairs:
        """The pairs, sorted, each once."""
        pairs = np.unique(by * items + item)
        return cls(pairs // items, pairs % items)

    def per_item(self, items: int) -> Ints:
        """How often each item was chosen."""
        return np.bincount(self.item, minlength=items)

    def __len__(self) -> int:
        return len(self.by)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Orders by place: who made each, when, and its status; *sales* are of an order and an item.

    *downloads* and *likes* are of a buyer and an item. What costs money is downloaded by who bought it.
    """

    order_buyer: Ints
    order_at: Ints
    order_status: Ints
    sales: Pairs
    downloads: Pairs
    likes: Pairs

    @classmethod
    def drawn(cls, draw: np.random.Generator, scale: Scale, is_paid: Bools, item_at: Ints) -> Wishes:
        """What the generator makes people want."""
        wanted, items = _popularity(draw, scale.items), scale.items

        def chosen(number: int) -> Ints:
            return np.searchsorted(wanted, draw.random(number)).clip(max=items - 1)

        sales = _sales(chosen(scale.sales), is_paid)
        orders = int(sales.by[-1]) + 1
        buyer = draw.integers(0, scale.buyers, orders)
        begin = np.zeros(orders, np.int64)
        np.maximum.at(begin, sales.by, item_at[sales.item])
        status = draw.choice(len(STATUSES), orders, p=LIKELY)
        taken, takers = chosen(scale.downloads), draw.integers(0, scale.buyers, scale.downloads)
        free, done = ~is_paid[taken], status[sales.by] == COMPLETED
        downloads = Pairs.of(
            np.concatenate([takers[free], buyer[sales.by[done]]]),
            np.concatenate([taken[free], sales.item[done]]),
            items,
        )
        likes = Pairs.of(draw.integers(0, scale.buyers, scale.likes), chosen(scale.likes), items)
        at = begin + (draw.random(orders) * (END.timestamp() - begin)).astype(np.int64)
        return cls(buyer, at, status, sales, downloads, likes)

    @property
    def is_done(self) -> Bools:
        """Of each sale, whether its order was paid and kept."""
        done: Bools = self.order_status[self.sales.by] == COMPLETED
        return done

    def popularity(self, items: int) -> Ints:
        """How often each item was sold or downloaded."""
        return np.bincount(self.sales.item[self.is_done], minlength=items) + self.downloads.per_item(items)


def _sales(item: Ints, is_paid: Bools) -> Pairs:
    """Carts of some items, without what is free; carts that are empty then are none."""
    paid = is_paid[item]
    pairs = Pairs.of((np.arange(len(item)) // PER_CART)[paid], item[paid], len(is_paid))
    return Pairs(np.unique(pairs.by, return_inverse=True)[1], pairs.item)


def _popularity(draw: np.random.Generator, items: int) -> NDArray[np.float64]:
    """How much each item is wanted, as the upper edges of its share of 0 to 1."""
    weights = draw.permutation(1 / np.arange(10, items + 10) ** 0.9)
    edges: NDArray[np.float64] = np.cumsum(weights) / weights.sum()
    return edges
