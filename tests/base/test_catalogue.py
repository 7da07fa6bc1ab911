"""The catalogue: what is particular to families, sets, items, their words and pictures."""

from __future__ import annotations

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.base.contracts.modules.catalogue import image, item
from tests.base.world import World, word
from vectoricons.common import ids
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, Duplicate, Invalid, NotFound
from vectoricons.images import ImageRepository, ImageService
from vectoricons.licenses import DEFAULT_LICENSE_ID, LicenseService
from vectoricons.products.categories import CategoryService
from vectoricons.products.entity_to_categories import EntityToCategoryService
from vectoricons.products.families import FamilyRepository, FamilyService
from vectoricons.products.icons import IconRepository, IconService
from vectoricons.products.illustrations import IllustrationService
from vectoricons.products.product_types import ProductTypeId, ProductTypeService
from vectoricons.products.sets import SetRepository, SetService
from vectoricons.products.styles import StyleService

PUBLIC_ID = re.compile(f"[{ids.ALPHABET}]{{12}}")


# -- ids and names


def test_public_ids_are_twelve_characters_nobody_misreads(world: World) -> None:
    made = IconService(world.work).create_many([item(world) for _ in range(50)])
    assert all(PUBLIC_ID.fullmatch(icon.unique_id) for icon in made)
    assert len({icon.unique_id for icon in made}) == 50
    assert PUBLIC_ID.fullmatch(ids.public_id())


def test_public_ids_use_the_whole_alphabet(database: Database) -> None:
    with database.reader() as connection:
        many = connection.scalars(text("select public_id() from generate_series(1, 1000)")).all()
    for place in range(12):
        assert {one[place] for one in many} == set(ids.ALPHABET)


def test_time_ordered_ids_sort_by_when_they_were_made() -> None:
    made = [ids.uuid7() for _ in range(100)]
    assert made == sorted(made)
    assert {one.version for one in made} == {7}


def test_a_family_name_is_the_contributors_own_until_it_is_put_away(world: World) -> None:
    families, first = FamilyService(world.work), world.family
    again = {"name": first.name, "user_id": first.user_id}
    with pytest.raises(Duplicate, match="user_id, name"), world.work.savepoint():
        families.create(again)
    assert families.create({**again, "user_id": world.user().id}).id != first.id
    families.soft_delete(first.id)
    assert families.create(again).id != first.id


def test_uploading_into_a_family_of_the_same_name_meets_it(world: World) -> None:
    again = FamilyService(world.work).upsert({"name": world.family.name, "user_id": world.contributor.id})
    assert again.id == world.family.id


# -- who belongs to what


def test_an_item_agrees_with_its_set_about_family_and_owner(world: World) -> None:
    stranger = world.user()
    for wrong in ({"user_id": stranger.id}, {"family_id": world.family.id + 1}):
        with pytest.raises(Invalid, match="does not exist"), world.work.savepoint():
            IconService(world.work).create({**item(world), **wrong})


def test_giving_a_family_away_takes_its_sets_and_items_along(world: World) -> None:
    icon, heir = IconService(world.work).create(item(world)), world.user()
    FamilyRepository(world.work.session).update(world.family.id, {"user_id": heir.id})
    moved = IconService(world.work).assert_exists(icon.id)
    assert moved.user_id == heir.id
    assert SetService(world.work).assert_exists(world.set.id).user_id == heir.id


def test_a_family_with_sets_is_not_deleted_for_good(world: World) -> None:
    assert world.set.family_id == world.family.id
    with pytest.raises(Conflict, match="still in use"), world.work.savepoint():
        FamilyService(world.work).delete(world.family.id)


def test_sets_and_items_are_listed_by_what_they_are_in(world: World) -> None:
    shown, off, gone = (IconService(world.work).create(item(world)) for _ in range(3))
    IconService(world.work).deactivate(off.id)
    IconService(world.work).soft_delete(gone.id)
    assert IconService(world.work).get_by_set_id(world.set.id) == [
        shown,
        IconService(world.work).assert_exists(off.id),
    ]
    assert IconRepository(world.work.session).find_by_set_id(world.set.id)[0] == shown
    assert shown in IconRepository(world.work.session).find_active()
    assert IconRepository(world.work.session).find_by_unique_id(shown.unique_id) == shown
    (found,) = SetService(world.work).get_by_family_id(world.family.id)
    assert (found.id, found.item_count) == (world.set.id, 1)
    SetService(world.work).deactivate(world.set.id)
    assert SetRepository(world.work.session).find_by_family_id(world.family.id) == []


def test_an_upload_entry_becomes_one_item_however_often_it_is_processed(world: World) -> None:
    rows = [{**item(world), "source_batch_id": uuid4(), "source_entry_no": number} for number in range(25)]
    first = IllustrationService(world.work).upsert_many(rows)
    again = IllustrationService(world.work).upsert_many([{**row, "name": "renamed"} for row in rows])
    assert {one.id for one in first} == {one.id for one in again}
    assert {one.unique_id for one in first} == {one.unique_id for one in again}
    assert {one.name for one in again} == {"renamed"}


# -- words and shelves


@pytest.mark.parametrize("service", [StyleService, ProductTypeService])
def test_a_lookup_has_one_value_and_may_share_its_label(
    world: World, service: type[StyleService] | type[ProductTypeService]
) -> None:
    lookups = service(world.work)
    made = lookups.create({"value": "woodcut", "label": "Woodcut"})
    assert lookups.get_by_value("woodcut") == made
    assert lookups.create({"value": "linocut", "label": "Woodcut"}).id != made.id
    with pytest.raises(Duplicate, match="value"), world.work.savepoint():
        lookups.create({"value": "woodcut", "label": "Other"})
    with pytest.raises(Duplicate, match="value"), world.work.savepoint():
        lookups.update(made.id, {"value": "linocut"})


def test_two_categories_may_have_the_same_name(world: World) -> None:
    categories = CategoryService(world.work)
    made = [categories.create({"name": "Weather"}) for _ in range(2)]
    assert made[0].id != made[1].id
    assert categories.get_where({"name": "Weather"}) == made


def test_an_entity_has_the_categories_it_was_given_each_once(world: World) -> None:
    shelves = CategoryService(world.work).create_many([{"name": word("shelf")} for _ in range(3)])
    links, families = EntityToCategoryService(world.work), FamilyService(world.work)
    one, two, three = (shelf.id for shelf in shelves)
    links.link("family", world.family.id, one, two)
    with pytest.raises(Duplicate, match="category_id"), world.work.savepoint():
        links.link("family", world.family.id, two)
    assert links.get_categories("family", world.family.id) == shelves[:2]
    families.categorise(world.family.id, three, two, three)
    assert links.get_categories("family", world.family.id) == shelves[1:]
    assert [link.entity_id for link in links.get_by_category(three)] == [world.family.id]
    assert links.unlink("family", world.family.id, one) == 0
    assert families.categorise(world.family.id).id == world.family.id
    assert links.get_categories("family", world.family.id) == []


def test_a_category_there_is_not_and_a_thing_there_is_not_are_refused(world: World) -> None:
    families = FamilyService(world.work)
    with pytest.raises(Invalid, match="does not exist"), world.work.savepoint():
        families.categorise(world.family.id, 2**40)
    with pytest.raises(NotFound, match="Family not found"):
        families.categorise(2**40)


def test_popularity_is_a_column_that_no_relation_hides(world: World) -> None:
    icon = IconService(world.work).create(item(world))
    IconRepository(world.work.session).update(icon.id, {"popularity": 7})
    shown = IconService(world.work).get_with_relations({"id": icon.id}, "full")[0].to_json()
    assert shown["popularity"] == 7


# -- money, licence, size


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("29.9999", "30.00"),
        ("2", "2.00"),
        ("0", "0.00"),
        ("0.005", "0.01"),
        (None, None),
        ("12345678.90", "12345678.90"),
    ],
)
def test_prices_are_cents_and_text_in_json(world: World, given: str | None, kept: str | None) -> None:
    price = None if given is None else Decimal(given)
    made = SetService(world.work).create(
        {"name": word("set"), "user_id": world.contributor.id, "family_id": world.family.id, "price": price,
         "product_type_id": ProductTypeId.ICON}
    )  # fmt: skip
    assert made.to_json()["price"] == kept
    assert made.price == (None if kept is None else Decimal(kept))


def test_what_does_not_fit_is_refused_in_words(world: World) -> None:
    families, set_id = FamilyService(world.work), world.set.id
    with pytest.raises(Invalid, match="number of the family is too large"), world.work.savepoint():
        families.update(world.family.id, {"price": Decimal("123456789")})
    with pytest.raises(Invalid, match="breaks a rule"), world.work.savepoint():
        SetService(world.work).update(set_id, {"price": Decimal("-0.01")})
    with pytest.raises(Invalid, match="text of the family is too long"), world.work.savepoint():
        families.update(world.family.id, {"name": "x" * 256})
    with pytest.raises(Invalid, match="breaks a rule"), world.work.savepoint():
        LicenseService(world.work).create({"value": word("own"), "name": "Own", "type": "borrowed"})


def test_who_names_no_licence_gets_the_default(world: World) -> None:
    licenses = LicenseService(world.work)
    assert world.family.license_id == licenses.get_default().id == DEFAULT_LICENSE_ID
    free, premium, mit = (licenses.get_by_value(value) for value in ("free", "premium", "mit"))
    assert free is not None
    assert premium is not None
    assert (free.value, free.type, premium.id) == ("mit", "free", DEFAULT_LICENSE_ID)
    assert mit == free
    assert licenses.get_by_value("stolen") is None


def test_sizes_are_exact(world: World) -> None:
    icon = IconService(world.work).create({**item(world), "width": Decimal("24"), "height": "23.5"})
    assert (icon.width, icon.height) == (Decimal("24.00"), Decimal("23.50"))


# -- pictures


def test_an_image_is_one_per_thing_kind_and_format(world: World) -> None:
    images = ImageService(world.work)
    made = images.create(image(world))
    with pytest.raises(Duplicate), world.work.savepoint():
        images.create({**image(world), "entity_id": made.entity_id})
    newer = images.upsert({**image(world), "entity_id": made.entity_id, "size_bytes": 1})
    assert (newer.id, newer.size_bytes, newer.unique_id) == (made.id, 1, made.unique_id)
    assert images.get_by_entity("icon", made.entity_id) == [newer]
    images.deactivate(made.id)
    assert ImageRepository(world.work.session).find_by_entity("icon", made.entity_id) == []


@pytest.mark.parametrize(
    "wrong", [{"format": "gif"}, {"visibility": "all"}, {"access": "x"}, {"entity_type": "cart"}], ids=str
)
def test_an_image_is_of_a_known_kind_for_a_known_reader(world: World, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="breaks a rule"), world.work.savepoint():
        ImageService(world.work).create({**image(world), **wrong})


def test_an_image_has_a_kind_there_is(world: World) -> None:
    with pytest.raises(Invalid, match="kind"), world.work.savepoint():
        ImageService(world.work).create({**image(world), "kind": "hologram"})


def test_a_family_loses_its_preview_with_the_picture(world: World) -> None:
    picture = ImageService(world.work).create(
        {**image(world), "entity_type": "family", "entity_id": world.family.id}
    )
    shown = FamilyService(world.work).update(world.family.id, {"preview_image_id": picture.id})
    found = FamilyService(world.work).get_one_with_relations({"id": shown.id})
    assert found is not None
    assert found.preview == picture
    ImageService(world.work).delete(picture.id)
    assert FamilyService(world.work).assert_exists(shown.id).preview_image_id is None
