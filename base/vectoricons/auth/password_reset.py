"""Passwords that are forgotten, and passwords that are changed."""

from __future__ import annotations

from vectoricons.auth import audit
from vectoricons.auth.errors import InvalidToken
from vectoricons.auth.login_history import LoginHistoryRepository
from vectoricons.auth.registration import once_a_minute
from vectoricons.auth.sign_in import SignIn
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import User, UserRepository, passwords
from vectoricons.users.events import AddressVerified, PasswordChanged, PasswordResetAsked
from vectoricons.users.users_to_emails import UserToEmailRepository


class PasswordReset:
    """A new password for who can read the letters of the account, or knows the one it has."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self._users = UserRepository(work.session)

    def ask(self, email: str) -> None:
        """Have a letter with a token sent, at most one a minute. The same for an address nobody has."""
        user = self._users.find_by_email(email)
        audit.record(self.work, "forgot-password")
        if user is not None and user.is_open:
            self.work.emit(PasswordResetAsked(user_id=user.id).event(key=once_a_minute(user.id)))

    def reset(self, token: str, password: str) -> User:
        """The user whose letter held *token*, with a new password; sessions end, a locked account opens.

        Raises Invalid for a weak password, which uses up no token, and InvalidToken.
        """
        passwords.require_strong(password)
        user = self._users.redeem_reset_token(token, passwords.hashed(password))
        if user is None:
            raise InvalidToken("This link was used, or is older than fifteen minutes. Ask for a new letter.")
        self._prove_address(user)
        LoginHistoryRepository(self.work.session).forgive(user.email)
        self._tell(user, "reset-password")
        return user

    def change(self, user: User, current: str, new: str, *, ip_address: str | None = None) -> User:
        """The user with a *new* password; sessions end. Raises as signing in does for a wrong one."""
        passwords.require_strong(new)
        proven = SignIn(self.work).prove(user.email, current, ip_address=ip_address)
        changed = self._users.set_password(proven.id, passwords.hashed(new))
        self._tell(proven, "change-password")
        return changed or proven

    def _prove_address(self, user: User) -> None:
        """Who had the token has read the letter."""
        emails = UserToEmailRepository(self.work.session)
        emails.add(user.id, user.email)
        claimed = emails.find_one({"user_id": user.id, "email": user.email})
        if claimed and not claimed.is_verified:
            emails.update(claimed.id, {"is_verified": True, "verified_at": user.verified_at})
            emails.activate(user.id, claimed.id)
            self.work.emit(AddressVerified(user_id=user.id).event(key=user.id))

    def _tell(self, user: User, operation: str) -> None:
        audit.record(self.work, operation, user.id)
        self.work.emit(PasswordChanged(user_id=user.id).event())
