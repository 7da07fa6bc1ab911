"""Commission: how what a buyer paid for a line is divided between its seller and the house."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from vectoricons.accounts import Account
from vectoricons.common.entity import CENT
from vectoricons.transactions.posting import Entry, credit, debit

RATE = Decimal("0.40")


@dataclass(frozen=True, slots=True)
class Split:
    """An amount in two: together they are the whole, to the cent."""

    share: Decimal
    commission: Decimal


def split(amount: Decimal) -> Split:
    """The seller's share of *amount* and the house's commission, which is rounded half up."""
    commission = (amount * RATE).quantize(CENT, ROUND_HALF_UP)
    return Split(amount - commission, commission)


@dataclass(frozen=True, slots=True)
class Sold:
    """A line as it is settled: what the payer gives for it, and whose account the share goes to."""

    order_item_id: int | None
    amount: Decimal
    seller: Account


def entries(line: Sold, payer: Account, house: Account) -> list[Entry]:
    """The posting of a line: off the payer, onto seller and house. Nothing for what costs nothing."""
    if not line.amount:
        return []
    parts, of = split(line.amount), line.order_item_id
    commission = [credit(house, parts.commission, order_item_id=of, memo="commission")]
    return [
        debit(payer, line.amount, order_item_id=of),
        credit(line.seller, parts.share, order_item_id=of, commission_amount=parts.commission, memo="share"),
        *(commission if parts.commission else []),
    ]
