"""Cashouts: what is asked for is held, paid once, or the contributor's again."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.base.money import CASH, EARNED, SYSTEM, Market, books_are_right, went
from tests.databases import rolled_back
from vectoricons.accounts.account_types import AccountTypeId
from vectoricons.cashout_requests import (
    MOVES,
    CashoutMethod,
    CashoutRequest,
    CashoutRequestService,
    CashoutStatus,
)
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, Forbidden, Invalid, NotFound
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.transactions import InsufficientFunds

HELD = AccountTypeId.USER_LIABILITY


@pytest.fixture
def market(work: UnitOfWork) -> Market:
    """Its contributor has earned sixty dollars."""
    market = Market(work)
    market.paid(market.user(), market.icon("100.00"))
    return market


def contributor(market: Market) -> CashoutRequestService:
    return CashoutRequestService(market.acting_as(market.contributor, Role.CONTRIBUTOR))


def admin(market: Market) -> CashoutRequestService:
    return CashoutRequestService(market.acting_as(market.user(), Role.ADMIN))


def ask(market: Market, amount: str = "50.00") -> CashoutRequest:
    return contributor(market).request(
        market.contributor.id, Decimal(amount), email="ann@example.org", method=CashoutMethod.PAYPAL
    )


def test_what_is_asked_for_is_held_at_once(market: Market) -> None:
    asked = ask(market)
    assert asked.status == CashoutStatus.PENDING
    assert market.on(market.contributor, EARNED) == Decimal("10.00")
    assert market.on(market.contributor, HELD) == Decimal("50.00")
    with pytest.raises(InsufficientFunds):
        ask(market, "10.01")


def test_a_completed_cashout_leaves_the_house_once(market: Market) -> None:
    asked = ask(market)
    office = admin(market)
    approved = office.approve(asked.id)
    assert approved.approver_id == office.work.actor.id
    office.complete(asked.id)
    ended = office.complete(asked.id)
    assert ended.status == CashoutStatus.COMPLETED
    assert market.on(None, CASH) == Decimal("-50.00")
    assert market.on(market.contributor, HELD) == 0
    assert books_are_right(market.work)


@pytest.mark.parametrize(
    "steps", [("deny",), ("approve", "fail"), ("request_cancellation", "cancel")], ids="-".join
)
def test_what_is_not_paid_is_the_contributor_s_again(market: Market, steps: tuple[str, ...]) -> None:
    asked = ask(market)
    for step in steps:
        _step(market, asked.id, step)
    assert market.on(market.contributor, EARNED) == Decimal("60.00")
    assert market.on(market.contributor, HELD) == 0
    assert books_are_right(market.work)


def test_a_move_that_does_not_follow_is_refused_in_words(market: Market) -> None:
    asked = ask(market)
    with pytest.raises(Conflict, match="is pending; it cannot become completed"):
        admin(market).complete(asked.id)
    admin(market).deny(asked.id, "no invoice")
    with pytest.raises(Conflict, match="is denied"):
        admin(market).approve(asked.id)


@pytest.mark.parametrize("amount", ["9.99", "0", "-20", "10.001"])
def test_less_than_ten_dollars_or_parts_of_cents_are_refused(market: Market, amount: str) -> None:
    with pytest.raises(Invalid, match="or more"):
        ask(market, amount)


def test_a_malformed_address_is_refused(market: Market) -> None:
    with pytest.raises(Invalid, match="is not an e-mail address"):
        contributor(market).request(
            market.contributor.id, Decimal(20), email="nowhere", method=CashoutMethod.PAYPAL
        )


def test_contributors_ask_for_themselves_and_only_the_office_decides(market: Market) -> None:
    asked = ask(market)
    stranger = market.user()
    theirs = CashoutRequestService(market.acting_as(stranger, Role.CONTRIBUTOR))
    assert theirs.get_by_id(asked.id) is None
    for refused in (
        lambda: theirs.request(
            market.contributor.id, Decimal(20), email="a@example.org", method=CashoutMethod.PAYPAL
        ),
        lambda: theirs.request_cancellation(asked.id),
        lambda: contributor(market).approve(asked.id),
        lambda: contributor(market).complete(asked.id),
        lambda: CashoutRequestService(market.buying(market.contributor)).request(
            market.contributor.id, Decimal(20), email="a@example.org", method=CashoutMethod.PAYPAL
        ),
    ):
        with pytest.raises((Forbidden, NotFound)):
            refused()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.sampled_from(["approve", "deny", "complete", "fail", "request_cancellation", "cancel"]),
        max_size=6,
    )
)
def test_whatever_is_told_a_request_is_where_its_moves_lead(database: Database, steps: list[str]) -> None:
    with rolled_back(database, SYSTEM) as work:
        market = Market(work)
        market.paid(market.user(), market.icon("100.00"))
        asked = ask(market)
        before = asked.status
        for step in steps:
            went(partial(_step, market, asked.id, step))
            after = CashoutRequestService(work).assert_exists(asked.id).status
            assert after == before or after in MOVES[before]
            before = after
        assert books_are_right(work)


def _step(market: Market, id: int, step: str) -> CashoutRequest:
    office = CashoutRequestService(market.work)
    move = getattr(office, step)
    moved: CashoutRequest = move(id, "for the test") if step in {"deny", "fail"} else move(id)
    return moved
