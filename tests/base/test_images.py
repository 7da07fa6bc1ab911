"""Images: what is read from which source, who may fetch which object, and what previews show."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from tests.base.contracts.modules.catalogue import image, item, set_
from tests.base.world import World
from vectoricons.common.actor import Actor
from vectoricons.common.errors import Duplicate, Invalid
from vectoricons.config.enums import Role
from vectoricons.images import Access, Image, ImageRepository, ImageService, Reader
from vectoricons.images.image_processors import SourceType, source_type
from vectoricons.images.image_types import ImageTypeService
from vectoricons.images.previews import SAMPLE, PreviewService, preview_key
from vectoricons.products.families import FamilyService
from vectoricons.products.icons import IconService
from vectoricons.products.illustrations import IllustrationService
from vectoricons.products.sets import SetService

# -- processors


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("image/svg+xml", SourceType.SVG),
        ("IMAGE/PNG", SourceType.PNG),
        ("image/jpeg; charset=binary", SourceType.JPEG),
        (" image/webp ", SourceType.WEBP),
    ],
)
def test_a_picture_is_known_by_its_content_type_svg_among_them(stated: str, found: SourceType) -> None:
    assert source_type({"content-type": stated}, "arrow") is found
    assert source_type({"Content-Type": stated}, "arrow") is found


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({}, "does not say what it is"),
        ({"Content-Type": ""}, "does not say what it is"),
        ({"Content-Type": "image/gif"}, "image/gif is no picture we read"),
        ({"Content-Type": "text/html"}, "Send SVG, PNG, JPEG or WebP"),
    ],
)
def test_anything_else_is_refused_with_what_would_be_read(metadata: dict[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=f"^arrow.bin: .*{words}"):
        source_type(metadata, "arrow.bin")


# -- who may fetch


def of(access: Access, world: World) -> Image:
    return ImageRepository(world.work.session).create({**image(world), "access": access})


def someone(*roles: str) -> Actor:
    return Actor("user:someone", 7, uuid4(), frozenset(roles))


@pytest.mark.parametrize(
    ("access", "guest", "customer", "subscriber", "purchaser"),
    [
        (Access.ALL, True, True, True, True),
        (Access.USER, False, True, True, True),
        (Access.CUSTOMER, False, True, True, True),
        (Access.SUBSCRIBER, False, False, True, True),
        (Access.PURCHASER, False, False, False, True),
        (Access.OWNER, False, False, False, False),
        (Access.ADMIN, False, False, False, False),
    ],
)
def test_an_object_is_for_whom_its_access_class_names(
    world: World, access: Access, guest: bool, customer: bool, subscriber: bool, purchaser: bool
) -> None:
    picture = of(access, world)
    buyer = someone(Role.CUSTOMER)
    assert picture.is_for(Reader(actor=Actor.anonymous())) is guest
    assert picture.is_for(Reader(actor=buyer)) is customer
    assert picture.is_for(Reader(actor=buyer, has_subscription=True)) is subscriber
    assert picture.is_for(Reader(actor=buyer, has_bought=True)) is purchaser
    assert picture.is_for(Reader(actor=buyer, is_owner=True))
    assert picture.is_for(Reader(actor=someone(Role.ADMIN)))
    assert not picture.is_for(Reader(actor=someone(Role.ADMIN, Role.DENY_ALL), is_owner=True))


def test_active_images_are_asked_for_with_a_filter(world: World) -> None:
    images = ImageService(world.work)
    on, off = images.create(image(world)), images.create(image(world))
    images.deactivate(off.id)
    where = {"entity_type": "icon", "entity_id": [on.entity_id, off.entity_id]}
    assert images.get_active(where) == [on]


def test_an_image_type_has_one_value_and_may_share_its_label(world: World) -> None:
    types = ImageTypeService(world.work)
    made = types.create({"value": "poster", "label": "Poster", "description": "Large"})
    assert types.create({"value": "banner", "label": "Poster", "description": "Wide"}).id != made.id
    with pytest.raises(Duplicate, match="value"), world.work.savepoint():
        types.create({"value": "poster", "label": "Other", "description": "Large"})
    with pytest.raises(Duplicate, match="value"), world.work.savepoint():
        types.update(made.id, {"value": "banner"})


def test_every_product_has_its_images_families_too(world: World) -> None:
    picture = ImageRepository(world.work.session).create(
        {**image(world), "entity_type": "family", "entity_id": world.family.id}
    )
    found = FamilyService(world.work).get_one_with_relations({"id": world.family.id}, "full")
    assert found is not None
    assert found.images == (picture,)


# -- previews


@pytest.fixture
def drawn(world: World) -> list[str]:
    """Keys of twenty drawings of a family: icons in two sets, and illustrations in one of them."""
    other = SetService(world.work).create(set_(world))
    keys = []
    for number in range(20):
        service = IllustrationService if number % 5 == 4 else IconService
        where = other.id if number < 4 else world.set.id
        made = service(world.work).create({**item(world), "set_id": where, "svg_key": f"svg/{number}.svg"})
        keys.append(made.svg_key or "")
    return keys


def test_a_preview_shows_ten_drawings_unless_told_and_the_same_when_tried_again(
    world: World, drawn: list[str]
) -> None:
    previews = PreviewService(world.work)
    shown = previews.of_family(world.family.id, seed="a")
    assert len(shown) == len(set(shown)) == SAMPLE == 10
    assert set(shown) < set(drawn)
    assert (
        shown
        == previews.of_family(world.family.id, seed="a")
        != previews.of_family(world.family.id, seed="b")
    )
    assert set(previews.of_family(world.family.id, seed="a", size=99)) == set(drawn)


def test_every_drawing_of_every_set_is_as_likely_as_any_other(world: World, drawn: list[str]) -> None:
    previews, rounds = PreviewService(world.work), 400
    shown = Counter(
        key for seed in range(rounds) for key in previews.of_family(world.family.id, seed=str(seed), size=5)
    )
    expected = rounds * 5 / len(drawn)
    chi_squared = sum((shown[key] - expected) ** 2 / expected for key in drawn)
    assert chi_squared < 43.8, (
        "one in a thousand fair draws is further off, and these seeds are always the same"
    )


def test_a_preview_shows_only_what_the_public_sees(world: World, drawn: list[str]) -> None:
    previews = PreviewService(world.work)
    in_set = set(previews.of_set(world.set.id, seed="a", size=99))
    assert in_set == {key for number, key in enumerate(drawn) if number >= 4}
    SetService(world.work).deactivate(world.set.id)
    assert previews.of_set(world.set.id, seed="a") == ()
    assert set(previews.of_family(world.family.id, seed="a", size=99)) == set(drawn) - in_set


def test_a_preview_is_kept_under_its_contents_whatever_the_family_is_called() -> None:
    assert preview_key("0a" * 32, "webp") == f"previews/{'0a' * 32}.webp"
