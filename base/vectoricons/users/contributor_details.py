"""Contributor details: who wants to sell, what they say of themselves, and what was decided.

The application's status is moved under a lock on its person, together with the role that follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import DateTime, ForeignKey, Index, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import nobody
from vectoricons.common.entity import Timestamped
from vectoricons.common.errors import Conflict, Invalid
from vectoricons.common.event_bus.payload import Payload
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, one_of
from vectoricons.config.enums import Role
from vectoricons.users.events import ContributorApplied, ContributorApproved, ContributorDeclined
from vectoricons.users.locking import lock_users
from vectoricons.users.user_to_roles import UserToRoleRepository


class ApplicationStatus(StrEnum):
    """Where an application stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


ROLES = {
    ApplicationStatus.PENDING: Role.CONTRIBUTOR_PENDING,
    ApplicationStatus.APPROVED: Role.CONTRIBUTOR,
    ApplicationStatus.DECLINED: Role.CONTRIBUTOR_DECLINED,
}


class ContributorDetailRow(Row, HasTimestamps):
    __tablename__ = "contributor_details"
    __table_args__ = (
        one_of("status", ApplicationStatus),
        Index("ix_contributor_details_status", "status", "id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="cascade"), unique=True)
    company_name: Mapped[str | None] = mapped_column(String(255))
    country: Mapped[str | None] = mapped_column(String(255))
    how_did_you_hear_about_us: Mapped[str | None] = mapped_column(Text)
    intended_assets: Mapped[str | None] = mapped_column(Text)
    looking_for_in_marketplace: Mapped[str | None] = mapped_column(Text)
    links_to_other_markets: Mapped[str | None] = mapped_column(Text)
    publications_interviews: Mapped[str | None] = mapped_column(Text)
    asset_links: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), server_default=ApplicationStatus.PENDING)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="set null"))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str | None] = mapped_column(Text)


class ContributorDetail(Timestamped):
    """An application to sell. *reason* is what the applicant is told when it is declined."""

    id: int
    user_id: int
    company_name: str | None
    country: str | None
    how_did_you_hear_about_us: str | None
    intended_assets: str | None
    looking_for_in_marketplace: str | None
    links_to_other_markets: str | None
    publications_interviews: str | None
    asset_links: str | None
    status: ApplicationStatus
    decided_by: int | None
    decided_at: datetime | None
    reason: str | None


class ContributorDetailRepository(Repository[ContributorDetailRow, ContributorDetail]):
    """Applications; a person has one."""

    unique_key = ("user_id",)

    def find_by_user(self, user_id: int) -> ContributorDetail | None:
        """The person's application, or None."""
        return self.find_one({"user_id": user_id})


class ContributorDetailService(
    Observable[ContributorDetail], Pluggable[ContributorDetail], AccessControlled[ContributorDetail]
):
    """Applications: people write their own, administrators decide."""

    repository: ContributorDetailRepository
    public: ClassVar = False
    guarded: ClassVar = frozenset({"status", "decided_by", "decided_at", "reason"})
    policies: ClassVar = dict.fromkeys(("create", "upsert", "delete", "approve", "decline"), nobody)

    def apply(self, user_id: int, **details: Any) -> ContributorDetail:
        """The person's application, new or with *details* changed; one that was declined is open again.

        Raises Conflict for who is a contributor already.
        """
        return self._perform(
            Write(name="apply", items=({**details, "user_id": user_id},)),
            lambda: self._applied(user_id, details),
        )

    def approve(self, user_id: int) -> ContributorDetail:
        """Make the applicant a contributor; doing it again changes nothing. NotFound without application."""
        return self._perform(
            Write(name="approve", items=({"user_id": user_id},)),
            lambda: self._decided(user_id, ApplicationStatus.APPROVED, ContributorApproved(user_id=user_id)),
        )

    def decline(self, user_id: int, reason: str) -> ContributorDetail:
        """Turn the applicant down, who is told the *reason*; doing it again changes nothing."""
        if not reason.strip():
            raise Invalid("Say why the application is declined: the applicant is told.")
        declined = ContributorDeclined(user_id=user_id)
        return self._perform(
            Write(name="decline", items=({"user_id": user_id, "reason": reason},)),
            lambda: self._decided(user_id, ApplicationStatus.DECLINED, declined, reason),
        )

    def get_pending(self) -> list[ContributorDetail]:
        """What is to be decided, oldest first."""
        return self.get_where({"status": ApplicationStatus.PENDING})

    def _applied(self, user_id: int, details: Mapping[str, Any]) -> ContributorDetail:
        lock_users(self.work.session, [user_id])
        if UserToRoleRepository(self.work.session).holds(user_id, Role.CONTRIBUTOR):
            raise Conflict("This account is a contributor's already.")
        found = self.repository.find_by_user(user_id)
        if found is None:
            return self._moved(
                self.repository.create({**details, "user_id": user_id}), ContributorApplied(user_id=user_id)
            )
        changed = self._there(self.repository.update(found.id, details))
        if found.status == ApplicationStatus.PENDING:
            return changed
        reopened = {
            "status": ApplicationStatus.PENDING,
            "decided_by": None,
            "decided_at": None,
            "reason": None,
        }
        return self._moved(
            self._there(self.repository.update(found.id, reopened)), ContributorApplied(user_id=user_id)
        )

    def _decided(
        self, user_id: int, status: ApplicationStatus, told: Payload, reason: str | None = None
    ) -> ContributorDetail:
        lock_users(self.work.session, [user_id])
        found = self._there(self.repository.find_by_user(user_id))
        if found.status == status:
            return found
        if found.status != ApplicationStatus.PENDING:
            raise Conflict(f"This application was {found.status} already.")
        decision = {
            "status": status,
            "decided_by": self.work.actor.id,
            "decided_at": func.statement_timestamp(),
            "reason": reason,
        }
        return self._moved(self._there(self.repository.update(found.id, decision)), told)

    def _moved(self, application: ContributorDetail, told: Payload) -> ContributorDetail:
        """Give the role that goes with the status, take the other two, and tell the world."""
        roles, role = UserToRoleRepository(self.work.session), ROLES[application.status]
        roles.take(application.user_id, *(other for other in ROLES.values() if other != role))
        roles.give(application.user_id, role)
        self.work.emit(told.event())
        return application
