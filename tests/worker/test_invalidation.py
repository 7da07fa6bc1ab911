"""Pages of families that changed are forgotten by the CDN: once for each event, however often it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from containers.worker import wiring
from containers.worker.invalidation import PAGES, Invalidation
from local.cloud.invalidations import Invalidations
from tests.worker import zips
from tests.worker.pipeline import Pipeline
from vectoricons.aws.sqs import Message
from vectoricons.common.actor import Actor
from vectoricons.products.families import Family, FamilyService

SYSTEM = Actor.system("test")


@dataclass(frozen=True)
class Cdn:
    """A distribution, and the handler that has it forget pages."""

    client: Any
    id: str
    handler: Invalidation

    def forgotten(self) -> list[set[str]]:
        """The paths of each invalidation, the latest last."""
        listed = self.client.list_invalidations(DistributionId=self.id)["InvalidationList"].get("Items", [])
        batches = [
            self.client.get_invalidation(DistributionId=self.id, Id=each["Id"])["Invalidation"]
            for each in listed
        ]
        return [set(each["InvalidationBatch"]["Paths"]["Items"]) for each in batches]


@pytest.fixture
def cdn(pipeline: Pipeline) -> Iterator[Cdn]:
    rule = Invalidations()
    client, distribution = pipeline.servers.cloudfront, pipeline.servers.pages
    yield Cdn(client, distribution, Invalidation(client, distribution))
    rule.stop()


def published(pipeline: Pipeline) -> Family:
    """A family that has been through the pipeline, with nothing of it left in the queues."""
    batch = pipeline.finish(pipeline.upload(zips.real_icons(2)))
    with pipeline.database.unit_of_work(SYSTEM) as work:
        return FamilyService(work).assert_exists(batch.family_id or 0)


def arriving(pipeline: Pipeline) -> list[Message]:
    """What the relay sends now, as the messenger receives it."""
    while pipeline.relay.run_once():
        pass
    found: list[Message] = []
    while received := pipeline.servers.sqs.receive_message(
        QueueUrl=pipeline.servers.messages, MaxNumberOfMessages=10
    ).get("Messages"):
        found += [Message(each["MessageId"], each["Body"], 1) for each in received]
    return found


@pytest.mark.parametrize("change", ["update", "deactivate", "soft_delete"])
def test_a_changed_or_withdrawn_family_is_forgotten_once_though_the_event_comes_twice(
    pipeline: Pipeline, cdn: Cdn, change: str
) -> None:
    family = published(pipeline)
    with pipeline.database.unit_of_work(SYSTEM) as work:
        service = FamilyService(work)
        arguments = [{"description": "New words"}] if change == "update" else []
        getattr(service, change)(family.id, *arguments)
    messages = arriving(pipeline)
    for message in messages * 2:
        cdn.handler.handle(message)
    assert cdn.forgotten() == [set(PAGES)]


def test_a_change_that_did_not_happen_leaves_no_event(pipeline: Pipeline, cdn: Cdn) -> None:
    family = published(pipeline)

    def change_and_fail() -> None:
        with pipeline.database.unit_of_work(SYSTEM) as work:
            FamilyService(work).update(family.id, {"description": "New words"})
            raise RuntimeError("the process dies")

    with pytest.raises(RuntimeError, match="dies"):
        change_and_fail()
    assert arriving(pipeline) == []


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/families",
        "/families/{family}",
        "/families/{family}-every-name-it-had?after=token",
        "/icons/{item}-arrow",
        "/illustrations/{item}-house?theme=dark",
        "/search?q=arrow",
        "/api/v1/families",
        "/api/v1/families/{family}",
        "/api/v1/icons?limit=1",
        "/api/v1/icons/{item}",
        "/api/v1/sets/{item}",
    ],
)
def test_a_page_that_may_show_a_family_or_an_item_of_it_is_among_what_is_forgotten(address: str) -> None:
    page = address.format(family="2psxq57fb9yt", item="7ab2q57fb9yt")
    assert any(fnmatchcase(page, path) for path in PAGES)


@pytest.mark.parametrize("address", ["/static/site.css?v=1", "/studio", "/healthz"])
def test_what_shows_no_family_is_kept(address: str) -> None:
    assert not any(fnmatchcase(address, path) for path in PAGES)


def test_an_upload_that_is_published_has_its_family_forgotten(pipeline: Pipeline, cdn: Cdn) -> None:
    batch = pipeline.upload(zips.real_icons(2))
    pipeline.take_in()
    pipeline.draw(batch.id)
    pipeline.previews.run(batch.id)
    for message in arriving(pipeline):
        cdn.handler.handle(message)
    assert set(PAGES) in cdn.forgotten()


def test_a_messenger_without_a_distribution_tells_people_and_goes_on(
    pipeline: Pipeline, cdn: Cdn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in pipeline.environment(PAGES_DISTRIBUTION="").items():
        monkeypatch.setenv(name, value)
    wiring.database.cache_clear()
    pipeline.upload(b"no archive")
    pipeline.take_in()
    while pipeline.relay.run_once():
        pass
    messenger = wiring.messenger()
    while messenger.run_once():
        pass
    wiring.database().close()
    wiring.database.cache_clear()
    assert len(pipeline.sink.posts) == 1
    assert cdn.forgotten() == []


def test_a_cdn_that_does_not_answer_has_the_event_come_again(pipeline: Pipeline, cdn: Cdn) -> None:
    family = published(pipeline)
    with pipeline.database.unit_of_work(SYSTEM) as work:
        FamilyService(work).update(family.id, {"description": "New words"})
    (message,) = arriving(pipeline)
    with pytest.raises(ClientError, match="NoSuchDistribution"):
        Invalidation(cdn.client, "ENONE").handle(message)


def test_what_is_of_no_family_is_passed_over(pipeline: Pipeline, cdn: Cdn) -> None:
    body = (
        f'{{"id": "{uuid4()}", "name": "tag.after.update", "occurredAt": "2026-11-24T12:00:00Z", '
        '"actor": "ada", "data": {}}'
    )
    cdn.handler.handle(Message("1", body, 1))
    assert cdn.forgotten() == []
