"""Refunds: lines of an order are given back, whole or one by one, once, and never more than was paid.

What was posted for a line is posted the other way round. What a seller has been paid out already the house
bears. Of credits and subscriptions what is left of them is given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import func

from vectoricons.accounts import ZERO, AccountRepository, AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.credits import CreditRepository, CreditType, in_credits, take_all, worth_each
from vectoricons.orders import OrderService
from vectoricons.orders.order_items import OrderItem
from vectoricons.products.offers import OfferType
from vectoricons.transactions import (
    Entry,
    PaymentTypeId,
    Transaction,
    TransactionCategoryId,
    TransactionRepository,
    TransactionService,
    TransactionTypeId,
    cards,
    credit,
    debit,
)
from vectoricons.transactions.transaction_items import TransactionItem
from vectoricons.users.users_to_subscription_plans import SubscriptionRepository

ON_CREDIT = {OfferType.CREDIT: CreditType.PREPAID, OfferType.SUBSCRIPTION: CreditType.SUBSCRIBER}


class Refunds(OrderService):
    """Orders, and giving back what was paid for them. Only administrators and our own processes do."""

    policies: ClassVar = OrderService.policies

    def _refunded(self, id: int, item_ids: Sequence[int] | None) -> list[OrderItem]:
        lines = super()._refunded(id, item_ids)
        if lines:
            self._give_back(id, lines)
        return lines

    def _give_back(self, id: int, lines: Sequence[OrderItem]) -> None:
        order = self._there(self.repository.find_by_id(id))
        sale = TransactionRepository(self.work.session).find_by_key(f"sale:{id}")
        by_card = sale is None or sale.payment_type_id == PaymentTypeId.PAY_AS_YOU_GO
        back = [entry for line in lines for entry in self._reversed(order.user_id, line, sale)]
        amount = sum((entry.amount for entry in back if entry.memo == "refund"), ZERO)
        if not amount:
            return
        key = f"refund:{id}:{lines[0].id}"  # a line is refunded once, so the first names them all
        posted = TransactionService(self.work).post(
            key=key,
            category=TransactionCategoryId.REFUND,
            payment_type=PaymentTypeId.PAY_AS_YOU_GO if by_card else PaymentTypeId.PREPAID_CREDITS,
            entries=self._borne(back),
            order_id=id,
        )
        charge = cards.charge_of(self.work, id)
        if not by_card:
            self._return_credits(order.user_id, lines, posted)
        elif charge:
            cards.send_back(self.work, order.user_id, amount, charge, id, key=key)

    def _reversed(self, user_id: int, line: OrderItem, sale: Transaction | None) -> Iterable[Entry]:
        if line.entity_type in ON_CREDIT:
            return self._unspent(user_id, line, ON_CREDIT[line.entity_type])
        posted = sale.transaction_items if sale else ()
        return [_turned(item) for item in posted if item.order_item_id == line.id]

    def _unspent(self, user_id: int, line: OrderItem, kind: CreditType) -> list[Entry]:
        """What is left of the credits the line brought; its subscription, if it was one, ends."""
        repository = CreditRepository(self.work.session)
        worth = take_all(repository, repository.left_of({"order_item_id": line.id}))
        SubscriptionRepository(self.work.session).update_where(
            {"order_item_id": line.id, "is_live": True},
            {"is_active": False, "end_date": func.statement_timestamp()},
        )
        if not worth:
            return []
        kept_on, payer = AccountService(self.work).get_or_create_many(
            [(user_id, kind.account_type), (user_id, AccountTypeId.USER_PAY_AS_YOU_GO)]
        )
        return [
            debit(kept_on, worth, order_item_id=line.id),
            credit(payer, worth, order_item_id=line.id, memo="refund"),
        ]

    def _borne(self, moves: Sequence[Entry]) -> list[Entry]:
        """*moves*, with what an account no longer holds taken from the house instead."""
        held = self._balances(entry.account_id for entry in moves)
        house = AccountService(self.work).get_or_create(None, AccountTypeId.EXPENSE)
        borne: list[Entry] = []
        for entry in moves:
            if entry.type is TransactionTypeId.CREDIT:
                borne.append(entry)
                continue
            there = min(held[entry.account_id], entry.amount)
            held[entry.account_id] -= there
            if there:
                borne.append(_of(entry, entry.account_id, there))
            if there < entry.amount:
                borne.append(_of(entry, house.id, entry.amount - there))
        return borne

    def _balances(self, ids: Iterable[int]) -> dict[int, Decimal]:
        house = AccountService(self.work).get_or_create(None, AccountTypeId.EXPENSE)
        locked = AccountRepository(self.work.session).locked([*ids, house.id])
        return {account.id: account.balance for account in locked}

    def _return_credits(self, user_id: int, lines: Sequence[OrderItem], posted: Transaction) -> None:
        """As many credits as were spent on the lines, of the same worth."""
        number, worth = sum(in_credits(line.discounted_amount) for line in lines), posted.amount
        kept_on = AccountService(self.work).get_or_create(user_id, CreditType.PREPAID.account_type)
        CreditRepository(self.work.session).create(
            {
                "user_id": user_id,
                "account_id": kept_on.id,
                "transaction_id": posted.id,
                "credit_type": CreditType.PREPAID,
                "quantity": number,
                "remaining": number,
                "worth": worth,
                "dollar_value_per_credit": worth_each(worth, number),
                "memo": "refund",
            }
        )


def _turned(item: TransactionItem) -> Entry:
    """The entry that takes *item* back; the payer's is marked as the refund."""
    was_debit = item.transaction_type_id == TransactionTypeId.DEBIT
    return Entry(
        account_id=item.account_id,
        type=TransactionTypeId.CREDIT if was_debit else TransactionTypeId.DEBIT,
        amount=item.amount,
        order_item_id=item.order_item_id,
        memo="refund" if was_debit else item.memo,
    )


def _of(entry: Entry, account_id: int, amount: Decimal) -> Entry:
    return Entry(
        account_id=account_id,
        type=entry.type,
        amount=amount,
        order_item_id=entry.order_item_id,
        memo=entry.memo,
    )
