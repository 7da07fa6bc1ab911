"""What the converter needs from its environment: ``run`` nothing of it, ``backfill`` all of it."""

from __future__ import annotations

from vectoricons.config import Settings


class BackfillSettings(Settings):
    """``converter backfill``: where drawings are, and where their images go."""

    private_bucket: str
    public_bucket: str
