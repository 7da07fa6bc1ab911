"""What happens to people, as the world is told. No payload holds an address, a token or a link."""

from __future__ import annotations

from vectoricons.common.event_bus.payload import Payload


class SignedUp(Payload, name="user.signup"):
    """Somebody registered: a letter with a token goes to their address."""

    user_id: int


class SignedUpAgain(Payload, name="user.signup.error"):
    """Somebody registered with the address of this account: its owner is told, and nobody else."""

    user_id: int


class AddressVerified(Payload, name="user.verify-email"):
    """The account can be used from now on: its address was proven."""

    user_id: int


class AddressAdded(Payload, name="user.add-email"):
    """A person gave one more address: a letter with a token goes there. *email_id* is of users_to_email."""

    user_id: int
    email_id: int


class AddressChanged(Payload, name="user.update-email"):
    """A person is reached at another of their addresses now; the one before is told."""

    user_id: int
    previous_email_id: int | None


class SignedIn(Payload, name="user.login"):
    """Somebody signed in."""

    user_id: int


class SignedOut(Payload, name="user.logout"):
    """Somebody ended all sessions of theirs."""

    user_id: int


class PasswordResetAsked(Payload, name="user.reset-password"):
    """Somebody forgot the password of this account: a letter with a token goes to its address."""

    user_id: int


class PasswordChanged(Payload, name="user.password-changed"):
    """The account has a new password; its sessions have ended."""

    user_id: int


class Deleted(Payload, name="user.delete"):
    """The account was put away."""

    user_id: int


class ContributorApplied(Payload, name="contributor.applied"):
    """Somebody wants to sell: an administrator is to decide."""

    user_id: int


class ContributorApproved(Payload, name="contributor.approved"):
    """Somebody may sell from now on."""

    user_id: int


class ContributorDeclined(Payload, name="contributor.declined"):
    """Somebody may not sell; the application says why."""

    user_id: int
