"""Plugins: what follows from an event."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.base.plugins.stage import SYSTEM, Stage
from vectoricons.auth.letters import Letters
from vectoricons.auth.registration import Registration
from vectoricons.common import migrate
from vectoricons.common.event_bus import payload
from vectoricons.common.plugins.host import PluginsFailed
from vectoricons.common.plugins.listed import PLUGINS
from vectoricons.users import UserRepository
from vectoricons.users.contributor_details import ContributorDetailService
from vectoricons.users.users_to_emails import UserToEmailService

ORIGINAL = {
    "hello-world",
    "notify-slack",
    "notify-email",
    "welcome-offer",
    "cancel-subscription-offer",
    "slack-subscription-cancelled",
    "slack-credits-purchased",
    "slack-user-signup",
    "order-confirmation",
    "signup-verification-email",
    "password-changed",
    "reset-password",
    "signup-subscribe-to-newsletter",
}
OURS = {
    "address-verification-email",
    "address-changed",
    "signed-up-again",
    "application-received",
    "application-approved",
    "application-declined",
}


# -- what there is


def test_the_four_active_the_nine_retired_and_our_six_are_all_there() -> None:
    assert {plugin.name for plugin in PLUGINS} == ORIGINAL | OURS
    assert len(PLUGINS) == 19


def test_an_event_carries_what_the_plugins_that_hear_of_it_need() -> None:
    migrate.metadata()  # imports every module, and so registers every event
    emitted = set(payload.names())
    for plugin in PLUGINS:
        needed = {name for name, field in plugin.needs.model_fields.items() if field.is_required()}
        if plugin.event in emitted:
            assert needed <= set(payload.payload_type(plugin.event).model_fields), plugin.name
    assert {"user.signup", "user.verify-email", "order.confirmation", "notify-slack"} <= emitted


# -- what each does


def test_a_start_is_greeted_and_nothing_else_comes_of_it(stage: Stage) -> None:
    stage.deliver("app.start", service="worker-messenger")
    assert (stage.letters(), stage.told(), stage.board.posts) == ([], [], [])


def test_a_message_for_slack_is_posted_to_its_channel(stage: Stage) -> None:
    stage.deliver("notify-slack", channel="#general", message="Hello")
    assert stage.board.posts == [("#general", "Hello")]


@pytest.mark.parametrize(
    "data", [{}, {"channel": "#general"}, {"message": "Hello"}, {"channel": "#nowhere", "message": "Hello"}]
)
def test_a_message_without_channel_or_words_is_refused(stage: Stage, data: dict[str, str]) -> None:
    with pytest.raises(PluginsFailed, match="notify-slack"):
        stage.deliver("notify-slack", **data)
    assert (stage.board.posts, stage.told()) == ([], [])


def test_a_letter_that_is_asked_for_is_written(stage: Stage) -> None:
    asked = {"type": "credits-added", "userId": stage.user.id, "data": {"quantity": 50}}
    stage.deliver("notify-email", **asked)
    (written,) = stage.letters()
    assert (written.template, written.recipient) == ("credits-added", stage.user.email)
    assert written.payload == {"quantity": 50}


@pytest.mark.parametrize(
    "changes", [{"type": "no-such-letter"}, {"userId": 2**40}, {"data": {"quantity": "many"}}, {"data": {}}]
)
def test_a_letter_that_cannot_be_written_is_refused(stage: Stage, changes: dict[str, Any]) -> None:
    asked = {"type": "credits-added", "userId": stage.user.id, "data": {"quantity": 50}}
    with pytest.raises(PluginsFailed, match="notify-email"):
        stage.deliver("notify-email", **{**asked, **changes})
    assert stage.letters() == []


def test_who_proves_their_address_gets_a_coupon_by_mail(stage: Stage) -> None:
    stage.deliver("user.verify-email", userId=stage.user.id)
    (coupon,) = stage.coupons()
    assert (coupon.type, coupon.scope, coupon.amount) == ("fixed", "subscription", Decimal("10.00"))
    assert (coupon.max_uses, coupon.min_purchase_amount, len(coupon.code)) == (1, Decimal("5.00"), 8)
    assert coupon.start_date is not None
    assert coupon.end_date is not None
    assert coupon.end_date - coupon.start_date == timedelta(days=30)
    (written,) = stage.letters()
    assert written.template == "welcome-offer"
    assert written.payload == {"coupon_code": coupon.code, "amount": "10.00"}


def test_who_cancels_is_offered_half_a_year_and_people_read_of_it(stage: Stage) -> None:
    stage.deliver("order.cancel-subscription", userId=stage.user.id)
    (coupon,) = stage.coupons()
    assert (coupon.type, coupon.amount, coupon.min_purchase_amount) == (
        "percentage",
        Decimal("50.00"),
        Decimal("72.00"),
    )
    assert [written.template for written in stage.letters()] == ["cancel-subscription"]
    assert stage.told() == [("#transactions", f"{stage.user.username} cancelled a subscription.")]


def test_people_read_who_bought_credits(stage: Stage) -> None:
    stage.deliver("order.credits.purchase", userId=stage.user.id, quantity=1000)
    assert stage.told() == [("#transactions", f"{stage.user.username} bought 1,000 credits.")]


def test_an_order_is_confirmed(stage: Stage) -> None:
    stage.deliver("order.confirmation", userId=stage.user.id, orderId=9, amount="12.50")
    (written,) = stage.letters()
    assert (written.template, written.payload) == ("order-confirmation", {"order_id": 9, "amount": "12.50"})


def test_an_order_without_a_buyer_or_an_amount_is_not(stage: Stage) -> None:
    for missing in ({"orderId": 9, "amount": "1"}, {"userId": stage.user.id, "orderId": 9}):
        with pytest.raises(PluginsFailed, match="order-confirmation"):
            stage.deliver("order.confirmation", **missing)
    assert stage.letters() == []


def test_who_signs_up_gets_a_letter_and_people_read_of_it(stage: Stage) -> None:
    stage.deliver("user.signup", userId=stage.user.id)
    (written,) = stage.letters()
    assert (written.template, written.payload) == ("verify-email", {})
    ((channel, message),) = stage.told()
    assert channel == "#signups"
    assert stage.user.username in message
    assert stage.user.email not in message
    assert stage.options() == {}


def test_who_is_verified_or_gone_gets_no_letter_to_verify(stage: Stage) -> None:
    with stage.database.unit_of_work(SYSTEM) as work:
        UserRepository(work.session).update(stage.user.id, {"is_verified": True})
    stage.deliver("user.signup", userId=stage.user.id)
    with stage.database.unit_of_work(SYSTEM) as work:
        UserRepository(work.session).update(stage.user.id, {"is_verified": False, "is_deleted": True})
    stage.deliver("user.signup", userId=stage.user.id)
    assert stage.letters() == []


def test_who_asked_for_the_newsletter_is_remembered(stage: Stage) -> None:
    stage.deliver("user.signup", userId=stage.user.id, newsletter=True)
    assert stage.options() == {"newsletter": "asked"}


@pytest.mark.parametrize(
    ("event", "written_as"),
    [("user.password-changed", "reset-confirmation"), ("user.reset-password", "reset-password")],
)
def test_owners_hear_of_their_passwords(stage: Stage, event: str, written_as: str) -> None:
    stage.deliver(event, userId=stage.user.id)
    (written,) = stage.letters()
    assert (written.template, written.payload) == (written_as, {})


def test_a_further_address_is_written_to_until_it_is_proven(stage: Stage) -> None:
    with stage.database.unit_of_work(SYSTEM) as work:
        email = UserToEmailService(work).add(stage.user.id, f"further-{stage.user.email}")
    stage.deliver("user.add-email", userId=stage.user.id, emailId=email.id)
    (written,) = stage.letters()
    assert (written.template, written.recipient) == ("verify-email", email.email)
    with stage.database.unit_of_work(SYSTEM) as work:
        token = Letters(work).to_verify_at(stage.user.id, written.recipient)
        assert token
        assert Registration(work).verify_email(token.token).id == email.id
        assert Letters(work).to_verify_at(stage.user.id, written.recipient) is None
    stage.deliver("user.add-email", userId=stage.user.id, emailId=email.id)
    assert len(stage.letters()) == 1


def test_the_address_before_is_told_of_another(stage: Stage) -> None:
    with stage.database.unit_of_work(SYSTEM) as work:
        before = UserToEmailService(work).add(stage.user.id, f"before-{stage.user.email}")
    stage.deliver("user.update-email", userId=stage.user.id, previousEmailId=before.id)
    stage.deliver("user.update-email", userId=stage.user.id, previousEmailId=None)
    (written,) = stage.letters()
    assert (written.template, written.recipient) == ("address-changed", before.email)


def test_an_owner_hears_that_somebody_signed_up_with_their_address(stage: Stage) -> None:
    stage.deliver("user.signup.error", userId=stage.user.id)
    assert [written.template for written in stage.letters()] == ["user-sign-up"]


def test_who_applies_hears_what_becomes_of_it(stage: Stage) -> None:
    with stage.database.unit_of_work(SYSTEM) as work:
        ContributorDetailService(work).apply(stage.user.id)
    stage.deliver("contributor.applied", userId=stage.user.id)
    ((channel, message),) = stage.told()
    assert (channel, stage.user.username in message) == ("#contributors", True)
    with stage.database.unit_of_work(SYSTEM) as work:
        ContributorDetailService(work).decline(stage.user.id, "Show us {more}.")
    stage.deliver("contributor.declined", userId=stage.user.id)
    stage.deliver("contributor.approved", userId=stage.user.id)
    received, declined, approved = stage.letters()
    assert [each.template for each in (received, approved)] == ["contributor-signup", "contributor-approved"]
    assert (declined.template, declined.payload) == ("contributor-declined", {"reason": "Show us {more}."})


def test_who_applied_again_is_not_told_of_the_refusal_before(stage: Stage) -> None:
    with stage.database.unit_of_work(SYSTEM) as work:
        ContributorDetailService(work).apply(stage.user.id)
    stage.deliver("contributor.declined", userId=stage.user.id)
    assert stage.letters() == []
