"""Pages of families that have changed: the CDN is told to forget them before they grow old by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from containers.worker.notices import read
from vectoricons.aws.sqs import Message
from vectoricons.common import log
from vectoricons.common.event_bus.envelope import Envelope
from vectoricons.products.families import Family
from vectoricons.uploads.events import BatchPublished

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

CHANGED = f"{Family.entity_name()}.after."
CREATED = f"{CHANGED}create"  # a new family is hidden until there is something to see
# Wherever a family or an item of it may stand. Whose item a page shows is not in its address, and a page
# lives a minute in any case: so many paths for any event, however large the family, and none to look up.
PAGES = ("/", "/families*", "/icons/*", "/illustrations/*", "/search*", "/api/v1/*")

logger = log.get(__name__)


class Invalidation:
    """A handler of the messages queue.

    An event that is delivered twice is one invalidation, for its id is CloudFront's reference.
    """

    def __init__(self, cloudfront: CloudFrontClient, distribution: str) -> None:
        self._cloudfront = cloudfront
        self._distribution = distribution

    def handle(self, message: Message) -> None:
        """Forget the pages that may show what *message* is about; raises to have it delivered again."""
        event = read(message.body)
        if isinstance(event, Envelope) and _changes_pages(event.name):
            with log.bound(event_id=str(event.id), trace_id=event.trace_id):
                self._forget(str(event.id))

    def _forget(self, reference: str) -> None:
        made = self._cloudfront.create_invalidation(
            DistributionId=self._distribution,
            InvalidationBatch={
                "CallerReference": reference,
                "Paths": {"Quantity": len(PAGES), "Items": list(PAGES)},
            },
        )
        logger.info("pages-forgotten", invalidation=made["Invalidation"]["Id"])


def _changes_pages(event: str) -> bool:
    return event == BatchPublished.event_name or (event.startswith(CHANGED) and event != CREATED)
