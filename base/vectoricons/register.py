"""The register: the modules of the domain, each with its path and, where it has one, its table or view.

What a module can do and which events it leaves is not written here: that is read from its code.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from vectoricons.common.event_bus.payload import Payload
from vectoricons.common.mixins.service import CAPABILITIES, Pluggable
from vectoricons.common.service import Service

ROOT = "vectoricons"
_WRITE = re.compile(r'(?:Write\(\s*name=|_(?:changed?|linking|moved)\(\s*)"([a-z-]+)"')


@dataclass(frozen=True, slots=True)
class Module:
    """An entry: its number, its path (the file's, with hyphens) and the table or view it is about."""

    number: int
    path: str
    table: str | None = None

    @property
    def name(self) -> str:
        """What Python calls it."""
        return f"{ROOT}.{self.path.replace('/', '.').replace('-', '_')}"

    def load(self) -> ModuleType:
        """Its code. Raises ModuleNotFoundError while there is none."""
        return importlib.import_module(self.name)

    def holds(self, code: Any) -> bool:
        """Whether a class or function is of this module, not of one below it that has an entry of its own."""
        return owner(code.__module__) == self

    def services(self) -> list[type[Service[Any]]]:
        """Its services: one, or none where it has no table."""
        return [service for service in all_services() if self.holds(service)]

    def capabilities(self) -> list[str]:
        """What its services can do, outermost first."""
        return [
            capability.__name__
            for capability in CAPABILITIES
            if any(issubclass(service, capability) for service in self.services())
        ]

    def events(self) -> list[str]:
        """``{entity}.{op}`` for each write that leaves its three phases, and the names of its own events."""
        own = [payload.event_name for payload in _below(Payload) if self.holds(payload)]
        return sorted({*own, *(event for service in self.services() for event in _writes(service))})


def owner(module_name: str) -> Module | None:
    """The entry that the code of *module_name* belongs to: the nearest above it."""
    while module_name:
        if module_name in _BY_NAME:
            return _BY_NAME[module_name]
        module_name = module_name.rpartition(".")[0]
    return None


def all_services() -> list[type[Service[Any]]]:
    """The services of all modules that were imported, without those that others derive from."""
    return [service for service in _below(Service) if _is_whole(service)]


def _below(base: type[Any]) -> Iterator[type[Any]]:
    for child in base.__subclasses__():
        yield child
        yield from _below(child)


def _is_whole(service: type[Any]) -> bool:
    """Whether it names its repository, as those that others derive from do not."""
    named = "repository" in vars(service).get("__annotations__", {})
    return named and not getattr(service, "__parameters__", ())


def _writes(service: type[Service[Any]]) -> Iterator[str]:
    if not (issubclass(service, Pluggable) and service.emits_events):
        return
    kind = service.repository_class().entity.entity_name()
    for base in service.__mro__:
        if base.__module__.startswith(ROOT):
            yield from (f"{kind}.{operation}" for operation in _WRITE.findall(inspect.getsource(base)))


REGISTER: tuple[Module, ...] = (
    Module(1, "accounts", "accounts"),
    Module(2, "accounts/account-types", "account_types"),
    Module(3, "auth"),
    Module(4, "auth/login-history", "login_history"),
    Module(5, "aws/s3"),
    Module(6, "aws/sns"),
    Module(7, "aws/sqs"),
    Module(8, "banned-words", "banned_words"),
    Module(9, "carts", "carts"),
    Module(10, "carts/cart-items", "cart_items"),
    Module(11, "cashout-requests", "cashout_requests"),
    Module(12, "common"),
    Module(13, "common/access-control"),
    Module(14, "common/cache"),
    Module(15, "common/event-bus"),
    Module(16, "common/mixins/entity"),
    Module(17, "common/mixins/repository"),
    Module(18, "common/mixins/service"),
    Module(19, "common/observability"),
    Module(20, "common/plugins"),
    Module(21, "config"),
    Module(22, "coupon-codes", "coupon_codes"),
    Module(23, "coupon-codes/coupon-codes-to-orders", "coupon_codes_to_orders"),
    Module(24, "coupon-codes/validators"),
    Module(25, "credits", "credits"),
    Module(26, "downloads", "downloads"),
    Module(27, "email-histories", "email_histories"),
    Module(28, "email-histories/db"),
    Module(29, "event-histories", "event_histories"),
    Module(30, "favorites", "favorites"),
    Module(31, "images", "images"),
    Module(32, "images/image-processors"),
    Module(33, "images/image-types", "image_types"),
    Module(34, "images/previews"),
    Module(35, "licenses", "licenses"),
    Module(36, "options", "options"),
    Module(37, "orders", "orders"),
    Module(38, "orders/order-items", "order_items"),
    Module(39, "products"),
    Module(40, "products/categories", "categories"),
    Module(41, "products/entity-to-categories", "entity_to_categories"),
    Module(42, "products/entity-to-tags", "entity_to_tags"),
    Module(43, "products/families", "families"),
    Module(44, "products/icons", "icons"),
    Module(45, "products/illustrations", "illustrations"),
    Module(46, "products/product-types", "product_types"),
    Module(47, "products/purchased-items"),  # which products a buyer has; the view itself is 54's
    Module(48, "products/sets", "sets"),
    Module(49, "products/styles", "styles"),
    Module(50, "products/subscriptions"),
    Module(51, "products/subscriptions/subscription-plans", "subscription_plans"),
    Module(52, "products/tags", "tags"),
    Module(53, "protected-entities", "protected_entities"),
    Module(54, "purchased-items", "purchased_items"),
    Module(55, "purchased-items/purchases-by-entity-type", "purchases_by_entity_type"),
    Module(56, "search-activity", "search_activity"),
    Module(57, "stripe"),
    Module(58, "stripe/invoices", "invoices"),
    Module(59, "stripe/stripe-customers", "stripe_customers"),
    Module(60, "stripe/stripe-events", "stripe_events"),
    Module(61, "teams", "teams"),
    Module(62, "teams/team-types", "team_types"),
    Module(63, "transactions", "transactions"),
    Module(64, "transactions/payment-types", "payment_types"),
    Module(65, "transactions/transaction-categories", "transaction_categories"),
    Module(66, "transactions/transaction-items", "transaction_items"),
    Module(67, "transactions/transaction-types", "transaction_types"),
    Module(68, "transactions/transactions-view", "transactions_view"),
    Module(69, "users", "users"),
    Module(70, "users/contributor-details", "contributor_details"),
    Module(71, "users/user-addresses", "user_addresses"),
    Module(72, "users/user-roles", "user_roles"),
    Module(73, "users/user-to-roles", "user_to_roles"),
    Module(74, "users/users-to-emails", "users_to_email"),
    Module(75, "users/users-to-socials", "users_to_social"),
    Module(76, "users/users-to-subscription-plans", "users_to_subscription_plans"),
    Module(77, "utils"),
    Module(78, "billing-periods", "billing_periods"),
)

_BY_NAME = {module.name: module for module in REGISTER}
