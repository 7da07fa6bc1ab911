"""What S3 tells of: twice, late, encoded, of the wrong things, or never asked for."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers.worker.s3_events import NotAnS3Event, parse
from tests.worker import zips
from tests.worker.pipeline import Pipeline
from tests.worker.surroundings import PRIVATE, UPLOADS
from tests.worker.zips import packed
from vectoricons.aws.sqs import Message
from vectoricons.uploads.batches import BatchState

GOOD = next(iter(zips.tabler_icons().values()))


def told(
    key: str, *, etag: str = "", name: str = "ObjectCreated:Put", bucket: str = UPLOADS, **more: Any
) -> str:
    """A message as S3 writes it."""
    body = {"key": quote_plus(key), "size": 100, "eTag": etag, "sequencer": "0055AED6DCD90281E5", **more}
    record = {"eventName": name, "s3": {"bucket": {"name": bucket}, "object": body}}
    return json.dumps({"Records": [record]})


def message(body: str, receives: int = 1) -> Message:
    return Message(str(uuid4()), body, receives)


def outcomes(pipeline: Pipeline) -> list[tuple[str, str | None]]:
    """What became of each arrival, in order."""
    rows = pipeline.rows("select outcome, reason_code from upload_inbox order by created_at")
    return [tuple(row) for row in rows]


@given(st.text(min_size=1, max_size=40))
def test_a_key_is_decoded_exactly_once(key: str) -> None:
    (event,) = parse(told(key)).records
    assert event.key == key


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "{}", '{"Records": [{"eventName": "x"}]}', '{"Event": "other"}']
)
def test_what_s3_did_not_write_is_said_to_be_so(body: str) -> None:
    with pytest.raises(NotAnS3Event):
        parse(body)


def test_the_test_event_of_a_new_notification_is_dropped(pipeline: Pipeline) -> None:
    assert pipeline.intake.run_once() == 1
    assert pipeline.intake.run_once() == 0
    assert outcomes(pipeline) == []


def test_a_message_delivered_three_times_is_taken_in_once(pipeline: Pipeline) -> None:
    pipeline.take_in()
    batch = pipeline.upload(zips.real_icons(4))
    for _ in range(3):
        (delivered,) = pipeline.servers.sqs.receive_message(QueueUrl=pipeline.servers.incoming)["Messages"]
        pipeline.intake_handler.handle(message(delivered["Body"]))
        pipeline.show_hidden_messages()
    assert outcomes(pipeline) == [("accepted", None)]
    assert len(pipeline.items(batch.id)) == 4


def test_two_intakes_on_one_message_make_one_family(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(10))
    body = told(batch.object_key, etag="")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(pipeline.intake_handler.handle, [message(body), message(body)]))
    assert outcomes(pipeline) == [("accepted", None)]
    assert len(pipeline.items(batch.id)) == 10
    assert pipeline.rows("select count(*) from event_outbox where name = 'upload-batch.after.accept'") == [
        (1,)
    ]


def test_one_bad_message_does_not_hold_up_its_neighbours(pipeline: Pipeline) -> None:
    pipeline.take_in()
    pipeline.servers.sqs.send_message(QueueUrl=pipeline.servers.incoming, MessageBody="not from S3")
    batch = pipeline.upload(zips.real_icons(2))
    pipeline.take_in()
    assert pipeline.batch(batch.id).state is BatchState.PROCESSING
    depth = pipeline.servers.sqs.get_queue_attributes(
        QueueUrl=pipeline.servers.incoming, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
    )
    assert depth["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_a_zip_at_a_key_nobody_was_given_is_refused_and_told(pipeline: Pipeline) -> None:
    key = f"uploads/{pipeline.contributor.uuid}/by hand & more.zip"
    pipeline.servers.s3.put_object(Bucket=UPLOADS, Key=key, Body=zips.real_icons(2))
    pipeline.take_in()
    pipeline.deliver()
    assert outcomes(pipeline) == [("refused", "unsigned-key")]
    ((state, code, filename),) = pipeline.rows("select state, reason_code, filename from upload_batches")
    assert (state, code, filename) == ("refused", "unsigned-key", "by hand & more.zip")
    assert pipeline.keys(PRIVATE) == set()
    assert "An upload from Ada was refused" in pipeline.sink.posts[0]


@pytest.mark.parametrize("key", ["stray.zip", f"uploads/{UUID(int=1)}/x.zip", "uploads/nobody/x.zip"])
def test_a_zip_at_a_key_of_nobody_is_noted_and_told(pipeline: Pipeline, key: str) -> None:
    pipeline.servers.s3.put_object(Bucket=UPLOADS, Key=key, Body=b"x")
    pipeline.take_in()
    pipeline.deliver()
    assert outcomes(pipeline) == [("refused", "unsigned-key")]
    assert pipeline.rows("select count(*) from upload_batches") == [(0,)]
    assert pipeline.sink.posts[0].startswith("*An upload was refused*")


@pytest.mark.parametrize("unknown", [{"name": "ObjectRemoved:Delete"}, {"bucket": "another-bucket"}])
def test_an_event_that_uploads_have_nothing_to_do_with_is_noted(
    pipeline: Pipeline, unknown: dict[str, str]
) -> None:
    pipeline.intake_handler.handle(message(told("uploads/x", **unknown)))
    assert outcomes(pipeline) == [("ignored", "unknown-event")]


def test_the_same_zip_again_points_at_the_first(pipeline: Pipeline) -> None:
    data = zips.real_icons(4)
    first = pipeline.finish(pipeline.upload(data, "first.zip"))
    again = pipeline.finish(pipeline.upload(data, "again.zip"))
    assert (again.state, again.duplicate_of) == (BatchState.DUPLICATE, first.id)
    assert again.reason_detail == "is the very ZIP you uploaded before as first.zip"
    assert outcomes(pipeline) == [("accepted", None), ("duplicate", None)]
    assert len(pipeline.sink.posts) == 1
    assert pipeline.keys(PRIVATE, f"sources/{again.id}/") == set()


def test_the_same_zip_of_two_uploads_at_once_is_published_once(pipeline: Pipeline) -> None:
    data = zips.real_icons(4)
    bodies = [message(told(pipeline.upload(data).object_key)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(pipeline.intake_handler.handle, bodies))
    assert sorted(outcomes(pipeline)) == [("accepted", None), ("duplicate", None)]


def test_a_refused_zip_may_come_again(pipeline: Pipeline) -> None:
    data = packed({"a.svg": "no drawing"})
    first = pipeline.finish(pipeline.upload(data))
    again = pipeline.finish(pipeline.upload(data))
    assert (first.state, again.state) == (BatchState.REFUSED, BatchState.REFUSED)


def test_a_zip_that_was_overwritten_before_it_was_read_is_left_to_its_own_event(pipeline: Pipeline) -> None:
    pipeline.take_in()
    batch = pipeline.upload(packed({"old.svg": GOOD}))
    pipeline.servers.s3.put_object(Bucket=UPLOADS, Key=batch.object_key, Body=packed({"new.svg": GOOD}))
    pipeline.take_in()
    assert outcomes(pipeline) == [("ignored", "superseded"), ("accepted", None)]
    assert pipeline.states(batch.id) == {"new.svg": "queued"}


def test_a_second_zip_at_the_same_key_comes_too_late(pipeline: Pipeline) -> None:
    batch = pipeline.upload(packed({"one.svg": GOOD}))
    pipeline.take_in()
    pipeline.servers.s3.put_object(Bucket=UPLOADS, Key=batch.object_key, Body=packed({"two.svg": GOOD}))
    pipeline.take_in()
    assert outcomes(pipeline) == [("accepted", None), ("ignored", "already-taken")]
    assert pipeline.states(batch.id) == {"one.svg": "queued"}


def test_each_version_of_a_versioned_bucket_is_an_arrival_of_its_own(pipeline: Pipeline) -> None:
    batch = pipeline.start()
    pipeline.servers.s3.put_object(Bucket=UPLOADS, Key=batch.object_key, Body=packed({"a.svg": GOOD}))
    for version in ("one", "two", "one"):
        pipeline.intake_handler.handle(message(told(batch.object_key, versionId=version)))
    assert outcomes(pipeline) == [("accepted", None), ("ignored", "already-taken")]


def test_a_fault_of_ours_is_tried_again_and_in_the_end_told(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    batch = pipeline.upload(zips.real_icons(2))
    body = told(batch.object_key)
    with monkeypatch.context() as broken:
        broken.setattr("vectoricons.uploads.acceptance.Acceptance.accept", fail)
        with pytest.raises(RuntimeError):
            pipeline.intake_handler.handle(message(body))
        assert pipeline.batch(batch.id).state is BatchState.CHECKING
        with pytest.raises(RuntimeError):
            pipeline.intake_handler.handle(message(body, receives=5))
    assert pipeline.batch(batch.id).reason_code == "intake-failed"
    pipeline.intake_handler.handle(message(body, receives=5))
    assert pipeline.batch(batch.id).state is BatchState.REFUSED
