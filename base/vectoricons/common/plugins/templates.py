"""Templates of letters: a subject, a text, and what they are filled with, typed.

What a template holds is what is stored of the letter until it is sent, so it holds no token and no link with
one: those are made in the moment of writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from vectoricons.common.entity import Money
from vectoricons.common.errors import Invalid

_templates: dict[str, type[Template]] = {}

SIGNATURE = "VectorIcons\n{site}"


@dataclass(frozen=True, slots=True)
class Words:
    """A letter that is ready to be sent."""

    subject: str
    text: str


class Template(BaseModel):
    """Base of every template: deriving from it with a ``name`` makes it known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: ClassVar[str]
    subject: ClassVar[str]
    text: ClassVar[str]

    def __init_subclass__(cls, *, name: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.template = name
        _templates[name] = cls

    @classmethod
    def has_link(cls) -> bool:
        """Whether it leads to a page with a token."""
        return "{link}" in cls.text

    def words(self, *, to: str, site: str, **more: str) -> Words:
        """The letter to a person called *to*; *more* is what was made in this moment."""
        filled = {name: getattr(self, name) for name in type(self).model_fields} | more
        text = f"Hello {{to}},\n\n{self.text}\n\n{SIGNATURE}\n".format(to=to, site=site, **filled)
        return Words(" ".join(self.subject.format(**filled).split()), text)


def names() -> list[str]:
    """The names of all templates, sorted."""
    return sorted(_templates)


def named(name: str) -> type[Template]:
    """The template *name*. Raises Invalid for one there is not."""
    if name not in _templates:
        raise Invalid(f'There is no letter called "{name}".')
    return _templates[name]


def filled(name: str, values: Mapping[str, Any]) -> Template:
    """The template *name* with *values*. Raises Invalid for one there is not, and for wrong values."""
    try:
        return named(name).model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        raise Invalid(f'The letter "{name}": "{problem["loc"][0]}": {problem["msg"]}.') from None


class VerifyEmail(Template, name="verify-email"):
    subject = "Confirm your address"
    text = (
        "Confirm that this is your address, within fifteen minutes:\n{link}\n\nWhere the page asks "
        "for it, the code is {code}.\n\nIf you did not ask for it, do nothing."
    )


class ResetPassword(Template, name="reset-password"):
    subject = "A new password"
    text = (
        "Choose a new password, within fifteen minutes:\n{link}\n\nWhere the page asks for it, the code "
        "is {code}.\n\nIf you did not ask for it, do nothing."
    )


class ResetConfirmation(Template, name="reset-confirmation"):
    subject = "Your password was changed"
    text = (
        "Your password was changed, and you are signed out everywhere. If that was not you, write "
        "to us at once."
    )


class AddressChanged(Template, name="address-changed"):
    subject = "We reach you elsewhere now"
    text = (
        "Your account goes by another of your addresses from now on. If that was not you, write to us "
        "at once."
    )


class UserSignUp(Template, name="user-sign-up"):
    subject = "Somebody signed up with your address"
    text = (
        "Somebody tried to sign up with your address. You have an account already: sign in, or ask "
        "for a new password."
    )


class WelcomeOffer(Template, name="welcome-offer"):
    coupon_code: str
    amount: Money
    subject = "Welcome: {amount} dollars off your first subscription"
    text = (
        "With the code {coupon_code} you pay {amount} dollars less for a subscription, once, in the"
        " next thirty days."
    )


class CancelSubscription(Template, name="cancel-subscription"):
    coupon_code: str
    percentage: int
    subject = "Before you go: {percentage} % off a year"
    text = (
        "Your subscription is cancelled. With the code {coupon_code} the yearly plan costs "
        "{percentage} % less, for thirty days."
    )


class SubscriptionConfirmation(Template, name="subscription-confirmation"):
    plan: str
    subject = "Your subscription: {plan}"
    text = "You have subscribed to {plan}. Its downloads are yours from now on."


class OrderConfirmation(Template, name="order-confirmation"):
    order_id: int
    amount: Money
    subject = "Your order {order_id}"
    text = (
        "Thank you. You paid {amount} dollars for the order {order_id}; what you bought waits under"
        " your downloads."
    )


class CreditsAdded(Template, name="credits-added"):
    quantity: int
    subject = "{quantity} credits added"
    text = "{quantity} credits were added to your account."


class ContactForm(Template, name="contact-form"):
    message: str
    subject = "We have your message"
    text = "You wrote to us:\n\n{message}\n\nWe answer within two working days."


class ContributorSignup(Template, name="contributor-signup"):
    subject = "Your application"
    text = "We have your application to sell with us, and answer within five working days."


class ContributorApproved(Template, name="contributor-approved"):
    subject = "You may sell with us"
    text = "Your application is approved. Send your first icons from the studio."


class ContributorDeclined(Template, name="contributor-declined"):
    reason: str
    subject = "Your application is declined"
    text = "Your application is declined:\n\n{reason}\n\nYou may apply again whenever you like."


class ContributorSignupForAdmin(Template, name="contributor-signup-for-admin"):
    username: str
    subject = "{username} wants to sell"
    text = "{username} has applied to sell. Decide in the administration."


class SetPublished(Template, name="set-published"):
    set_name: str
    subject = "{set_name} is live"
    text = "Your set {set_name} is public from now on."


class SalesSettlement(Template, name="sales-settlement"):
    period: str
    amount: Money
    subject = "Your sales in {period}"
    text = "Your share of the sales in {period} is {amount} dollars. It stands in your account."


class Cashout(Template, name="cashout-payment"):
    amount: Money
    subject = "{amount} dollars are on their way"
    text = "We have sent you {amount} dollars."


class CashoutApproved(Template, name="cashout-request-approved"):
    amount: Money
    subject = "Your request is approved"
    text = "Your request for {amount} dollars is approved. The money is sent next."


class CashoutDenied(Template, name="cashout-request-deny"):
    amount: Money
    reason: str
    subject = "Your request is declined"
    text = "Your request for {amount} dollars is declined: {reason}. The amount stands in your account again."


class CashoutCancelled(Template, name="cashout-request-cancel"):
    amount: Money
    subject = "Your request is cancelled"
    text = "Your request for {amount} dollars is cancelled. The amount stands in your account again."


class CashoutFailed(Template, name="cashout-transaction-failed"):
    amount: Money
    subject = "A payment did not go through"
    text = (
        "We could not send you {amount} dollars. Look at your payment details; the amount stands in"
        " your account again."
    )


class CashoutForAdmin(Template, name="contributor-cashout-for-admin"):
    username: str
    amount: Money
    subject = "{username} asks for {amount} dollars"
    text = "{username} asks for {amount} dollars. Decide in the administration."


class CashoutCancellationForAdmin(Template, name="cashout-request-cancellation-for-admin"):
    username: str
    amount: Money
    subject = "{username} takes a request back"
    text = "{username} no longer wants the {amount} dollars asked for. Confirm in the administration."
