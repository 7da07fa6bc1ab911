"""Orders: what was bought at which prices, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, update
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.errors import Conflict
from vectoricons.common.mixins.service import WRITES, AccessControlled, Addressable, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasPublicId, HasTimestamps, Row, one_of, related
from vectoricons.coupon_codes.coupon_codes_to_orders import CouponCodeToOrderRepository
from vectoricons.orders.events import CreditsPurchased, OrderConfirmed, OrderFailed, OrderRefunded
from vectoricons.orders.order_items import OrderItem, OrderItemRepository, OrderItemRow
from vectoricons.products.offers import OfferType

Effect = Callable[["Order"], object]


class OrderStatus(StrEnum):
    """Where an order is: ``MOVES`` says how it gets on."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


MOVES: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset(
        {OrderStatus.PROCESSING, OrderStatus.COMPLETED, OrderStatus.FAILED, OrderStatus.CANCELLED}
    ),
    OrderStatus.PROCESSING: frozenset({OrderStatus.COMPLETED, OrderStatus.FAILED}),
    # Payment may be tried again, and news of it may overtake that of the failure before.
    OrderStatus.FAILED: frozenset(
        {OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.COMPLETED, OrderStatus.CANCELLED}
    ),
    OrderStatus.COMPLETED: frozenset({OrderStatus.REFUNDED}),
    OrderStatus.CANCELLED: frozenset(),
    OrderStatus.REFUNDED: frozenset(),
}


class OrderRow(Row, HasPublicId, HasTimestamps):
    """``idempotency_key`` is the buyer's name for the attempt: the same key is the same order."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("user_id", "idempotency_key"),
        UniqueConstraint("cart_id"),
        one_of("status", OrderStatus),
        CheckConstraint("discounted_total >= 0 and discounted_total <= total_amount", name="totals"),
        Index("ix_orders_user_id", "user_id", "id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("carts.id"))
    idempotency_key: Mapped[str] = mapped_column(String(64))
    total_amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    discounted_total: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    status: Mapped[str] = mapped_column(String(16), server_default=OrderStatus.PENDING)

    order_items: Mapped[list[OrderItemRow]] = related(order_by=OrderItemRow.id)


class Order(Timestamped):
    """An order: ``total_amount`` without the coupon, ``discounted_total`` what is to pay."""

    id: int
    unique_id: str
    user_id: int
    cart_id: int | None
    idempotency_key: str
    total_amount: Money
    discounted_total: Money
    status: OrderStatus
    order_items: tuple[OrderItem, ...] = ()


class OrderRepository(Repository[OrderRow, Order]):
    """Orders."""

    graphs: ClassVar = {"default": ("order_items",)}
    unique_key = ("user_id", "idempotency_key")

    def locked(self, order_id: int) -> Order | None:
        """The order, held against other writers until the transaction ends."""
        return self._first(self.query({"id": order_id}).with_for_update())

    def move(self, order_id: int, to: OrderStatus) -> Order | None:
        """The order, now *to*; None when that does not follow from where it is."""
        before = [status for status, following in MOVES.items() if to in following]
        moved = update(self.row).where(*self.conditions({"id": order_id, "status": before}))
        return next(iter(self._written(moved.values(status=to).returning(self.row))), None)


class OrderService(Observable[Order], Pluggable[Order], AccessControlled[Order], Addressable[Order]):
    """Orders: buyers see their own and cancel what is not paid; the rest is moved by payments.

    Each move can be told twice: the second time changes nothing. Raises NotFound, and Conflict for a move
    that does not follow from where the order is.
    """

    repository: OrderRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(
        (
            *WRITES,
            "begin-payment",
            "complete",
            "fail",
            "refund",
        ),
        nobody,
    )

    def begin_payment(self, id: int) -> Order:
        """A payment is under way."""
        return self._moved("begin-payment", id, OrderStatus.PROCESSING)

    def complete(self, id: int) -> Order:
        """It is paid: what was bought is the buyer's."""
        return self._moved("complete", id, OrderStatus.COMPLETED, self._completed)

    def fail(self, id: int) -> Order:
        """The payment failed; the buyer may try again, or cancel."""
        return self._moved("fail", id, OrderStatus.FAILED, self._failed)

    def retry(self, id: int) -> Order:
        """Try again to pay what failed."""
        return self._moved("retry", id, OrderStatus.PENDING)

    def cancel(self, id: int) -> Order:
        """Give it up before it is paid: its coupon may be used again."""
        return self._moved("cancel", id, OrderStatus.CANCELLED, self._cancelled)

    def refund(self, id: int, item_ids: Sequence[int] | None = None) -> list[OrderItem]:
        """The lines *item_ids*, or all, that are refunded by this: those refunded before are not among them.

        Whoever gives the money back does so in the same transaction. The last line makes the order refunded.
        """
        return self._perform(Write(name="refund", id=id), lambda: self._refunded(id, item_ids))

    def _moved(self, name: str, id: int, to: OrderStatus, then: Effect | None = None) -> Order:
        return self._perform(Write(name=name, id=id), lambda: self._move(id, to, then))

    def _move(self, id: int, to: OrderStatus, then: Effect | None = None) -> Order:
        moved = self.repository.move(id, to)
        if moved is None:
            return self._already(id, to)
        if then:
            then(moved)
        return moved

    def _already(self, id: int, to: OrderStatus) -> Order:
        found = self._there(self.repository.find_by_id(id))
        if found.status != to:
            raise Conflict(f"Order {found.unique_id} is {found.status}; it cannot become {to}.")
        return found

    def _completed(self, order: Order) -> None:
        CouponCodeToOrderRepository(self.work.session).settle(order.id)
        self.work.emit(OrderConfirmed(**_told(order), amount=order.discounted_total).event(key=order.id))
        packs = OrderItemRepository(self.work.session).find_all(
            {"order_id": order.id, "entity_type": OfferType.CREDIT}
        )
        if packs:
            bought = CreditsPurchased(
                user_id=order.user_id,
                order_id=order.id,
                quantity=sum(pack.entity_id for pack in packs),
                amount=_paid(packs),
            )
            self.work.emit(bought.event(key=order.id))

    def _failed(self, order: Order) -> None:
        self.work.emit(OrderFailed(**_told(order), amount=order.discounted_total).event())

    def _cancelled(self, order: Order) -> None:
        CouponCodeToOrderRepository(self.work.session).release(order.id)

    def _refunded(self, id: int, item_ids: Sequence[int] | None) -> list[OrderItem]:
        order = self._there(self.repository.locked(id))
        if order.status not in {OrderStatus.COMPLETED, OrderStatus.REFUNDED}:
            raise Conflict(f"Order {order.unique_id} is {order.status}; only what was paid can be refunded.")
        items = OrderItemRepository(self.work.session)
        refunded = items.refund(id, item_ids)
        if not items.exists({"order_id": id, "refunded_at": None}):
            self.repository.move(id, OrderStatus.REFUNDED)
        if refunded:
            ids = tuple(line.id for line in refunded)
            told = OrderRefunded(**_told(order), order_item_ids=ids, amount=_paid(refunded))
            self.work.emit(told.event())
        return refunded


def _told(order: Order) -> dict[str, Any]:
    return {"user_id": order.user_id, "order_id": order.id, "order_unique_id": order.unique_id}


def _paid(lines: Sequence[OrderItem]) -> Decimal:
    return sum((line.discounted_amount for line in lines), Decimal("0.00"))
