"""The envelope: an event as it travels."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from vectoricons.common.errors import Invalid
from vectoricons.common.event_bus import payload


class Envelope(BaseModel):
    """``{"id", "name", "occurredAt", "actor", "traceId", "data"}``; *id* is the same at each delivery."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True)

    id: UUID
    name: str
    occurred_at: datetime
    actor: str
    trace_id: str | None = None
    data: dict[str, Any]

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The envelope that *text* is. Raises Invalid for anything else."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise Invalid(f"This is no event: {error.errors()[0]['msg']}.") from None

    def to_json(self) -> str:
        """As it travels."""
        return self.model_dump_json(by_alias=True)

    @property
    def payload(self) -> payload.Payload | payload.Written:
        """What it carries, in its own type. Raises NotFound for an event that nobody emits."""
        return payload.read(self.name, self.data)
