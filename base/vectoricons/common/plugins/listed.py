"""The plugins there are: who hears of what. Taking a line out is switching that plugin off."""

from __future__ import annotations

from vectoricons.common.plugins import accounts, general, orders
from vectoricons.common.plugins.notifications import AppStarted, EmailAsked, SlackAsked
from vectoricons.common.plugins.plugin import Plugin

PLUGINS: tuple[Plugin, ...] = (
    Plugin("hello-world", "app.start", AppStarted, general.hello_world),
    Plugin("notify-slack", "notify-slack", SlackAsked, general.notify_slack),
    Plugin("notify-email", "notify-email", EmailAsked, general.notify_email),
    Plugin("welcome-offer", "user.verify-email", accounts.Person, orders.welcome_offer),
    Plugin(
        "cancel-subscription-offer",
        "order.cancel-subscription",
        accounts.Person,
        orders.cancel_subscription_offer,
    ),
    Plugin(
        "slack-subscription-cancelled",
        "order.cancel-subscription",
        accounts.Person,
        orders.slack_subscription_cancelled,
    ),
    Plugin(
        "slack-credits-purchased",
        "order.credits.purchase",
        orders.CreditsBought,
        orders.slack_credits_purchased,
    ),
    Plugin("slack-user-signup", "user.signup", accounts.Person, accounts.slack_user_signup),
    Plugin("order-confirmation", "order.confirmation", orders.Ordered, orders.order_confirmation),
    Plugin("signup-verification-email", "user.signup", accounts.Person, accounts.signup_verification_email),
    Plugin("password-changed", "user.password-changed", accounts.Person, accounts.password_changed),
    Plugin("reset-password", "user.reset-password", accounts.Person, accounts.reset_password),
    Plugin(
        "signup-subscribe-to-newsletter",
        "user.signup",
        accounts.NewPerson,
        accounts.signup_subscribe_to_newsletter,
    ),
    Plugin(
        "address-verification-email", "user.add-email", accounts.Address, accounts.address_verification_email
    ),
    Plugin("address-changed", "user.update-email", accounts.PreviousAddress, accounts.address_changed),
    Plugin("signed-up-again", "user.signup.error", accounts.Person, accounts.signed_up_again),
    Plugin("application-received", "contributor.applied", accounts.Person, accounts.application_received),
    Plugin("application-approved", "contributor.approved", accounts.Person, accounts.application_approved),
    Plugin("application-declined", "contributor.declined", accounts.Person, accounts.application_declined),
)
