"""Our own side: one upload through the running region, timed by its database and its processes."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil
import psycopg

from local.region.record import Processes, RegionRecord
from local.region.story import Account
from local.sample.contributor import Contributor

PATIENCE = 600.0
MOTO = "AWS (moto)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Seconds from the upload's end; processor seconds by part of the region."""

    taken_in: float
    first_public: float
    half_public: float
    all_public: float
    published: float
    ready: int
    rejected: int
    cpu: dict[str, float]

    @property
    def without_moto(self) -> float:
        """Seconds to all public if moto had cost nothing, the processors being the bottleneck."""
        return self.all_public - self.cpu[MOTO] / (os.cpu_count() or 1)


def walked(
    record: RegionRecord, account: Account, database: str, directory: Path, data: bytes, filename: str
) -> Walk:
    """Upload *data* as the region's contributor and wait until it is public."""
    contributor = Contributor(record.site)
    contributor.sign_in(account.email, account.password)
    before = processor_seconds(directory)
    upload = contributor.upload(filename, data)
    finished = time.time()
    published = contributor.follow(upload, lambda _counts: None, patience=PATIENCE)
    cpu = {part: seconds - before[part] for part, seconds in processor_seconds(directory).items()}
    taken_in, ready, end = _moments(record, database, upload.rsplit("/", 1)[1])
    return Walk(
        taken_in=taken_in.timestamp() - finished,
        first_public=ready[0].timestamp() - finished,
        half_public=ready[len(ready) // 2].timestamp() - finished,
        all_public=ready[-1].timestamp() - finished,
        published=end.timestamp() - finished,
        ready=published.ready,
        rejected=published.rejected,
        cpu=cpu,
    )


def _moments(record: RegionRecord, database: str, batch_id: str) -> tuple[datetime, list[datetime], datetime]:
    """When the upload was taken in, when each icon became public, and when the family was published."""
    where = record.postgres
    with psycopg.connect(
        host=where.host, port=where.port, user=where.user, password=where.password, dbname=database
    ) as connection:
        items = connection.execute(
            "select created_at, updated_at, state from upload_items where batch_id = %s order by updated_at",
            [batch_id],
        ).fetchall()
        ((published_at,),) = connection.execute(
            "select published_at from upload_batches where id = %s", [batch_id]
        ).fetchall()
    ready = [settled for _, settled, state in items if state == "ready"]
    return min(created for created, _, _ in items), ready, published_at


def processor_seconds(directory: Path) -> defaultdict[str, float]:
    """Processor seconds spent so far by each part of the region, their dead children's included."""
    parts = Processes.read(directory)
    assert parts is not None, f"There is no region in {directory}."
    spent: defaultdict[str, float] = defaultdict(float)
    names = {identity.pid: name for name, identity in parts.parts.items()}
    for process, name in _family(psutil.Process(parts.parts["daemon"].pid), MOTO, names):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent[name] += times.user + times.system
    return spent


def _family(
    process: psutil.Process, name: str, names: dict[int, str]
) -> Iterator[tuple[psutil.Process, str]]:
    """*process* and all below it, each under the name of the service or server it belongs to."""
    yield process, name
    for child in process.children():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            service = child.environ().get("SERVICE")
            yield from _family(child, names.get(child.pid, service or name), names)
