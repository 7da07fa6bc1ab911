"""Free icons from before there were addresses: each gets its own, and its drawing beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from threading import Event

from containers.worker.storage import Storage
from imaging import Rejected, read_body
from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products.open_icons import Body, Undrawn, hold_sets, publish, undrawn

PAGE = 100

logger = log.get(__name__)


class Opening:
    """Does what is missing, and only that: it may be stopped at any time, run again, and twice at once."""

    def __init__(self, database: Database, storage: Storage, private_bucket: str, stop: Event) -> None:
        self._database = database
        self._storage = storage
        self._bucket = private_bucket
        self._stop = stop
        self._actor = Actor.system("worker-open-icons")

    def run(self) -> int:
        """How many icons were given an address. Those whose drawing is not there or not taken are told of."""
        opened, after = 0, 0
        while not self._stop.is_set() and (page := self._page(after)):
            bodies = self._bodies(page)
            self._database.transact(self._actor, partial(_publish, bodies))
            opened, after = opened + len(bodies), page[-1].icon_id
            logger.info("icons-opened", icons=len(bodies), up_to=after)
        return opened

    def _page(self, after: int) -> list[Undrawn]:
        with self._database.reader() as connection:
            return undrawn(connection, after, PAGE)

    def _bodies(self, page: Sequence[Undrawn]) -> dict[int, Body]:
        drawings = self._storage.read_all(self._bucket, [icon.svg_key for icon in page])
        read = {icon.icon_id: _read(icon, drawing) for icon, drawing in zip(page, drawings, strict=True)}
        return {icon_id: body for icon_id, body in read.items() if body is not None}


def _read(icon: Undrawn, drawing: bytes | None) -> Body | None:
    """Ours since it was sanitised: it is read here, and not in a child."""
    if drawing is None:
        logger.warning("drawing-missing", icon_id=icon.icon_id, key=icon.svg_key)
        return None
    try:
        return Body(**asdict(read_body(drawing)))
    except Rejected as rejection:
        logger.warning("drawing-not-taken", icon_id=icon.icon_id, key=icon.svg_key, code=rejection.code)
        return None


def _publish(bodies: Mapping[int, Body], work: UnitOfWork) -> None:
    hold_sets(work.session, bodies.keys())
    publish(work.session, bodies)
