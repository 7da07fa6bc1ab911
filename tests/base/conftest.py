"""The domain's tests run on clones of one migrated database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from local import stripe_mock
from local.processes import free_port
from tests.base.shop import Shop
from tests.base.world import World
from tests.databases import database, template, work
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.stripe.gateway import StripeGateway, StripeSettings
from vectoricons.users import User, passwords

__all__ = ["buyer", "database", "shop", "template", "work", "world"]


@pytest.fixture
def world(work: UnitOfWork) -> World:
    """People and things in the unit of work that is rolled back."""
    return World(work)


@pytest.fixture
def shop(work: UnitOfWork) -> Shop:
    """A shop in the unit of work that is rolled back."""
    return Shop(work)


@pytest.fixture
def buyer(shop: Shop) -> User:
    """Somebody who has bought nothing yet."""
    return shop.user()


@pytest.fixture
def light_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its cheapest: what is tested is how it is used."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", cheap)
    monkeypatch.setattr(passwords, "_NOBODY", cheap.hash("nobody"))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeGateway]:
    """The real adapter, which talks to Stripe's own stand-in."""
    with stripe_mock.running(tmp_path_factory.mktemp("stripe"), free_port()) as server:
        yield StripeGateway(StripeSettings(secret_key=SecretStr("sk_test_any"), api_base=server.url))
