"""How large a marketplace is made, and when its story ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

END = datetime(2026, 11, 1, tzinfo=UTC)
"""The last moment of the story. Fixed: the same seed makes the same rows on any day."""
YEARS = 4
BEGIN = END - timedelta(days=365 * YEARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Numbers of things. A set holds icons or illustrations; the rest follows from who buys what."""

    contributors: int
    buyers: int
    families: int
    icon_sets: int
    icons: int
    illustration_sets: int
    illustrations: int
    sales: int
    downloads: int
    likes: int
    searches: int

    @property
    def items(self) -> int:
        """Icons and illustrations."""
        return self.icons + self.illustrations


SMALL = Scale(
    contributors=20,
    buyers=200,
    families=40,
    icon_sets=100,
    icons=2_000,
    illustration_sets=20,
    illustrations=160,
    sales=600,
    downloads=900,
    likes=500,
    searches=400,
)
FULL = Scale(
    contributors=2_000,
    buyers=58_000,
    families=5_000,
    icon_sets=13_000,
    icons=750_000,
    illustration_sets=2_000,
    illustrations=50_000,
    sales=700_000,
    downloads=900_000,
    likes=500_000,
    searches=300_000,
)
SCALES = {"small": SMALL, "full": FULL}
