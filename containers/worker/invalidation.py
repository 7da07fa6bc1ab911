"""Pages of families that have changed: the CDN is told to forget them before they grow old by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from sqlalchemy import select

from containers.worker.consumer import Message
from containers.worker.notices import Event, read
from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.event_bus.payload import Written
from vectoricons.products.families import Family, FamilyRow
from vectoricons.uploads.events import BatchPublished

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

CHANGED = f"{Family.entity_name()}.after."
CREATED = f"{CHANGED}create"  # a new family is hidden until there is something to see
LISTS = ("/", "/families", "/api/v1/families")  # where families stand first when they are new or gone
SENT_BEFORE = "InvalidationBatchAlreadyExists"

logger = log.get(__name__)


class Invalidation:
    """A handler of the messages queue.

    An event that is delivered twice is one invalidation, for its id is CloudFront's reference.
    """

    def __init__(self, database: Database, cloudfront: CloudFrontClient, distribution: str) -> None:
        self._database = database
        self._cloudfront = cloudfront
        self._distribution = distribution
        self._actor = Actor.system("worker-messenger")

    def handle(self, message: Message) -> None:
        """Forget the pages that the event in *message* is about; raises to have it delivered again."""
        event = read(message.body)
        families = self._families(event) if isinstance(event, Event) else None
        if families is None:
            return
        paths = [*LISTS, *(path for family in families for path in _pages(family))]
        with log.bound(event_id=str(event.id), trace_id=event.trace_id):
            self._forget(str(event.id), paths)

    def _families(self, event: Event) -> Sequence[str] | None:
        """The public ids of the families *event* is about, if they are still there; None: it is of others."""
        if event.name == BatchPublished.event_name:
            return [BatchPublished.model_validate(event.data).family_unique_id]
        if not event.name.startswith(CHANGED) or event.name == CREATED:
            return None
        ids = Written.model_validate(event.data).ids
        with self._database.unit_of_work(self._actor) as work:
            return work.session.scalars(select(FamilyRow.unique_id).where(FamilyRow.id.in_(ids))).all()

    def _forget(self, reference: str, paths: list[str]) -> None:
        try:
            made = self._cloudfront.create_invalidation(
                DistributionId=self._distribution,
                InvalidationBatch={
                    "CallerReference": reference,
                    "Paths": {"Quantity": len(paths), "Items": paths},
                },
            )
        except ClientError as error:
            # The same event, and a family of it has been deleted since: the first time forgot its page.
            if error.response["Error"]["Code"] != SENT_BEFORE:
                raise
        else:
            logger.info("pages-forgotten", invalidation=made["Invalidation"]["Id"], count=len(paths))


def _pages(family: str) -> tuple[str, str]:
    """Its page under any name it ever had, and any page of it; the same of its JSON."""
    return f"/families/{family}*", f"/api/v1/families/{family}*"
