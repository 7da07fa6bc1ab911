"""The tests of what is bought have a shop and a buyer."""

from __future__ import annotations

import pytest

from tests.base.commerce.shop import Shop
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import User


@pytest.fixture
def shop(work: UnitOfWork) -> Shop:
    """A shop in the unit of work that is rolled back."""
    return Shop(work)


@pytest.fixture
def buyer(shop: Shop) -> User:
    """Somebody who has bought nothing yet."""
    return shop.user()
