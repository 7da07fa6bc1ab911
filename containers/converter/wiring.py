"""What `converter run` is made of. Libraries of S3 and Postgres are loaded where they are used: that takes
longer than a hundred icons to convert.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from containers.converter import sizing
from containers.converter.checkpoint import Checkpoint, LocalCheckpoint
from containers.converter.config import ConverterConfig, digest
from containers.converter.listings import Everything, Listing, Named
from containers.converter.locations import Location, check_apart
from containers.converter.pipeline import Pipeline, Width
from containers.converter.reasons import CannotRun, Failed
from containers.converter.results import Found
from containers.converter.runs import Run
from containers.converter.selection import Selection, Shard
from containers.converter.targets import Mirror

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PROBE = ".converter-probe"  # a key that nobody has: only the time of the answer is of interest


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The options of a command line."""

    workers: int | None = None
    fetchers: int | None = None
    shard: Shard = field(default_factory=Shard)
    resume: bool = False
    limit: int | None = None
    prefix: str = ""
    assume_role: str | None = None
    retry_failed: Path | None = None
    state: Path = Path()


@cache
def stop() -> Event:
    """Set once the process was asked to end."""
    return Event()


class Conversion:
    """What `converter run` is about: a source, a target, and the options."""

    def __init__(self, config: ConverterConfig, choices: Choices) -> None:
        self._config = config
        self._choices = choices
        source, target = Location.parse(config.source), Location.parse(config.target)
        check_apart(source, target)
        self._prefix = f"{choices.prefix.strip('/')}/" if choices.prefix.strip("/") else ""
        self._s3 = self._client() if source.is_bucket or target.is_bucket else None
        self._source = source.open(self._s3)
        self._target = target.open(self._s3)
        selection = Selection(config.include, config.exclude, choices.shard)
        if choices.retry_failed is None:
            self.listing: Listing = Everything(self._source, self._prefix, selection)
        else:
            self.listing = Named(self._source, choices.retry_failed, selection)

    @contextmanager
    def run(self) -> Iterator[Run]:
        """The run, with its checkpoint open."""
        is_fresh = self._target.is_empty()
        width = self._width()
        checkpoint = self._checkpoint(resume=self._resumes)
        pipeline = Pipeline(
            listing=self.listing,
            target=Mirror(self._target, self._config, checkpoint.run, look=not is_fresh),
            recipe=self._config.recipe(),
            checkpoint=checkpoint,
            width=width,
            stop=stop(),
            pending=self._pending(checkpoint),
            limit=self._choices.limit,
        )
        try:
            yield Run(
                listing=self.listing,
                pipeline=pipeline,
                checkpoint=checkpoint,
                stop=stop(),
                limit=self._choices.limit,
            )
        finally:
            checkpoint.close()

    @contextmanager
    def pending(self) -> Iterator[Iterator[Found]]:
        """The files that a run would look at."""
        if not self._choices.resume:
            yield islice(chain.from_iterable(self.listing.pages()), self._choices.limit)
            return
        checkpoint = self._checkpoint(resume=True)
        try:
            pending = map(self._pending(checkpoint), self.listing.pages())
            yield islice(chain.from_iterable(pending), self._choices.limit)
        finally:
            checkpoint.close()

    def check_found(self, done: int) -> None:
        """Raise ``CannotRun`` when there was nothing to convert, and not by the options' intent."""
        if done == 0 and self._choices.shard.count == 1 and not stop().is_set():
            where = f"{self._source.url.rstrip('/')}/{self._prefix}"
            patterns = ", ".join(self._config.include)
            raise CannotRun(f"{where} holds no file that matches {patterns}. Check --prefix and `include`.")

    @property
    def _resumes(self) -> bool:
        return self._choices.resume or self._choices.retry_failed is not None

    def _pending(self, checkpoint: Checkpoint) -> Callable[[Sequence[Found]], Sequence[Found]]:
        return checkpoint.unsettled if self._choices.retry_failed is None else lambda page: page

    def _checkpoint(self, *, resume: bool) -> Checkpoint:
        """One for each job and shard: another source, target, filter or recipe is another job."""
        config, shard = self._config, self._choices.shard
        said = (
            self._source.url,
            self._prefix,
            self._target.url,
            config.digest,
            config.include,
            config.exclude,
        )
        job = f"{digest(said)}-{shard.number}-of-{shard.count}"
        if "DATABASE_HOST" in os.environ:
            from containers.converter.database_checkpoint import DatabaseCheckpoint, connect

            return DatabaseCheckpoint(connect("converter"), job, resume=resume)
        return LocalCheckpoint(self._choices.state / f"{job}.sqlite", resume=resume)

    def _width(self) -> Width:
        workers = self._choices.workers or sizing.default_workers()
        fetchers = self._choices.fetchers or sizing.default_fetchers(workers, self._probe)
        return Width(workers, fetchers)

    def _probe(self) -> None:
        try:
            self._source.find(PROBE)
        except Failed as failed:
            said = f"{self._source.url} {failed.reason.detail}"
            raise CannotRun(f"{said}. Check the network, the region and the credentials.") from failed

    def _client(self) -> S3Client:
        from containers.converter.credentials import session_as
        from vectoricons.aws import s3

        return s3.client(session_as(self._choices.assume_role), connections=2 * sizing.MOST)
