"""Where the money is."""

from __future__ import annotations

from typing import Any

from tests.base.contracts.modules.module import Module, value_and_label
from tests.base.world import World, word
from vectoricons.accounts import AccountService
from vectoricons.accounts.account_types import AccountTypeId, AccountTypeService
from vectoricons.transactions import (
    PaymentTypeId,
    TransactionCategoryId,
    TransactionService,
    TransactionTypeId,
)
from vectoricons.transactions.payment_types import PaymentTypeService
from vectoricons.transactions.transaction_categories import TransactionCategoryService
from vectoricons.transactions.transaction_items import TransactionItemService
from vectoricons.transactions.transaction_types import TransactionTypeService


def account(world: World) -> dict[str, Any]:
    return {
        "user_id": world.contributor.id,
        "account_type_id": AccountTypeId.REVENUE,
        "label": word("account"),
    }


def transaction(_world: World) -> dict[str, Any]:
    return {
        "idempotency_key": word("key"),
        "amount": "9.90",
        "payment_type_id": PaymentTypeId.PAY_AS_YOU_GO,
        "transaction_category_id": TransactionCategoryId.SALE,
    }


def transaction_item(world: World) -> dict[str, Any]:
    return {
        "transaction_id": TransactionService(world.work).repository.create(transaction(world)).id,
        "account_id": AccountService(world.work).repository.create(account(world)).id,
        "transaction_type_id": TransactionTypeId.CREDIT,
        "payment_type_id": PaymentTypeId.PAY_AS_YOU_GO,
        "amount": "9.90",
    }


MODULES: tuple[Module, ...] = (
    Module(AccountService, account, {"description": "other"}),
    Module(AccountTypeService, value_and_label, {"label": "other"}),
    Module(PaymentTypeService, lambda _: {"type": word("barter")}, {"description": "other"}),
    Module(TransactionCategoryService, value_and_label, {"label": "other"}),
    Module(TransactionItemService, transaction_item, {"memo": "other"}),
    Module(TransactionService, transaction, {"order_id": 7}),
    Module(TransactionTypeService, lambda _: {"label": word("way"), "operation": 1}, {"label": "other"}),
)
