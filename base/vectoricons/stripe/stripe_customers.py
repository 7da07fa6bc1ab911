"""Stripe customers: who a user is to Stripe."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row


class StripeCustomerRow(Row, HasTimestamps):
    __tablename__ = "stripe_customers"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    stripe_customer_id: Mapped[str] = mapped_column(String(255), unique=True)


class StripeCustomer(Timestamped):
    """Who a user is to Stripe."""

    id: int
    user_id: int
    stripe_customer_id: str


class StripeCustomerRepository(Repository[StripeCustomerRow, StripeCustomer]):
    """Stripe customers."""

    unique_key = ("user_id",)


class StripeCustomerService(
    Observable[StripeCustomer], Pluggable[StripeCustomer], AccessControlled[StripeCustomer]
):
    """Stripe customers: payments make them."""

    repository: StripeCustomerRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(("create", "update", "upsert", "delete"), nobody)
