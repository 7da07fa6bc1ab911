"""Words: the lookups, tags and categories things are found by, and finding them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text

from tests.base.contracts.modules.catalogue import image, item
from tests.base.world import World, word
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, Duplicate
from vectoricons.images import ImageService
from vectoricons.images.image_types import ImageTypeService
from vectoricons.products.categories import CategoryService
from vectoricons.products.entity_to_categories import EntityToCategoryService
from vectoricons.products.entity_to_tags import EntityToTagService
from vectoricons.products.icons import IconService
from vectoricons.products.product_types import ProductTypeId, ProductTypeService
from vectoricons.products.styles import StyleService
from vectoricons.products.tags import TagRepository, TagService

SYSTEM = Actor.system("test")


# -- lookups


def test_every_installation_knows_its_words(world: World) -> None:
    types = ProductTypeService(world.work)
    assert {one.id: one.value for one in types.get_all()} == {
        ProductTypeId.ICON: "icon",
        ProductTypeId.ILLUSTRATION: "illustration",
        ProductTypeId.ANIMATION: "animation",
        ProductTypeId.THREE_D: "3d",
        ProductTypeId.AI_ART: "ai-art",
    }
    assert types.create({"value": "font", "label": "Font"}).id > ProductTypeId.AI_ART
    outline = StyleService(world.work).get_by_value("outline")
    assert outline is not None
    assert outline.label == "Outline"
    assert {"thumbnail", "preview", "watermark"} <= {
        one.value for one in ImageTypeService(world.work).get_all()
    }


@pytest.mark.parametrize("service", [StyleService, ProductTypeService, ImageTypeService])
def test_a_value_is_unique_and_a_label_is_not(world: World, service: Any) -> None:
    extra = {"description": "For a test"} if service is ImageTypeService else {}
    lookup, value = service(world.work), word("value")
    made = lookup.create({"value": value, "label": "Same", **extra})
    other = lookup.create({"value": word("value"), "label": "Same", **extra})
    with pytest.raises(Duplicate, match="same value"), world.work.savepoint():
        lookup.create({"value": value, "label": "Other", **extra})
    with pytest.raises(Duplicate, match="same value"), world.work.savepoint():
        lookup.update(other.id, {"value": value})
    assert lookup.get_by_value(value) == made


def test_categories_may_share_a_name(world: World) -> None:
    categories = CategoryService(world.work)
    assert categories.create({"name": "Arrows"}).id != categories.create({"name": "Arrows"}).id


# -- tags and categories of things


def test_tags_are_made_when_they_are_missing_and_come_in_order(world: World) -> None:
    there = world.tag()
    new = word("arrow")
    found = TagService(world.work).get_or_create([new, there.name, new])
    assert [tag.name for tag in found] == [new, there.name]
    assert found[1] == there
    assert TagService(world.work).get_or_create([]) == []
    assert TagRepository(world.work.session).find_by_name(new) == found[0]


def test_two_uploads_that_bring_the_same_words_at_once_share_them(database: Database) -> None:
    words = [word("shared") for _ in range(40)]
    ready, found = threading.Barrier(2, timeout=20), []

    def bring(names: list[str]) -> None:
        with database.unit_of_work(SYSTEM) as work:
            ready.wait()
            found.append({tag.id for tag in TagService(work).get_or_create(names)})

    threads = [threading.Thread(target=bring, args=(names,)) for names in (words, words[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(found) == 2, "neither failed nor deadlocked"
    assert found[0] == found[1]
    assert len(found[0]) == 40


@pytest.mark.parametrize(
    ("service", "column"), [(EntityToTagService, "tag_id"), (EntityToCategoryService, "category_id")]
)
def test_things_are_linked_unlinked_and_relinked(world: World, service: Any, column: str) -> None:
    links = service(world.work)
    one, two, three = (_word_id(world, column) for _ in range(3))
    links.link("icon", 5, one, two)
    assert {getattr(link, column) for link in links.get_by_entity("icon", 5)} == {one, two}
    assert [link.entity_id for link in links.get_by_linked(one)] == [5]
    assert {link.entity_id for link in links.get_by_type("icon")} == {5}
    assert links.get_by_entity("illustration", 5) == []
    assert links.repository.find_by_linked(one) == links.get_by_linked(one)
    assert links.repository.find_by_type("icon") == links.get_by_type("icon")
    with pytest.raises(Duplicate, match="exists already"), world.work.savepoint():
        links.link("icon", 5, three, one)
    kept = {getattr(link, column): link.id for link in links.get_by_entity("icon", 5)}
    replaced = links.replace("icon", 5, two, three)
    assert {getattr(link, column) for link in replaced} == {two, three}
    assert kept[two] in {link.id for link in replaced}, "what stays is not made anew"
    assert links.unlink("icon", 5, one) == 0
    assert links.unlink("icon", 5, two) == 1
    assert links.unlink_all("icon", 5) == 1
    assert links.unlink_all("icon", 5) == 0


def test_deleting_a_category_empties_its_shelf(world: World) -> None:
    shelf = CategoryService(world.work).create({"name": word("shelf")})
    EntityToCategoryService(world.work).link("icon", 5, shelf.id)
    CategoryService(world.work).delete(shelf.id)
    assert EntityToCategoryService(world.work).get_by_entity("icon", 5) == []


def test_a_tag_in_use_is_neither_deleted_nor_renamed_and_goes_when_nothing_has_it(world: World) -> None:
    tags, links, tag = TagService(world.work), EntityToTagService(world.work), world.tag()
    links.link("icon", 5, tag.id)
    with pytest.raises(Conflict, match="is in use"):
        tags.update(tag.id, {"name": word("tag")})
    with pytest.raises(Conflict, match="is in use"):
        tags.delete(tag.id)
    links.unlink("icon", 5, tag.id)
    tags.delete(tag.id)
    assert tags.get_by_id(tag.id) is None


def test_an_item_comes_with_its_words_pictures_and_whom_it_is_by(world: World) -> None:
    icon = IconService(world.work).create(item(world))
    tags = TagService(world.work).get_or_create(["zebra", "arrow"])
    EntityToTagService(world.work).link("icon", icon.id, *(tag.id for tag in tags))
    picture = ImageService(world.work).create({**image(world), "entity_id": icon.id})
    ImageService(world.work).create({**image(world), "entity_id": icon.id, "entity_type": "illustration"})
    full = IconService(world.work).get_one_with_relations({"id": icon.id}, "full")
    assert full is not None
    assert [tag.name for tag in full.tags] == ["arrow", "zebra"]
    assert full.images == (picture,)
    assert full.set is not None
    assert full.set.family is not None
    assert full.set.family.id == world.family.id
    shown = full.to_json()["owner"]
    assert shown == {
        "uuid": str(world.contributor.uuid),
        "username": world.contributor.username,
        "displayName": world.contributor.display_name,
        "image": None,
    }


# -- search


@pytest.mark.parametrize(
    ("name", "tags", "query", "found"),
    [
        ("Arrow up-left_2", [], "arrows", True),
        ("Turn off", [], "off", True),
        ("Café", [], "cafe", True),
        ("Heart", ["love", "valentine"], "valentines", True),
        ("Heart", ["love"], "hate", False),
    ],
)  # fmt: skip
def test_words_are_found_in_any_form_and_none_is_too_common(
    world: World, name: str, tags: list[str], query: str, found: bool
) -> None:
    icon = IconService(world.work).create({**item(world), "name": name, "tag_names": tags})
    hits = world.work.session.scalars(
        text("select id from icons where id = :id and search @@ websearch_to_tsquery('catalogue', :query)"),
        {"id": icon.id, "query": query},
    ).all()
    assert bool(hits) is found


def test_a_name_counts_more_than_a_tag(world: World) -> None:
    named = IconService(world.work).create({**item(world), "name": "zeppelin", "tag_names": []})
    tagged = IconService(world.work).create({**item(world), "name": "balloon", "tag_names": ["zeppelin"]})
    ranked = world.work.session.scalars(
        text(
            "select id from icons, websearch_to_tsquery('catalogue', 'zeppelin') query"
            " where search @@ query order by ts_rank_cd(search, query) desc"
        )
    ).all()
    assert list(ranked) == [named.id, tagged.id]


def _word_id(world: World, column: str) -> int:
    if column == "tag_id":
        return world.tag().id
    return CategoryService(world.work).create({"name": word("category")}).id
