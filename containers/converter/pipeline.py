"""list -> fetch -> convert -> put -> record, in threads joined by bounded channels.

A stage that is slower holds back the ones before it, so memory does not grow with the listing. The drawing
itself happens in supervised child processes, one for each worker thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from threading import Event, Thread
from typing import Any, TypeVar

from containers.converter.channel import Channel
from containers.converter.checkpoint import Checkpoint
from containers.converter.listings import Listing
from containers.converter.reasons import CannotRun, Cause, Failed, reason_of
from containers.converter.results import Drawn, Found, Original, Result, Totals
from containers.converter.targets import Target
from imaging import Recipe, Rejected, Renderer
from vectoricons.common import heartbeat, log
from vectoricons.common.reason import Reason

MOST_BYTES = 32 * 1024 * 1024  # of a file: what is larger is not even fetched
BATCH = 100  # results a checkpoint
SECONDS = 1.0  # between checkpoints, at most
MOST_IN_A_ROW = 100  # files that no storage answered for, or that we failed: then it is not the files

T = TypeVar("T")
logger = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Width:
    """How many renderers, and how many transfers each way, at a time."""

    workers: int
    fetchers: int


class Pipeline:
    """One run over a listing. Once *stop* is set it begins no further file and ends what is in hand."""

    def __init__(
        self,
        *,
        listing: Listing,
        target: Target,
        recipe: Recipe,
        checkpoint: Checkpoint,
        width: Width,
        stop: Event,
        pending: Callable[[Sequence[Found]], Sequence[Found]],
        limit: int | None = None,
    ) -> None:
        self._listing = listing
        self._target = target
        self._recipe = recipe
        self._checkpoint = checkpoint
        self._width = width
        self._stop = stop
        self._pending = pending
        self._limit = limit
        self._error: BaseException | None = None
        workers, fetchers = width.workers, width.fetchers
        self._found: Channel[Found] = Channel(2 * BATCH, consumers=fetchers)
        self._originals: Channel[Original] = Channel(2 * workers, producers=fetchers, consumers=workers)
        self._drawn: Channel[Drawn] = Channel(2 * fetchers, producers=workers, consumers=fetchers)
        self._results: Channel[Result] = Channel(2 * BATCH, producers=workers + 2 * fetchers)

    def run(self, show: Callable[[Totals], None]) -> None:
        """Until the listing ends or a stop is asked for. Raises what kept the whole run from going on."""
        threads = [
            Thread(target=self._list, name="list"),
            *(Thread(target=self._fetch, name=f"fetch-{n}") for n in range(self._width.fetchers)),
            *(Thread(target=self._convert, name=f"convert-{n}") for n in range(self._width.workers)),
            *(Thread(target=self._put, name=f"put-{n}") for n in range(self._width.fetchers)),
        ]
        for thread in threads:
            thread.start()
        try:
            self._record(show)
        except BaseException as error:  # the stages end all the same, and nobody is left waiting for room
            self._give_up(error)
            for _ in self._results:
                continue
        for thread in threads:
            thread.join()
        if self._error is not None:
            raise self._error

    # -- stages

    def _list(self) -> None:
        try:
            for found in self._listed():
                if self._stop.is_set():
                    return
                self._found.put(found)
        except Exception as error:  # raised again where the run ends
            self._give_up(error)
        finally:
            self._found.close()

    def _listed(self) -> Iterator[Found]:
        pending = map(self._pending, self._listing.pages())
        return islice(chain.from_iterable(pending), self._limit)

    def _fetch(self) -> None:
        for found in self._until_stopped(self._found, self._originals, self._results):
            with self._guarding(found):
                self._fetch_one(found)

    def _fetch_one(self, found: Found) -> None:
        if found.size > MOST_BYTES:
            raise Failed(Cause.TOO_LARGE, f"is larger than {MOST_BYTES // 2**20} MB")
        seal = self._target.seal(found)
        if seal is not None and seal.version == found.version:
            self._results.put(self._target.settled(found, seal))
            return
        data = self._listing.read(found)
        if not data:
            raise Failed(Cause.EMPTY)
        digest = sha256(data).hexdigest()
        if seal is not None and seal.sha256 == digest:  # stored again, but the same
            self._results.put(self._target.settled(found, seal))
            return
        self._originals.put(Original(found, data, digest))

    def _convert(self) -> None:
        renderer = Renderer()  # its child lives as long as this thread
        for original in self._until_stopped(self._originals, self._drawn, self._results):
            with self._guarding(original.found):
                images = renderer.convert(original.data, self._recipe, original.found.key)
                self._drawn.put(Drawn(original, images))
        renderer.close()

    def _put(self) -> None:
        try:
            for drawn in self._drawn:  # also when asked to stop: this is the work in hand
                with self._guarding(drawn.original.found):
                    self._results.put(self._target.put(drawn))
        finally:
            self._results.close()

    def _record(self, show: Callable[[Totals], None]) -> None:
        totals, in_a_row = self._checkpoint.totals(), 0
        for batch in self._results.batches(BATCH, SECONDS):
            heartbeat.beat()
            if batch and not self._is_recorded(batch):
                continue
            totals = totals.plus(batch)
            show(totals)
            in_a_row = _in_a_row(batch, in_a_row)
            if batch and in_a_row >= MOST_IN_A_ROW:
                self._give_up(_hopeless(in_a_row, batch[-1]))

    def _is_recorded(self, batch: Sequence[Result]) -> bool:
        try:
            self._checkpoint.record(batch)
        except Exception as error:  # raised again where the run ends, after the stages have
            self._give_up(error)
            return False
        return True

    # -- what keeps the stages going

    def _until_stopped(self, source: Channel[T], *sinks: Channel[Any]) -> Iterator[T]:
        """Items until the end, none once a stop is asked for; the sinks are closed after the last."""
        try:
            for item in source:
                if not self._stop.is_set():
                    yield item
        finally:
            for sink in sinks:
                sink.close()

    @contextmanager
    def _guarding(self, found: Found) -> Iterator[None]:
        """Whatever goes wrong is this file's result and stops nothing."""
        try:
            yield
        except Failed as failed:
            self._results.put(Result.failed(found, failed.reason))
        except Rejected as rejected:
            self._results.put(Result.failed(found, reason_of(rejected)))
        except Exception:
            logger.exception("converter-fault", key=found.key)
            self._results.put(Result.failed(found, Reason.of(Cause.FAULT)))

    def _give_up(self, error: BaseException) -> None:
        self._error = self._error or error
        self._stop.set()


def _in_a_row(batch: Sequence[Result], before: int) -> int:
    for result in batch:
        code = result.reason.code if result.reason else ""
        before = before + 1 if code in {Cause.NOT_ANSWERING.code, Cause.FAULT.code} else 0
    return before


def _hopeless(count: int, last: Result) -> CannotRun:
    return CannotRun(
        f"The last {count} files failed and the last, {last.found.key}, {last.reason} "
        "It is not about the files. Mend it, run with --retry-failed and the report, then with --resume."
    )
