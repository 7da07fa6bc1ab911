"""What rows refer to in the tests of the domain, made when it is first asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from sqlalchemy import select

from vectoricons.common.actor import Actor
from vectoricons.common.outbox import EventOutboxRow
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.products.families import Family, FamilyRepository
from vectoricons.products.product_types import ProductTypeId
from vectoricons.products.sets import Set, SetRepository
from vectoricons.products.tags import Tag, TagRepository
from vectoricons.users import User, UserRepository
from vectoricons.users.user_roles import UserRoleRepository

_numbers = count(1)


def word(stem: str) -> str:
    """A word nobody had before."""
    return f"{stem}-{next(_numbers)}"


def sent(work: UnitOfWork, name: str) -> list[dict[str, Any]]:
    """What the events *name* carry that wait in the outbox, oldest first."""
    waiting = select(EventOutboxRow.data).where(EventOutboxRow.name == name).order_by(EventOutboxRow.id)
    return list(work.session.scalars(waiting))


class World:
    """People and things in one unit of work, made past all rules: by repositories."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    def user(self, **given: Any) -> User:
        """Somebody new, able to sign in."""
        name = word("user")
        return UserRepository(self.work.session).create(
            {
                "email": f"{name}@example.org",
                "username": name,
                "display_name": name.title(),
                "is_verified": True,
                **given,
            }
        )

    @cached_property
    def contributor(self) -> User:
        """Who owns the family and the set."""
        return self.user()

    @cached_property
    def family(self) -> Family:
        """A family of the contributor's."""
        return FamilyRepository(self.work.session).create(
            {"name": word("family"), "user_id": self.contributor.id}
        )

    @cached_property
    def set(self) -> Set:
        """A set of icons in the family."""
        return SetRepository(self.work.session).create(
            {
                "name": word("set"),
                "user_id": self.contributor.id,
                "family_id": self.family.id,
                "product_type_id": ProductTypeId.ICON,
            }
        )

    def tag(self) -> Tag:
        """A new tag."""
        return TagRepository(self.work.session).create({"name": word("tag")})

    def role_id(self, value: str = Role.CUSTOMER) -> int:
        """The id of a role every installation has."""
        role = UserRoleRepository(self.work.session).find_by_value(value)
        assert role is not None
        return role.id

    def acting_as(self, user: User, *held: str) -> UnitOfWork:
        """The same transaction, as *user* with the roles *held*."""
        return self._as(replace(Actor.of(user), roles=frozenset(held)))

    def anonymously(self) -> UnitOfWork:
        """The same transaction, as nobody."""
        return self._as(Actor.anonymous())

    def _as(self, actor: Actor) -> UnitOfWork:
        return UnitOfWork(self.work.session, actor, cache=self.work.cache)
