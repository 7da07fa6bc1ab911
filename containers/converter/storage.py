"""Where files are and where images go: one protocol, a strategy for folders and one for S3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from containers.converter.results import Found

Metadata = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Object:
    """What is to be stored. *metadata* are short ASCII texts kept beside the contents."""

    key: str
    data: bytes = field(repr=False)
    content_type: str
    metadata: Metadata = field(default_factory=dict)


class Storage(Protocol):
    """A place with keys. Keys are relative to it, with ``/`` between their parts.

    ``Failed`` is one key's affair, ``CannotRun`` the whole place's. Safe to use from several threads.
    """

    @property
    def url(self) -> str:
        """What a person calls it."""
        ...

    def is_empty(self) -> bool:
        """Whether nothing is there; false where that may not be asked. ``CannotRun`` without such a place."""
        ...

    def pages(self, prefix: str) -> Iterator[Sequence[Found]]:
        """All files whose keys begin with *prefix*, some at a time; never the whole list in memory."""
        ...

    def find(self, key: str) -> Found | None:
        """The file, or ``None``."""
        ...

    def read(self, found: Found) -> bytes:
        """The contents; ``Failed`` when they are not those that were found."""
        ...

    def metadata(self, key: str) -> Metadata | None:
        """What was stored beside the contents; ``None`` when there is no such file."""
        ...

    def write(self, stored: Object) -> None:
        """Store it whole or not at all; what was there is replaced."""
        ...
