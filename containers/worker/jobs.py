"""What RQ calls by name. Its payloads are ids alone: what there is to do stands in Postgres."""

from __future__ import annotations

from uuid import UUID

from containers.worker import wiring
from vectoricons.common import log


def run_chunk(batch_id: str, number: int) -> None:
    """Draw some items of a batch. *number* only tells this job from its sisters: each takes what is free."""
    with log.bound(batch_id=batch_id, job=f"chunk-{number}"):
        wiring.image_processor().run(UUID(batch_id))


def make_preview(batch_id: str) -> None:
    """Finish a batch: its family's preview, and the word that it is public."""
    with log.bound(batch_id=batch_id, job="preview"):
        wiring.preview_maker().run(UUID(batch_id))
