"""The pipeline as a test drives it: real servers around it, its loops turned by hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sqs.models import sqs_backends
from redis import Redis
from sqlalchemy import make_url, text

from containers.worker.channels import Mail, Slack
from containers.worker.consumer import Consumer
from containers.worker.doorbell import Doorbell, QueueName, queue
from containers.worker.images import ImageProcessor
from containers.worker.intake import Intake
from containers.worker.messenger import Messenger
from containers.worker.previews import PreviewMaker
from containers.worker.reaper import Reaper
from containers.worker.relay import Relay
from containers.worker.settings import BucketSettings, IntakeSettings
from containers.worker.storage import Storage
from imaging import Renderer
from local.valkey import Valkey
from tests.worker.surroundings import PRIVATE, PUBLIC, UPLOADS, Servers, SlackSink
from vectoricons.aws.s3 import S3
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.uploads.batches import UploadBatch, UploadBatchService
from vectoricons.uploads.items import UploadItem, UploadItemService
from vectoricons.users import User, UserService

SYSTEM = Actor.system("test")
SITE = "https://vectoricons.test"
ROOT = Path(__file__).parents[2]


class Pipeline:
    """One contributor's uploads, and every worker within reach."""

    def __init__(
        self,
        servers: Servers,
        database: Database,
        valkey: Valkey,
        renderer: Renderer,
        sink: SlackSink,
        contributor: User,
    ) -> None:
        self.servers = servers
        self.database = database
        self.valkey = Redis.from_url(valkey.url)
        self.sink = sink
        self.contributor = contributor
        self.stop = Event()
        self.storage = Storage(S3(servers.s3))
        self.doorbell = Doorbell(self.valkey)
        self._valkey_server = valkey
        buckets = BucketSettings(private_bucket=PRIVATE, public_bucket=PUBLIC)
        self.images = ImageProcessor(
            database=database,
            storage=self.storage,
            doorbell=self.doorbell,
            renderer=renderer,
            buckets=buckets,
            stop=self.stop,
        )
        self.previews = PreviewMaker(
            database=database, storage=self.storage, renderer=renderer, buckets=buckets
        )
        self.intake_handler = Intake(
            database=database,
            storage=self.storage,
            doorbell=self.doorbell,
            settings=IntakeSettings(
                uploads_queue_url=servers.incoming, uploads_bucket=UPLOADS, private_bucket=PRIVATE
            ),
        )
        self.intake = Consumer(servers.sqs, servers.incoming, self.intake_handler.handle)
        self.relay = Relay(database, servers.sns, servers.topic)
        self.reaper = Reaper(database, self.doorbell)
        self.mail = Mail(servers.ses, "from@vectoricons.test", "team@vectoricons.test")
        self.messenger = self.messenger_on(Slack(sink.url, timeout=1))

    def messenger_on(self, slack: Slack) -> Consumer:
        """A messenger that uses *slack*."""
        handler = Messenger(self.database, slack, self.mail, SITE)
        return Consumer(self.servers.sqs, self.servers.messages, handler.handle)

    # -- what a contributor does

    def start(self, filename: str = "Arrows.zip") -> UploadBatch:
        """Ask for an upload, as the API does."""
        with self.database.unit_of_work(Actor.of(self.contributor)) as work:
            return UploadBatchService(work).start(self.contributor.id, self.contributor.uuid, filename, None)

    def upload(self, data: bytes, filename: str = "Arrows.zip") -> UploadBatch:
        """Start an upload and send *data* to where it was told to."""
        batch = self.start(filename)
        self.servers.s3.put_object(Bucket=UPLOADS, Key=batch.object_key, Body=data)
        return batch

    # -- turning the loops

    def take_in(self) -> None:
        """Intake until its queue is empty."""
        while self.intake.run_once():
            pass

    def draw(self, batch_id: UUID) -> None:
        """Image workers until nothing of the batch is queued."""
        while self.images.run(batch_id):
            pass

    def deliver(self) -> None:
        """Relay and messenger until nothing is left."""
        while self.relay.run_once():
            pass
        while self.messenger.run_once():
            pass

    def finish(self, batch: UploadBatch) -> UploadBatch:
        """The whole walk of one batch; returns it as it is in the end."""
        self.take_in()
        self.draw(batch.id)
        self.previews.run(batch.id)
        self.deliver()
        return self.batch(batch.id)

    def take_jobs(self, name: QueueName) -> list[UUID]:
        """Batches that RQ jobs wait for; the jobs are taken away."""
        waiting = queue(name, self.valkey)
        job_ids = waiting.job_ids
        waiting.empty()  # type: ignore[no-untyped-call]  # RQ leaves it untyped
        return [UUID(job_id.split("-", 1)[1][:36]) for job_id in job_ids]

    def work_off(self) -> None:
        """What RQ's workers, the reaper and the rest do in time, until nothing is owed."""
        for _ in range(4):
            self.reaper.run_once()
            for batch_id in self.take_jobs(QueueName.IMAGES):
                self.images.run(batch_id)
            for batch_id in self.take_jobs(QueueName.PREVIEWS):
                self.previews.run(batch_id)
        self.deliver()

    def show_hidden_messages(self) -> None:
        """Let the time pass in which the messages of a dead consumer are hidden."""
        for waiting in sqs_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].queues.values():
            for message in waiting._messages:  # noqa: SLF001 - moto has no clock to turn
                message.change_visibility(0)

    def make_it_late(self, batch_id: UUID) -> None:
        """Let the time of the preview and of every lease pass."""
        self.execute(
            "update upload_batches set preview_due_at = now() - interval '1 s' where id = :id", id=batch_id
        )
        self.execute(
            "update upload_items set lease_until = now() - interval '1 s' where lease_until is not null"
        )

    # -- what can be seen

    def batch(self, batch_id: UUID) -> UploadBatch:
        """The batch as it is now."""
        with self.database.unit_of_work(SYSTEM) as work:
            return UploadBatchService(work).assert_exists(batch_id)

    def items(self, batch_id: UUID) -> list[UploadItem]:
        """Its files as they are now."""
        with self.database.unit_of_work(SYSTEM) as work:
            return list(UploadItemService(work).of_batch(batch_id))

    def states(self, batch_id: UUID) -> dict[str, str]:
        """State, or reason code, of each file by name."""
        return {item.filename: item.reason_code or item.state for item in self.items(batch_id)}

    def keys(self, bucket: str, prefix: str = "") -> set[str]:
        """Keys of the objects in a bucket."""
        pages = self.servers.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {found["Key"] for page in pages for found in page.get("Contents", [])}

    def rows(self, sql: str, **bindings: Any) -> list[Any]:
        """Rows of any query."""
        with self.database.reader() as connection:
            return list(connection.execute(text(sql), bindings))

    def execute(self, sql: str, **bindings: Any) -> None:
        """Change something behind the pipeline's back."""
        with self.database.unit_of_work(SYSTEM) as work:
            work.session.execute(text(sql), bindings)

    def mails(self) -> list[Any]:
        """E-mails that SES took."""
        return list(ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages)

    # -- processes of their own

    def environment(self, **extra: str) -> dict[str, str]:
        """What a task definition would give to every worker."""
        url = make_url(self.database.url)
        return {
            **os.environ,
            "STACK": "test",
            "SERVICE": "worker-test",
            "DATABASE_HOST": url.host or "",
            "DATABASE_PORT": str(url.port),
            "DATABASE_NAME": url.database or "",
            "DATABASE_USER": url.username or "",
            "DATABASE_SSLMODE": "disable",
            "CACHE_HOST": "127.0.0.1",
            "CACHE_PORT": str(self._valkey_server.port),
            "CACHE_TLS": "false",
            "CACHE_USER": "",
            "UPLOADS_QUEUE_URL": self.servers.incoming,
            "UPLOADS_BUCKET": UPLOADS,
            "PRIVATE_BUCKET": PRIVATE,
            "PUBLIC_BUCKET": PUBLIC,
            "EVENTS_TOPIC_ARN": self.servers.topic,
            "MESSAGES_QUEUE_URL": self.servers.messages,
            "SLACK_WEBHOOK_URL": self.sink.url,
            "STRIPE_API_BASE": "http://127.0.0.1:1",
            "STRIPE_SECRET_KEY": "sk_test_nowhere",
            "MAIL_FROM": "from@vectoricons.test",
            "MAIL_TO": "team@vectoricons.test",
            "SITE_URL": SITE,
            "PAGES_DISTRIBUTION": self.servers.pages,
            **extra,
        }

    @contextmanager
    def process(self, command: str, **extra: str) -> Iterator[subprocess.Popen[str]]:
        """``worker COMMAND`` as a process; killed at the end if it has not ended."""
        started = subprocess.Popen(
            [sys.executable, "-c", "from containers.worker.cli import main; main()", command],
            env=self.environment(**extra),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()
            started.communicate()

    def crash(self, command: str, at: str) -> None:
        """Run ``worker COMMAND`` until it kills itself at the point *at*."""
        with self.process(command, CRASH_AT=at) as process:
            said, _ = process.communicate(timeout=60)
            assert process.returncode == -signal.SIGKILL, said


def contributor(database: Database) -> User:
    """A contributor nobody else uses."""
    name = f"ada-{uuid4().hex[:8]}"
    with database.unit_of_work(SYSTEM) as work:
        user = UserService(work).register(
            email=f"{name}@vectoricons.test",
            username=name,
            display_name="Ada",
            password="Correct-horse-7-staple",
            role="contributor",
            is_verified=True,
        )
        found = UserService(work).get_by_uuid(user.uuid)
        assert found is not None
        return found


def codes(states: Mapping[str, str]) -> set[str]:
    """The different states of a batch's files."""
    return set(states.values())
