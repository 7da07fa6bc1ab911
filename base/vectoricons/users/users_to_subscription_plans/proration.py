"""Proration: what is given back for a subscription that another takes the place of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from vectoricons.accounts import ZERO
from vectoricons.common.entity import CENT


@dataclass(frozen=True, slots=True)
class Unused:
    """A month of a subscription and what its credits that nobody spent are worth."""

    starts_at: datetime
    ends_at: datetime
    price: Decimal
    worth: Decimal


@dataclass(frozen=True, slots=True)
class Proration:
    """What is left of a subscription in two: what is given back, and what the house keeps."""

    given_back: Decimal
    kept: Decimal

    @property
    def whole(self) -> Decimal:
        """Both together."""
        return self.given_back + self.kept


def prorate(months: Iterable[Unused], now: datetime) -> Proration:
    """Of each month the lesser of its days to come, to the cent, and its credits to come.

    So downloads that were made are not given back, nor days that are over; a month that has not begun is
    given back whole.
    """
    all_of_them = list(months)
    given_back = sum((min(month.worth, _days_to_come(month, now)) for month in all_of_them), ZERO)
    return Proration(given_back, sum((month.worth for month in all_of_them), ZERO) - given_back)


def _days_to_come(month: Unused, now: datetime) -> Decimal:
    if now <= month.starts_at:
        return month.price
    if now >= month.ends_at:
        return ZERO
    left = Decimal((month.ends_at - now) // month.ends_at.resolution)
    whole = Decimal((month.ends_at - month.starts_at) // month.ends_at.resolution)
    return (month.price * left / whole).quantize(CENT, ROUND_HALF_UP)
