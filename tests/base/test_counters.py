"""Counters of the catalogue: kept by the database whoever writes, and never counted by a reader."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import text

from tests.base.contracts.modules.catalogue import item, set_
from tests.base.world import World, word
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Forbidden, Invalid
from vectoricons.config.enums import EntityType, Role
from vectoricons.favorites import FavoriteRepository
from vectoricons.products.families import FamilyService
from vectoricons.products.icons import IconService
from vectoricons.products.product_types import ProductTypeId
from vectoricons.products.sets import SetService
from vectoricons.products.tags import TagRepository

_RECOUNT = text("""
    select
        (select count(*) from icons item join sets on sets.id = item.set_id
         where item.family_id = :family and item.is_live and sets.is_live),
        (select count(distinct item.set_id) from icons item join sets on sets.id = item.set_id
         where item.family_id = :family and item.is_live and sets.is_live)
""")


_ICONS = text("select id from icons where family_id = :family order by id")


def kept(world: World) -> tuple[int, int]:
    family = FamilyService(world.work).assert_exists(world.family.id)
    return family.icon_count, family.set_count


def counted(world: World) -> tuple[int, int]:
    icons, sets = world.work.session.execute(_RECOUNT, {"family": world.family.id}).one()
    return icons, sets


STEPS: dict[str, Callable[[World, Any, Any], object]] = {
    "create": lambda world, set_id, icon: IconService(world.work).create({**item(world), "set_id": set_id}),
    "upsert": lambda world, set_id, icon: IconService(world.work).upsert_many(
        [{**item(world), "set_id": set_id} for _ in range(2)]
    ),
    "soft delete": lambda world, set_id, icon: icon and IconService(world.work).soft_delete(icon),
    "restore": lambda world, set_id, icon: icon and IconService(world.work).restore(icon, reactivate=True),
    "toggle": lambda world, set_id, icon: icon and IconService(world.work).toggle_active(icon),
    "delete": lambda world, set_id, icon: icon and IconService(world.work).delete(icon),
    "hide set": lambda world, set_id, icon: SetService(world.work).toggle_active(set_id),
    "put set away": lambda world, set_id, icon: SetService(world.work).soft_delete(set_id),
    "move": lambda world, set_id, icon: (
        icon
        and IconService(world.work).assert_exists(icon).set_id != set_id
        and IconService(world.work).repository.update(icon, {"set_id": set_id})
    ),
}


@how(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0), st.integers(0)), max_size=8))
def test_counts_of_families_and_sets_are_what_counting_gives_after_any_writes(
    world: World, steps: list[tuple[str, int, int]]
) -> None:
    here = world.set.id  # made before the savepoint, for every example
    with world.work.session.begin_nested() as savepoint:
        sets = [here, SetService(world.work).create(set_(world)).id]
        for step, set_no, icon_no in steps:
            icons = list(world.work.session.scalars(_ICONS, {"family": world.family.id}))
            icon = icons[icon_no % len(icons)] if icons else None
            STEPS[step](world, sets[set_no % 2], icon)
            assert kept(world) == counted(world), step
        savepoint.rollback()
        world.work.session.expire_all()


def test_a_family_counts_icons_and_illustrations_by_the_type_of_their_set(world: World) -> None:
    drawn = SetService(world.work).create({**set_(world), "product_type_id": ProductTypeId.ILLUSTRATION})
    IconService(world.work).create(item(world))
    world.work.session.execute(
        text("""insert into illustrations (name, user_id, family_id, set_id)
            select 'fox', user_id, family_id, id from sets where id = :set"""),
        {"set": drawn.id},
    )
    family = FamilyService(world.work).assert_exists(world.family.id)
    assert (family.icon_count, family.illustration_count, family.set_count) == (1, 1, 2)


def test_a_tag_knows_how_many_have_it(world: World) -> None:
    tags, icons = TagRepository(world.work.session), IconService(world.work)
    one, other = (icons.create(item(world)) for _ in range(2))
    icons.retag(one.id, "Sea  Shell", "sea")
    icons.retag(other.id, "sea")
    assert {tag.name: tag.use_count for tag in tags.find_all({"name": ["sea shell", "sea"]})} == {
        "sea": 2,
        "sea shell": 1,
    }
    assert icons.retag(one.id).tag_names == ()
    assert {tag.name: tag.use_count for tag in tags.find_all({"name": ["sea shell", "sea"]})} == {
        "sea": 1,
        "sea shell": 0,
    }


def test_likes_are_counted_as_favourites_are_switched(world: World) -> None:
    icon, favorites = IconService(world.work).create(item(world)), FavoriteRepository(world.work.session)

    def likes() -> tuple[int, int]:
        family = FamilyService(world.work).assert_exists(world.family.id)
        return IconService(world.work).assert_exists(icon.id).like_count, family.like_count

    one, other = world.user(), world.user()
    favorites.toggle(one.id, EntityType.ICON, icon.id)
    favorites.toggle(other.id, EntityType.ICON, icon.id)
    favorites.toggle(other.id, EntityType.FAMILY, world.family.id)
    assert likes() == (2, 1)
    favorites.toggle(one.id, EntityType.ICON, icon.id)
    assert likes() == (1, 1)
    favorites.delete_where({"user_id": other.id})
    assert likes() == (0, 0)


def test_popularity_is_sales_that_stand_and_downloads_by_others(world: World) -> None:
    icon, session = IconService(world.work).create(item(world)), world.work.session
    buyer, given = world.user(), {"icon": icon.id, "unique_id": icon.unique_id}

    def popularity() -> int:
        return IconService(world.work).assert_exists(icon.id).popularity

    order = session.scalar(
        text("""insert into orders (user_id, idempotency_key, total_amount, discounted_total)
            values (:buyer, 'once', 2, 2) returning id"""),
        {"buyer": buyer.id},
    )
    session.execute(
        text("""insert into order_items (order_id, entity_type, entity_id, name, amount, discounted_amount)
            values (:order, 'icon', :icon, 'arrow', 2, 2)"""),
        {"order": order, **given},
    )
    assert popularity() == 0, "it is not paid yet"
    session.execute(text("update orders set status = 'completed' where id = :order"), {"order": order})
    assert popularity() == 1
    session.execute(
        text("update order_items set refunded_at = now() where order_id = :order"), {"order": order}
    )
    assert popularity() == 0
    session.execute(text("update orders set status = 'refunded' where id = :order"), {"order": order})
    assert popularity() == 0
    for granted in ("free", "owner", "subscription", "admin"):
        session.execute(
            text("""insert into downloads
                (entity_type, entity_id, entity_unique_id, format, object_key, granted_by)
                values ('icon', :icon, :unique_id, 'svg', 'svg/x.svg', :granted)"""),
            {"granted": granted, **given},
        )
    assert popularity() == 2


def test_nobody_sets_a_counter(world: World) -> None:
    icon = IconService(world.work).create(item(world))
    owner = world.acting_as(world.contributor, Role.CONTRIBUTOR)
    for name in ("popularity", "like_count"):
        with pytest.raises(Forbidden, match=name):
            IconService(owner).update(icon.id, {name: 10**6})
    with pytest.raises(Forbidden, match="item_count"):
        SetService(owner).update(world.set.id, {"item_count": 10**6})


def test_two_that_write_at_once_are_both_counted(database: Database) -> None:
    system = Actor.system("test")
    with database.unit_of_work(system) as work:
        world = World(work)
        rows = [{**item(world), "set_id": world.set.id} for _ in range(20)]
        set_id, family_id = world.set.id, world.family.id

    def write(mine: list[dict[str, Any]]) -> None:
        for row in mine:
            with database.unit_of_work(system) as work:
                IconService(work).create(row)

    with ThreadPoolExecutor(2) as threads:
        for written in [threads.submit(write, rows[start::2]) for start in range(2)]:
            written.result(timeout=30)
    with database.unit_of_work(system) as work:
        assert SetService(work).assert_exists(set_id).item_count == 20
        assert FamilyService(work).assert_exists(family_id).icon_count == 20


# -- moving


def test_an_item_moves_to_another_set_of_the_same_type_and_owner(world: World) -> None:
    icons, sets = IconService(world.work), SetService(world.work)
    icon, there = icons.create(item(world)), sets.create(set_(world))
    assert icons.move(icon.id, there.id).set_id == there.id
    assert sets.assert_exists(there.id).item_count == 1
    assert sets.assert_exists(world.set.id).item_count == 0


@pytest.mark.parametrize("wrong", ["same", "type", "owner", "gone", "none"])
def test_an_item_does_not_move_where_it_does_not_belong(world: World, wrong: str) -> None:
    icons, sets = IconService(world.work), SetService(world.work)
    icon = icons.create(item(world))
    targets: dict[str, Callable[[], int]] = {
        "same": lambda: world.set.id,
        "type": lambda: sets.create({**set_(world), "product_type_id": ProductTypeId.ILLUSTRATION}).id,
        "owner": lambda: World(world.work).set.id,
        "gone": lambda: sets.soft_delete(sets.create(set_(world)).id).id,
        "none": lambda: 2**40,
    }
    with pytest.raises(Invalid, match=r"already|another product type|no such set"):
        icons.move(icon.id, targets[wrong]())


def test_a_stranger_moves_retags_and_shelves_nothing(world: World) -> None:
    icon = IconService(world.work).create(item(world))
    stranger = IconService(world.acting_as(world.user(), Role.CONTRIBUTOR))
    there = SetService(world.work).create(set_(world))
    for refused in (
        lambda: stranger.move(icon.id, there.id),
        lambda: stranger.retag(icon.id, word("tag")),
        lambda: stranger.categorise(icon.id, 1),
    ):
        with pytest.raises(Forbidden):
            refused()
