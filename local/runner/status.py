"""How the services of a region are, for people and between its processes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service, for a person."""

    name: str
    desired: int
    running: int
    restarts: int
    ends_in_a_row: int
    next_start: float
    last_end: str
    last_words: str


@dataclass(frozen=True, slots=True)
class Look:
    """The services as the runner saw them at one moment, in seconds since the epoch."""

    began: float
    services: tuple[ServiceStatus, ...]

    @property
    def is_well(self) -> bool:
        """Whether there are services and each has all its tasks."""
        return bool(self.services) and all(one.running == one.desired for one in self.services)
