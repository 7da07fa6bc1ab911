"""The registry of events: each name once, with the type of what it carries.

Who emits an event defines its payload, in its own module: deriving from :class:`Payload` registers the name.

    class OrderConfirmed(Payload, name="order.confirmation"):
        user_id: int
        order_id: int

    work.emit(OrderConfirmed(user_id=7, order_id=9).event(key=9))

A payload names people by ``user_id`` and holds no address, token or link: whoever tells them looks these up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from vectoricons.common.errors import NotFound
from vectoricons.common.events import Event, Phase

NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){0,2}")

_types: dict[str, type[Payload]] = {}


class Payload(BaseModel):
    """The ``data`` of an event: camelCase as it travels; fields of a later version are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True)

    event_name: ClassVar[str]

    def __init_subclass__(cls, *, name: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for an event: it is lower-case words with dots between.")
        if name in _types:
            raise ValueError(f'The event "{name}" is {_types[name].__name__} already.')
        cls.event_name = name
        _types[name] = cls

    def event(self, *, key: object = None) -> Event:
        """This as an event to emit; with a *key* it happens at most once."""
        return Event(
            name=self.event_name,
            data=self.model_dump(mode="json", by_alias=True),
            key=None if key is None else f"{self.event_name}:{key}",
        )


class Written(BaseModel):
    """The ``data`` of ``{entity}.after.{op}``, which every write of a pluggable service leaves."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ids: tuple[int | UUID, ...] = ()


def names() -> list[str]:
    """The names of all events that are registered, sorted."""
    return sorted(_types)


def payload_type(name: str) -> type[Payload] | type[Written]:
    """The type of what the event *name* carries. Raises NotFound for one that nobody emits."""
    if name in _types:
        return _types[name]
    if is_write(name):
        return Written
    raise NotFound(f'There is no event called "{name}".')


def read(name: str, data: Mapping[str, Any]) -> Payload | Written:
    """What the event *name* carries. Raises NotFound for one that nobody emits."""
    return payload_type(name).model_validate(data)


def is_write(name: str) -> bool:
    """Whether *name* is ``{entity}.{phase}.{op}``."""
    return bool(NAME.fullmatch(name)) and name.count(".") == 2 and name.split(".")[1] in set(Phase)
