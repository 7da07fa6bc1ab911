"""Transaction categories: what a transaction is about."""

from __future__ import annotations

from enum import IntEnum

from vectoricons.common.entity import Timestamped
from vectoricons.common.lookup import Lookup, LookupRepository, LookupRow, LookupService
from vectoricons.common.row import HasTimestamps


class TransactionCategoryId(IntEnum):
    """The rows every installation has."""

    SALE = 1  # a buyer's money becomes a contributor's share and the house's commission
    PURCHASE = 2  # a buyer's money comes in
    REFUND = 3  # it goes back
    CREDIT = 4  # credits are bought, granted or expire
    ADJUSTMENT = 5  # an administrator puts something right
    TRANSFER = 6  # between accounts of one owner
    CASHOUT = 7  # a contributor's money goes out


class TransactionCategoryRow(LookupRow, HasTimestamps):
    __tablename__ = "transaction_categories"


class TransactionCategory(Lookup, Timestamped):
    """What a transaction is about."""


class TransactionCategoryRepository(LookupRepository[TransactionCategoryRow, TransactionCategory]):
    """Transaction categories."""


class TransactionCategoryService(LookupService[TransactionCategory]):
    """Transaction categories."""

    repository: TransactionCategoryRepository
