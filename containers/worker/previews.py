"""Family previews: a composite of some of its drawings, and with it the family is published."""

from __future__ import annotations

from uuid import UUID

from containers.worker.crash import crash_point
from containers.worker.settings import BucketSettings
from containers.worker.storage import Storage
from imaging import Image, Rejected, Renderer
from vectoricons.aws.s3 import FOREVER, Put
from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.images.previews import preview_key
from vectoricons.uploads.publication import Material, Publication
from vectoricons.uploads.settlement import Picture

logger = log.get(__name__)


class PreviewMaker:
    """Ends batches. However often it is rung for one, people are told once."""

    def __init__(
        self, *, database: Database, storage: Storage, renderer: Renderer, buckets: BucketSettings
    ) -> None:
        self._database = database
        self._storage = storage
        self._renderer = renderer
        self._buckets = buckets
        self._actor = Actor.system("worker-previews")

    def run(self, batch_id: UUID) -> bool:
        """Publish the batch if it is due; whether this call did."""
        with self._database.unit_of_work(self._actor) as work:
            material = Publication(work).begin(batch_id)
        if material is None:
            return False
        preview = self._made(batch_id, material)
        crash_point("after-preview-put")
        published = self._database.transact(
            self._actor, lambda work: Publication(work).publish(batch_id, preview)
        )
        crash_point("after-publish")
        logger.info("batch-ended", published=published, with_preview=preview is not None)
        return published

    def _made(self, batch_id: UUID, material: Material) -> Picture | None:
        """The preview, stored; ``None`` if it cannot be drawn: a family is worth more than its poster."""
        found = self._storage.read_all(self._buckets.private_bucket, material.svg_keys)
        svgs = [svg for svg in found if svg is not None]
        try:
            image = self._renderer.compose_preview(
                svgs,
                family=material.family,
                contributor=material.contributor,
                count=material.count,
                seed=str(batch_id),
                noun=material.noun,
            )
        except Rejected as rejection:
            logger.error("preview-not-drawn", code=rejection.code, reason=str(rejection))
            return None
        return self._stored(image)

    def _stored(self, image: Image) -> Picture:
        key = preview_key(image.sha256, image.format)
        with self._storage.transfers() as transfers:
            transfers.put(Put(self._buckets.public_bucket, key, image.data, image.content_type, FOREVER))
        return Picture(
            kind=image.kind,
            format=image.format,
            width=image.width,
            height=image.height,
            size_bytes=len(image.data),
            sha256=image.sha256,
            object_key=key,
            public=True,
        )
