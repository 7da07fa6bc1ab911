"""Plugins about accounts: letters with a token, words about passwords, who has joined."""

from __future__ import annotations

from vectoricons.common.plugins import templates
from vectoricons.common.plugins.notifications import Channel
from vectoricons.common.plugins.plugin import Desk, Needs
from vectoricons.config.enums import EntityType
from vectoricons.options import OptionService

NEWSLETTER = "newsletter"


class Person(Needs):
    """Whom the event is about."""

    user_id: int


class NewPerson(Person):
    """Somebody who signed up, and whether they asked for the newsletter."""

    newsletter: bool = False


def signup_verification_email(desk: Desk, told: Person) -> None:
    """Write to who signed up, so that they prove their address. Not to who has, or is gone."""
    user = desk.user(told.user_id)
    if not user.is_verified:
        desk.write(templates.VerifyEmail(), user)


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
