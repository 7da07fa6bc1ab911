"""Adjustments: the house gives somebody credits, at its own expense, or takes some back."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from vectoricons.accounts import ZERO, Account, AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.common.access_control import nobody
from vectoricons.common.errors import Invalid
from vectoricons.common.operation import Write
from vectoricons.credits import CreditService, CreditType, take, worth_each
from vectoricons.products.offers import CREDIT_PRICE
from vectoricons.transactions import (
    Entry,
    PaymentTypeId,
    Transaction,
    TransactionCategoryId,
    TransactionService,
    credit,
    debit,
)


class Adjustments(CreditService):
    """Credits, and what administrators do about them by hand."""

    policies: ClassVar = {**CreditService.policies, "adjust": nobody}

    def adjust(self, user_id: int, quantity: int, *, memo: str, key: str) -> Transaction | None:
        """Give the user so many prepaid credits, or take them if *quantity* is below zero, for a reason.

        What is taken was worth what was paid for it, which may be nothing: then nothing is posted.
        Raises Invalid for none, NotEnoughCredits.
        """
        if not quantity:
            raise Invalid("Say how many credits: above zero to give, below to take.")
        given = {"user_id": user_id, "quantity": quantity, "memo": memo}
        return self._perform(
            Write(name="adjust", items=(given,)),
            lambda: (
                self._given_away(user_id, quantity, memo, key)
                if quantity > 0
                else self._taken_back(user_id, -quantity, memo, key)
            ),
        )

    def _given_away(self, user_id: int, quantity: int, memo: str, key: str) -> Transaction:
        worth = quantity * CREDIT_PRICE
        house, kept_on = self._accounts(user_id)
        posted = self._post(key, [debit(house, worth, memo=memo), credit(kept_on, worth, memo=memo)])
        self.repository.create(
            {
                "user_id": user_id,
                "account_id": kept_on.id,
                "transaction_id": posted.id,
                "credit_type": CreditType.PREPAID,
                "quantity": quantity,
                "remaining": quantity,
                "worth": worth,
                "dollar_value_per_credit": worth_each(worth, quantity),
                "memo": memo,
            }
        )
        return posted

    def _taken_back(self, user_id: int, quantity: int, memo: str, key: str) -> Transaction | None:
        taken = take(self.repository, user_id, CreditType.PREPAID, quantity)
        worth: Decimal = sum((one.worth for one in taken), ZERO)
        if not worth:
            return None
        house, kept_on = self._accounts(user_id)
        return self._post(key, [debit(kept_on, worth, memo=memo), credit(house, worth, memo=memo)])

    def _accounts(self, user_id: int) -> list[Account]:
        return AccountService(self.work).get_or_create_many(
            [(None, AccountTypeId.EXPENSE), (user_id, CreditType.PREPAID.account_type)]
        )

    def _post(self, key: str, moves: list[Entry]) -> Transaction:
        return TransactionService(self.work).post(
            key=f"adjustment:{key}",
            category=TransactionCategoryId.ADJUSTMENT,
            payment_type=PaymentTypeId.PREPAID_CREDITS,
            entries=moves,
        )
