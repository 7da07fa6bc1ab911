"""Addressable: rows have a name for URLs."""

from __future__ import annotations

from typing import TypeVar

from vectoricons.common.entity import Entity
from vectoricons.common.service import Service

E = TypeVar("E", bound=Entity)


class Addressable(Service[E]):
    """Rows are found by the twelve-character name in their URL."""

    def get_by_unique_id(self, unique_id: str) -> E | None:
        """The entity, or None."""
        return self.get_one({"unique_id": unique_id})
