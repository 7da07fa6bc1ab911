"""Settings that are wrong are said to be, and what several modules enumerate is spelled once."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import text

from vectoricons.common import migrate
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import EntityType, Role

NOBODY_HOLDS = {Role.SYSTEM, Role.GUEST, Role.SELF}


def enumerations() -> set[type[StrEnum]]:
    migrate.metadata()  # imports every module there is
    return {each for each in StrEnum.__subclasses__() if each.__module__.startswith("vectoricons.")}


def test_roles_that_people_hold_are_the_rows_of_their_table(work: UnitOfWork) -> None:
    stored = set(work.session.scalars(text("select value from user_roles")))
    assert stored >= set(Role) - NOBODY_HOLDS
    assert not stored & NOBODY_HOLDS


def test_a_role_is_spelled_one_way() -> None:
    assert Role.CONTRIBUTOR_DECLINED == "contributor_declined"
    assert Role.DENY_ALL == "deny_all"
    assert not any("denied" in role or "denyall" in role for role in Role)


def test_shared_enumerations_are_defined_once() -> None:
    for shared in (Role, EntityType):
        namesakes = {each for each in enumerations() if each.__name__ == shared.__name__}
        assert namesakes == {shared}


def test_no_enumeration_says_one_thing_twice() -> None:
    for each in enumerations():
        plain = [value.lower().replace("_", "-").replace(" ", "-") for value in each]
        assert len(set(plain)) == len(plain), each


def test_what_is_sold_is_not_shipped() -> None:
    """Digital goods: nothing is on its way to anybody."""
    assert not {"shipped", "delivered"} & {
        value.lower() for each in enumerations() if "Order" in each.__name__ or "Cart" in each.__name__
        for value in each
    }  # fmt: skip
