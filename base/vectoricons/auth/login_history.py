"""Login history: every attempt to sign in, and which of them count against the next.

An attempt is written down as failed before its password is looked at, so that however many arrive at once,
no more of them than the limit says get that far.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from math import ceil
from typing import ClassVar

from sqlalchemy import ColumnElement, ForeignKey, Index, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Timestamped
from vectoricons.common.errors import AppError, Invalid
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, one_of

WINDOW = timedelta(minutes=15)
LONGEST_ADDRESS = 255
MOST_OF_ONE_ACCOUNT = 10
MOST_FROM_ONE_ADDRESS = 100  # an office behind one address is many people


class LoginStatus(StrEnum):
    """How an attempt ended."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class LoginReason(StrEnum):
    """Why an attempt failed. The person who tried is told none of these."""

    UNFINISHED = "unfinished"
    UNKNOWN_ADDRESS = "unknown-address"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a reason
    NOT_VERIFIED = "not-verified"
    NOT_ACTIVE = "not-active"
    CLOSED = "closed"
    LOCKED = "locked"


class TooManyAttempts(AppError):
    """So many attempts failed that no password is looked at for a while, not even the right one."""

    code = "too-many-attempts"
    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many attempts to sign in"


class LoginHistoryRow(Row, HasTimestamps):
    __tablename__ = "login_history"
    __table_args__ = (
        one_of("status", LoginStatus),
        Index("ix_login_history_email", "email", "created_at"),
        Index("ix_login_history_ip_address", "ip_address", "created_at"),
        Index("ix_login_history_user_id", "user_id", "id"),
    )

    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="set null"))
    email: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    ip_address: Mapped[str | None] = mapped_column(String(45))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    token_version: Mapped[int | None]
    is_counted: Mapped[bool] = mapped_column(server_default=text("true"))


class LoginHistory(Timestamped):
    """An attempt to sign in. One that is not counted does not bring the account closer to its limit."""

    id: int
    user_id: int | None
    email: str
    ip_address: str | None
    status: LoginStatus
    reason: LoginReason | None
    token_version: int | None
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that may look at the password, and how many more may fail after it."""

    id: int
    email: str
    left: int


class LoginHistoryRepository(Repository[LoginHistoryRow, LoginHistory]):
    """Attempts."""

    def begin(self, email: str, ip_address: str | None) -> Attempt:
        """A new attempt, failed until :meth:`succeed` says otherwise; commit before looking at the password.

        Raises TooManyAttempts, which is written down as well. Attempts of one account, and from one address,
        are counted one after another: by locks that the commit gives back, the account's first.
        """
        email = email.lower().replace("\0", "")[:LONGEST_ADDRESS]
        self._one_at_a_time("account", email)
        failed = self._failed(LoginHistoryRow.email == email, MOST_OF_ONE_ACCOUNT)
        self._refuse_at(MOST_OF_ONE_ACCOUNT, failed, email, ip_address)
        if ip_address is not None:
            self._one_at_a_time("address", ip_address)
            of_address = self._failed(LoginHistoryRow.ip_address == ip_address, MOST_FROM_ONE_ADDRESS)
            self._refuse_at(MOST_FROM_ONE_ADDRESS, of_address, email, ip_address)
        begun = self._write(email, ip_address, LoginReason.UNFINISHED)
        return Attempt(begun.id, email, MOST_OF_ONE_ACCOUNT - len(failed) - 1)

    def succeed(self, attempt: Attempt, user_id: int, token_version: int) -> None:
        """The attempt was the person's own: what failed before it counts no more."""
        self.forgive(attempt.email)
        self.update(
            attempt.id,
            {
                "status": LoginStatus.SUCCESS,
                "reason": None,
                "user_id": user_id,
                "token_version": token_version,
            },
        )

    def fail(self, attempt: Attempt, reason: LoginReason, user_id: int | None) -> None:
        """The attempt failed, and this is why."""
        self.update(attempt.id, {"reason": reason, "user_id": user_id})

    def forgive(self, email: str) -> int:
        """How many failed attempts for the account count no more."""
        self._one_at_a_time("account", email.lower())
        counted = {"email": email.lower(), "status": LoginStatus.FAILED, "is_counted": True}
        return self.update_where(counted, {"is_counted": False})

    def count_failed(self, *, email: str | None = None, ip_address: str | None = None) -> int:
        """How many attempts count now against the account, the address, or both. Invalid for neither."""
        given: list[ColumnElement[bool]] = []
        if email is not None:
            given.append(LoginHistoryRow.email == email.lower())
        if ip_address is not None:
            given.append(LoginHistoryRow.ip_address == ip_address)
        if not given:
            raise Invalid("Say whose failed attempts to count: an e-mail address, an IP address, or both.")
        counted = select(func.count()).where(*given, *_counts())
        return self._session.scalar(counted) or 0

    def _one_at_a_time(self, kind: str, name: str) -> None:
        lock = "select pg_advisory_xact_lock(hashtext('sign-in by ' || :kind), hashtext(:name))"
        self.raw(lock, kind=kind, name=name)

    def _failed(self, whose: ColumnElement[bool], most: int) -> list[datetime]:
        """When the last attempts that count failed, newest first, *most* at most."""
        newest = LoginHistoryRow.created_at.desc()
        return list(
            self._session.scalars(
                select(LoginHistoryRow.created_at).where(whose, *_counts()).order_by(newest).limit(most)
            )
        )

    def _refuse_at(self, most: int, failed: list[datetime], email: str, ip_address: str | None) -> None:
        if len(failed) < most:
            return
        refused = self._write(email, ip_address, LoginReason.LOCKED)
        seconds = ceil((failed[-1] + WINDOW - refused.created_at).total_seconds())
        raise TooManyAttempts(
            f"Too many attempts failed. Wait {ceil(seconds / 60)} minutes, or reset your password.",
            retryAfter=max(seconds, 1),
        )

    def _write(self, email: str, ip_address: str | None, reason: LoginReason) -> LoginHistory:
        return self.create(
            {
                "email": email,
                "ip_address": ip_address,
                "status": LoginStatus.FAILED,
                "reason": reason,
                "is_counted": reason != LoginReason.LOCKED,  # else trying on would lock for ever
            }
        )


class LoginHistoryService(Observable[LoginHistory], Pluggable[LoginHistory], AccessControlled[LoginHistory]):
    """Attempts: people see those on their own account, administrators all. Nobody writes them but sign-in."""

    repository: LoginHistoryRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(("create", "update", "upsert", "delete", "reset"), nobody)

    def get_by_user(self, user_id: int) -> list[LoginHistory]:
        """The attempts on a user's account; refuses when they are more than a thousand."""
        return self.get_where({"user_id": user_id})

    def get_by_email(self, email: str) -> list[LoginHistory]:
        """The attempts with an e-mail address, known or not; refuses when they are more than a thousand."""
        return self.get_where({"email": email.lower()})

    def get_by_ip_address(self, ip_address: str) -> list[LoginHistory]:
        """The attempts from an IP address; refuses when they are more than a thousand."""
        return self.get_where({"ip_address": ip_address})

    def get_by_status(self, status: LoginStatus) -> list[LoginHistory]:
        """The attempts that ended so; refuses when they are more than a thousand."""
        return self.get_where({"status": status})

    def reset(self, email: str) -> int:
        """How many failed attempts count no more: the account is open again."""
        operation = Write(name="reset", items=({"email": email.lower()},))
        return self._perform(operation, lambda: self.repository.forgive(email))


def _counts() -> tuple[ColumnElement[bool], ...]:
    return (
        LoginHistoryRow.status == LoginStatus.FAILED,
        LoginHistoryRow.is_counted.is_(True),
        LoginHistoryRow.created_at > func.statement_timestamp() - WINDOW,
    )
