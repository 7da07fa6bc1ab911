"""Chunks of items to images: claim, draw, store, settle.

The drawing happens in a child process that a bad file may kill; objects go to S3 while the next item is
drawn; one transaction makes it all true. Whatever goes wrong before leaves nothing but objects that are named
by their contents, and that the next attempt stores again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from threading import Event
from uuid import UUID, uuid4

from containers.worker.crash import crash_point
from containers.worker.doorbell import Doorbell, chunks
from containers.worker.settings import BucketSettings
from containers.worker.storage import Storage, Transfers
from imaging import Hint, Image, Recipe, Rejected, Rendered, Renderer
from vectoricons.aws.s3 import FOREVER, Put
from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.reason import Reason
from vectoricons.products.open_icons import Body
from vectoricons.uploads.batches import UploadBatch
from vectoricons.uploads.items import CHUNK, UploadItem, UploadItemService
from vectoricons.uploads.keys import image_key, source_key, svg_key
from vectoricons.uploads.reasons import Cause
from vectoricons.uploads.settlement import Drawn, Outcome, Picture, Settlement

CHUNK_SECONDS = 30.0  # then the rest is given back: half a lease, and within what a stopping task is granted

logger = log.get(__name__)


class ImageProcessor:
    """Draws what a batch has queued. Once *stop* is set it begins no further item."""

    def __init__(
        self,
        *,
        database: Database,
        storage: Storage,
        doorbell: Doorbell,
        renderer: Renderer,
        buckets: BucketSettings,
        stop: Event,
    ) -> None:
        self._database = database
        self._storage = storage
        self._doorbell = doorbell
        self._renderer = renderer
        self._buckets = buckets
        self._stop = stop
        self._recipe = Recipe()
        self._actor = Actor.system("worker-images")

    def run(self, batch_id: UUID) -> int:
        """Draw a chunk of the batch; returns how many items were settled. Raises when S3 or Postgres fail."""
        started = time.monotonic()
        token = uuid4()
        items = self._claim(batch_id, token)
        crash_point("after-claim")
        if not items:
            return 0
        try:
            outcome = self._draw(items, deadline=started + CHUNK_SECONDS)
        except Exception:
            self._settle(batch_id, token, Outcome(rejected={}, given_back=[item.id for item in items]))
            raise
        crash_point("after-puts")
        batch = self._settle(batch_id, token, outcome)
        crash_point("after-settle")
        if batch.open_count == 0:
            self._doorbell.ring_preview(batch_id, batch.rings)
        elif outcome.given_back:
            self._doorbell.ring_images(batch_id, chunks(len(outcome.given_back)), batch.rings)
        seconds = round(time.monotonic() - started, 3)
        logger.info(
            "chunk-settled", ready=len(outcome.drawn), rejected=len(outcome.rejected), seconds=seconds
        )
        return len(items) - len(outcome.given_back)

    def _claim(self, batch_id: UUID, token: UUID) -> list[UploadItem]:
        if self._stop.is_set():
            return []
        return self._database.transact(
            self._actor, lambda work: UploadItemService(work).repository.claim(batch_id, token, CHUNK)
        )

    def _draw(self, items: Sequence[UploadItem], deadline: float) -> Outcome:
        """What became of each item, all its objects stored."""
        keys = [source_key(item.batch_id, item.entry_no) for item in items]
        sources = self._storage.read_all(self._buckets.private_bucket, keys)
        drawn: list[Drawn] = []
        rejected: dict[int, Reason] = {}
        begun = 0
        with self._storage.transfers() as transfers:
            for item, source in zip(items, sources, strict=True):
                if self._stop.is_set() or time.monotonic() > deadline:
                    break
                begun += 1
                if source is None:
                    rejected[item.id] = Reason.of(Cause.SOURCE_MISSING)
                    continue
                try:
                    rendered = self._renderer.render(source, self._recipe)
                except Rejected as rejection:
                    rejected[item.id] = _reason(rejection)
                else:
                    drawn.append(self._store(item, rendered, transfers))
                crash_point("mid-chunk")
        return Outcome(drawn=drawn, rejected=rejected, given_back=[item.id for item in items[begun:]])

    def _store(self, item: UploadItem, rendered: Rendered, transfers: Transfers) -> Drawn:
        """Begin to store the drawing and its images."""
        key = svg_key(rendered.svg)
        transfers.put(Put(self._buckets.private_bucket, key, rendered.svg, "image/svg+xml", FOREVER))
        pictures = [self._picture(item, image) for image in rendered.images]
        for picture, image in zip(pictures, rendered.images, strict=True):
            bucket = self._buckets.public_bucket if picture.public else self._buckets.private_bucket
            transfers.put(Put(bucket, picture.object_key, image.data, image.content_type, FOREVER))
        return Drawn(
            item=item,
            width=rendered.width,
            height=rendered.height,
            palette=rendered.palette,
            svg_key=key,
            body=Body(**asdict(rendered.body)),
            perceptual_hash=rendered.perceptual_hash,
            pictures=tuple(pictures),
            remark=_remark(rendered.hints),
        )

    @staticmethod
    def _picture(item: UploadItem, image: Image) -> Picture:
        """The clean preview of what is for sale is private; everything else anybody may see."""
        return Picture(
            kind=image.kind,
            format=image.format,
            width=image.width,
            height=image.height,
            size_bytes=len(image.data),
            sha256=image.sha256,
            object_key=image_key(image.sha256, image.format),
            public=image.kind != "preview" or not item.price,
        )

    def _settle(self, batch_id: UUID, token: UUID, outcome: Outcome) -> UploadBatch:
        return self._database.transact(
            self._actor, lambda work: Settlement(work).settle(batch_id, token, outcome)
        )


def _remark(hints: Sequence[Hint]) -> Reason | None:
    """All hints as one, under the code of the first."""
    if not hints:
        return None
    details = " and ".join(hint.detail + (f" (line {hint.line})" if hint.line else "") for hint in hints)
    return Reason(hints[0].code, details, " ".join(hint.advice for hint in hints))


def _reason(rejection: Rejected) -> Reason:
    where = f" (line {rejection.line})" if rejection.line else ""
    return Reason(rejection.code, f"{rejection.detail}{where}", rejection.hint)
