"""What `converter backfill` is made of: the catalogue in Postgres, and its two buckets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from containers.converter import sizing
from containers.converter.catalogue import Catalogue, Drawings, hang
from containers.converter.config import digest
from containers.converter.credentials import session_as
from containers.converter.database_checkpoint import DatabaseCheckpoint, connect
from containers.converter.pipeline import Pipeline, Width
from containers.converter.runs import Run
from containers.converter.s3 import Bucket
from containers.converter.settings import BackfillSettings
from containers.converter.wiring import PROBE, Choices, stop
from imaging import Recipe
from vectoricons import config
from vectoricons.aws import s3
from vectoricons.config import ServiceSettings


@contextmanager
def catalogue_run(choices: Choices) -> Iterator[Run]:
    """The run over the whole catalogue, with its checkpoint open."""
    service, buckets = config.load(ServiceSettings).service, config.load(BackfillSettings)
    database, shard, recipe = connect(service), choices.shard, Recipe()
    workers = choices.workers or sizing.default_workers()
    client = s3.client(session_as(None), connections=2 * sizing.MOST)
    private = Bucket(client, buckets.private_bucket, cache_control=s3.FOREVER)
    public = Bucket(client, buckets.public_bucket, cache_control=s3.FOREVER)
    fetchers = choices.fetchers or sizing.default_fetchers(workers, lambda: private.find(PROBE))
    listing = Drawings(database, private, shard)
    job = f"backfill-{digest(asdict(recipe))}-{shard.number}-of-{shard.count}"
    checkpoint = DatabaseCheckpoint(database, job, resume=choices.resume, effect=hang)
    pipeline = Pipeline(
        listing=listing,
        target=Catalogue(database, public, private),
        recipe=recipe,
        checkpoint=checkpoint,
        width=Width(workers, fetchers),
        stop=stop(),
        pending=checkpoint.unsettled,
        limit=choices.limit,
    )
    try:
        yield Run(listing=listing, pipeline=pipeline, checkpoint=checkpoint, stop=stop(), limit=choices.limit)
    finally:
        checkpoint.close()
        database.close()
