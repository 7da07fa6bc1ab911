"""The backfill: every drawing of the catalogue gets the images the pipeline would make of it today."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

from containers.converter.cli import main
from imaging import Recipe, render, sanitise
from tests.base.world import World
from tests.converter.places import BucketPlace
from tests.converter.workshop import Workshop, icon
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.images import Image, ImageRepository
from vectoricons.products.icons import IconRepository
from vectoricons.products.illustrations import IllustrationRepository
from vectoricons.uploads.keys import svg_key

SYSTEM = Actor.system("test")


class Catalogue:
    """Items with drawings in a private bucket, and what the converter makes of them."""

    def __init__(self, database: Database, s3: BucketPlace) -> None:
        self.database = database
        self.public = BucketPlace(s3.client, "public", "")
        self.private = BucketPlace(s3.client, "private", "")

    def draw(self, number: int, *prices: str, repository: Any = IconRepository) -> list[int]:
        """Items of these prices that have the same drawing; their ids."""
        drawing = sanitise(icon(number))
        key = svg_key(drawing)
        self.private.put(key, drawing)
        with self.database.unit_of_work(SYSTEM) as work:
            world = World(work)
            place = {
                "user_id": world.contributor.id,
                "family_id": world.family.id,
                "set_id": world.set.id,
                "svg_key": key,
            }
            made = [
                repository(work.session).create({**place, "name": f"icon {number}", "price": Decimal(price)})
                for price in prices
            ]
            return [item.id for item in made]

    def images(self, entity_id: int, entity_type: str = "icon") -> dict[tuple[str, str], Image]:
        """An item's images by kind and format."""
        with self.database.unit_of_work(SYSTEM) as work:
            found = ImageRepository(work.session).find_by_entity(entity_type, entity_id)
            return {(image.kind, image.format.value): image for image in found}

    def backfill(self, *options: str) -> tuple[int, list[dict[str, Any]]]:
        """The command's status and what it logged."""
        result = CliRunner().invoke(main, ["backfill", "--workers", "1", "--fetchers", "2", *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        events = [json.loads(line) for line in result.output.splitlines()]
        return result.exit_code, [event for event in events if event.get("service") == "converter"]


@pytest.fixture
def catalogue(
    workshop: Workshop, database: Database, s3: BucketPlace, monkeypatch: pytest.MonkeyPatch
) -> Catalogue:
    """An empty catalogue, which the environment names as a task definition would."""
    for name, value in {
        "STACK": "test",
        "SERVICE": "converter",
        "LOG_LEVEL": "INFO",
        "PRIVATE_BUCKET": "private",
        "PUBLIC_BUCKET": "public",
    }.items():
        monkeypatch.setenv(name, value)
    return Catalogue(database, s3)


def ended(events: list[dict[str, Any]]) -> dict[str, Any]:
    (last,) = [event for event in events if event["event"] == "backfill-ended"]
    return last


def test_every_item_shows_the_images_of_its_drawing(catalogue: Catalogue) -> None:
    (one,), (other,) = catalogue.draw(1, "0"), catalogue.draw(2, "0", repository=IllustrationRepository)
    status, events = catalogue.backfill()
    assert status == 0
    assert ended(events)["converted"] == 2
    rendered = render(sanitise(icon(1)), Recipe()).images
    shown = catalogue.images(one)
    assert {key: image.image_hash for key, image in shown.items()} == {
        (image.kind, image.format): image.sha256 for image in rendered
    }
    contents = catalogue.public.contents()
    assert all(contents[image.object_key] for image in shown.values())
    assert catalogue.images(other, "illustration").keys() == shown.keys()


def test_the_clean_preview_of_what_is_sold_stays_private(catalogue: Catalogue) -> None:
    (sold,) = catalogue.draw(1, "2.50")
    assert catalogue.backfill()[0] == 0
    shown = catalogue.images(sold)
    assert {key[0] for key, image in shown.items() if image.visibility == "private"} == {"preview"}
    previews = {image.object_key for key, image in shown.items() if key[0] == "preview"}
    assert previews <= catalogue.private.contents().keys()
    assert not previews & catalogue.public.contents().keys()


def test_a_drawing_that_is_sold_and_given_away_is_in_both_places(catalogue: Catalogue) -> None:
    sold, free = catalogue.draw(1, "2.50", "0")
    assert ended(catalogue.backfill()[1])["converted"] == 1
    assert catalogue.images(sold)["preview", "webp"].visibility == "private"
    assert catalogue.images(free)["preview", "webp"].visibility == "public"
    key = catalogue.images(free)["preview", "webp"].object_key
    assert key in catalogue.public.contents()
    assert key in catalogue.private.contents()


def test_shards_and_resume_do_each_drawing_once(catalogue: Catalogue) -> None:
    for number in range(8):
        catalogue.draw(number, "0")
    first = ended(catalogue.backfill("--shard", "1/2", "--limit", "1")[1])
    assert first["converted"] == 1
    again = [ended(catalogue.backfill("--shard", f"{number}/2", "--resume")[1]) for number in (1, 2)]
    assert sum(event["converted"] for event in again) == 8
    nothing = ended(catalogue.backfill("--shard", "1/2", "--resume")[1])
    assert nothing["converted"] == again[0]["converted"], "the totals are those of the whole run"


def test_a_drawing_that_was_lost_is_logged_and_the_rest_is_made(catalogue: Catalogue) -> None:
    catalogue.draw(1, "0")
    catalogue.draw(2, "0")
    key = svg_key(sanitise(icon(1)))
    catalogue.private.delete(key)
    status, events = catalogue.backfill()
    assert status == 1
    (failed,) = [event for event in events if event["event"] == "drawing-failed"]
    assert failed["key"] == key
    assert ended(events)["converted"] == 1
    assert ended(events)["failures"] == {failed["reason"]: 1}


def test_a_missing_variable_is_a_sentence_and_status_2(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRIVATE_BUCKET", raising=False)
    monkeypatch.setenv("PUBLIC_BUCKET", "public")
    result = CliRunner().invoke(main, ["backfill"])
    assert result.exit_code == 2
    assert "PRIVATE_BUCKET: is not set" in result.output


def test_a_database_that_is_away_is_a_sentence_and_status_2(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_PORT", "9")
    status, events = catalogue.backfill()
    assert status == 2
    assert "does not answer" in events[-1]["reason"]
