"""Users as the rest of the house sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from vectoricons.common.entity import Entity, Hidden, Timestamped
from vectoricons.common.mixins.entity import RoleAware
from vectoricons.users.contributor_details import ContributorDetail
from vectoricons.users.user_addresses import UserAddress
from vectoricons.users.user_roles import UserRole
from vectoricons.users.users_to_emails import UserToEmail
from vectoricons.users.users_to_socials import UserToSocial


class Contributor(Entity):
    """What everybody may know of who offers something for sale."""

    id: Annotated[int, Hidden]
    uuid: UUID
    username: str
    display_name: str
    image: str | None
    socials: tuple[UserToSocial, ...] = ()


class User(RoleAware, Timestamped):
    """A person. E-mail and user name are lower case. The password's hash is loaded only to sign in."""

    id: int
    uuid: UUID
    email: str
    username: str
    display_name: str
    first_name: str | None
    last_name: str | None
    provider: str
    image: str | None
    is_active: bool
    is_deleted: bool
    is_verified: bool
    verified_at: datetime | None
    token_version: Annotated[int, Hidden]
    password: Annotated[str | None, Hidden] = None
    reset_password_token: Annotated[str | None, Hidden] = None
    reset_password_expires: Annotated[datetime | None, Hidden] = None
    roles: tuple[UserRole, ...] = ()
    emails: tuple[UserToEmail, ...] = ()
    socials: tuple[UserToSocial, ...] = ()
    addresses: tuple[UserAddress, ...] = ()
    contributor: ContributorDetail | None = None

    @property
    def owner_id(self) -> int:
        """A user's record is their own."""
        return self.id

    @property
    def is_open(self) -> bool:
        """Whether the account is neither switched off nor put away."""
        return self.is_active and not self.is_deleted

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is active, verified and not deleted."""
        return self.is_open and self.is_verified
