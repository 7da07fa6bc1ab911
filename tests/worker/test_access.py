"""Whose uploads are whose: contributors start and see their own, and only the workers move them on."""

from __future__ import annotations

import pytest

from tests.worker import zips
from tests.worker.pipeline import Pipeline, contributor
from vectoricons.common.actor import Actor
from vectoricons.common.errors import Forbidden, NotFound
from vectoricons.uploads.batches import BatchState, UploadBatchService
from vectoricons.uploads.items import UploadItemService


def test_a_contributor_sees_only_uploads_of_their_own(pipeline: Pipeline) -> None:
    batch = pipeline.start()
    stranger = contributor(pipeline.database)
    for user, seen in ((pipeline.contributor, batch), (stranger, None)):
        with pipeline.database.unit_of_work(Actor.of(user)) as work:
            assert UploadBatchService(work).get_by_id(batch.id) == seen
    with pipeline.database.unit_of_work(Actor.anonymous()) as work:
        assert UploadBatchService(work).get_by_id(batch.id) is None


def test_the_files_of_an_upload_are_seen_by_who_sees_the_upload(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(2))
    pipeline.take_in()
    with pipeline.database.unit_of_work(Actor.of(pipeline.contributor)) as work:
        assert len(UploadItemService(work).of_batch(batch.id)) == 2
    stranger = contributor(pipeline.database)
    with pytest.raises(NotFound), pipeline.database.unit_of_work(Actor.of(stranger)) as work:
        UploadItemService(work).of_batch(batch.id)


def test_nobody_starts_an_upload_in_somebody_elses_name(pipeline: Pipeline) -> None:
    stranger = contributor(pipeline.database)
    for actor in (Actor.of(stranger), Actor.anonymous()):
        with pytest.raises(Forbidden), pipeline.database.unit_of_work(actor) as work:
            UploadBatchService(work).start(pipeline.contributor.id, pipeline.contributor.uuid, "a.zip", 1)


def test_a_contributor_cannot_move_their_upload_on(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(2))
    pipeline.take_in()
    item = pipeline.items(batch.id)[0]
    with pytest.raises(Forbidden), pipeline.database.unit_of_work(Actor.of(pipeline.contributor)) as work:
        UploadBatchService(work).update(batch.id, {"state": BatchState.PUBLISHED})
    with pytest.raises(NotFound), pipeline.database.unit_of_work(Actor.of(pipeline.contributor)) as work:
        UploadItemService(work).delete(item.id)
    assert pipeline.batch(batch.id).state is BatchState.PROCESSING
