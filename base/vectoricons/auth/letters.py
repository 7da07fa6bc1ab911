"""Letters with a token in them: whoever writes one gets its address and its token here, in that moment.

Only our own processes do. The token is in their memory and in the letter; the database holds its digest, and
no event, log or queue holds it at all. Written twice, the later letter is the one that works.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vectoricons.common.errors import Forbidden
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.users import User, UserRepository
from vectoricons.users.users_to_emails import UserToEmail, UserToEmailRepository


@dataclass(frozen=True, slots=True)
class Letter:
    """Whom it is for, where it goes, and the token for the link in it."""

    user: User
    address: str
    token: str = field(repr=False)


class Letters:
    """What letters to write. None: there is no need any more. Raises Forbidden for who is not our process."""

    def __init__(self, work: UnitOfWork) -> None:
        if not work.actor.has_role(Role.SYSTEM):
            raise Forbidden("Only what writes letters may ask what stands in them.")
        self._users = UserRepository(work.session)
        self._emails = UserToEmailRepository(work.session)

    def to_verify(self, user_id: int) -> Letter | None:
        """The letter after signing up (``user.signup``)."""
        user = self._open(user_id)
        if user is None or user.is_verified:
            return None
        claimed = self._emails.add(user.id, user.email)
        return self._verifying(
            user, claimed or self._emails.find_one({"user_id": user.id, "email": user.email})
        )

    def to_verify_address(self, email_id: int) -> Letter | None:
        """The letter to one more address (``user.add-email``)."""
        email = self._emails.find_by_id(email_id)
        user = self._open(email.user_id) if email else None
        return self._verifying(user, email) if user else None

    def to_verify_at(self, user_id: int, address: str) -> Letter | None:
        """The letter to one of a person's addresses, by which they prove it."""
        email = self._emails.find_one({"user_id": user_id, "email": address})
        return self.to_verify_address(email.id) if email else self.to_verify(user_id)

    def to_reset_password(self, user_id: int) -> Letter | None:
        """The letter to who forgot the password (``user.reset-password``)."""
        user = self._open(user_id)
        token = self._users.issue_reset_token(user_id) if user else None
        return Letter(user, user.email, token) if user and token else None

    def _open(self, user_id: int) -> User | None:
        user = self._users.find_by_id(user_id)
        return user if user and user.is_open else None

    def _verifying(self, user: User, email: UserToEmail | None) -> Letter | None:
        token = self._emails.issue_token(email.id) if email else None
        return Letter(user, email.email, token) if email and token else None
