"""Signing in with a password, going on as who one is, and signing out everywhere."""

from __future__ import annotations

from uuid import UUID

from vectoricons.auth import audit
from vectoricons.auth.login_history import (
    Attempt,
    LoginHistoryRepository,
    LoginReason,
    TooManyAttempts,
)
from vectoricons.common.errors import AppError, Forbidden, Unauthenticated
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import User, UserRepository, passwords
from vectoricons.users.events import SignedIn, SignedOut


class SignIn:
    """Signing in. It commits as it goes, so it is the first thing done in its unit of work.

    An attempt must be on record before the password is looked at, and stay there when it is refused. In
    between no lock and no connection is held: looking at a password takes long on purpose.
    """

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self._users = UserRepository(work.session)
        self._attempts = LoginHistoryRepository(work.session)

    def sign_in(self, email: str, password: str, *, ip_address: str | None = None) -> User:
        """The active, verified user with these credentials, with roles.

        Raises Unauthenticated in the same words and after the same time whatever is wrong, TooManyAttempts
        for any password once too many were wrong, Forbidden for the right one of a closed account.
        """
        user = self.prove(email, password, ip_address=ip_address)
        audit.record(self.work, "sign-in", user.id)
        self.work.emit(SignedIn(user_id=user.id).event())
        return user

    def prove(self, email: str, password: str, *, ip_address: str | None = None) -> User:
        """As :meth:`sign_in`, to make sure of who is there already."""
        attempt = self._begin(email, ip_address)
        found = self._users.find_full_by_email(attempt.email)
        self.work.commit()
        reason = _refusal(found, password)
        if found is None or reason is not None:
            raise self._refused(attempt, reason or LoginReason.UNKNOWN_ADDRESS, found)
        if passwords.outdated(found.password or ""):
            self._users.renew_hash(found.id, found.password or "", passwords.hashed(password))
        self._attempts.succeed(attempt, found.id, found.token_version)
        return found.clone_with(password=None, reset_password_token=None, reset_password_expires=None)

    def resume(self, uuid: UUID, token_version: int) -> User:
        """The user that a session or an access token is of, with roles.

        Raises Unauthenticated when they may not sign in any more or the token was revoked, Forbidden for a
        closed account.
        """
        user = self._users.find_by_uuid(uuid)
        if user is None or not user.may_sign_in or user.token_version != token_version:
            raise Unauthenticated("You are not signed in any more. Sign in again.")
        return _open(user)

    def sign_out(self, user: User) -> None:
        """End every session and access token of the user, on all devices."""
        self._users.revoke_tokens(user.id)
        audit.record(self.work, "sign-out", user.id)
        self.work.emit(SignedOut(user_id=user.id).event())

    def _begin(self, email: str, ip_address: str | None) -> Attempt:
        try:
            return self._attempts.begin(email, ip_address)
        except TooManyAttempts:
            self.work.commit()
            raise

    def _refused(self, attempt: Attempt, reason: LoginReason, user: User | None) -> AppError:
        self._attempts.fail(attempt, reason, user.id if user else None)
        self.work.commit()
        if reason == LoginReason.CLOSED:
            return closed()
        return Unauthenticated(
            "E-mail or password is wrong, or the account is not active yet.", attemptsLeft=attempt.left
        )


def _refusal(user: User | None, password: str) -> LoginReason | None:
    """Why not, or None. The password is looked at first and always: the clock does not tell who exists."""
    is_right = passwords.matches(user.password if user else None, password)
    if user is None:
        return LoginReason.UNKNOWN_ADDRESS
    if not is_right:
        return LoginReason.WRONG_PASSWORD
    if not user.is_open:
        return LoginReason.NOT_ACTIVE
    if not user.is_verified:
        return LoginReason.NOT_VERIFIED
    return LoginReason.CLOSED if user.is_deny_all else None


def _open(user: User) -> User:
    if user.is_deny_all:
        raise closed()
    return user


def closed() -> Forbidden:
    """What somebody is told whose account is closed to everything."""
    return Forbidden("This account is closed to everything. Write to us if that is a mistake.")
