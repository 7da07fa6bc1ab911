"""Social links of users: where else a person is to be found."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.errors import Invalid
from vectoricons.common.mixins.service import AccessControlled, Observable, Pluggable
from vectoricons.common.repository import Data, Repository
from vectoricons.common.row import HasTimestamps, Row

WEB_ADDRESS = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


class UserToSocialRow(Row, HasTimestamps):
    __tablename__ = "users_to_social"
    __table_args__ = (CheckConstraint("url ~* '^https?://'", name="url"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="cascade"), index=True)
    label: Mapped[str] = mapped_column(String(255))
    url: Mapped[str] = mapped_column(Text, index=True)


class UserToSocial(Timestamped):
    """A link of a person's, in their own words. The same link may stand there twice."""

    id: int
    user_id: int
    label: str
    url: str


class UserToSocialRepository(Repository[UserToSocialRow, UserToSocial]):
    """Social links."""

    def values(self, data: Data) -> dict[str, Any]:
        """Column values. Raises as :func:`web_address`."""
        given = super().values(data)
        if given.get("url") is not None:
            web_address(given["url"])
        return given


class UserToSocialService(Observable[UserToSocial], Pluggable[UserToSocial], AccessControlled[UserToSocial]):
    """Social links: people keep their own."""

    repository: UserToSocialRepository
    public: ClassVar = False

    def get_by_user(self, user_id: int) -> list[UserToSocial]:
        """The user's links."""
        return self.get_where({"user_id": user_id})


def web_address(text: str) -> str:
    """*text* as the address of a page. Raises Invalid for another kind: a link must not run as a script."""
    if not WEB_ADDRESS.fullmatch(text):
        raise Invalid(f"{text!r} is no address of a page. Give it whole, from https:// on.")
    return text
