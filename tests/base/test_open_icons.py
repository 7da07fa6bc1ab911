"""Open icons: addresses that are given once, to what is free, and to nobody twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.base.at_once import at_once
from tests.base.world import World, word
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products.families import FamilyRepository
from vectoricons.products.icons import IconRepository
from vectoricons.products.open_icons import Body, publish
from vectoricons.products.product_types import ProductTypeId
from vectoricons.products.sets import Set, SetRepository

BODY = Body("<path fill='currentColor' d='M0 0h9v9z'/>", 0, 0, 24, 24)
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def set_of(world: World, family: str, name: str) -> Set:
    owner = {"user_id": world.contributor.id}
    parent = FamilyRepository(world.work.session).create({**owner, "name": family})
    return SetRepository(world.work.session).create(
        {**owner, "name": name, "family_id": parent.id, "product_type_id": ProductTypeId.ICON}
    )


def icons(world: World, into: Set, names: Sequence[str], **columns: Any) -> list[int]:
    row = {"user_id": into.user_id, "family_id": into.family_id, "set_id": into.id, "price": 0, **columns}
    made = IconRepository(world.work.session).create_many([{**row, "name": name} for name in names])
    return sorted(item.id for item in made)


def addresses(work: UnitOfWork, ids: Sequence[int]) -> list[str]:
    asked = text("select prefix || ':' || name from open_icons where icon_id = any(:ids) order by icon_id")
    return list(work.session.scalars(asked, {"ids": list(ids)}))


def opened(world: World, into: Set, *names: str) -> list[str]:
    ids = icons(world, into, names)
    publish(world.work.session, dict.fromkeys(ids, BODY))
    return addresses(world.work, ids)


@pytest.fixture
def world(work: UnitOfWork) -> World:
    return World(work)


@pytest.mark.parametrize(
    ("family", "name", "prefix"),
    [
        ("Everyday Things", "Outline", "everyday-things-outline"),
        ("Everyday Things", "Everyday Things", "everyday-things"),
        ("Everyday Things", "Everyday things, filled", "everyday-things-filled"),
        ("Über & Öl", "Größe", "uber-ol-grosse"),
        ("日本", "!", "set"),
    ],
)
def test_a_prefix_is_made_of_the_words_of_family_and_set(
    world: World, family: str, name: str, prefix: str
) -> None:
    assert opened(world, set_of(world, family, name), "Arrow Up") == [f"{prefix}:arrow-up"]


def test_who_comes_later_has_another_prefix_and_the_first_keeps_its_own(world: World) -> None:
    family = word("arrows")
    first = set_of(world, family, "Plain")
    assert opened(world, first, "up") == [f"{family}-plain:up"]
    other = World(world.work)
    second = set_of(other, family, "Plain")
    assert opened(other, second, "up") == [f"{family}-plain-{other.contributor.username}:up"]
    third = set_of(other, f"{family}!", "Plain")
    assert opened(other, third, "up") == [f"{family}-plain-{third.unique_id}:up"]
    assert opened(world, first, "down") == [f"{family}-plain:down"]


def test_names_that_read_alike_are_told_apart_and_stay_as_they_are(world: World) -> None:
    ids = icons(world, world.set, ["Home", "home!", "HOME"])
    publish(world.work.session, dict.fromkeys(ids, BODY))
    given_ = addresses(world.work, ids)
    assert len(set(given_)) == 3
    assert given_[0].endswith(":home")
    IconRepository(world.work.session).update(ids[0], {"name": "Cottage"})
    publish(world.work.session, dict.fromkeys(ids, Body("<path d='M1 1h2v2z'/>", 1, 2, 3, 4)))
    assert addresses(world.work, ids) == given_
    drawn = world.work.session.execute(
        text("select distinct body, x, y, width, height from open_icons where icon_id = any(:ids)"),
        {"ids": ids},
    ).all()
    assert [tuple(row) for row in drawn] == [("<path d='M1 1h2v2z'/>", 1, 2, 3, 4)]


def test_what_is_not_free_has_no_address_and_loses_the_one_it_had(world: World) -> None:
    (free,) = icons(world, world.set, ["free"])
    (dear,) = icons(world, world.set, ["dear"], price=2)
    (unsold,) = icons(world, world.set, ["unsold"], price=None)
    bodies = dict.fromkeys((free, dear, unsold), BODY)
    publish(world.work.session, bodies)
    assert [one.partition(":")[2] for one in addresses(world.work, list(bodies))] == ["free"]
    IconRepository(world.work.session).update(free, {"price": 2})
    publish(world.work.session, bodies)
    assert addresses(world.work, list(bodies)) == []


def test_whoever_deletes_an_icon_and_makes_it_anew_finds_it_where_it_was(world: World) -> None:
    (first,) = opened(world, world.set, "house")
    world.work.session.execute(text("update icons set is_deleted = true where name = 'house'"))
    assert opened(world, world.set, "house") == [first]


def test_a_set_says_whether_its_icons_bring_colours(world: World) -> None:
    palette = text("select palette from open_sets where set_id = :id")
    opened(world, world.set, "ink")
    assert world.work.session.scalar(palette, {"id": world.set.id}) is False
    publish(world.work.session, dict.fromkeys(icons(world, world.set, ["paint"]), Body("<g/>", 0, 0, 1, 1)))
    assert world.work.session.scalar(palette, {"id": world.set.id}) is True


NAMES = st.text(min_size=1, max_size=40).filter(lambda name: "\0" not in name)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=6), again=st.integers(1, 2))
def test_any_names_become_addresses_that_clients_can_write_one_for_each(
    world: World, names: list[str], again: int
) -> None:
    ids = icons(world, set_of(world, word(names[0])[-200:], names[-1]), names)
    for _ in range(again):
        publish(world.work.session, dict.fromkeys(ids, BODY))
    made = addresses(world.work, ids)
    assert len(set(made)) == len(ids)
    assert all(KEBAB.fullmatch(part) for one in made for part in one.split(":"))


def test_two_that_publish_the_same_at_once_give_each_icon_one_address(database: Database) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        world = World(work)
        ids = icons(world, world.set, ["Home", "home!", "Star"])

    def publishing() -> None:
        with database.unit_of_work(Actor.system("test")) as work:
            publish(work.session, dict.fromkeys(ids, BODY))

    assert at_once(*[publishing] * 4) == []
    with database.unit_of_work(Actor.system("test")) as work:
        assert len(set(addresses(work, ids))) == 3
