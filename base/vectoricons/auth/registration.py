"""Signing up: an account, the proof that its address is its owner's, and further addresses."""

from __future__ import annotations

import time

from vectoricons.auth import audit
from vectoricons.auth.errors import AlreadyVerified, InvalidToken
from vectoricons.common.errors import Conflict, Duplicate
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import User, UserRepository, UserService
from vectoricons.users.events import AddressAdded, AddressVerified, SignedUp, SignedUpAgain
from vectoricons.users.users_to_emails import UserToEmail, UserToEmailRepository, address

A_MINUTE = 60


class Registration:
    """Signing up. Whether an address is known is told to its owner alone, by a letter."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self._users = UserRepository(work.session)
        self._emails = UserToEmailRepository(work.session)

    def register(
        self,
        *,
        email: str,
        username: str,
        display_name: str,
        password: str,
        first_name: str | None = None,
        last_name: str | None = None,
    ) -> None:
        """Make a customer's account and have the letter sent. The same for an address that is known.

        Raises Invalid for what is no address or a weak password, Duplicate for a user name that is taken:
        those stand beside everything somebody sells, for everybody to read.
        """
        if self._users.find_by_username(username):
            raise _taken()
        try:
            with self.work.savepoint():
                user = UserService(self.work).register(
                    email=email,
                    username=username,
                    display_name=display_name,
                    password=password,
                    first_name=first_name,
                    last_name=last_name,
                )
                self._require_unproven(user)
        except Duplicate:
            self._known(email)
        else:
            self.work.emit(SignedUp(user_id=user.id).event(key=user.id))

    def ask_again(self, email: str) -> None:
        """Send the letter once more, at most once a minute. The same for an address nobody has."""
        user = self._users.find_by_email(email)
        audit.record(self.work, "ask-verification")
        if user is None or user.is_verified or not user.is_open:
            return
        claimed = self._emails.add(user.id, user.email)
        claimed = claimed or self._emails.find_one({"user_id": user.id, "email": user.email})
        if claimed:
            self.work.emit(
                AddressAdded(user_id=user.id, email_id=claimed.id).event(key=once_a_minute(user.id))
            )

    def verify_email(self, token: str) -> UserToEmail:
        """The address whose letter held *token*, proven; with the address of the account, the account.

        Raises InvalidToken for one that is unknown or too old, AlreadyVerified at the second click, Conflict
        when the account is closed or somebody else proved that the address is theirs.
        """
        claimed = self._emails.find_by_token(token)
        if claimed is None:
            raise InvalidToken(
                "This link was replaced by a newer one, or is not whole. Use the latest letter."
            )
        user = self._users.find_by_id(claimed.user_id)
        if user is None or not user.is_open:
            raise Conflict("This account was closed.")
        proven = claimed if claimed.is_verified else self._emails.verify(claimed.id)
        if claimed.is_verified or (proven is None and self._is_verified(claimed)):
            raise AlreadyVerified("You confirmed this address before. Sign in.")
        if proven is None:
            raise InvalidToken("This link is older than fifteen minutes. Ask for a new letter.")
        audit.record(self.work, "verify-email", user.id, email_id=proven.id)
        if proven.email == user.email:
            self._open_account(user, proven)
        return proven

    def _open_account(self, user: User, proven: UserToEmail) -> None:
        self._users.update(user.id, {"is_verified": True, "verified_at": proven.verified_at})
        self._emails.activate(user.id, proven.id)
        self.work.emit(AddressVerified(user_id=user.id).event(key=user.id))

    def _is_verified(self, claimed: UserToEmail) -> bool:
        return self._emails.exists({"id": claimed.id, "is_verified": True})

    def _require_unproven(self, user: User) -> None:
        """An address that somebody proved as one of theirs is known, though no account goes by it."""
        if self._emails.exists({"email": user.email, "is_verified": True}):
            raise Duplicate("This address is another account's.")

    def _known(self, email: str) -> None:
        known = self._users.find_by_email(email)
        proven = self._emails.find_one({"email": address(email), "is_verified": True})
        owner = known.id if known else proven.user_id if proven else None
        if owner is None:  # it was the user name: somebody took it a moment before
            raise _taken()
        self.work.emit(SignedUpAgain(user_id=owner).event(key=once_a_minute(owner)))


def once_a_minute(user_id: int) -> str:
    """A key for events that lead to a letter: nobody's letter box is filled by asking again and again."""
    return f"{user_id}:{int(time.time()) // A_MINUTE}"


def _taken() -> Duplicate:
    return Duplicate("This user name is taken. Choose another one.")
