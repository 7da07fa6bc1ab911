"""What people are answered about themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from containers.api.outputs import Output
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import ApiKeyService
from vectoricons.users import Contributor, User

KEYS = Wire.of(ApiKeyService)


class Told(Output):
    """What happens next, for people. It is the same whether or not anybody has the address."""

    detail: str


class Proven(Output):
    """The address that was confirmed."""

    email: str


class AccessToken(Output):
    """Send it as ``Authorization: Bearer``; it is good for ``expiresIn`` seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a word of RFC 6750
    expires_in: int


class IssuedKey(KEYS.model):  # type: ignore[name-defined,misc]  # made at start
    """A key with its text, which is shown this once."""

    key: str


class Link(Output):
    """Where else a person is to be found."""

    label: str
    url: str


class Profile(Output):
    """A person. What has a default is there for themselves and for administrators alone."""

    id: UUID
    username: str
    display_name: str
    image: str | None
    socials: list[Link]
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    provider: str | None = None
    is_active: bool | None = None
    is_deleted: bool | None = None
    is_verified: bool | None = None
    verified_at: datetime | None = None
    roles: list[str] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def json_bytes(self) -> bytes:
        """The answer: what was not told is left out."""
        return self.model_dump_json(by_alias=True, exclude_unset=True).encode()


def public(who: Contributor) -> Profile:
    """What everybody may know."""
    return Profile(
        id=who.uuid,
        username=who.username,
        display_name=who.display_name,
        image=who.image,
        socials=[Link(label=link.label, url=link.url) for link in who.socials],
    )


def whole(who: User) -> Profile:
    """What they themselves may know, and administrators."""
    return Profile(
        id=who.uuid,
        username=who.username,
        display_name=who.display_name,
        image=who.image,
        socials=[Link(label=link.label, url=link.url) for link in who.socials],
        email=who.email,
        first_name=who.first_name,
        last_name=who.last_name,
        provider=who.provider,
        is_active=who.is_active,
        is_deleted=who.is_deleted,
        is_verified=who.is_verified,
        verified_at=who.verified_at,
        roles=sorted(role.value for role in who.roles),
        created_at=who.created_at,
        updated_at=who.updated_at,
    )
