"""Plugins about accounts: letters with a token, words about passwords, who has joined."""

from __future__ import annotations

from vectoricons.common.plugins import templates
from vectoricons.common.plugins.notifications import Channel
from vectoricons.common.plugins.plugin import Desk, Needs
from vectoricons.config.enums import EntityType
from vectoricons.options import OptionService
from vectoricons.users.contributor_details import ContributorDetailService
from vectoricons.users.users_to_emails import UserToEmailService

NEWSLETTER = "newsletter"


class Person(Needs):
    """Whom the event is about."""

    user_id: int


class Address(Needs):
    """Which of somebody's addresses the event is about."""

    email_id: int


class PreviousAddress(Person):
    """Whom the event is about, and at which address they were reached."""

    previous_email_id: int | None


class NewPerson(Person):
    """Somebody who signed up, and whether they asked for the newsletter."""

    newsletter: bool = False


def signup_verification_email(desk: Desk, told: Person) -> None:
    """Write to who signed up, so that they prove their address. Not to who has, or is gone."""
    user = desk.user(told.user_id)
    if not user.is_verified:
        desk.write(templates.VerifyEmail(), user)


def address_verification_email(desk: Desk, told: Address) -> None:
    """Write to an address that somebody says is theirs, so that they prove it. Not to one that is proven."""
    email = UserToEmailService(desk.work).get_by_id(told.email_id)
    if email and not email.is_verified:
        desk.write(templates.VerifyEmail(), desk.user(email.user_id), at=email.email)


def address_changed(desk: Desk, told: PreviousAddress) -> None:
    """Tell whoever reads the address that somebody was reached at before, if it is still theirs."""
    emails = UserToEmailService(desk.work)
    before = emails.get_by_id(told.previous_email_id) if told.previous_email_id else None
    if before:
        desk.write(templates.AddressChanged(), desk.user(told.user_id), at=before.email)


def signed_up_again(desk: Desk, told: Person) -> None:
    """Tell the owner of an account that somebody signed up with its address."""
    desk.write(templates.UserSignUp(), desk.user(told.user_id))


def application_received(desk: Desk, told: Person) -> None:
    """Tell who applied that their application is there, and have people read that it is to be decided."""
    user = desk.user(told.user_id)
    desk.write(templates.ContributorSignup(), user)
    desk.tell(Channel.CONTRIBUTORS, f"{user.display_name} ({user.username}) has applied to sell.")


def application_approved(desk: Desk, told: Person) -> None:
    """Tell who applied that they may sell."""
    desk.write(templates.ContributorApproved(), desk.user(told.user_id))


def application_declined(desk: Desk, told: Person) -> None:
    """Tell who applied that they may not sell, and why. Not who has applied again in the meantime."""
    found = ContributorDetailService(desk.work).get_one({"user_id": told.user_id})
    if found and found.reason:
        desk.write(templates.ContributorDeclined(reason=found.reason), desk.user(told.user_id))


def password_changed(desk: Desk, told: Person) -> None:
    """Tell the owner of an account that its password is another now."""
    desk.write(templates.ResetConfirmation(), desk.user(told.user_id))


def reset_password(desk: Desk, told: Person) -> None:
    """Write to who forgot their password."""
    desk.write(templates.ResetPassword(), desk.user(told.user_id))


def slack_user_signup(desk: Desk, told: Person) -> None:
    """Have people read who joined: what everybody may know, not how to reach them."""
    user = desk.user(told.user_id)
    desk.tell(Channel.SIGNUPS, f"{user.display_name} ({user.username}) signed up.")


def signup_subscribe_to_newsletter(desk: Desk, told: NewPerson) -> None:
    """Remember that somebody asked for the newsletter when they signed up."""
    if told.newsletter:
        OptionService(desk.work).set_value(EntityType.USER, told.user_id, NEWSLETTER, "asked")
