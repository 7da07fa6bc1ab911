"""Users as a service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from vectoricons.banned_words import refuse_banned
from vectoricons.common import protection
from vectoricons.common.access_control import anybody, is_privileged, nobody
from vectoricons.common.errors import Conflict, Forbidden, Invalid, NotFound
from vectoricons.common.mixins.service import (
    AccessControlled,
    Activatable,
    Observable,
    Pluggable,
    SoftDeletable,
)
from vectoricons.common.operation import Operation, Write
from vectoricons.common.repository import Key
from vectoricons.config.enums import Role
from vectoricons.users import passwords
from vectoricons.users.entity import Contributor, User
from vectoricons.users.events import AddressChanged, Deleted, PasswordChanged
from vectoricons.users.locking import lock_users
from vectoricons.users.repository import UserRepository
from vectoricons.users.user_roles import UserRoleRepository
from vectoricons.users.user_to_roles import UserToRoleRepository
from vectoricons.users.users_to_emails import UserToEmail, UserToEmailRepository, address

T = TypeVar("T")

PUT_AWAY: Mapping[str, Any] = {"is_deleted": True, "is_active": False}

FOLLOWS: Mapping[str, str] = {
    Role.TEAM_OWNER: "the teams somebody owns",
    Role.TEAM_MEMBER: "the teams somebody belongs to",
    Role.CONTRIBUTOR_PENDING: "an application",
    Role.CONTRIBUTOR_DECLINED: "an application",
    Role.SUBSCRIBER: "a subscription",
}
"""Roles that are nobody's to give, and what makes somebody hold them."""


class UserService(
    Observable[User], Pluggable[User], AccessControlled[User], SoftDeletable[User], Activatable[User]
):
    """Users: people see and change their own record, administrators every one. Anybody may register."""

    repository: UserRepository
    public: ClassVar = False
    owner_column: ClassVar = "id"
    policies: ClassVar = {"register": anybody, "assign-role": nobody, "withdraw-role": nobody}
    guarded: ClassVar = frozenset(
        {
            "email",
            "is_verified",
            "verified_at",
            "token_version",
            "provider",
            "is_active",
            "is_deleted",
            "password",
            "reset_password_token",
            "reset_password_expires",
        }
    )

    # -- reading

    def get_by_uuid(self, uuid: UUID) -> User | None:
        """The user with this public handle, with roles, or None."""
        return self.get_one_with_relations({"uuid": uuid})

    def get_by_email(self, email: str) -> User | None:
        """The user with this e-mail address in any case, with roles, or None."""
        return self.get_one_with_relations({"email": email.lower()})

    def get_by_username(self, username: str) -> User | None:
        """The user of this name in any case, with roles, or None."""
        return self.get_one_with_relations({"username": username.lower()})

    def get_contributor(self, uuid: UUID) -> Contributor | None:
        """What everybody may know of who sells; None for everybody else."""
        return self._read("get_contributor", lambda: self.repository.find_contributor(uuid))

    def exists_by_email(self, email: str) -> bool:
        """Whether somebody has this e-mail address, in any case."""
        return self.exists({"email": email.lower()})

    def exists_by_username(self, username: str) -> bool:
        """Whether somebody has this name, in any case."""
        return self.exists({"username": username.lower()})

    def is_deny_all(self, uuid: UUID) -> bool:
        """Whether this account is closed to everything. Raises NotFound."""
        return self._there(self.get_by_uuid(uuid)).is_deny_all

    def role_ids(self, uuid: UUID) -> dict[str, int]:
        """The ids of the user's roles, by value and by label. Raises NotFound for nobody, or no role."""
        held = self._there(self.get_by_uuid(uuid)).roles
        if not held:
            raise NotFound("This user has no role.")
        return {name: role.id for role in held for name in (role.value, role.label)}

    # -- writing

    def register(
        self,
        *,
        email: str,
        username: str,
        display_name: str,
        password: str,
        role: str = Role.CUSTOMER,
        **rest: Any,
    ) -> User:
        """A new user with one role, unverified unless *rest* says otherwise.

        Raises Invalid for a malformed address or a weak password, Duplicate for a known address or name,
        Forbidden when somebody but an administrator asks for another role than customer.
        """
        if role != Role.CUSTOMER and not is_privileged(self.work.actor):
            raise Forbidden("Only an administrator gives this role.")
        passwords.require_strong(password)
        given = {**rest, "username": username, "display_name": display_name}
        return self._perform(
            Write(name="register", items=(given,)),
            lambda: self._registered(
                {**given, "email": address(email), "password": passwords.hashed(password)}, role
            ),
        )

    def set_password(self, id: Key, password: str) -> User:
        """Give the user a new password; sessions made with the old one end. Raises Invalid for a weak one."""
        passwords.require_strong(password)
        hashed = passwords.hashed(password)
        return self._perform(Write(name="set-password", id=id), lambda: self._with_password(id, hashed))

    def use_email(self, id: Key, email_id: int) -> User:
        """Reach the user at another address of theirs. Raises Conflict for one that is not proven yet."""
        return self._perform(Write(name="use-email", id=id), lambda: self._reached_at(id, email_id))

    def assign_role(self, uuid: UUID, role: str) -> User:
        """The user, who holds the role *role* too. Raises as :meth:`withdraw_role`."""
        user = self._there(self.get_by_uuid(uuid))
        operation = Write(name="assign-role", id=user.id)
        return self._perform(operation, lambda: self._assigned(self._free_to(user, role), role))

    def withdraw_role(self, uuid: UUID, role: str) -> User:
        """The user, who does not hold the role *role*; one they never had stays away.

        Raises Invalid when there is no such role, Conflict for a role that follows from something else and
        for one's own, Forbidden for who is no super administrator and would make or unmake one.
        """
        user = self._there(self.get_by_uuid(uuid))
        operation = Write(name="withdraw-role", id=user.id)
        return self._perform(operation, lambda: self._withdrawn(self._free_to(user, role), role))

    def soft_delete(self, id: Key) -> User:
        """Put an account away; its sessions end. Raises NotFound."""
        return self._perform(Write(name="soft-delete", id=id, items=(PUT_AWAY,)), lambda: self._put_away(id))

    def close(self, id: Key) -> User:
        """As :meth:`soft_delete`, for people and their own account."""
        return self._perform(Write(name="close", id=id), lambda: self._put_away(id))

    def soft_delete_by_uuid(self, uuid: UUID) -> User:
        """As :meth:`soft_delete`, by the public handle."""
        return self.soft_delete(self._there(self.get_by_uuid(uuid)).id)

    # -- how

    def _perform(self, operation: Operation, body: Callable[[], T]) -> T:
        if isinstance(operation, Write):
            names = {"username": "user name", "display_name": "name"}
            refuse_banned(self.work, operation.items, names)
        return super()._perform(operation, body)

    def _put_away(self, id: Key) -> User:
        protection.refuse_protected(self.work.session, self.kind, id)
        user = self._there(self.repository.update(id, PUT_AWAY))
        self.work.emit(Deleted(user_id=user.id).event())
        return self._there(self.repository.revoke_tokens(user.id))

    def _registered(self, given: Mapping[str, Any], role: str) -> User:
        user = self.repository.create(given)
        emails = UserToEmailRepository(self.work.session)
        proven = {
            "is_verified": user.is_verified,
            "is_active": user.is_verified,
            "verified_at": user.verified_at,
        }
        emails.create({"user_id": user.id, "email": user.email, **proven})
        return self._assigned(user, role)

    def _assigned(self, user: User, role: str) -> User:
        self._require_role(role)
        UserToRoleRepository(self.work.session).give(user.id, role)
        return self._there(self.repository.find_one_with_relations({"id": user.id}))

    def _withdrawn(self, user: User, role: str) -> User:
        UserToRoleRepository(self.work.session).take(user.id, role)
        return self._there(self.repository.find_one_with_relations({"id": user.id}))

    def _free_to(self, user: User, role: str) -> User:
        """*user*, whom the actor may give the *role* or take it from."""
        actor = self.work.actor
        if role in FOLLOWS:
            raise Conflict(f"Nobody gives or takes this role: it follows from {FOLLOWS[role]}.")
        if role == Role.SUPER_ADMIN and not actor.has_role(Role.SUPER_ADMIN, Role.SYSTEM):
            raise Forbidden("Only a super administrator makes another.")
        if user.id == actor.id:
            raise Conflict("Let another administrator do this: nobody changes their own roles.")
        self._require_role(role)
        return user

    def _require_role(self, role: str) -> None:
        if UserRoleRepository(self.work.session).find_by_value(role) is None:
            raise Invalid(f"There is no role {role!r}.")

    def _with_password(self, id: Key, hashed: str) -> User:
        user = self._there(self.repository.set_password(int(id), hashed))
        self.work.emit(PasswordChanged(user_id=user.id).event())
        return user

    def _reached_at(self, id: Key, email_id: int) -> User:
        lock_users(self.work.session, [int(id)])
        emails = UserToEmailRepository(self.work.session)
        wanted = self._proven(emails.find_one({"id": email_id, "user_id": id}))
        before = emails.find_one({"user_id": id, "is_active": True})
        if before == wanted:
            return self._there(self.repository.find_one({"id": id}))
        user = self._there(self.repository.update(id, {"email": wanted.email}))
        emails.activate(user.id, wanted.id)
        previous = before.id if before else None
        self.work.emit(AddressChanged(user_id=user.id, previous_email_id=previous).event())
        return user

    def _proven(self, email: UserToEmail | None) -> UserToEmail:
        if email is None:
            raise NotFound("This is no address of this user.")
        if not email.is_verified:
            raise Conflict("This address is not confirmed yet. Open the link in the letter that went there.")
        return email
