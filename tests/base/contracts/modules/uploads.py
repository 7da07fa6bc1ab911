"""What comes in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.base.contracts.modules.module import Module
from tests.base.world import World, word
from vectoricons.uploads.batches import UploadBatchService
from vectoricons.uploads.items import UploadItemService


def batch(world: World) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "contributor_id": world.contributor.id,
        "object_key": word("uploads/source.zip"),
        "filename": "arrows.zip",
    }


def batch_item(world: World) -> dict[str, Any]:
    of = UploadBatchService(world.work).create(batch(world))
    return {"batch_id": of.id, "entry_no": 1, "filename": "arrow.svg"}


MODULES: tuple[Module, ...] = (
    Module(UploadBatchService, batch, {"filename": "other.zip"}),
    Module(UploadItemService, batch_item, {"filename": "other.svg"}),
)
