"""Whether a coupon holds for a basket, scope by scope. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Protocol

from vectoricons.coupon_codes.results import Result
from vectoricons.products.offers import Offer, OfferType

CENT = Decimal("0.01")


class CouponType(StrEnum):
    """What ``amount`` is: dollars, or percent."""

    FIXED = "fixed"
    PERCENTAGE = "percentage"


class CouponScope(StrEnum):
    """What a coupon is for: everything, one person's purchases or works, or lines of one kind."""

    GLOBAL = "global"
    SELLER = "seller"
    BUYER = "buyer"
    SUBSCRIPTION = "subscription"
    FAMILY = "family"
    SET = "set"
    ITEM = "item"
    ICON = "icon"
    ILLUSTRATION = "illustration"


class Coupon(Protocol):
    """What the rules look at."""

    @property
    def type(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def uses(self) -> int: ...
    @property
    def max_uses(self) -> int | None: ...
    @property
    def min_purchase_amount(self) -> Decimal: ...
    @property
    def start_date(self) -> datetime | None: ...
    @property
    def end_date(self) -> datetime | None: ...
    @property
    def entity_type(self) -> str | None: ...
    @property
    def entity_id(self) -> int | None: ...
    @property
    def user_id(self) -> int | None: ...
    @property
    def is_active(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """A cart or an order as a coupon sees it: whose, and with which lines."""

    id: int
    user_id: int
    lines: Sequence[Offer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A coupon held against what somebody wants to buy. ``used`` is the use that stands in its way."""

    coupon: Coupon
    lines: Sequence[Offer]
    buyer_id: int | None
    now: datetime
    used: Result | None = None

    @property
    def subtotal(self) -> Decimal:
        """What the lines cost without a coupon."""
        return total(self.lines)


Check = Callable[[Attempt], Iterator[Result]]
Applies = Callable[[Coupon, Offer], bool]


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope's rules: which lines it covers, and what else must be so."""

    applies: Applies
    check: Check = field(default=lambda _attempt: iter(()))


def _everything(_coupon: Coupon, _line: Offer) -> bool:
    return True


def _sold_by(coupon: Coupon, line: Offer) -> bool:
    return line.seller_id is not None and line.seller_id == coupon.user_id


def _lines_of(*kinds: OfferType) -> Applies:
    return lambda coupon, line: (
        line.entity_type in kinds
        and coupon.entity_type in (None, line.entity_type)
        and coupon.entity_id in (None, line.entity_id)
    )


def _something_has_a_seller(attempt: Attempt) -> Iterator[Result]:
    if all(line.seller_id is None for line in attempt.lines):
        yield Result.SELLER_VALIDATION_NOT_IMPLEMENTED


SCOPES: Mapping[CouponScope, Scope] = {
    CouponScope.GLOBAL: Scope(_everything),
    CouponScope.BUYER: Scope(_everything),
    CouponScope.SELLER: Scope(_sold_by, _something_has_a_seller),
    CouponScope.SUBSCRIPTION: Scope(_lines_of(OfferType.SUBSCRIPTION)),
    CouponScope.FAMILY: Scope(_lines_of(OfferType.FAMILY)),
    CouponScope.SET: Scope(_lines_of(OfferType.SET)),
    CouponScope.ITEM: Scope(_lines_of(OfferType.ICON, OfferType.ILLUSTRATION)),
    CouponScope.ICON: Scope(_lines_of(OfferType.ICON)),
    CouponScope.ILLUSTRATION: Scope(_lines_of(OfferType.ILLUSTRATION)),
}


def objections(attempt: Attempt) -> Iterator[Result]:
    """What speaks against the coupon, first what the buyer should hear first; nothing when it holds."""
    yield from _out_of_use(attempt)
    if attempt.used:
        yield attempt.used
    if attempt.buyer_id is None:
        yield Result.BUYER_REQUIRED
    if not attempt.lines:
        yield Result.ORDER_HAS_NO_ITEMS
    if attempt.subtotal < attempt.coupon.min_purchase_amount:
        yield Result.MIN_PURCHASE_NOT_MET
    if attempt.coupon.type not in list(CouponType):
        yield Result.INVALID_COUPON_TYPE
    yield from _out_of_scope(attempt)


def first_objection(attempt: Attempt) -> Result | None:
    """Why the coupon is refused; None when it holds."""
    return next(objections(attempt), None)


def covered(coupon: Coupon, lines: Sequence[Offer]) -> list[Offer]:
    """The lines that the coupon makes cheaper."""
    applies = SCOPES[CouponScope(coupon.scope)].applies
    return [line for line in lines if line.price > 0 and applies(coupon, line)]


def discount(coupon: Coupon, base: Decimal) -> Decimal:
    """What the coupon takes off *base*: to the cent, and never more than all of it."""
    if coupon.type == CouponType.PERCENTAGE:
        off = (base * coupon.amount / 100).quantize(CENT, ROUND_HALF_UP)
    else:
        off = coupon.amount
    return min(off, base)


def allocate(amount: Decimal, prices: Sequence[Decimal]) -> list[Decimal]:
    """*amount* over *prices*, by their weight, so that the parts add up to it and none exceeds its price.

    Cents that do not divide go to the largest remainders, of equal ones to the first. Raises ValueError when
    *amount* is negative or more than the prices together.
    """
    whole, cents = sum(prices, Decimal(0)), int(amount / CENT)
    if not 0 <= amount <= whole:
        raise ValueError(f"{amount} cannot be taken off {whole}.")
    if not amount:
        return [Decimal("0.00") for _ in prices]
    shares = [divmod(cents * int(price / CENT), int(whole / CENT)) for price in prices]
    left = cents - sum(share for share, _ in shares)
    luckiest = sorted(range(len(prices)), key=lambda place: (-shares[place][1], place))[:left]
    return [CENT * (share + (place in luckiest)) for place, (share, _) in enumerate(shares)]


def total(lines: Sequence[Offer]) -> Decimal:
    """What *lines* cost together."""
    return sum((line.price for line in lines), Decimal("0.00"))


def _out_of_use(attempt: Attempt) -> Iterator[Result]:
    coupon = attempt.coupon
    if not coupon.is_active or (coupon.start_date and attempt.now < coupon.start_date):
        yield Result.COUPON_INACTIVE
    if coupon.end_date and coupon.end_date <= attempt.now:
        yield Result.COUPON_EXPIRED
    if coupon.max_uses is not None and coupon.uses >= coupon.max_uses:
        yield Result.MAX_USES_REACHED


def _out_of_scope(attempt: Attempt) -> Iterator[Result]:
    if attempt.coupon.scope not in list(CouponScope):
        yield Result.UNKNOWN_COUPON_SCOPE
        return
    scope = CouponScope(attempt.coupon.scope)
    if scope is not CouponScope.SELLER and attempt.coupon.user_id not in (None, attempt.buyer_id):
        yield Result.INVALID_BUYER
    yield from SCOPES[scope].check(attempt)
    if not covered(attempt.coupon, attempt.lines):
        yield Result.COUPON_NOT_APPLICABLE
