"""Banned words: what people write is held against them, by whatever way it comes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.base.world import World
from vectoricons.banned_words import BannedWordService
from vectoricons.common.errors import Invalid
from vectoricons.config.enums import Role
from vectoricons.products.families import FamilyService
from vectoricons.uploads import plan
from vectoricons.uploads.acceptance import Acceptance
from vectoricons.uploads.batches import UploadBatch, UploadBatchService
from vectoricons.uploads.items import UploadItemRepository
from vectoricons.uploads.plan import File
from vectoricons.uploads.reasons import Cause, Refused
from vectoricons.users import UserService


@pytest.fixture(autouse=True)
def _banned(world: World) -> None:
    BannedWordService(world.work).create({"word": "darn"})


@pytest.fixture
def batch(world: World) -> UploadBatch:
    """An upload whose ZIP has arrived."""
    owner, batches = world.contributor, UploadBatchService(world.work)
    started = batches.start(owner.id, owner.uuid, "weather.zip", 1)
    batches.checking(started.id)
    return batches.assert_exists(started.id)


def accepted(world: World, batch: UploadBatch, archive: str, *names: str) -> UploadBatch:
    files = [File(number, name) for number, name in enumerate(names, 1)]
    return Acceptance(world.work).accept(batch, "0" * 64, plan.of_folders(archive, files), [])


def test_files_that_say_one_are_turned_away_and_the_others_go_live(world: World, batch: UploadBatch) -> None:
    begun = accepted(world, batch, "weather.zip", "sun.svg", "darn-rain.svg", "darning needle.svg")
    assert (begun.item_count, begun.rejected_count) == (3, 1)
    items = UploadItemRepository(world.work.session).find_all({"batch_id": batch.id, "state": "rejected"})
    assert [(item.filename, item.reason_code) for item in items] == [("darn-rain.svg", "banned-word")]
    assert "“darn”" in str(items[0].reason_detail)


@pytest.mark.parametrize(
    ("archive", "names"),
    [
        ("darn.zip", ["sun.svg"]),
        ("weather.zip", ["darn/sun.svg", "moon.svg"]),
        ("weather.zip", ["darn.svg", "darn it.svg"]),
    ],
)
def test_an_upload_that_says_one_above_its_files_or_in_all_of_them_is_refused(
    world: World, batch: UploadBatch, archive: str, names: list[str]
) -> None:
    with pytest.raises(Refused, match="not allowed here") as refused:
        accepted(world, batch, archive, *names)
    assert refused.value.cause is Cause.BANNED_WORD


@pytest.mark.parametrize(("column", "called"), [("name", "name"), ("description", "description")])
def test_contributors_say_none_and_administrators_may(world: World, column: str, called: str) -> None:
    said: dict[str, Any] = {column: "A DARN fine family"}
    with pytest.raises(Invalid, match=f'The {called} holds "darn"'):
        FamilyService(world.acting_as(world.contributor, Role.CONTRIBUTOR)).update(world.family.id, said)
    FamilyService(world.acting_as(world.user(), Role.ADMIN)).update(world.family.id, said)


def test_nobody_is_called_one(world: World) -> None:
    new = {"email": "vi@example.org", "username": "vi", "display_name": "Darn Vi", "password": "Correct-1"}
    with pytest.raises(Invalid, match='The name holds "darn"'):
        UserService(world.anonymously()).register(**new)
    vi = world.user()
    with pytest.raises(Invalid, match='The user name holds "darn"'):
        UserService(world.acting_as(vi, Role.CUSTOMER)).update(vi.id, {"username": "darn"})
