"""Where the money of the orders is: accounts, and a balanced transaction for each sale and each refund."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from uuid import UUID

import numpy as np

from bench.seed import text
from bench.seed.catalogue_plan import Plan
from bench.seed.scale import BEGIN
from bench.seed.tables import Table
from bench.seed.text import NULL
from bench.seed.trade import STAMPS, cents, money, order_cents, seller_id
from bench.seed.wishes import COMPLETED, STATUSES

ACCOUNT = ("id", "user_id", "account_type_id", "may_be_negative", "label", "balance", *STAMPS)
TRANSACTION = (
    "id", "uuid", "idempotency_key", "amount", "order_id", "payment_type_id", "transaction_category_id",
    *STAMPS,
)  # fmt: skip
TRANSACTION_ITEM = (
    "id", "transaction_id", "account_id", "transaction_type_id", "payment_type_id", "order_item_id", "amount",
    "commission_amount", *STAMPS,
)  # fmt: skip

COMMISSION_PERCENT = 40
REVENUE, ASSET = 2, 8
CREDIT, DEBIT = 1, 2
CARD = 3
SALE, REFUND = 1, 3
PROCESSOR_ACCOUNT, HOUSE_ACCOUNT = 1, 2
REFUNDED = STATUSES.index("refunded")


@dataclass(frozen=True, slots=True)
class Posting:
    """A sale, or a sale taken back: of which order."""

    id: int
    order: int
    is_refund: bool


def ledger(plan: Plan) -> list[Table]:
    """The books of every order that was paid."""
    lines = np.bincount(plan.wishes.sales.by, minlength=len(plan.wishes.order_buyer))
    posted = _times_posted(plan)
    return [
        Table("accounts", ACCOUNT, plan.scale.contributors + 2, _accounts(plan)),
        Table("transactions", TRANSACTION, int(posted.sum()), _transactions(plan)),
        Table("transaction_items", TRANSACTION_ITEM, int((posted * (lines + 2)).sum()), _items(plan)),
    ]


def _times_posted(plan: Plan) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many transactions each order has: one, two if it was refunded, none if it was never paid."""
    return np.array([1, 2, 0])[plan.wishes.order_status]


def _commission(price: int) -> int:
    return price * COMMISSION_PERCENT // 100


def _accounts(plan: Plan) -> Iterator[str]:
    begin, prices = BEGIN.isoformat(), np.array(cents(plan))
    done = plan.wishes.order_status[plan.wishes.sales.by] == COMPLETED
    kept = prices * COMMISSION_PERCENT // 100
    sellers = plan.family_owner[plan.set_family[plan.item_set[plan.wishes.sales.item[done]]]]
    shares = np.bincount(sellers, (prices - kept)[done], plan.scale.contributors).astype(int).tolist()
    taken, house = int(prices[done].sum()), int(kept[done].sum())
    yield f"{PROCESSOR_ACCOUNT}\t{NULL}\t{ASSET}\tt\tAsset\t-{money(taken)}\t{begin}\t{begin}\n"
    yield f"{HOUSE_ACCOUNT}\t{NULL}\t{REVENUE}\tf\tRevenue\t{money(house)}\t{begin}\t{begin}\n"
    for place, share in enumerate(shares):
        yield f"{_account(place + 1)}\t{place + 1}\t{REVENUE}\tf\tRevenue\t{money(share)}\t{begin}\t{begin}\n"


def _account(contributor: int) -> int:
    """The account of the contributor with this user id."""
    return contributor + 2


def _postings(plan: Plan) -> Iterator[Posting]:
    numbers = count(1)
    for order, status in enumerate(plan.wishes.order_status.tolist()):
        if status in {COMPLETED, REFUNDED}:
            yield Posting(next(numbers), order, is_refund=False)
        if status == REFUNDED:
            yield Posting(next(numbers), order, is_refund=True)


def _transactions(plan: Plan) -> Iterator[str]:
    at, sums = text.moments(plan.wishes.order_at), order_cents(plan)
    for posting in _postings(plan):
        key = f"{'refund' if posting.is_refund else 'sale'}:{posting.order + 1}"
        uuid, moment = UUID(text.digest(key)[:32], version=4), at[posting.order]
        category = REFUND if posting.is_refund else SALE
        yield (
            f"{posting.id}\t{uuid}\tseed:{key}\t{money(sums[posting.order])}\t{posting.order + 1}\t{CARD}\t"
            f"{category}\t{moment}\t{moment}\n"
        )


def _items(plan: Plan) -> Iterator[str]:
    """What the processor took in; a share for each line; the house's commission. A refund is its mirror."""
    at, sums, prices = text.moments(plan.wishes.order_at), order_cents(plan), cents(plan)
    sales, numbers = plan.wishes.sales, count(1)
    edges = np.searchsorted(sales.by, np.arange(len(sums) + 1)).tolist()
    sold = sales.item.tolist()
    for posting in _postings(plan):
        taken, given = (CREDIT, DEBIT) if posting.is_refund else (DEBIT, CREDIT)
        stamps = f"{at[posting.order]}\t{at[posting.order]}\n"
        kept = 0
        yield (
            f"{next(numbers)}\t{posting.id}\t{PROCESSOR_ACCOUNT}\t{taken}\t{CARD}\t{NULL}\t"
            f"{money(sums[posting.order])}\t{NULL}\t{stamps}"
        )
        for line in range(edges[posting.order], edges[posting.order + 1]):
            commission = _commission(prices[line])
            kept += commission
            yield (
                f"{next(numbers)}\t{posting.id}\t{_account(seller_id(plan, sold[line]))}\t{given}\t{CARD}\t"
                f"{line + 1}\t{money(prices[line] - commission)}\t{money(commission)}\t{stamps}"
            )
        yield (
            f"{next(numbers)}\t{posting.id}\t{HOUSE_ACCOUNT}\t{given}\t{CARD}\t{NULL}\t{money(kept)}\t{NULL}\t{stamps}"
        )
