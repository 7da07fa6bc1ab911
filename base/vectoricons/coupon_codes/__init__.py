"""Coupon codes: who may pay less for what, until when and how often."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Integer, Numeric, String, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common import log
from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Money, Timestamped
from vectoricons.common.ids import ALPHABET
from vectoricons.common.mixins.service import (
    SWITCHES,
    WRITES,
    AccessControlled,
    Activatable,
    Observable,
    Pluggable,
)
from vectoricons.common.operation import Write
from vectoricons.common.repository import Data, Repository
from vectoricons.common.row import HasIsActive, HasTimestamps, Row, one_of
from vectoricons.coupon_codes.coupon_codes_to_orders import CouponCodeToOrderRepository
from vectoricons.coupon_codes.discounts import Discounted, DiscountRepository
from vectoricons.coupon_codes.results import CouponRefused, Result
from vectoricons.coupon_codes.validators import (
    Attempt,
    Basket,
    CouponScope,
    CouponType,
    first_objection,
)
from vectoricons.products.offers import Offer, OfferType, on_sale

logger = log.get(__name__)

T = TypeVar("T")

CODE = re.compile(r"[A-Z0-9-]{4,64}")
CODE_LENGTH = 8


class CouponCodeRow(Row, HasIsActive, HasTimestamps):
    """``user_id`` is, in the scope ``seller``, whose work it is for; in any other, the one buyer it is for.
    ``uses`` counts redemptions, with those of orders not paid yet."""

    __tablename__ = "coupon_codes"
    __table_args__ = (
        one_of("type", CouponType),
        one_of("scope", CouponScope),
        CheckConstraint("code = upper(code)", name="code_upper"),
        CheckConstraint("amount > 0 and (type <> 'percentage' or amount <= 100)", name="amount"),
        CheckConstraint("uses >= 0 and (max_uses is null or uses <= max_uses)", name="uses"),
        CheckConstraint("end_date > start_date", name="dates"),
        CheckConstraint("scope not in ('buyer', 'seller') or user_id is not null", name="person"),
    )

    code: Mapped[str] = mapped_column(String(64), unique=True)
    type: Mapped[str] = mapped_column(String(16))
    scope: Mapped[str] = mapped_column(String(16), server_default=CouponScope.GLOBAL)
    amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    max_uses: Mapped[int | None] = mapped_column(Integer)
    uses: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    min_purchase_amount: Mapped[Decimal] = mapped_column(Numeric(10, 2), server_default=text("0"))
    start_date: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    end_date: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    entity_type: Mapped[str | None] = mapped_column(String(32))
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)


class CouponCode(Timestamped):
    """A coupon. Type and scope are text: this version may meet one that a later version made."""

    id: int
    code: str
    type: str
    scope: str
    amount: Money
    max_uses: int | None
    uses: int
    min_purchase_amount: Money
    start_date: datetime | None
    end_date: datetime | None
    entity_type: str | None
    entity_id: int | None
    user_id: int | None
    is_active: bool


class CouponCodeRepository(Repository[CouponCodeRow, CouponCode]):
    """Coupons; codes are upper case."""

    unique_key = ("code",)

    def values(self, data: Data) -> dict[str, Any]:
        """Column values, with the code in upper case."""
        given = super().values(data)
        return {**given, "code": given["code"].upper()} if given.get("code") else given

    def find_by_code(self, code: str) -> CouponCode | None:
        """The coupon with this code in any case, or None."""
        return self.find_one({"code": code.upper()})

    def create_random(self, data: Mapping[str, Any], length: int) -> CouponCode:
        """A new coupon with a code nobody can guess and nobody had."""
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(length))
            values = self.values({**data, "code": code})
            made = insert(self.row).values(values).on_conflict_do_nothing(index_elements=["code"])
            if written := self._written(made.returning(self.row)):
                return written[0]

    def use(self, coupon_id: int) -> bool:
        """Count one more use; false when none is left. The row stays locked until the transaction ends."""
        left = (self.row.max_uses.is_(None)) | (self.row.uses < self.row.max_uses)
        return bool(self.update_where((self.row.id == coupon_id) & left, {"uses": self.row.uses + 1}))


class CouponCodeService(
    Observable[CouponCode], Pluggable[CouponCode], AccessControlled[CouponCode], Activatable[CouponCode]
):
    """Coupons: administrators write them; a buyer tries one by its code, and hears why it does not hold."""

    repository: CouponCodeRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(
        (
            *WRITES,
            *SWITCHES,
            "create-random",
        ),
        nobody,
    )

    def create_random(self, data: Mapping[str, Any], length: int = CODE_LENGTH) -> CouponCode:
        """A new coupon with a random code."""
        operation = Write(name="create-random", items=(data,))
        return self._perform(operation, lambda: self.repository.create_random(data, length))

    def get_by_code(self, code: str) -> CouponCode | None:
        """The coupon with this code in any case, or None."""
        return self.get_one({"code": code.upper()})

    def validate_for_cart(self, code: str | None, cart: Basket | None) -> CouponCode:
        """The coupon, if it holds for *cart* and is not used there yet. Raises CouponRefused."""

        def validated() -> CouponCode:
            coupon, held = self._known(code), _there(cart, Result.CART_REQUIRED)
            return self._holding(coupon, held, held.user_id, self._use_in_cart(coupon, held))

        return self._tried(validated)

    def validate_for_order(self, code: str | None, order: Basket | None, buyer_id: int | None) -> CouponCode:
        """The coupon, if *buyer_id* may use it for the *order*. Raises CouponRefused."""

        def validated() -> CouponCode:
            coupon, held = self._known(code), _there(order, Result.ORDER_REQUIRED)
            if buyer_id is not None and buyer_id != held.user_id:
                raise CouponRefused(Result.ORDER_BUYER_MISMATCH)
            return self._holding(coupon, held, buyer_id, self._use_in_order(coupon, held))

        return self._tried(validated)

    def validate_for_entity(
        self, code: str | None, entity_type: str | None, entity_id: int | None, buyer_id: int | None
    ) -> CouponCode:
        """The coupon, if *buyer_id* may use it for one thing on sale. Raises CouponRefused."""

        def validated() -> CouponCode:
            coupon = self._known(code)
            kind = OfferType.of(_there(entity_type, Result.ENTITY_TYPE_REQUIRED))
            key = (kind, _there(entity_id, Result.ENTITY_ID_REQUIRED))
            lines = list(on_sale(self.work.session, [key]).values())
            basket = Basket(id=key[1], user_id=buyer_id or 0, lines=lines)
            return self._holding(coupon, basket, buyer_id, self._use_in_line(coupon, key, buyer_id))

        return self._tried(validated)

    def objection(self, coupon: CouponCode, cart: Basket) -> Result | None:
        """Why the coupon that a cart has does not hold for what is in it now; None when it does."""
        used = self._use_by(coupon, cart.user_id)
        return first_objection(_attempt(coupon, cart.lines, cart.user_id, used))

    def redeem(self, coupon: CouponCode, order: Basket) -> None:
        """Use the coupon for the *order*, which is its buyer's only use of it. Raises CouponRefused."""
        self.validate_for_order(coupon.code, order, order.user_id)
        if not self.repository.use(coupon.id):
            raise CouponRefused(Result.MAX_USES_REACHED)
        CouponCodeToOrderRepository(self.work.session).create(
            {"coupon_code_id": coupon.id, "order_id": order.id, "user_id": order.user_id}
        )

    def _known(self, code: str | None) -> CouponCode:
        if not code or not code.strip():
            raise CouponRefused(Result.COUPON_REQUIRED)
        written = code.strip().upper()
        if not CODE.fullmatch(written):
            raise CouponRefused(Result.INVALID_COUPON)
        found = self.repository.find_by_code(written)
        if found is None:
            raise CouponRefused(Result.COUPON_NOT_FOUND)
        return found

    def _holding(
        self, coupon: CouponCode, basket: Basket, buyer_id: int | None, used: Result | None
    ) -> CouponCode:
        used = used or self._use_by(coupon, buyer_id)
        objection = first_objection(_attempt(coupon, basket.lines, buyer_id, used))
        if objection:
            raise CouponRefused(objection)
        return coupon

    def _use_by(self, coupon: CouponCode, buyer_id: int | None) -> Result | None:
        used = buyer_id is not None and self._redemptions.exists(
            {"coupon_code_id": coupon.id, "user_id": buyer_id}
        )
        return Result.COUPON_ALREADY_USED_BY_USER if used else None

    def _use_in_cart(self, coupon: CouponCode, cart: Basket) -> Result | None:
        pair = {"entity_type": Discounted.CART, "entity_id": cart.id}
        used = DiscountRepository(self.work.session).exists({**pair, "coupon_code_id": coupon.id})
        return Result.COUPON_ALREADY_USED_BY_CART if used else None

    def _use_in_order(self, coupon: CouponCode, order: Basket) -> Result | None:
        used = self._redemptions.exists({"coupon_code_id": coupon.id, "order_id": order.id})
        return Result.COUPON_ALREADY_USED_BY_ORDER if used else None

    def _use_in_line(
        self, coupon: CouponCode, key: tuple[OfferType, int], buyer_id: int | None
    ) -> Result | None:
        used = self.repository.raw(
            """
            select exists (
                select from carts
                    join cart_items line on line.cart_id = carts.id
                    join discounts_to_entities discount
                        on discount.entity_type = 'cart_item' and discount.entity_id = line.id
                where carts.user_id = :buyer and carts.status = 'active'
                  and line.entity_type = :kind and line.entity_id = :id
                  and discount.coupon_code_id = :coupon)
            """,
            buyer=buyer_id,
            kind=key[0],
            id=key[1],
            coupon=coupon.id,
        ).scalar_one()
        return Result.COUPON_ALREADY_USED_BY_ENTITY if used else None

    def _tried(self, validated: Callable[[], CouponCode]) -> CouponCode:
        def within_savepoint() -> CouponCode:
            try:
                with self.work.savepoint():
                    return validated()
            except SQLAlchemyError as error:
                logger.warning("coupon not validated", reason=str(error))
                raise CouponRefused(Result.UNEXPECTED_ERROR) from error

        return self._read("validate", within_savepoint)

    @property
    def _redemptions(self) -> CouponCodeToOrderRepository:
        return CouponCodeToOrderRepository(self.work.session)


def _there(value: T | None, otherwise: Result) -> T:
    if value is None:
        raise CouponRefused(otherwise)
    return value


def _attempt(
    coupon: CouponCode, lines: Sequence[Offer], buyer_id: int | None, used: Result | None
) -> Attempt:
    return Attempt(coupon=coupon, lines=lines, buyer_id=buyer_id, now=datetime.now(UTC), used=used)
