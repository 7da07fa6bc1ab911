"""How long a service that keeps ending waits before its next start."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = 1.0
LONGEST = 60.0
STEADY = 60.0
"""Seconds a task must have run for its end to count as the first."""


@dataclass(slots=True)
class Backoff:
    """The restarts of one service. Times are of a monotonic clock, in seconds."""

    ends_in_a_row: int = 0
    not_before: float = 0.0

    def ended(self, now: float, ran_for: float) -> None:
        """A task of the service ended by itself after *ran_for* seconds."""
        self.ends_in_a_row = 1 if ran_for >= STEADY else self.ends_in_a_row + 1
        self.not_before = now + min(FIRST * 2 ** (self.ends_in_a_row - 1), LONGEST)

    def wait(self, now: float) -> float:
        """Seconds until the next start; 0 when it may be now."""
        return max(0.0, self.not_before - now)

    def forget(self) -> None:
        """Begin anew: the service has changed."""
        self.ends_in_a_row, self.not_before = 0, 0.0
