"""What entities can tell beyond their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from vectoricons.common.mixins.entity import RoleAware
from vectoricons.common.mixins.repository import CursorPaginated
from vectoricons.common.mixins.service import CAPABILITIES
from vectoricons.common.repository import Repository
from vectoricons.config.enums import Role


@dataclass(frozen=True)
class Held:
    """A role as a row of another module."""

    value: str | None


@dataclass(frozen=True)
class Person(RoleAware):
    """Somebody with roles."""

    roles: tuple[Any, ...] = ()


@pytest.mark.parametrize(
    ("held", "question"),
    [
        (Role.ADMIN, "is_admin"),
        (Role.SUPER_ADMIN, "is_admin"),
        (Role.CONTRIBUTOR, "is_contributor"),
        (Role.CUSTOMER, "is_customer"),
        (Role.DENY_ALL, "is_deny_all"),
    ],
)
def test_a_person_is_what_their_roles_say(held: Role, question: str) -> None:
    assert getattr(Person((Held(held.upper()),)), question)
    assert not getattr(Person((Held(Role.SUBSCRIBER),)), question)
    assert not getattr(Person(), question)


def test_a_role_without_a_value_is_none() -> None:
    assert Person((Held(None), Held("Contributor"))).role_values == frozenset({"contributor"})


def test_one_of_several_roles_is_enough() -> None:
    person = Person((Held("customer"), Held("subscriber")))
    assert person.has_role("admin", "SUBSCRIBER")
    assert not person.has_role("admin", "contributor")
    assert not person.has_role()


def test_there_is_one_way_to_page_a_feed_and_every_repository_has_it() -> None:
    assert issubclass(Repository, CursorPaginated)
    assert Repository.keyset_page is CursorPaginated.keyset_page
    assert [name for name in dir(Repository) if "cursor" in name or "keyset" in name] == ["keyset_page"]


def test_capabilities_are_composed_in_the_stated_order() -> None:
    names = [capability.__name__ for capability in CAPABILITIES]
    assert names[:6] == [
        "Observable", "Cacheable", "Pluggable", "AccessControlled", "SoftDeletable", "Activatable"
    ]  # fmt: skip
