"""Workers killed at every named point, and all that can be lost: no item is, none comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from botocore.exceptions import EndpointConnectionError
from sqlalchemy import text

from containers.worker import images
from containers.worker.doorbell import QueueName, chunks
from imaging import Renderer
from tests.worker import zips
from tests.worker.pipeline import SYSTEM, Pipeline
from tests.worker.surroundings import PRIVATE, PUBLIC
from vectoricons.uploads.batches import BatchState, UploadBatch
from vectoricons.uploads.items import CHUNK, ItemState, UploadItemService
from vectoricons.uploads.settlement import Outcome, Settlement

# Untraced, for it is long: the other tests of the pipeline are seen to go the same ways.
pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced_processes")]

COUNT = 30


def assert_whole(pipeline: Pipeline, batch: UploadBatch, count: int = COUNT) -> None:
    """No item lost, none twice, totals add up, objects and rows agree, and people were told once."""
    after = pipeline.batch(batch.id)
    assert (after.state, after.ready_count, after.rejected_count) == (BatchState.PUBLISHED, count, 0)
    assert {item.state for item in pipeline.items(batch.id)} == {ItemState.READY}
    assert pipeline.rows("select count(*), count(distinct source_entry_no) from icons") == [(count, count)]
    assert pipeline.rows("select icon_count from families") == [(count,)]
    assert pipeline.rows("select sum(item_count) from sets") == [(count,)]
    stored = {key for (key,) in pipeline.rows("select object_key from images")}
    assert stored == pipeline.keys(PUBLIC)
    assert len(pipeline.sink.posts) == 1


INTAKE = ["after-sources", "after-intake-commit", "before-delete-message"]
IMAGES = ["after-claim", "mid-chunk", "after-puts", "after-settle"]
PREVIEWS = ["after-preview-put", "after-publish"]


@pytest.mark.parametrize("point", INTAKE)
def test_an_intake_killed_anywhere_is_a_redelivery(pipeline: Pipeline, point: str) -> None:
    pipeline.take_in()
    batch = pipeline.upload(zips.real_icons(COUNT))
    pipeline.crash("intake", at=point)
    pipeline.show_hidden_messages()
    pipeline.take_in()
    pipeline.work_off()
    assert_whole(pipeline, batch)


@pytest.mark.parametrize("point", IMAGES)
def test_an_image_worker_killed_anywhere_loses_nothing(pipeline: Pipeline, point: str) -> None:
    batch = pipeline.upload(zips.real_icons(COUNT))
    pipeline.take_in()
    pipeline.crash("images", at=point)
    pipeline.make_it_late(batch.id)
    pipeline.work_off()
    assert_whole(pipeline, batch)


@pytest.mark.parametrize("point", PREVIEWS)
def test_a_preview_worker_killed_anywhere_publishes_once(pipeline: Pipeline, point: str) -> None:
    batch = pipeline.upload(zips.real_icons(COUNT))
    pipeline.take_in()
    pipeline.draw(batch.id)
    pipeline.crash("previews", at=point)
    pipeline.work_off()
    assert_whole(pipeline, batch)


def test_a_relay_killed_after_sending_sends_again_and_people_hear_once(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(COUNT))
    pipeline.take_in()
    pipeline.draw(batch.id)
    pipeline.previews.run(batch.id)
    pipeline.crash("relay", at="before-relay-commit")
    pipeline.deliver()
    assert_whole(pipeline, batch)


def test_a_messenger_killed_after_posting_does_not_post_again(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(COUNT))
    pipeline.take_in()
    pipeline.draw(batch.id)
    pipeline.previews.run(batch.id)
    while pipeline.relay.run_once():
        pass
    pipeline.crash("messenger", at="after-slack-post")
    pipeline.execute("update notifications set lease_until = now() - interval '1 s'")
    pipeline.show_hidden_messages()
    pipeline.deliver()
    assert_whole(pipeline, batch)
    (mail,) = pipeline.mails()
    assert "this may stand there too" in mail.body
    assert pipeline.rows("select state from notifications") == [("unknown",)]


def test_a_flushed_valkey_costs_one_tick_of_the_reaper(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(COUNT))
    pipeline.take_in()
    pipeline.images.run(batch.id)
    pipeline.valkey.flushall()
    assert pipeline.batch(batch.id).open_count == COUNT - CHUNK
    pipeline.reaper.run_once()
    assert pipeline.doorbell.waiting(QueueName.IMAGES) == {batch.id: 1}
    pipeline.work_off()
    assert_whole(pipeline, batch)


def test_the_reaper_rings_for_what_is_owed_and_no_more(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(60))
    pipeline.take_in()
    pipeline.reaper.run_once()
    assert pipeline.doorbell.waiting(QueueName.IMAGES) == {batch.id: chunks(60)}
    assert pipeline.batch(batch.id).rings == 0


def test_of_two_reapers_one_works(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(2))
    pipeline.take_in()
    pipeline.valkey.flushall()
    with pipeline.database.unit_of_work(SYSTEM) as work:
        work.session.execute(text("select pg_advisory_xact_lock(hashtextextended('reaper', 0))"))
        pipeline.reaper.run_once()
    assert pipeline.doorbell.waiting(QueueName.IMAGES) == {}
    pipeline.reaper.run_once()
    assert pipeline.doorbell.waiting(QueueName.IMAGES) == {batch.id: 1}


def test_a_worker_that_was_taken_for_dead_changes_nothing_when_it_wakes(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(4))
    pipeline.take_in()
    token = uuid4()
    with pipeline.database.unit_of_work(SYSTEM) as work:
        items = UploadItemService(work).repository.claim(batch.id, token, CHUNK)
    pipeline.make_it_late(batch.id)
    pipeline.work_off()
    with pipeline.database.unit_of_work(SYSTEM) as work:
        late = Outcome(rejected={}, given_back=[item.id for item in items])
        Settlement(work).settle(batch.id, token, late)
    assert_whole(pipeline, batch, 4)


def test_an_item_that_kills_its_worker_five_times_is_rejected(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(3))
    pipeline.take_in()
    for attempt in range(1, 6):
        with pipeline.database.unit_of_work(SYSTEM) as work:
            (item,) = UploadItemService(work).repository.claim(batch.id, uuid4(), 1)
        assert (item.entry_no, item.attempts) == (1, attempt)
        pipeline.make_it_late(batch.id)
        pipeline.reaper.run_once()
    pipeline.work_off()
    states = [item.reason_code or item.state for item in pipeline.items(batch.id)]
    assert states == ["renderer-failed", "ready", "ready"]
    after = pipeline.batch(batch.id)
    assert (after.state, after.ready_count, after.rejected_count) == (BatchState.PUBLISHED, 2, 1)


@pytest.fixture
def s3_outage(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def unreachable(*_: object, **__: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://s3")

    with monkeypatch.context() as broken:
        broken.setattr(pipeline.storage, "read_all", unreachable)
        yield


@pytest.mark.usefixtures("s3_outage")
def test_an_outage_of_s3_is_no_fault_of_the_items(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(4))
    pipeline.take_in()
    for _ in range(7):
        with pytest.raises(EndpointConnectionError):
            pipeline.images.run(batch.id)
    assert {(item.state, item.attempts) for item in pipeline.items(batch.id)} == {(ItemState.QUEUED, 0)}


def test_a_chunk_that_takes_too_long_gives_the_rest_back_and_rings(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = pipeline.upload(zips.real_icons(10))
    pipeline.take_in()
    pipeline.valkey.flushall()
    monkeypatch.setattr(images, "CHUNK_SECONDS", 0.0)
    pipeline.images.run(batch.id)
    assert {(item.state, item.attempts) for item in pipeline.items(batch.id)} == {(ItemState.QUEUED, 0)}
    assert pipeline.doorbell.waiting(QueueName.IMAGES) == {batch.id: 1}
    monkeypatch.undo()
    pipeline.work_off()
    assert_whole(pipeline, batch, 10)


def test_a_worker_asked_to_stop_finishes_the_item_in_hand(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = pipeline.upload(zips.real_icons(10))
    pipeline.take_in()
    drawn = Renderer.render

    def draw_and_be_stopped(*args: object) -> object:
        pipeline.stop.set()
        return drawn(*args)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(Renderer, "render", draw_and_be_stopped)
    assert pipeline.images.run(batch.id) == 1
    assert pipeline.images.run(batch.id) == 0
    assert pipeline.batch(batch.id).ready_count == 1
    monkeypatch.undo()
    pipeline.stop.clear()
    pipeline.work_off()
    assert_whole(pipeline, batch, 10)


def test_a_source_that_storage_lost_costs_that_item_alone(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(3))
    pipeline.take_in()
    pipeline.servers.s3.delete_object(Bucket=PRIVATE, Key=f"sources/{batch.id}/1.svg")
    pipeline.work_off()
    states = [item.reason_code or item.state for item in pipeline.items(batch.id)]
    assert states == ["source-missing", "ready", "ready"]
