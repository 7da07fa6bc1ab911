"""The table of users."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, String, Text, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.row import HasIsActive, HasIsDeleted, HasTimestamps, Row, related
from vectoricons.users.contributor_details import ContributorDetailRow
from vectoricons.users.user_addresses import UserAddressRow
from vectoricons.users.user_roles import UserRoleRow
from vectoricons.users.user_to_roles import UserToRoleRow
from vectoricons.users.users_to_emails import UserToEmailRow
from vectoricons.users.users_to_socials import UserToSocialRow


class UserRow(Row, HasIsActive, HasIsDeleted, HasTimestamps):
    """The columns of the group ``hidden`` are loaded only by who asks for them."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("username = lower(username)", name="username_lower"),
        Index(
            "uq_users_reset_password_token",
            "reset_password_token",
            unique=True,
            postgresql_where=text("reset_password_token is not null"),
        ),
    )

    uuid: Mapped[UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    email: Mapped[str] = mapped_column(String(255), unique=True)
    username: Mapped[str] = mapped_column(String(255), unique=True)
    display_name: Mapped[str] = mapped_column(String(255))
    first_name: Mapped[str | None] = mapped_column(String(255))
    last_name: Mapped[str | None] = mapped_column(String(255))
    password: Mapped[str | None] = mapped_column(Text, deferred=True, deferred_group="hidden")
    token_version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    provider: Mapped[str] = mapped_column(String(32), server_default="email")
    reset_password_token: Mapped[str | None] = mapped_column(
        String(64), deferred=True, deferred_group="hidden"
    )
    reset_password_expires: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), deferred=True, deferred_group="hidden"
    )
    is_verified: Mapped[bool] = mapped_column(server_default=text("false"))
    verified_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    image: Mapped[str | None] = mapped_column(Text)

    roles: Mapped[list[UserRoleRow]] = related(secondary=UserToRoleRow.__table__, order_by=UserRoleRow.id)
    emails: Mapped[list[UserToEmailRow]] = related(order_by=UserToEmailRow.id)
    socials: Mapped[list[UserToSocialRow]] = related(order_by=UserToSocialRow.id)
    addresses: Mapped[list[UserAddressRow]] = related(order_by=UserAddressRow.id)
    contributor: Mapped[ContributorDetailRow | None] = related(foreign_keys=ContributorDetailRow.user_id)
