"""What a service is asked to do, as the capabilities around it see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A question. *arguments* say which one, so that its answer can be cached."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A change of the row *id* by one patch, or new rows from *items*; *on* is the key an upsert goes by."""

    name: str
    id: Any = None
    items: tuple[Mapping[str, Any], ...] = ()
    on: tuple[str, ...] = ()


Operation = Read | Write
