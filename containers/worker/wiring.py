"""The only place that knows which concrete things each command is made of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from threading import Event

import boto3

from containers.worker.backlog import BacklogReport
from containers.worker.channels import Mail, Slack
from containers.worker.consumer import LONG_POLL, Consumer
from containers.worker.doorbell import Doorbell, QueueName
from containers.worker.housekeeping import Housekeeping
from containers.worker.images import ImageProcessor
from containers.worker.intake import Intake
from containers.worker.invalidation import Invalidation
from containers.worker.messenger import Messenger
from containers.worker.opening import Opening
from containers.worker.previews import PreviewMaker
from containers.worker.queue_worker import QueueWorker
from containers.worker.reaper import Reaper
from containers.worker.relay import Relay
from containers.worker.settings import BucketSettings, IntakeSettings, MessengerSettings, RelaySettings
from containers.worker.storage import TRANSFERS, Storage
from imaging import Renderer
from vectoricons import aws, config
from vectoricons.auth.letters import Letters
from vectoricons.aws import s3
from vectoricons.aws.s3 import S3
from vectoricons.aws.ses import Ses
from vectoricons.aws.sqs import Message
from vectoricons.common import valkey
from vectoricons.common.actor import Actor
from vectoricons.common.cache import Shared
from vectoricons.common.database import Database, Pools
from vectoricons.common.plugins.host import Host
from vectoricons.common.plugins.listed import PLUGINS
from vectoricons.common.plugins.postman import Link, Postman
from vectoricons.common.plugins.templates import ResetPassword, Template, VerifyEmail
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config import CacheSettings, DatabaseSettings, ServiceSettings
from vectoricons.products import catalogue_facets
from vectoricons.stripe import Payments
from vectoricons.stripe.gateway import StripeGateway, StripeSettings

POOLS = Pools(writers=2, readers=1)  # a worker does one thing at a time
MESSENGER = Actor.system("worker-messenger")
PATIENT = aws.config(read_timeout=LONG_POLL + 10)


def _to_verify(work: UnitOfWork, user_id: int, address: str) -> str | None:
    letter = Letters(work).to_verify_at(user_id, address)
    return letter.token if letter else None


def _to_reset(work: UnitOfWork, user_id: int, _address: str) -> str | None:
    letter = Letters(work).to_reset_password(user_id)
    return letter.token if letter else None


LINKS: Mapping[type[Template], Link] = {
    VerifyEmail: Link("verify-email", _to_verify),
    ResetPassword: Link("reset-password", _to_reset),
}


@cache
def stop() -> Event:
    """Set once the process was asked to end."""
    return Event()


@cache
def database() -> Database:
    """Postgres, under the name of the service."""
    service = config.load(ServiceSettings).service
    return Database(config.load(DatabaseSettings), pools=POOLS, application=service)


@cache
def _publishing() -> Database:
    """Postgres, for what changes what is shown: the counts of what a search finds are forgotten with it."""
    kept = catalogue_facets.Alone(Shared(valkey.connect(config.load(CacheSettings))))
    service = config.load(ServiceSettings).service
    return Database(config.load(DatabaseSettings), pools=POOLS, cache=kept, application=service)


@cache
def image_processor() -> ImageProcessor:
    """What draws chunks, with its renderer started."""
    return ImageProcessor(
        database=_publishing(),
        storage=_storage(),
        doorbell=_doorbell(),
        renderer=renderer(),
        buckets=config.load(BucketSettings),
        stop=stop(),
    )


@cache
def preview_maker() -> PreviewMaker:
    """What ends batches."""
    return PreviewMaker(
        database=_publishing(),
        storage=_storage(),
        renderer=renderer(),
        buckets=config.load(BucketSettings),
    )


@cache
def renderer() -> Renderer:
    """The one child that draws for this process."""
    return Renderer()


def queue_worker(name: QueueName) -> QueueWorker:
    """The RQ worker of a queue. Its connection waits without a time-out, as a blocking pop must."""
    return QueueWorker(name, valkey.connect(config.load(CacheSettings), blocking=True), stop())


def intake() -> Consumer:
    """The reader of the queue that S3 writes to."""
    given = config.load(IntakeSettings)
    handler = Intake(database=database(), storage=_storage(), doorbell=_doorbell(), settings=given)
    return Consumer(boto3.client("sqs", config=PATIENT), given.uploads_queue_url, handler.handle)


def messenger() -> Consumer:
    """The reader of the queue of events: who tells people, who has pages forgotten, the plugins."""
    given = config.load(MessengerSettings)
    mail = Mail(boto3.client("sesv2", config=PATIENT), given.mail_from, given.mail_to)
    slack = Slack(given.slack_webhook_url.get_secret_value())
    people = Messenger(database(), slack, mail, given.site_url)
    plugins = Host(database(), people, PLUGINS, MESSENGER)
    handlers = [people.handle]
    if given.pages_distribution:  # none where the network has no way to CloudFront's API
        cloudfront = boto3.client("cloudfront", config=PATIENT)
        handlers.append(Invalidation(cloudfront, given.pages_distribution).handle)

    def handle(message: Message) -> None:
        for each in handlers:
            each(message)
        plugins.hear(message.body)

    return Consumer(boto3.client("sqs", config=PATIENT), given.messages_queue_url, handle)


def postman() -> Postman:
    """Who sends the letters that wait, and makes the tokens that are in them."""
    given = config.load(MessengerSettings)
    sender = Ses(boto3.client("sesv2", config=PATIENT), given.mail_from)
    return Postman(database(), sender, given.site_url, MESSENGER, LINKS)


def opening() -> Opening:
    """What gives free icons from before an address."""
    return Opening(database(), _storage(), config.load(BucketSettings).private_bucket, stop())


def relay() -> Relay:
    """The outbox's way to SNS."""
    topic = config.load(RelaySettings).events_topic_arn
    return Relay(database(), boto3.client("sns", config=PATIENT), topic)


def reaper() -> Reaper:
    """What finds the work that got lost."""
    return Reaper(database(), _doorbell())


def backlog_report() -> BacklogReport:
    """What tells scaling how much is still to be done."""
    return BacklogReport(database(), config.load(ServiceSettings).stack)


def housekeeping() -> Housekeeping:
    """What ends that time alone ends, and sends refunds to their cards."""
    payments = Payments(database(), StripeGateway(config.load(StripeSettings)))
    return Housekeeping(database(), payments)


@cache
def _storage() -> Storage:
    return Storage(S3(s3.client(connections=TRANSFERS)))


@cache
def _doorbell() -> Doorbell:
    return Doorbell(valkey.connect(config.load(CacheSettings)))
