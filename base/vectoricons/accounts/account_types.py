"""Account types: what an account is for, and whether it may owe."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.lookup import Lookup, LookupRepository, LookupRow, LookupService
from vectoricons.common.row import HasTimestamps


class AccountTypeId(IntEnum):
    """The rows every installation has.

    A credit raises a balance, so what the house owes or earned is above zero, what it has or spent below.
    """

    LIABILITY = 1  # what the house owes to nobody in particular
    REVENUE = 2  # earnings: a contributor's shares; without a user the house's commission
    EXPENSE = 3  # what the house bore, such as what a refund could not get back
    USER_LIABILITY = 4  # what a contributor asked to be paid: held until it is on its way
    USER_PAY_AS_YOU_GO = 5  # money a buyer paid and has not spent
    USER_SUBSCRIBER_CREDITS = 6  # the worth of a subscriber's downloads to come
    USER_PREPAID_CREDITS = 7  # the worth of credits bought in advance
    ASSET = 8  # money at the payment processor


class AccountTypeRow(LookupRow, HasTimestamps):
    __tablename__ = "account_types"
    __table_args__ = (UniqueConstraint("id", "may_be_negative"),)  # accounts refer to both

    may_be_negative: Mapped[bool] = mapped_column(server_default=text("false"))


class AccountType(Lookup, Timestamped):
    """What an account is for."""

    may_be_negative: bool


class AccountTypeRepository(LookupRepository[AccountTypeRow, AccountType]):
    """Account types."""


class AccountTypeService(LookupService[AccountType]):
    """Account types."""

    repository: AccountTypeRepository
