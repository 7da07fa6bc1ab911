"""The domain's tests run on clones of one migrated database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from local import stripe_mock
from local.processes import free_port
from tests.base.shop import Shop
from tests.base.world import World
from tests.databases import database, template, work
from tests.hashing import light_hashing
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.stripe.gateway import StripeGateway, StripeSettings
from vectoricons.users import User

__all__ = ["buyer", "database", "light_hashing", "shop", "template", "work", "world"]


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


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeGateway]:
    """The real adapter, which talks to Stripe's own stand-in."""
    with stripe_mock.running(tmp_path_factory.mktemp("stripe"), free_port()) as server:
        yield StripeGateway(StripeSettings(secret_key=SecretStr("sk_test_any"), api_base=server.url))
