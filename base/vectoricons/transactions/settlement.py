"""Settlement: what paying an order means: sellers get their shares, buyers what they were promised."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from vectoricons.accounts import ZERO, Account, AccountService
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.common.access_control import anybody, nobody
from vectoricons.common.errors import Conflict
from vectoricons.common.operation import Write
from vectoricons.coupon_codes.validators import allocate
from vectoricons.credits import (
    CreditRepository,
    CreditType,
    Taken,
    in_credits,
    take,
    worth_each,
)
from vectoricons.orders import Order, OrderService, OrderStatus
from vectoricons.orders.order_items import OrderItem, OrderItemRepository
from vectoricons.products.offers import CREDIT_PRICE, OfferType
from vectoricons.transactions import (
    Entry,
    PaymentTypeId,
    Transaction,
    TransactionCategoryId,
    TransactionRepository,
    TransactionService,
    cards,
    credit,
    debit,
)
from vectoricons.transactions.commission import Sold, entries
from vectoricons.users.users_to_subscription_plans import SubscriptionService

PAID = frozenset({OrderStatus.COMPLETED, OrderStatus.REFUNDED})


class Settlement(OrderService):
    """Orders, and what their payment moves. Each payment settles once, however often it is told."""

    policies: ClassVar = {
        **OrderService.policies,
        "receive": nobody,
        "download": anybody,
    }

    def receive(self, id: int, *, charge: str, amount: Decimal) -> Order:
        """A card was charged for the order: *charge* is the processor's name for that.

        Money that does not buy it, since it was given up or paid meanwhile or costs something else, is owed
        to the card again. Raises NotFound.
        """
        return self._perform(Write(name="receive", id=id), lambda: self._received(id, charge, amount))

    def settle(self, id: int) -> Order:
        """Complete an order that costs nothing: what it promises is given. Raises Conflict if it costs."""
        return self._perform(Write(name="settle", id=id), lambda: self._settled_free(id))

    def pay_with_credits(self, id: int) -> Order:
        """Pay the order with the buyer's prepaid credits: each line takes one for each dollar begun.

        Raises NotEnoughCredits, and Conflict when it cannot be paid so: credits buy drawings alone.
        """
        return self._perform(Write(name="pay-with-credits", id=id), lambda: self._paid_with_credits(id))

    def download(self, user_id: int, seller_id: int, *, key: str) -> Taken:
        """Take a download off the user's subscription for a work of the seller's, whom it earns a share.

        For who issues the link, in the same transaction. Raises NotEnoughCredits when the month's are spent.
        """
        return self._perform(Write(name="download"), lambda: self._downloaded(user_id, seller_id, key))

    # -- how

    def _held(self, id: int) -> Order:
        return self._there(self.repository.locked(id))

    def _received(self, id: int, charge: str, amount: Decimal) -> Order:
        order = self._held(id)
        if TransactionRepository(self.work.session).find_by_key(f"{cards.CHARGED}{charge}"):
            return order
        cards.receive(self.work, order.user_id, amount, charge, id)
        if order.status in {*PAID, OrderStatus.CANCELLED} or amount != order.discounted_total:
            cards.send_back(self.work, order.user_id, amount, charge, id, key=charge)
            return order
        return self._settled(order)

    def _settled_free(self, id: int) -> Order:
        order = self._held(id)
        if order.discounted_total:
            raise Conflict(f"Order {order.unique_id} costs ${order.discounted_total}.")
        return self._settled(order)

    def _settled(self, order: Order) -> Order:
        if order.status in PAID:
            return order
        payer = AccountService(self.work).get_or_create(order.user_id, AccountTypeId.USER_PAY_AS_YOU_GO)
        lines = OrderItemRepository(self.work.session).find_all({"order_id": order.id})
        amounts = [line.discounted_amount for line in lines]
        self._sell(order, payer, lines, amounts, PaymentTypeId.PAY_AS_YOU_GO)
        for line in lines:
            self._fulfil(order, payer, line)
        return self._move(order.id, OrderStatus.COMPLETED, self._completed)

    def _paid_with_credits(self, id: int) -> Order:
        order = self._held(id)
        if order.status in PAID:
            return order
        lines = OrderItemRepository(self.work.session).find_all({"order_id": id})
        if any(line.seller_id is None for line in lines):
            raise Conflict("Credits buy drawings, not credits or subscriptions. Pay by card.")
        numbers = [in_credits(line.discounted_amount) for line in lines]
        taken = take(CreditRepository(self.work.session), order.user_id, CreditType.PREPAID, sum(numbers))
        worth = sum((one.worth for one in taken), ZERO)
        amounts = allocate(worth, [number * CREDIT_PRICE for number in numbers])
        payer = AccountService(self.work).get_or_create(order.user_id, CreditType.PREPAID.account_type)
        self._sell(order, payer, lines, amounts, PaymentTypeId.PREPAID_CREDITS)
        return self._move(order.id, OrderStatus.COMPLETED, self._completed)

    def _downloaded(self, user_id: int, seller_id: int, key: str) -> Taken:
        (taken,) = take(CreditRepository(self.work.session), user_id, CreditType.SUBSCRIBER, 1)
        payer, seller, house = AccountService(self.work).get_or_create_many(
            [
                (user_id, CreditType.SUBSCRIBER.account_type),
                (seller_id, AccountTypeId.REVENUE),
                (None, AccountTypeId.REVENUE),
            ]
        )
        if taken.worth:
            TransactionService(self.work).post(
                key=f"download:{key}",
                category=TransactionCategoryId.SALE,
                payment_type=PaymentTypeId.SUBSCRIBER_CREDITS,
                entries=entries(Sold(None, taken.worth, seller), payer, house),
            )
        return taken

    def _sell(
        self,
        order: Order,
        payer: Account,
        lines: Sequence[OrderItem],
        amounts: Sequence[Decimal],
        payment_type: PaymentTypeId,
    ) -> None:
        """Post the lines that have a seller."""
        sold = [(line, amount) for line, amount in zip(lines, amounts, strict=True) if line.seller_id]
        house, *sellers = AccountService(self.work).get_or_create_many(
            [(None, AccountTypeId.REVENUE), *((line.seller_id, AccountTypeId.REVENUE) for line, _ in sold)]
        )
        moves = [
            entry
            for (line, amount), seller in zip(sold, sellers, strict=True)
            for entry in entries(Sold(line.id, amount, seller), payer, house)
        ]
        if moves:
            self._post(f"sale:{order.id}", moves, order, payment_type=payment_type)

    def _fulfil(self, order: Order, payer: Account, line: OrderItem) -> None:
        match line.entity_type:
            case OfferType.CREDIT:
                self._grant_credits(order, payer, line)
            case OfferType.SUBSCRIPTION:
                SubscriptionService(self.work).start(
                    order.user_id, line.entity_id, paid=line.discounted_amount, order_item_id=line.id
                )

    def _grant_credits(self, order: Order, payer: Account, line: OrderItem) -> None:
        worth, number = line.discounted_amount, line.entity_id
        kept_on = AccountService(self.work).get_or_create(order.user_id, CreditType.PREPAID.account_type)
        posted = None
        if worth:
            posted = self._post(
                f"credits:{line.id}",
                [debit(payer, worth, order_item_id=line.id), credit(kept_on, worth, order_item_id=line.id)],
                order,
                category=TransactionCategoryId.CREDIT,
            )
        CreditRepository(self.work.session).create(
            {
                "user_id": order.user_id,
                "account_id": kept_on.id,
                "transaction_id": posted.id if posted else None,
                "order_item_id": line.id,
                "credit_type": CreditType.PREPAID,
                "quantity": number,
                "remaining": number,
                "worth": worth,
                "dollar_value_per_credit": worth_each(worth, number),
            }
        )

    def _post(
        self,
        key: str,
        moves: Sequence[Entry],
        order: Order,
        *,
        category: TransactionCategoryId = TransactionCategoryId.SALE,
        payment_type: PaymentTypeId = PaymentTypeId.PAY_AS_YOU_GO,
    ) -> Transaction:
        return TransactionService(self.work).post(
            key=key, category=category, payment_type=payment_type, entries=moves, order_id=order.id
        )
