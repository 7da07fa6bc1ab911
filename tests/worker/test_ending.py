"""The end of an upload: the preview, the publication, and the word of it to people."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import EndpointConnectionError
from sqlalchemy.exc import OperationalError

from containers.worker import channels, relay
from imaging import Reason, Rejected, Renderer
from tests.worker import zips
from tests.worker.pipeline import SYSTEM, Pipeline
from tests.worker.surroundings import PUBLIC
from vectoricons.aws import AwsFailed
from vectoricons.common.events import Event
from vectoricons.uploads.batches import BatchState, UploadBatch
from vectoricons.uploads.events import BatchPublished
from vectoricons.uploads.items import ItemState


def drawn(pipeline: Pipeline, count: int = 4) -> UploadBatch:
    """An upload that waits for nothing but its preview."""
    batch = pipeline.upload(zips.real_icons(count))
    pipeline.take_in()
    pipeline.draw(batch.id)
    return batch


def test_a_preview_rung_for_twice_at_once_publishes_once(pipeline: Pipeline) -> None:
    batch = drawn(pipeline)
    with ThreadPoolExecutor(2) as pool:
        published = list(pool.map(pipeline.previews.run, [batch.id, batch.id]))
    assert sorted(published) == [False, True]
    pipeline.deliver()
    assert len(pipeline.sink.posts) == 1
    assert len(pipeline.keys(PUBLIC, "previews/")) == 1


def test_a_preview_waits_for_the_last_item_until_its_deadline(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(30))
    pipeline.take_in()
    pipeline.images.run(batch.id)
    assert not pipeline.previews.run(batch.id)
    pipeline.make_it_late(batch.id)
    pipeline.valkey.flushall()
    pipeline.reaper.run_once()

    pipeline.work_off()

    after = pipeline.batch(batch.id)
    assert (after.state, after.ready_count) == (BatchState.PUBLISHED, 30)
    assert len(pipeline.sink.posts) == 1


def test_what_is_published_late_says_what_is_missing(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(30))
    pipeline.take_in()
    pipeline.images.run(batch.id)
    pipeline.make_it_late(batch.id)
    assert pipeline.previews.run(batch.id)
    pipeline.deliver()
    assert "25 items" in pipeline.sink.posts[0]
    assert "5 files still being drawn; they appear as they are done." in pipeline.sink.posts[0]
    assert not pipeline.batch(batch.id).is_settled
    pipeline.draw(batch.id)
    assert pipeline.batch(batch.id).is_settled
    assert pipeline.rows("select icon_count from families") == [(30,)]


def test_a_deadline_with_nothing_to_show_is_not_kept(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(2))
    pipeline.take_in()
    pipeline.make_it_late(batch.id)
    assert not pipeline.previews.run(batch.id)
    assert pipeline.batch(batch.id).state is BatchState.PROCESSING


def test_a_preview_that_cannot_be_drawn_does_not_hold_up_the_family(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Rejected(Reason.RENDERER_TIMEOUT)

    batch = drawn(pipeline)
    monkeypatch.setattr(Renderer, "compose_preview", refuse)
    assert pipeline.previews.run(batch.id)
    assert pipeline.batch(batch.id).state is BatchState.PUBLISHED
    assert pipeline.rows("select preview_image_id from families") == [(None,)]


def test_the_sample_of_a_preview_is_the_same_each_time_it_is_tried(pipeline: Pipeline) -> None:
    from vectoricons.uploads.publication import SAMPLE, Publication

    batch = drawn(pipeline, 40)
    samples = []
    for _ in range(2):
        with pipeline.database.unit_of_work(SYSTEM) as work:
            material = Publication(work).begin(batch.id)
            assert material is not None
            samples.append(material.svg_keys)
    assert samples[0] == samples[1]
    assert len(samples[0]) == SAMPLE


# -- people


def published(**changes: Any) -> Event:
    """The event of a publication nobody has seen the batch of."""
    content = {
        "batch_id": uuid4(),
        "contributor": "Ada",
        "family_id": 1,
        "family_name": "Arrows",
        "family_unique_id": "abcdefghjkmn",
        "sets": 1,
        "ready": 1,
        "rejected": 0,
        "unfinished": 0,
        "rejections": {},
    }
    return BatchPublished.model_validate({**content, **changes}).event(key=uuid4())


def send(pipeline: Pipeline, event: Event) -> None:
    with pipeline.database.unit_of_work(SYSTEM) as work:
        work.emit(event)
    pipeline.deliver()


def state_of(pipeline: Pipeline) -> str:
    ((state,),) = pipeline.rows("select state from notifications")
    return str(state)


def test_people_are_told_in_words(pipeline: Pipeline) -> None:
    send(pipeline, published())
    assert pipeline.sink.posts == [
        "*Arrows is live*\n1 item in 1 set, by Ada.\n"
        "<https://vectoricons.test/families/abcdefghjkmn|Open the page>"
    ]
    assert (state_of(pipeline), pipeline.mails()) == ("slack", [])


def test_an_event_delivered_twice_is_told_once(pipeline: Pipeline) -> None:
    event = published()
    send(pipeline, event)
    pipeline.execute("update event_outbox set published_at = null")
    pipeline.deliver()
    assert len(pipeline.sink.posts) == 1


def test_events_nobody_asked_to_hear_of_are_passed_over(pipeline: Pipeline) -> None:
    send(pipeline, Event(name="icon.after.upsert", data={"ids": [1]}))
    assert pipeline.sink.posts == []
    assert pipeline.rows("select count(*) from notifications") == [(0,)]


@pytest.mark.parametrize("answer", [(429, {"Retry-After": "0"}), (503, {})])
def test_slack_is_asked_again_when_it_is_busy(
    pipeline: Pipeline, answer: tuple[int, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.sink.answers.append(answer)
    send(pipeline, published())
    assert len(pipeline.sink.posts) == 2
    assert (state_of(pipeline), pipeline.mails()) == ("slack", [])


@pytest.mark.parametrize("answer", [(404, {}), (429, {"Retry-After": "3600"})])
def test_when_slack_will_not_have_it_people_get_an_e_mail(
    pipeline: Pipeline, answer: tuple[int, dict[str, str]]
) -> None:
    pipeline.sink.answers.append(answer)
    send(pipeline, published())
    assert len(pipeline.sink.posts) == 1
    (mail,) = pipeline.mails()
    assert (mail.subject, state_of(pipeline)) == ("Arrows is live", "email")
    assert (
        mail.body
        == "Arrows is live\n\n1 item in 1 set, by Ada.\n\nhttps://vectoricons.test/families/abcdefghjkmn"
    )


def test_an_unreachable_slack_is_an_e_mail(pipeline: Pipeline) -> None:
    pipeline.messenger = pipeline.messenger_on(channels.Slack("http://127.0.0.1:9/nobody", timeout=1))
    send(pipeline, published())
    assert (state_of(pipeline), len(pipeline.mails())) == ("email", 1)


def test_an_answer_that_got_lost_is_not_posted_again(pipeline: Pipeline) -> None:
    pipeline.sink.hang.set()
    send(pipeline, published())
    assert len(pipeline.sink.posts) == 1
    (mail,) = pipeline.mails()
    assert mail.body.endswith("Slack did not answer, so this may stand there too.")
    assert state_of(pipeline) == "unknown"


def test_when_mail_fails_too_the_event_is_kept_for_later(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.sink.answers += [(404, {}), (200, {})]
    monkeypatch.setattr(channels.Mail, "send", failing_with(EndpointConnectionError(endpoint_url="ses")))
    send(pipeline, published())
    assert state_of(pipeline) == "pending"
    pipeline.show_hidden_messages()
    pipeline.deliver()
    assert (len(pipeline.sink.posts), state_of(pipeline)) == (2, "slack")


def test_when_mail_fails_after_a_lost_answer_slack_is_left_alone(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.sink.hang.set()
    with monkeypatch.context() as broken:
        broken.setattr(channels.Mail, "send", failing_with(EndpointConnectionError(endpoint_url="ses")))
        send(pipeline, published())
    assert state_of(pipeline) == "posting"
    pipeline.show_hidden_messages()
    pipeline.deliver()
    assert (len(pipeline.sink.posts), len(pipeline.mails()), state_of(pipeline)) == (1, 1, "unknown")


def test_an_event_in_another_messengers_hands_waits(pipeline: Pipeline) -> None:
    event = published()
    send(pipeline, event)
    pipeline.execute("update notifications set state = 'posting', lease_until = now() + interval '1 minute'")
    pipeline.execute("update event_outbox set published_at = null")
    pipeline.deliver()
    assert (len(pipeline.sink.posts), pipeline.mails()) == (1, [])
    pipeline.execute("update notifications set lease_until = now() - interval '1 s'")
    pipeline.show_hidden_messages()
    pipeline.deliver()
    assert (len(pipeline.sink.posts), len(pipeline.mails())) == (1, 1)


# -- the outbox


def failing_with(error: Exception) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_an_event_that_sns_does_not_take_stays_in_the_outbox(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.deliver()
    event = published()
    with pipeline.database.unit_of_work(SYSTEM) as work:
        work.emit(event)
    refused = {"Failed": [{"Id": str(event.id), "Code": "InternalError", "SenderFault": False}]}
    with monkeypatch.context() as broken:
        broken.setattr(pipeline.servers.sns, "publish_batch", lambda **_: refused)
        assert pipeline.relay.run_once() == 0
    assert pipeline.rows("select attempts from event_outbox where published_at is null") == [(1,)]
    assert pipeline.relay.run_once() == 1


@pytest.mark.parametrize(
    "error",
    [
        AwsFailed("SNS is away.", "Throttling"),
        OperationalError("select 1", {}, Exception("gone")),
    ],
)
def test_a_relay_waits_out_what_it_cannot_reach(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(relay, "PAUSE_AFTER_FAILURE", 0)
    monkeypatch.setattr(relay, "PAUSE", 0)

    def nothing_left() -> int:
        pipeline.stop.set()
        return 0

    answers = [failing_with(error), lambda: 1, nothing_left]
    monkeypatch.setattr(pipeline.relay, "run_once", lambda: answers.pop(0)())
    pipeline.relay.run(pipeline.stop)
    assert answers == []


def test_states_of_items_are_the_words_people_read() -> None:
    assert [state.value for state in ItemState] == ["queued", "rendering", "ready", "rejected"]
