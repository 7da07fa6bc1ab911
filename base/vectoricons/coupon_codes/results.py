"""What can come of trying a coupon: a code for a program, a sentence for the buyer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from vectoricons.common.errors import Invalid


class Result(StrEnum):
    """Why a coupon is refused."""

    COUPON_REQUIRED = "COUPON_REQUIRED"
    COUPON_NOT_FOUND = "COUPON_NOT_FOUND"
    INVALID_COUPON = "INVALID_COUPON"
    COUPON_INACTIVE = "COUPON_INACTIVE"
    COUPON_EXPIRED = "COUPON_EXPIRED"
    MAX_USES_REACHED = "MAX_USES_REACHED"
    ORDER_REQUIRED = "ORDER_REQUIRED"
    CART_REQUIRED = "CART_REQUIRED"
    ENTITY_TYPE_REQUIRED = "ENTITY_TYPE_REQUIRED"
    ENTITY_ID_REQUIRED = "ENTITY_ID_REQUIRED"
    COUPON_ALREADY_USED_BY_USER = "COUPON_ALREADY_USED_BY_USER"
    COUPON_ALREADY_USED_BY_ORDER = "COUPON_ALREADY_USED_BY_ORDER"
    COUPON_ALREADY_USED_BY_CART = "COUPON_ALREADY_USED_BY_CART"
    COUPON_ALREADY_USED_BY_ENTITY = "COUPON_ALREADY_USED_BY_ENTITY"
    MIN_PURCHASE_NOT_MET = "MIN_PURCHASE_NOT_MET"
    INVALID_COUPON_TYPE = "INVALID_COUPON_TYPE"
    ORDER_HAS_NO_ITEMS = "ORDER_HAS_NO_ITEMS"
    COUPON_NOT_APPLICABLE = "COUPON_NOT_APPLICABLE"
    BUYER_REQUIRED = "BUYER_REQUIRED"
    INVALID_BUYER = "INVALID_BUYER"
    ORDER_BUYER_MISMATCH = "ORDER_BUYER_MISMATCH"
    SELLER_VALIDATION_NOT_IMPLEMENTED = "SELLER_VALIDATION_NOT_IMPLEMENTED"
    UNKNOWN_COUPON_SCOPE = "UNKNOWN_COUPON_SCOPE"
    UNEXPECTED_ERROR = "UNEXPECTED_ERROR"


SENTENCES: Mapping[Result, str] = {
    Result.COUPON_REQUIRED: "Give a coupon code.",
    Result.COUPON_NOT_FOUND: "There is no such coupon code. Look at its spelling.",
    Result.INVALID_COUPON: "A coupon code has 4 to 64 letters, digits and hyphens.",
    Result.COUPON_INACTIVE: "This coupon is not in use now.",
    Result.COUPON_EXPIRED: "This coupon has expired.",
    Result.MAX_USES_REACHED: "This coupon has been used as often as it may be.",
    Result.ORDER_REQUIRED: "There is no such order to use the coupon for.",
    Result.CART_REQUIRED: "Put something into your cart, then use the coupon.",
    Result.ENTITY_TYPE_REQUIRED: "Say what kind of thing the coupon is for.",
    Result.ENTITY_ID_REQUIRED: "Say which one the coupon is for.",
    Result.COUPON_ALREADY_USED_BY_USER: "You have used this coupon before.",
    Result.COUPON_ALREADY_USED_BY_ORDER: "This order has this coupon already.",
    Result.COUPON_ALREADY_USED_BY_CART: "Your cart has this coupon already.",
    Result.COUPON_ALREADY_USED_BY_ENTITY: "This line has this coupon already.",
    Result.MIN_PURCHASE_NOT_MET: "The coupon is for a larger purchase. Add to your cart to use it.",
    Result.INVALID_COUPON_TYPE: "The coupon is of a kind that is not known here.",
    Result.ORDER_HAS_NO_ITEMS: "There is nothing in it that the coupon could make cheaper.",
    Result.COUPON_NOT_APPLICABLE: "The coupon is for other things than these.",
    Result.BUYER_REQUIRED: "Sign in to use a coupon.",
    Result.INVALID_BUYER: "This coupon is for somebody else.",
    Result.ORDER_BUYER_MISMATCH: "This order is somebody else's.",
    Result.SELLER_VALIDATION_NOT_IMPLEMENTED: (
        "The coupon is for one contributor's work; credits and subscriptions are no contributor's."
    ),
    Result.UNKNOWN_COUPON_SCOPE: "The coupon is for something that is not known here.",
    Result.UNEXPECTED_ERROR: "The coupon could not be looked at just now. Try again.",
}


class CouponRefused(Invalid):
    """A coupon does not hold; ``result`` says why."""

    code = "coupon-refused"
    title = "The coupon cannot be used"

    def __init__(self, result: Result) -> None:
        super().__init__(SENTENCES[result], result=result.value)
        self.result = result
