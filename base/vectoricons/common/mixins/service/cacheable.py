"""Cacheable: reads are remembered until something of their kind is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, TypeVar, cast

import orjson
from sqlalchemy import ColumnElement

from vectoricons.common.cache import DEFAULT_TTL, Answer, CacheService, key_of
from vectoricons.common.entity import Entity
from vectoricons.common.operation import Operation, Read, Write
from vectoricons.common.service import Service

E = TypeVar("E", bound=Entity)
T = TypeVar("T")


class Cacheable(Service[E]):
    """Reads of entities go through the unit of work's cache, for ``cache_ttl`` seconds at most.

    Not so reads by a SQL condition (it has no key), reads with relations (another kind's write would leave
    them stale), and reads after a write of this transaction (its rows are its own until it commits).
    """

    cache_ttl: ClassVar[float] = DEFAULT_TTL

    def clear_cache(self) -> int:
        """Forget what was remembered of this kind; how much that was."""
        return self.work.cache.clear(self.kind)

    def _perform(self, operation: Operation, body: Callable[[], T]) -> T:
        onward = partial(super()._perform, operation, body)
        if isinstance(operation, Write):
            self._forget_at_commit()
            return onward()
        if self.kind in self.work.changed or not _has_key(operation):
            return onward()
        return self._remembered(operation, onward)

    def _forget_at_commit(self) -> None:
        if self.kind not in self.work.changed:
            self.work.changed.add(self.kind)
            self.work.after_commit(self.clear_cache)

    def _remembered(self, operation: Read, ask: Callable[[], T]) -> T:
        key = key_of(operation.name, operation.arguments, self._viewer)
        service = CacheService(self.work.cache, self.work.cache_mode)
        thaw = cast("Callable[[bytes], T]", self._thaw)
        answer: Answer[T] = service.read(self.kind, key, ask, freeze=_freeze, thaw=thaw, ttl=self.cache_ttl)
        return answer.value

    @property
    def _viewer(self) -> str:
        """What may be seen depends on who looks, so an answer is remembered for that viewer alone."""
        actor = self.work.actor
        return f"{actor.id}:{','.join(sorted(actor.roles))}"

    def _thaw(self, kept: bytes) -> E | list[E] | None:
        content = orjson.loads(kept)
        if isinstance(content, list):
            return [self.entity.model_validate(item) for item in content]
        return None if content is None else self.entity.model_validate(content)


def _has_key(operation: Read) -> bool:
    return (
        not isinstance(operation.arguments.get("where"), ColumnElement) and "graph" not in operation.arguments
    )


def _freeze(answer: Any) -> bytes | None:
    match answer:
        case None:
            return b"null"
        case Entity():
            return orjson.dumps(answer.to_json())
        case list():
            return orjson.dumps([entity.to_json() for entity in answer])
        case _:
            return None
