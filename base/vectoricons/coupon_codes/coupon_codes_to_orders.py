"""Redemptions: which order used which coupon. A buyer uses a coupon once."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, one_of


class RedemptionStatus(StrEnum):
    """``pending`` until the order is paid: an order that is cancelled gives its use back."""

    PENDING = "pending"
    REDEEMED = "redeemed"


class CouponCodeToOrderRow(Row, HasTimestamps):
    __tablename__ = "coupon_codes_to_orders"
    __table_args__ = (
        UniqueConstraint("coupon_code_id", "order_id"),
        UniqueConstraint("coupon_code_id", "user_id"),
        one_of("status", RedemptionStatus),
    )

    coupon_code_id: Mapped[int] = mapped_column(ForeignKey("coupon_codes.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="cascade"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    status: Mapped[str] = mapped_column(String(16), server_default=RedemptionStatus.PENDING)


class CouponCodeToOrder(Timestamped):
    """That an order used a coupon."""

    id: int
    coupon_code_id: int
    order_id: int
    user_id: int
    status: RedemptionStatus


class CouponCodeToOrderRepository(Repository[CouponCodeToOrderRow, CouponCodeToOrder]):
    """Redemptions."""

    unique_key = ("coupon_code_id", "order_id")

    def settle(self, order_id: int) -> int:
        """The order is paid: its use of a coupon counts for good. How many uses that were."""
        return self.update_where(
            {"order_id": order_id, "status": RedemptionStatus.PENDING}, {"status": RedemptionStatus.REDEEMED}
        )

    def release(self, order_id: int) -> None:
        """The order came to nothing: the coupon may be used once more."""
        self.raw(
            """
            with released as (
                delete from coupon_codes_to_orders
                where order_id = :order_id and status = 'pending' returning coupon_code_id)
            update coupon_codes set uses = uses - 1
            where id in (select coupon_code_id from released)
            """,
            order_id=order_id,
        )


class CouponCodeToOrderService(Observable[CouponCodeToOrder], AccessControlled[CouponCodeToOrder]):
    """Redemptions: buyers see their own; checkout makes them."""

    repository: CouponCodeToOrderRepository
    public = False
    policies = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)
